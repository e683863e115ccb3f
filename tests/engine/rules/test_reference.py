"""The authors' page holds every function, as declared, and its examples are read by the language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doorstep.engine.rules.grammar import parse
from doorstep.engine.rules.reference import BEGIN, function_table, rewritten
from doorstep.engine.rules.scope import MOMENTS
from doorstep.engine.rules.vocabulary import VOCABULARY

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "packs.md").read_text(encoding="utf-8")


def test_the_table_is_as_declared():
    assert rewritten(PAGE) == PAGE


def test_every_function_and_every_given_name_is_explained():
    table = function_table()
    missing = [f.name for f in VOCABULARY.all() if f.help["en"] not in table or f.help["zh"] not in table]
    assert missing == []
    before = PAGE.partition(BEGIN)[0]
    assert [name for name in (*MOMENTS, "this", "opened", "row") if f"`{name}" not in before] == []


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="markers"):
        rewritten("# Nothing here")


def test_the_rules_shown_can_be_read():
    shown = re.findall(
        r"^\s+(?:- )?(?:from|due|until|while|ends_by_itself|new_one_if|lmp|edd): +(.+?)(?:  +#.*)?$", PAGE, re.M
    )
    assert len(shown) >= 8
    for rule in shown:
        parse(rule)
