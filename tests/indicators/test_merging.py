"""Counts made in each county and added up above: the sums of one big store, no row about a person, hidden after merging."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.access import actions as access
from doorstep.indicators import merging, periods
from doorstep.indicators.merging import merge
from doorstep.indicators.partial import Pair, Part, Partial, partial_counts, read, seal
from doorstep.indicators.report import find
from doorstep.indicators.values import table
from doorstep.lib.problems import Problems
from doorstep.places import actions as places_do
from doorstep.places import queries as places
from doorstep.programmes import actions as programmes
from doorstep.programmes.library import programmes as known
from tests import made_town
from tests.cast import STARTED, Township
from tests.server import Store

REPORT, PERIOD = "maternal_quarter", "2026-Q2"
CANARY = "欧阳金丝雀"


@pytest.fixture
def province(township: Township) -> Iterator[Township]:
    """Two counties under one province, with births in both."""
    township.places["other"] = places_do.add("c2", "county", {"zh": "白水县", "en": "Baishui county"}, None)
    township.places["other town"] = places_do.add(
        "c2-t1", "township", {"zh": "河湾镇", "en": "Hewan town"}, township.places["other"]
    )
    village = places_do.add("c2-t1-v1", "village", {"zh": "河口村", "en": "River Mouth"}, township.places["other town"])
    township.users["other"] = access.add_user("other", "other", "worker", "a good long word")
    access.serve(township.users["other"], village, STARTED)
    for one in known().at(township.places["county"]):
        programmes.switch(township.places["other"], one.pack.id, one.pack.version, by=township.users["installer"])
    births(township, "worker", "c1-t1-v1", 24)
    births(township, "other", "c2-t1-v1", 14)
    yield township


def births(township: Township, who: str, village: str, count: int) -> None:
    home = township.household(who, place=village)
    on = date(2026, 5, 4)
    for n in range(count):
        person = township.person(f"{CANARY}{n}", who=who, home=home)
        lmp = on - timedelta(days=280)
        township.pregnancy(person, lmp, who=who)
        seen = lmp + timedelta(weeks=9)
        visit = {"person": person, "visit_date": seen, "weight": 61, "systolic": 118, "diastolic": 76, "danger_signs": "none", "referred": "no"}  # fmt: skip
        township.write(who, "anc_visit", visit, on=seen)
        ended = {"person": person, "ended_on": on, "result": "birth", "babies": [{"alive": "yes"}]}
        township.write(who, "pregnancy_outcome", ended, on=on)


def made(township: Township, county: str) -> dict[str, Any]:
    node = places.tree().by_id[township.places[county]]
    programme, report = find(REPORT, node)
    return partial_counts(programme, report, periods.parse(PERIOD), node)


def as_file(content: dict[str, Any], name: str = "a.json") -> Partial:
    return read(name, json.dumps(content, ensure_ascii=False).encode())


def codes(problems: Problems) -> list[str]:
    assert all("{" not in p.text(language) for p in problems.problems for language in ("zh", "en"))
    return [p.code.removeprefix("indicators.") for p in problems.problems]


def test_what_is_merged_is_what_one_big_store_counts(province: Township) -> None:
    contents = [made(province, "county"), made(province, "other")]
    told = json.dumps(contents, ensure_ascii=False)
    assert [word in told for word in (CANARY, "c1-t1-v1", "person", "uuid")] == [False] * 4
    files = [as_file(content, f"{n}.json") for n, content in enumerate(contents)]
    counties = [province.places["county"], province.places["other"]]
    programme, report = find(REPORT, places.tree().by_id[counties[0]])
    whole = table(programme, report, [periods.parse(PERIOD)], counties).values
    for indicator, pair in merging.raw_sums(files).items():
        both = [whole[indicator, PERIOD, county] for county in counties]
        bottoms = [one.denominator for one in both if one.denominator is not None]
        assert pair == Pair(sum(one.numerator for one in both), sum(bottoms) if bottoms else None), indicator
    rows = {(row.code, row.indicator): row for row in merge(files).rows}
    early = [rows[code, "early_registration_rate"] for code in ("c1+c2", "c1", "c1-t1", "c2", "c2-t1")]
    assert [row.depth for row in early] == [0, 1, 2, 1, 2]
    pairs = [(row.cell.numerator, row.cell.denominator, row.cell.rate) for row in early]
    assert pairs[0] == (40, 40, Decimal("100.0"))
    assert merge(files).rows == merge(files[::-1]).rows


def test_files_that_do_not_belong_together_are_refused_and_nothing_is_merged(province: Township) -> None:
    mine, other = as_file(made(province, "county")), as_file(made(province, "other"), "b.json")
    for files, wanted in (
        ([], ["partial_none"]),
        ([mine, mine], ["partial_twice", "partial_twice"]),
        ([mine, replace(other, report="maternal_who")], ["partial_other_report"]),
        ([mine, replace(other, period=periods.parse("2026-Q1"))], ["partial_other_period"]),
        ([mine, replace(other, pack=(*other.pack[:2], "0" * 64))], ["partial_other_pack"]),
        ([mine, replace(other, charter="0" * 64)], ["partial_other_charter"]),
        ([replace(mine, pack=("maternal", "1.0", "0" * 64))], ["partial_no_pack"]),
    ):
        with pytest.raises(Problems) as refused:
            merge(files)
        assert codes(refused.value) == wanted


def test_a_file_cut_off_or_altered_is_refused(province: Township) -> None:
    content = made(province, "county")
    text = json.dumps(content, ensure_ascii=False)
    altered = json.loads(text)
    altered["places"][0]["counts"]["early_registration_rate"][0] = "25"
    resealed = altered | {"places": [], "sha256": ""}
    resealed["sha256"] = seal(resealed)
    for bytes_, wanted in (
        (text[:-9].encode(), "partial_cut_off"),
        (json.dumps(altered).encode(), "partial_cut_off"),
        (json.dumps(resealed).encode(), "partial_cut_off"),
        (b"{}", "partial_other_format"),
        (b"[1]", "partial_other_format"),
        (b"\xff", "partial_cut_off"),
    ):
        with pytest.raises(Problems) as refused:
            read("a.json", bytes_)
        assert codes(refused.value) == [wanted]
    assert as_file(content).sha256 == content["sha256"]


def test_a_second_total_may_not_tell_a_small_count(province: Township) -> None:
    mine, other = as_file(made(province, "county")), as_file(made(province, "other"), "b.json")
    few = Part(
        "c3", "county", {}, {i: Pair(3, None if p.denominator is None else 4) for i, p in mine.area.pairs.items()}
    )
    third = replace(mine, file="c.json", parts=(few,))
    merge([mine, other])
    with pytest.raises(Problems) as refused:
        merge([mine, other, third])
    assert codes(refused.value) == ["partial_gives_away"]
    assert merge([mine, other]).areas == ("c1", "c2")


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=3), min_size=1, max_size=4
    )
)
def test_adding_up_forgets_and_doubles_nothing(counties: list[list[tuple[int, int]]]) -> None:
    def county(n: int, townships: list[tuple[int, int]]) -> Partial:
        parts = [Part(f"c{n}-t{k}", "township", {}, {"i": Pair(*pair)}) for k, pair in enumerate(townships)]
        area = Part(f"c{n}", "county", {}, {"i": Pair(sum(a for a, _ in townships), sum(b for _, b in townships))})
        return Partial(f"{n}", "r", ("p", "1", "d"), "c", periods.parse("2026"), (area, *parts), "")

    files = [county(n, townships) for n, townships in enumerate(counties)]
    every = [pair for townships in counties for pair in townships]
    assert merging.raw_sums(files)["i"] == Pair(sum(a for a, _ in every), sum(b for _, b in every))


def test_by_command(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = Store(made_town.copied_to(tmp_path / "store", tmp_path_factory))
    folder = tmp_path / "counties"
    folder.mkdir()
    told = ("report", "hypertension_year", "--period", "2025", "--partial")
    assert "--out" in store.run(*told, code=1)
    store.run(*told, "--out", str(folder / "one.json"))
    assert "there already" in store.run(*told, "--out", str(folder / "one.json"), code=1)
    rows = store.json("report", "merge", str(folder))
    straight = store.json("report", "hypertension_year", "--period", "2025")
    assert {r["indicator"] for r in rows} == {r["indicator"] for r in straight}
    (folder / "one.json").write_text((folder / "one.json").read_text()[:-40])
    assert "does not match its seal" in store.run("report", "merge", str(folder), code=1)
