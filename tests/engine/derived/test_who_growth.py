"""Growth against WHO's own program: every expected value, every rule at its edge."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from doorstep.engine.derived import FUNCTIONS, Tables, as_stored, who_growth
from doorstep.engine.packs.files import table
from doorstep.engine.packs.yaml_file import Found

PACKS = Path(__file__).resolve().parents[3] / "packs"
SURVEY = Path(__file__).parent / "data" / "who_igrowup_survey.csv"
BORN = date(2020, 1, 1)
COLUMNS = {"ZWEI": "weight_for_age", "ZLEN": "length_for_age", "ZWFL": "weight_for_length", "ZBMI": "bmi_for_age"}
# WHO's program of that day had day tables up to 61 months. Those shipped, and WHO's program of today, end at 60; then
# the reference of 2007 holds.
OLDER_THAN_60_MONTHS = {"4", "44", "95"}
ALLOWED = Decimal("0.01")


@pytest.fixture(scope="module")
def tables() -> Tables:
    found = Found("child")
    read = {file.stem: table(file.read_text(), f"tables/{file.name}", found) for file in PACKS.glob("child/tables/*")}
    assert (len(read), found.problems) == (9, [])
    return read


def survey() -> Iterator[Mapping[str, str]]:
    with SURVEY.open(newline="") as file:
        yield from (row for row in csv.DictReader(file) if row["_agedays"])


def child(sex: str, days: int, **measured: object) -> dict[str, Any]:
    return {"sex": sex, "born": BORN, "on": BORN + timedelta(days=days), **measured}


def surveyed(row: Mapping[str, str]) -> dict[str, Any]:
    position = {"h": "standing", "l": "lying"}.get(row["measure"])
    return child(
        "male" if row["GENDER"] == "1" else "female",
        int(row["_agedays"]),
        weight=number(row["WEIGHT"]),
        length=number(row["HEIGHT"]),
        position=position,
        oedema="yes" if row["oedema"] == "y" else "no",
    )


def number(said: str) -> Decimal | None:
    return Decimal(said) if said else None


def z(measure: str, given: Mapping[str, Any], tables: Tables) -> Decimal | None:
    return who_growth.z_score(measure, given, tables)


def test_every_expected_z_score_comes_out(tables: Tables) -> None:
    compared, differing = 0, []
    for row in survey():
        for column, measure in COLUMNS.items():
            if row["id"] in OLDER_THAN_60_MONTHS:
                continue
            wanted, got = number(row[f"_{column}"]), z(measure, surveyed(row), tables)
            compared += wanted is not None
            if (wanted is None) != (got is None) or (wanted is not None and wanted != got):
                differing.append((row["id"], measure, wanted, got))
    assert (compared, differing) == (939, [])


def test_what_who_did_not_flag_is_answered(tables: Tables) -> None:
    for row in survey():
        for column, measure in COLUMNS.items():
            if row["id"] not in OLDER_THAN_60_MONTHS and row[f"_{column}"]:
                assert row[f"_F{column[1:]}"] == "0"
                answer = who_growth.who_growth({"measure": measure, **surveyed(row)}, tables)
                assert answer is not None, (row["id"], measure)


@pytest.mark.parametrize(
    ("measure", "least", "most"),
    [
        ("weight_for_age", -6, 5),
        ("length_for_age", -6, 6),
        ("bmi_for_age", -5, 5),
        ("head_for_age", -5, 5),
        ("weight_for_length", -5, 5),
    ],
)
def test_what_who_flags_is_missing(measure: str, least: int, most: int, tables: Tables) -> None:
    """Walking the measurement up, the answers are just those within WHO's limits, both ends included."""
    names = {"length_for_age": ("length", 40, 110), "head_for_age": ("head", 35, 60)}
    name, low, high = names.get(measure, ("weight", 1, 40))
    answered, doubted = [], set()
    for step in range(low * 50, high * 50):
        given = child("male", 400, **{"length": Decimal(77), name: Decimal(step) / 50})
        score = z(measure, given, tables)
        answer = who_growth.who_growth({"measure": measure, **given}, tables)
        assert score is not None
        assert (answer == score) if least <= score <= most else (answer is None)
        answered.append(answer)
        if answer is None:
            doubted.add(who_growth.who_growth_doubt(given, tables))
    assert None in answered[:10]
    assert None in answered[-10:]
    assert doubted == {"yes"}


