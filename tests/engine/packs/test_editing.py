"""One value of a file is changed, and nothing else: not a comment, not a blank."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorstep.engine.packs.editing import NoSuchPlace, length_of, replaced, value_at, with_item

TEXT = """\
# kept
title: {en: Visits, zh: 随访}   # kept too
contacts:
  - id: a
    # why
    every: >-
      case when x
      then y end
    due: start   # near
    while: not is_missing(b)

  - {id: b, form: f, until: "add_days(c, 7)"}
values:
  - {value: 4, since: 2017-02-28, source: s, status: verified}
last: end
"""
PACKS = Path(__file__).resolve().parents[3] / "packs"


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("title", "en"), "Home visits", "en: Visits", 'en: "Home visits"'),
        (("contacts", 0, "due"), "add_days(start, 7)", "due: start   # near", 'due: "add_days(start, 7)"   # near'),
        (
            ("contacts", 0, "every"),
            "year",
            "every: >-\n      case when x\n      then y end\n",
            "every: year\n",
        ),
        (("contacts", 0, "while"), "", "    while: not is_missing(b)\n", ""),
        (
            ("contacts", 0, "until"),
            "start",
            "    while: not is_missing(b)\n",
            "    while: not is_missing(b)\n    until: start\n",
        ),
        (("contacts", 1, "until"), "", ', until: "add_days(c, 7)"}', "}"),
        (("contacts", 1, "id"), "", "{id: b, form", "{form"),
        (("contacts", 1, "due"), "from", '7)"}', '7)", due: from}'),
        (("contacts", 0, "id"), "", "- id: a\n    # why\n    every", "- every"),
        (("values", 0, "value"), "3.5", "value: 4", "value: 3.5"),
        (("last",), "", "last: end\n", ""),
        (("last",), "'quoted' \"text\"", "last: end", 'last: "\'quoted\' \\"text\\""'),
    ],
)
def test_only_that_value_changes(path: tuple[str | int, ...], value: str, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert replaced(TEXT, path, value) == TEXT.replace(old, new)


def test_a_value_is_added_to_a_list() -> None:
    item = {"value": "6", "since": "2026-01-01", "source": "s", "status": "local entry"}
    line = '  - {value: 6, since: 2026-01-01, source: s, status: "local entry"}\n'
    assert with_item(TEXT, ("values",), item) == TEXT.replace("last: end\n", f"{line}last: end\n")
    assert length_of(with_item(TEXT, ("values",), item), ("values",)) == 2


@pytest.mark.parametrize("path", [("contacts", 9, "due"), ("nothing", "at", "all"), ("title", "en", "deeper")])
def test_what_is_not_there_is_said(path: tuple[str | int, ...]) -> None:
    with pytest.raises(NoSuchPlace):
        replaced(TEXT, path, "x")


def test_taking_away_what_is_not_there_changes_nothing() -> None:
    assert replaced(TEXT, ("contacts", 0, "until"), "") == TEXT


@settings(deadline=None)
@example("a\u2028b", "due")
@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1), st.sampled_from(["due", "every"]))
def test_what_is_written_is_read_again(value: str, key: str) -> None:
    for number in (0, 1):
        path = ("contacts", number, key)
        changed = replaced(TEXT, path, value)
        assert value_at(changed, path) == value
        assert yaml.safe_load(changed)["contacts"][1 - number] == yaml.safe_load(TEXT)["contacts"][1 - number]


def test_every_shipped_rule_can_be_written_back_as_it_was() -> None:
    """Round about through another value: the same meaning, everywhere a shipped schedule has a rule."""
    tried = 0
    for file in sorted(PACKS.glob("*/schedules/*.yaml"))[:4]:
        text = file.read_text(encoding="utf-8")
        meant = yaml.safe_load(text)
        for number, contact in enumerate(meant["contacts"]):
            for key in {"from", "due", "until", "while"} & set(contact):
                path = ("contacts", number, key)
                again = replaced(replaced(text, path, "x"), path, str(contact[key]))
                assert yaml.safe_load(again) == meant
                tried += 1
    assert tried > 20
