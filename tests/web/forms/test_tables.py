"""Records as tables: cells no spreadsheet runs, and rows of repeats that find their record."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doorstep.engine import xlsform
from doorstep.exchange.grid import plain
from doorstep.forms.own import OwnRecord, SentFile
from doorstep.forms.queries import APPLIED, CONFLICT, HELD, REVIEW
from doorstep.web.forms.tables import cell, directly_inside, tables

FORM = """
| survey   |              |        |       |
|          | type         | name   | label |
|          | begin_repeat | repair | Repairs |
|          | begin_repeat | part   | Parts |
|          | text         | which  | Which? |
|          | end_repeat   |        |       |
|          | end_repeat   |        |       |
"""


def record(answers: dict[str, Any], state: int = APPLIED, version: str = "") -> OwnRecord:
    came = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    return OwnRecord(7, version, "uuid:1", date(2026, 3, 2), came, state, "", answers)


def test_a_round_inside_a_round_names_the_one_it_stands_in() -> None:
    spec = xlsform.read(FORM.encode(), "wells.md", check=False)
    found = tables([spec], [record({"repair": [{}, {"part": [{"which": "lid"}]}]})], {})
    assert [table.name for table in found] == ["", "repair", "repair-part"]
    assert found[2].rows == [{"which": "lid", "PARENT_KEY": "uuid:1/repair[2]", "KEY": "uuid:1/repair[2]/part[1]"}]


def test_only_repeats_with_none_between_stand_directly_inside() -> None:
    spec = xlsform.read(FORM.encode(), "wells.md", check=False)
    assert directly_inside(spec, ()) == [("repair",)]
    assert directly_inside(spec, ("repair",)) == [("repair", "part")]
    assert directly_inside(spec, ("repair", "part")) == []


@pytest.mark.parametrize(
    ("state", "status"), [(APPLIED, ""), (REVIEW, "hasProblem"), (HELD, "waitsForOriginal"), (CONFLICT, "twoVersions")]
)
def test_a_row_says_how_its_record_stands(state: int, status: str) -> None:
    spec = xlsform.read(FORM.encode(), "wells.md", check=False)
    files = {7: [SentFile("a.png", "digest"), SentFile("b.png", "")]}
    (row,) = tables([spec], [record({}, state)], files)[0].rows
    assert row == {
        "SubmissionDate": "2026-03-02T00:30:00+08:00", "KEY": "uuid:1", "AttachmentsPresent": "1",
        "AttachmentsExpected": "2", "Status": status, "FormVersion": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-3", "-3"), ("+3.5", "+3.5"), ("-12.5 44.1 0 0", "-12.5 44.1 0 0"), ("-3+4", "'-3+4"), ("-", "'-"),
        ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("2026-03-01", "2026-03-01"), ("", ""),
        ("-3\n=1", "'-3\n=1"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(text: str, shown: str) -> None:
    assert cell(text) == shown


@given(st.text())
@example("\r")
@example("\t'=1")
def test_every_text_comes_back(text: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(["x", cell(text)])
    assert plain(next(csv.reader(io.StringIO(out.getvalue(), newline="")))[1]) == plain(text)