def test_length_and_body_mass_are_counted_as_who_counts_them() -> None:
    for row in survey():
        given = surveyed(row)
        if given["length"] is None or row["id"] in OLDER_THAN_60_MONTHS:
            continue
        length = who_growth.length_counted(int(row["_agedays"]), given["length"], given["position"])
        assert abs(length - Decimal(row["_CLENHEI"])) < Decimal("0.0001"), row["id"]
        if given["weight"] is not None:
            assert abs(who_growth.body_mass(given["weight"], length) - Decimal(row["_CBMI"])) < Decimal("0.0001")


# What WHO's packages anthro and anthroplus expect of themselves: (sex, days, measured, measure, z).
MONTH = who_growth.MONTH
EXPECTED: list[tuple[str, int, dict[str, Any], str, str]] = [
    ("male", 987, {"length": Decimal("72.86"), "position": "lying"}, "length_for_age", "-6.09"),
    ("male", round(8 * MONTH), {"length": Decimal(60), "position": "standing"}, "length_for_age", "-4.81"),
    ("male", round(9 * MONTH), {"length": Decimal(60), "position": "standing"}, "length_for_age", "-5.02"),
    ("female", 731, {"length": Decimal("77.5")}, "length_for_age", "-2.55"),
    ("female", 731, {"length": Decimal("77.5"), "position": "standing"}, "length_for_age", "-2.55"),
    ("female", 1522, {"weight": Decimal(17)}, "weight_for_age", "0.24"),
    ("male", 44, {"length": Decimal(50)}, "length_for_age", "-3.29"),
]


@pytest.mark.parametrize(("sex", "days", "measured", "measure", "wanted"), EXPECTED)
def test_what_the_packages_of_who_expect(
    sex: str, days: int, measured: dict[str, Any], measure: str, wanted: str, tables: Tables
) -> None:
    got = z(measure, child(sex, days, **measured), tables)
    assert got is not None
    assert abs(got - Decimal(wanted)) <= ALLOWED


@pytest.mark.parametrize(
    ("days", "position", "counted"),
    [(730, "standing", "100.7"), (800, "standing", "100"), (730, "lying", "100"), (800, "lying", "99.3"),
     (731, "standing", "100"), (273, "standing", "100"), (274, "standing", "100.7"), (730, None, "100")],
)  # fmt: skip
def test_lying_and_standing(days: int, position: str | None, counted: str) -> None:
    assert who_growth.length_counted(days, Decimal(100), position) == Decimal(counted)


def test_body_mass() -> None:
    assert who_growth.body_mass(Decimal(20), Decimal(100)) == 20


SCHOOL = [
    ("60.32", "113.8", "18.7", {"weight_for_age": "0.21", "bmi_for_age": "-0.58", "length_for_age": "0.96"}),
    ("60.911701", "113.6", "20.5", {"weight_for_age": "0.79", "bmi_for_age": "0.42", "length_for_age": "0.85"}),
]


@pytest.mark.parametrize(("months", "height", "weight", "wanted"), SCHOOL)
def test_school_age(months: str, height: str, weight: str, wanted: Mapping[str, str], tables: Tables) -> None:
    """The packages take months; ours come from days, which lie at most half a day off."""
    days = round(Decimal(months) * MONTH)
    given = child("female", days, length=Decimal(height), weight=Decimal(weight), position="standing")
    for measure, expected in wanted.items():
        got = z(measure, given, tables)
        assert got is not None
        assert abs(got - Decimal(expected)) <= ALLOWED, measure


def test_the_last_months_of_each_table(tables: Tables) -> None:
    def known(measure: str, days: int) -> bool:
        given = child("male", days, weight=Decimal(30), length=Decimal(110), head=Decimal(50), position="standing")
        return z(measure, given, tables) is not None

    last = {measure: max(days for days in range(1820, 7000) if known(measure, days)) for measure in who_growth.MEASURES}
    assert last == {
        "weight_for_age": int(121 * MONTH),
        "length_for_age": int(229 * MONTH),
        "bmi_for_age": int(229 * MONTH),
        "head_for_age": 1826,
        "weight_for_length": 1826,
    }


