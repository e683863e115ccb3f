"""What a preview says is what switching on then does, and it names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from doorstep.engine import packs, rules
from doorstep.indicators.hiding.rounding import rounded
from doorstep.indicators.preview import preview
from doorstep.intake import rebuild
from doorstep.lib import db
from doorstep.lib.problems import Problems
from doorstep.places import queries as places
from doorstep.programmes import actions as programmes
from doorstep.programmes.library import Programme
from doorstep.visits import actions as visits
from tests.cast import Township, shipped
from tests.programmes.conftest import committed_store

TODAY = date(2026, 6, 15)
PEOPLE = 12
Rows = dict[visits.Key, visits.Values]


@pytest.fixture(scope="module")
def township(_migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Township]:
    """Twelve people under blood pressure care, each seen once, three of them with high pressure."""
    with committed_store(tmp_path_factory.mktemp("preview")):
        with db.transaction():
            found = Township.found()
            home = found.household()
            for number in range(PEOPLE):
                person = found.person(f"人{number}", home=home, born=date(1950, 1, 1))
                day = date(2026, 5, 1) + timedelta(number)
                told = {"person": person, "registered_on": day, "asked": "yes", "care_by": "both"}
                found.write("worker", "htn_registration", told, on=day)
                upper = 170 if number < 3 else 120
                visit = {"person": person, "visit_date": day + timedelta(3), "systolic": upper, "diastolic": 70,
                         "symptoms": "none", "adherence": "regular", "reaction": "no", "new_illness": "no", "referred": "no"}  # fmt: skip
                assert found.write("worker", "htn_visit", visit, on=day + timedelta(3)).problem is None
        yield found


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The shipped programme with a visit every two months and without the yearly check."""
    folder = copytree(shipped("hypertension"), tmp_path / "hypertension")
    schedule = folder / "schedules/nbphs_2017.yaml"
    text = schedule.read_text(encoding="utf-8").replace(
        "add_months(this.occurred_on, 3)", "add_months(this.occurred_on, 2)"
    )
    schedule.write_text(text[: text.index("  - id: htn_yearly_check")], encoding="utf-8")
    (folder / "pack.yaml").write_text(
        (folder / "pack.yaml").read_text(encoding="utf-8").replace("version: ", "version: 9"), encoding="utf-8"
    )
    return folder


def candidate(folder: Path) -> Programme:
    pack = packs.load(folder)
    return Programme(pack, pack.default_schedule, rules.compile(pack))


def still_due() -> Rows:
    """What is stored, not made and not past."""
    connection = db.current()
    rows = visits.stored(connection, [i for (i,) in connection.rows("SELECT id FROM person")])
    return {key: row for key, row in rows.items() if not row[9] and not (row[4] and row[4] < TODAY)}


def test_it_says_what_switching_on_does(township: Township, changed: Path) -> None:
    county = places.tree().by_id[township.places["county"]]
    found = preview(candidate(changed), county, TODAY)
    before = still_due()
    with db.transaction():
        pack = programmes.install(changed, by=township.users["installer"])
        programmes.switch(county.id, pack.id, pack.version, by=township.users["installer"])
    rebuild.work_out_below(places.tree().below(county.id), lambda done, of: None)
    after = still_due()
    kinds = Counter((key[3], "added" if key not in before else "left_out" if key not in after else "moved")
                    for key in {*before, *after} if before.get(key) != after.get(key))  # fmt: skip
    said = {(one.contact, one.kind): one.count for one in found.visits}
    assert said == {key: rounded(count) if count >= 10 else None for key, count in kinds.items()}
    assert said == {("htn_followup", "moved"): None, ("htn_yearly_check", "left_out"): rounded(PEOPLE)}
    assert [(e.count, e.month) for one in found.visits for e in one.examples] == [(rounded(PEOPLE), "2026-05")]
    again = preview(candidate(changed), county, TODAY)
    assert (again.visits, again.figures) == ((), ())


def test_a_village_is_too_small_a_place(township: Township, changed: Path) -> None:
    with pytest.raises(Problems) as refused:
        preview(candidate(changed), places.tree().by_id[township.places["east"]], TODAY)
    assert [p.code for p in refused.value.problems] == ["indicators.too_narrow"]
