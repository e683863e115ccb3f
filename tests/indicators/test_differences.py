"""Why a figure reads otherwise than it was handed in: the causes sum up to the difference, and hide as counts do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.access import queries as access
from doorstep.indicators import handed_in, periods
from doorstep.indicators.differences import CAUSES, differences, raw_differences, shown_steps
from doorstep.indicators.handed_in import Key
from doorstep.indicators.hiding.rounding import rounded
from doorstep.indicators.moments import hand_in_of, hand_ins
from doorstep.indicators.report import find, report_rows
from doorstep.indicators.values import find_report, table
from doorstep.lib import db
from doorstep.lib.problems import Problems
from doorstep.places import queries as places
from doorstep.programmes import actions, moment
from tests.cast import Township, forge, new_id, shipped
from tests.intake.test_then import cut, undone

YEAR = periods.parse("2026")
MATERNAL, EARLY = "maternal_quarter", "early_registration_rate"


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-11-20")


def mother(
    township: Township, random: Random, homes: list[str], tell: Callable[[int, Callable[[], object]], None]
) -> None:
    """A birth with what goes before it, each heard of on a day of its own; corrected, moved, or neither."""
    person, instance, outcome = new_id(), "uuid:" + new_id(), "uuid:" + new_id()
    born = random.randint(150, 280)
    lmp = date(2026, 1, 1) + timedelta(born - 270)
    on = date(2026, 1, 1) + timedelta(born)
    told = {"household": homes[0], "registered_on": date(2026, 1, 2), "agreed_by": "self", "name": "李", "sex": "female",
            "birth_date": date(1995, 1, 1), "reach": "any"}  # fmt: skip
    write = township.write
    day = date(2026, 1, 1)
    tell(1, lambda: write("worker", "person", told, on=day + timedelta(1), entity=person, label="李"))
    signed = {"person": person, "registered_on": lmp + timedelta(60), "asked": "yes", "lmp_known": "yes", "lmp": lmp,
              "care_by": "both", "language": "zh"}  # fmt: skip
    n = born + random.randint(-30, 20)
    tell(n, lambda: write("worker", "pregnancy_registration", signed, on=day + timedelta(n), instance=instance))
    seen = lmp + timedelta(weeks=random.choice([9, 15]))
    visit = {"person": person, "visit_date": seen, "weight": 61, "systolic": 118, "diastolic": 76,
             "danger_signs": "none", "referred": "no"}  # fmt: skip
    v = born + random.randint(-20, 20)
    tell(v, lambda: write("worker", "anc_visit", visit, on=day + timedelta(v)))
    ended = {"person": person, "ended_on": on, "result": "birth", "babies": [{"alive": "yes"}] * random.choice([1, 2])}
    b = born + random.choice([0, 3, 30])
    tell(b, lambda: write("worker", "pregnancy_outcome", ended, on=day + timedelta(b), instance=outcome))
    if random.random() < 0.5:
        c = b + random.randint(-2, 40)
        right = {**ended, "babies": [{"alive": "no"}]}
        tell(c, lambda: write("worker", "pregnancy_outcome", right, on=day + timedelta(c), corrects=outcome))
    for wanted in random.choice([(), (), (False,), (False, True)]):
        e = born + random.randint(-10, 40)
        service = random.choice(["antenatal", "postnatal"])
        tell(e, partial(township.end_service, person, service, day + timedelta(e), wanted=wanted))
    if random.random() < 0.5:
        m = born + random.randint(-20, 40)
        moved = {"person": person, "moved_in_on": on - timedelta(5), "household": homes[1]}
        tell(m, lambda: write("worker", "moving_in", moved, on=day + timedelta(m), entity=person))


def year(township: Township, random: Random) -> list[str]:
    homes = [
        township.household(on=date(2026, 1, 1)),
        township.household("neighbour", "c1-t1-v2", on=date(2026, 1, 1)),
    ]
    told: list[tuple[int, int, Callable[[], object]]] = []
    for _ in range(random.randint(1, 4)):
        mother(township, random, homes, lambda day, what: told.append((min(day, 320), len(told), what)))
    for _, _, write in sorted(told):
        write()
    return homes


@pytest.mark.slow
@settings(
    max_examples=int(os.environ.get("DOORSTEP_EXAMPLES", "15")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**9))
def test_causes_sum_up_and_a_figure_of_then_is_that_of_the_store_cut_there(township: Township, seed: int) -> None:
    random = Random(seed)
    east = township.places["east"]
    using = find_report(MATERNAL, east)
    assert using is not None
    with undone():
        year(township, random)
        then = moment.parse((date(2026, 1, 1) + timedelta(random.randint(160, 315))).isoformat())
        before, now = table(*using, [YEAR], [east], then), table(*using, [YEAR], [east])
        raw = raw_differences(using, using, using[1].indicators, YEAR, east, then, None)
        for (indicator, part), one in raw.items():
            key = (indicator, YEAR.id, east)
            first, last = getattr(before.values[key], part) or 0, getattr(now.values[key], part) or 0
            assert (one.then, one.now) == (first, last)
            assert sum(one.by_cause.values()) == last - first
        ends = db.current().rows("SELECT person_id, service, ended_on FROM service_end")
        cut(then)
        for row in ends:  # today's ends hold at every moment
            db.current().run("DELETE FROM service_end WHERE person_id = ? AND service = ?", row[:2])
            db.current().run("INSERT INTO service_end (person_id, service, ended_on) VALUES (?, ?, ?)", row)
        assert table(*using, [YEAR], [east]).values == before.values


def births(township: Township, count: int, home: str) -> list[tuple[str, str]]:
    """Mothers seen early, and the record of the birth of each."""
    found = []
    for _ in range(count):
        on, lmp = date(2026, 5, 4), date(2026, 5, 4) - timedelta(280)
        person, outcome = township.person(home=home), "uuid:" + new_id()
        township.pregnancy(person, lmp)
        visit = {"person": person, "visit_date": lmp + timedelta(63), "weight": 61, "systolic": 118, "diastolic": 76,
                 "danger_signs": "none", "referred": "no"}  # fmt: skip
        township.write("worker", "anc_visit", visit, on=lmp + timedelta(63))
        ended = {"person": person, "ended_on": on, "result": "birth", "babies": [{"alive": "yes"}]}
        township.write("worker", "pregnancy_outcome", ended, on=on, instance=outcome)
        found.append((person, outcome))
    return found


def hand_in(township: Township, place: str = "township") -> handed_in.Copy:
    manager = access.actor(township.users["manager"])
    key = Key(MATERNAL, township.places[place], "2026-Q2")
    checked = handed_in.check(
        manager, key, {"says": str(db.current().value("SELECT value FROM counter WHERE name = 'journal'"))}
    )
    return handed_in.hand_in(manager, checked.seq)


def test_each_cause_is_found(township: Township, tmp_path: Path) -> None:
    quarter, area = periods.parse("2026-Q2"), places.tree().by_id[township.places["township"]]
    home = township.household(on=date(2025, 6, 1))
    known = births(township, 40, home)
    old = find(MATERNAL, area)
    hand_in(township)
    (copy,) = hand_ins(old[1], quarter, area)
    births(township, 12, home)
    for person, outcome in known[:11]:
        right = {"person": person, "ended_on": date(2026, 7, 4), "result": "birth", "babies": [{"alive": "yes"}]}
        township.write("worker", "pregnancy_outcome", right, on=date(2026, 11, 1), corrects=outcome)
    folder = tmp_path / "maternal"
    shutil.copytree(shipped("maternal"), folder)
    edit(folder / "pack.yaml", "version: ", "version: 2099.1 # ")
    edit(folder / "indicators" / "early_registration_rate.yaml", "first_seen < add_weeks(", "lmp > add_weeks(")
    pack = actions.install(folder, by=township.users["installer"])
    actions.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    raw = raw_differences(old, find(MATERNAL, area), [EARLY], quarter, area.id, copy.moment, None)
    top, bottom = raw[EARLY, "numerator"], raw[EARLY, "denominator"]
    assert (top.then, top.now, dict(top.by_cause)) == (
        40,
        0,
        {"versions": -40, "late": 0, "corrections": 0, "moves": 0},
    )
    assert (bottom.then, bottom.now) == (40, 41)
    assert dict(bottom.by_cause) == {"versions": 0, "late": 12, "corrections": -11, "moves": 0}
    found = {(c.indicator, c.part): c for c in differences(MATERNAL, quarter, area, copy.moment).changes}
    hidden_now = found[EARLY, "numerator"]
    assert (hidden_now.now, hidden_now.is_open, set(hidden_now.by_cause.values())) == (None, False, {None})


def edit(file: Path, had: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert had in text
    file.write_text(text.replace(had, new, 1), encoding="utf-8")


def test_someone_who_turns_out_to_live_elsewhere(township: Township) -> None:
    home = township.household(on=date(2025, 6, 1))
    west = township.household("neighbour", "c1-t1-v2", on=date(2025, 6, 1))
    known = births(township, 2, home)
    hand_in(township)
    east = places.tree().by_id[township.places["east"]]
    area = places.tree().by_id[township.places["township"]]
    then = hand_in_of(find(MATERNAL, area)[1], periods.parse("2026-Q2"), area, "").moment
    moved = {"person": known[0][0], "moved_in_on": date(2026, 4, 1), "household": west}
    township.write("worker", "moving_in", moved, on=date(2026, 11, 1), entity=known[0][0])
    using = find_report(MATERNAL, east.id)
    assert using is not None
    raw = raw_differences(using, using, [EARLY], periods.parse("2026-Q2"), east.id, then, None)
    assert dict(raw[EARLY, "numerator"].by_cause) == {"versions": 0, "late": 0, "corrections": 0, "moves": -1}


def test_only_moments_of_handing_in_may_be_asked_about(township: Township) -> None:
    home = township.household(on=date(2025, 6, 1))
    births(township, 12, home)
    area = places.tree().by_id[township.places["township"]]
    ask = date(2026, 11, 20)
    with pytest.raises(Problems) as told:
        report_rows(MATERNAL, "2026-Q2", area, ask, moment.parse("2026-11-19"))
    assert told.value.problems[0].code == "indicators.not_handed_in_then"
    assert "2026-07-" in told.value.problems[0].text("en")  # the day it was to be handed in by
    copy = hand_in(township)
    forge(
        "report_copy",
        "UPDATE report_copy SET at = ? WHERE report_id = ?",
        [moment.parse("2026-11-10T09:30").at, MATERNAL],
    )
    now = report_rows(MATERNAL, "2026-Q2", area, ask)
    births(township, 12, home)
    assert report_rows(MATERNAL, "2026-Q2", area, ask) != now
    assert report_rows(MATERNAL, "2026-Q2", area, ask, moment.parse("2026-11-10")) == now
    with pytest.raises(Problems) as told:
        report_rows(MATERNAL, "2026-Q2", area, ask, moment.parse("2026-11-09"))
    (problem,) = told.value.problems
    assert problem.code == "indicators.not_handed_in_then"
    assert "2026-11-10" in problem.text("en") and "2026-11-10" in problem.text("zh")
    assert copy.number == 1


def test_no_hidden_step_follows_from_the_others() -> None:
    one_hidden = dict(zip(CAUSES, (30, 25, -4, -20), strict=True))
    shown = shown_steps(one_hidden, 100)
    assert [cause for cause in CAUSES if shown[cause] is None] == ["corrections", "moves"]
    assert shown_steps(dict.fromkeys(CAUSES, 0), 100) == dict.fromkeys(CAUSES)


@pytest.mark.parametrize("seed", range(12))
def test_nobody_can_work_out_a_hidden_step(seed: int) -> None:
    """Somebody who knows the rules, and of every hidden step that it is small unless more had to be hidden."""
    random = Random(seed)
    steps = dict(zip(CAUSES, (random.choice((0, 3, -4, 9, -9, 12, -15, 40)) for _ in CAUSES), strict=True))
    then = random.randint(100, 130)
    shown = shown_steps(steps, then)
    small = [cause for cause in CAUSES if abs(steps[cause]) < 10]
    hidden = [cause for cause in CAUSES if shown[cause] is None]
    assert set(small) <= set(hidden)
    if len(hidden) > len(small):
        return  # a large one is hidden with them, and nobody knows how large
    told = [(n - 2, n + 2) for n in shown.values() if n is not None]
    moved = rounded(then + sum(steps.values())) - rounded(then)
    others = 9 * (len(hidden) - 1)
    if hidden and told:
        assert moved - 4 - sum(high for _, high in told) - others <= -9
        assert moved + 4 - sum(low for low, _ in told) + others >= 9
