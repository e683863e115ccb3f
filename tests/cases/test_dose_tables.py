"""Tables of doses: the stories notice when one age, gap or edition of one row is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from doorstep.engine.model.pack import Pack
from doorstep.engine.packs import each_case, load

PACK = Path(__file__).resolve().parents[2] / "packs/immunisation"
JUDGED_BY = ("age", "gap", "after", "complete", "last", "since", "before", "last_day", "born_after")
FIRST_EDITION = date(1900, 1, 1)  # "always": one day more or less says nothing
# Nothing can tell these from their neighbours: the second HPV dose comes half a year after a first one that was held to the
# same bounds, and DT at six years ends by its last day before its edition does.
SAID_TWICE = {("HPV-2", "age"), ("HPV-2", "since"), ("HPV-2", "born_after"), ("DT-1", "before")}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(PACK)


def changed_rows(pack: Pack) -> Iterator[tuple[str, Pack]]:
    """The pack with one cell of its table one more, and the stories that speak of its dose."""
    table = pack.tables["schedule"]
    for place, row in enumerate(table.rows):
        row_id, series = str(row["row_id"]), str(row["series"])
        told = [c for c in pack.cases if row_id in str(c.raw["then"]) or f"for {series}:" in str(c.raw["then"])]
        told.sort(key=lambda case: len(case.raw["given"]))  # the shortest stories run fastest
        for column in JUDGED_BY:
            value = row.get(column)
            if value not in (None, FIRST_EDITION) and (row_id, column) not in SAID_TWICE:
                changed = _one_more(row, column, value)
                rows = (*table.rows[:place], changed, *table.rows[place + 1 :])
                tables = {**pack.tables, "schedule": replace(table, rows=rows)}
                yield f"{row_id} {row['edition']} {column}", replace(pack, tables=tables, cases=tuple(told))


def _one_more(row: Mapping[str, Any], column: str, value: Any) -> Mapping[str, Any]:
    return {**row, column: value + timedelta(days=1) if isinstance(value, date) else value + 1}


@pytest.mark.slow
def test_stories_notice_every_row(pack: Pack) -> None:
    unnoticed = [name for name, changed in changed_rows(pack) if all(r.passed for r in each_case(changed))]
    assert unnoticed == [], "\n".join(unnoticed)


def test_every_row_names_a_source_of_the_pack(pack: Pack) -> None:
    rows = pack.tables["schedule"].rows
    assert [row["row_id"] for row in rows if row["source"] not in pack.sources] == []
    assert {row["status"] for row in rows} == {"verified", "secondary"}
    assert {row.get("gap_status") for row in rows if row.get("gap") or row.get("after")} == {"secondary"}


def test_editions_of_a_dose_follow_one_another(pack: Pack) -> None:
    """No day has two rows of one step in force, and none falls between two editions."""
    steps: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in pack.tables["schedule"].rows:
        steps.setdefault((row["series"], row["step"]), []).append(row)
    for step, rows in steps.items():
        ordered = sorted(rows, key=lambda row: row["since"])
        ends = [row.get("before") for row in ordered]
        assert ends == [*(row["since"] for row in ordered[1:]), None], step
