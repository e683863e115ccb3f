"""One shown model: what the layout says, with figures as they may be shown, and the same again after being kept."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import pytest

from doorstep.indicators.documents import making
from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import speak
from doorstep.indicators.handed_in import canonical
from doorstep.places import queries as places
from tests.cast import Township


@pytest.fixture
def document(township: Township) -> Document:
    area = places.tree().by_id[township.places["township"]]
    return making.draft(making.ask("maternal_quarter", "2026-Q2", area, date(2026, 11, 2)))


def test_it_is_kept_and_read_again_unchanged(document: Document) -> None:
    kept = json.loads(canonical(document.content()))
    assert Document.of(kept) == document
    assert canonical(Document.of(kept).content()) == canonical(document.content())


def test_no_heading_stands_over_nothing(document: Document) -> None:
    """A township has no smaller places to show beside it: the table by place goes, and its heading with it."""
    headings = [b.heading["en"] for b in document.blocks if b.heading]
    assert "By place" not in headings and "The latest periods" in headings
    pieces = [bool(b.heading) for b in document.blocks]
    assert not pieces[-1] and (True, True) not in set(pairwise(pieces))


def test_nothing_hidden_is_in_it(document: Document) -> None:
    """A township where nobody gave birth: every pair is under ten, so no count, no rate and no zero stands anywhere."""
    figures = [f for line in document.lines for f in (line.numerator, line.denominator, line.rate)]
    cells = [f for b in document.blocks if b.table for row in b.table.lines for f in row.cells]
    assert figures and cells
    assert {f.kind for f in figures + cells} == {"hidden"}
    assert {f.value for f in figures + cells} == {""}


@pytest.mark.parametrize(
    ("language", "title", "early", "known"),
    [
        ("zh", "孕产妇健康管理季度报表", "柳林乡2026年第二季度的人数太少，早孕建册的数字不显示。", "数据截至"),
        (
            "en",
            "Maternal care, by quarter",
            "Too few births in Liulin township, 2026, quarter 2, to show how many women signed up early.",
            "As known",
        ),
    ],
)
def test_it_reads_in_both_languages(document: Document, language: str, title: str, early: str, known: str) -> None:
    sheet = speak(document, language)
    assert sheet.title == title
    assert early in [b.paragraph for b in sheet.blocks]
    assert known in [label for label, _ in sheet.about]
    assert {c.text for b in sheet.blocks if b.table for r in b.table.rows for c in r.cells} == {
        {"zh": "不显示", "en": "hidden"}[language]
    }