@pytest.mark.parametrize("measure", who_growth.MEASURES)
@pytest.mark.parametrize(
    "without",
    [{"sex": None}, {"sex": "other"}, {"born": None}, {"on": None}, {"on": BORN - timedelta(days=1)}],
)
def test_without_sex_or_age_nothing_is_known(measure: str, without: dict[str, Any], tables: Tables) -> None:
    whole = child("male", 400, weight=Decimal(10), length=Decimal(77), head=Decimal(46))
    assert z(measure, whole, tables) is not None
    assert z(measure, whole | without, tables) is None


def test_swollen_feet_keep_weight_out(tables: Tables) -> None:
    given = child("male", 400, weight=Decimal(10), length=Decimal(77), head=Decimal(46), oedema="yes")
    known = {measure for measure in who_growth.MEASURES if z(measure, given, tables) is not None}
    assert known == {"length_for_age", "head_for_age"}


def test_a_measurement_of_nothing_is_none(tables: Tables) -> None:
    assert z("weight_for_age", child("male", 400, weight=Decimal(0)), tables) is None
    assert z("length_for_age", child("male", 400, length=Decimal(-3)), tables) is None


def test_lengths_outside_the_table_are_missing(tables: Tables) -> None:
    def known(days: int, cm: str) -> bool:
        given = child("male", days, weight=Decimal(10), length=Decimal(cm))
        return z("weight_for_length", given, tables) is not None

    assert [known(400, cm) for cm in ("44.9", "45", "110", "110.1")] == [False, True, True, False]
    assert [known(800, cm) for cm in ("64.9", "65", "120", "120.1")] == [False, True, True, False]


@pytest.mark.parametrize(
    ("function", "number_"),
    [(name, n) for name, function in FUNCTIONS.items() for n in range(len(function.examples))],
)
def test_every_example_of_a_function(function: str, number_: int, tables: Tables) -> None:
    one = FUNCTIONS[function]
    example = one.examples[number_]
    got = one.python({a.name: example.given.get(a.name) for a in one.takes}, tables)
    assert (None if got is None else as_stored(got)) == example.gives


def test_the_lines_of_the_picture_lie_where_the_z_scores_are(tables: Tables) -> None:
    picture = FUNCTIONS["who_growth"].picture
    assert picture is not None
    for measure, name in (("weight_for_age", "weight"), ("length_for_age", "length"), ("head_for_age", "head")):
        curves = picture.curves({"measure": measure, "sex": "female"}, 84, tables)
        assert [curve.name for curve in curves] == ["-3", "-2", "0", "+2", "+3"]
        for curve in curves:
            assert [int(p.months) for p in curve.points] == list(range(60 if measure == "head_for_age" else 85))
            for point in curve.points[::12]:
                days = who_growth.days_of_month(int(point.months))
                given = {"measure": measure, **child("female", days, **{name: point.value})}
                got = z(measure, given, tables)
                assert got is not None
                assert abs(got - int(curve.name)) <= Decimal("0.02"), (measure, curve.name, point)


def test_a_point_of_the_picture(tables: Tables) -> None:
    picture = FUNCTIONS["who_growth"].picture
    assert picture is not None
    given = child("male", 731, weight=Decimal("12.5"), length=Decimal("88.7"), position="lying")
    shown = {m: picture.point({"measure": m, **given}) for m in ("weight_for_age", "length_for_age", "bmi_for_age")}
    assert {m: (str(p.months), str(p.value)) for m, p in shown.items() if p} == {
        "weight_for_age": ("24.02", "12.50"),
        "length_for_age": ("24.02", "88.00"),
        "bmi_for_age": ("24.02", "16.14"),
    }


def test_a_z_score_takes_less_than_a_tenth_of_a_millisecond(tables: Tables) -> None:
    given = child("male", 400, weight=Decimal("9.7"))
    z("weight_for_age", given, tables)
    rounds = []
    for _ in range(10):
        began = time.process_time()
        for _ in range(50):
            z("weight_for_age", given, tables)
        rounds.append((time.process_time() - began) / 50)
    assert min(rounds) < 0.0001
