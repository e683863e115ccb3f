"""Printed pages."""

from __future__ import annotations

from pathlib import Path

from doorstep.lib import typeset

TEMPLATE = """#import "/lib/paper.typ": sheet
#let data = json(bytes(sys.inputs.data))
#show: sheet.with(lang: data.lang, title: data.title, foot: data.foot)
= #data.title
#table(columns: 2, ..data.cells)
"""
DATA = {"lang": "zh", "title": "走访清单", "foot": "青山乡", "cells": ["王秀英", "#panic() *刘洋*"]}


def test_the_same_data_gives_the_same_bytes_and_what_data_says_is_never_markup(tmp_path: Path) -> None:
    page = _page(tmp_path)
    first = typeset.pdf(page, DATA)
    assert first[:5] == b"%PDF-"
    assert typeset.pdf(page, DATA) == first
    assert typeset.pdf(page, {**DATA, "foot": "红旗乡"}) != first


def test_the_chinese_font_is_our_own(tmp_path: Path) -> None:
    assert b"NotoSansSC" in typeset.pdf(_page(tmp_path), DATA)


def _page(folder: Path) -> Path:
    found = folder / "page.typ"
    found.write_text(TEMPLATE, encoding="utf-8")
    return found
