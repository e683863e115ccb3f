"""Answers worked out from an entry's own answers: at the door, after a correction, in a rebuild, and for everybody."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from doorstep.forms.actions import AlreadyPublished
from doorstep.intake import rebuild
from doorstep.lib import db
from doorstep.programmes import actions as programmes
from doorstep.programmes.feed import form_tables
from doorstep.programmes.library import programmes as in_force
from tests.cast import PACKS, Township, new_id

BORN = date(2025, 1, 10)
ON = date(2026, 1, 10)
SEEN: dict[str, Any] = {
    "visit_date": ON, "sex": "male", "birth_date": BORN, "care_by": "both", "weight": "7.73", "length": 75,
    "position": "lying", "looked_at": "body", "worries": "none", "referred": "no",
}  # fmt: skip
SCORES = {"weight_for_age": "-2.01", "length_for_age": "-0.31", "weight_for_length": "-2.58", "bmi_for_age": "-2.61"}


@pytest.fixture
def child(township: Township) -> str:
    pack = programmes.install(PACKS / "child", by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    return township.person("小明", born=BORN, sex="male", on=date(2025, 2, 1))


def scores(instance: str) -> dict[str, str]:
    stored = db.current().value("SELECT answers FROM entry WHERE instance_id = ?", [instance])
    told = json.loads(stored)
    return {key: told[key] for key in (*SCORES, "head_for_age", "measure_again") if key in told}


def test_from_the_door_to_the_rebuild(township: Township, child: str) -> None:
    first, second = "uuid:" + new_id(), "uuid:" + new_id()
    lied = SEEN | {"person": child, "weight_for_age": "3"}  # what a sender puts there is not read
    township.write("worker", "child_visit", lied, on=ON, instance=first)
    assert scores(first) == SCORES
    assert due(child)["month_12"] == ON

    corrected = SEEN | {"person": child, "weight": "9.6", "visit_date": date(2026, 1, 9)}
    township.write("worker", "child_visit", corrected, on=ON, instance=second, corrects=first)
    assert scores(second)["weight_for_age"] == "-0.04"
    assert scores(first) == SCORES
    assert rebuild.verify() == []

    altered = json.loads(db.current().value("SELECT answers FROM entry WHERE instance_id = ?", [second]))
    altered |= {"weight_for_age": "1"}
    altered.pop("length_for_age")
    db.current().run("UPDATE entry SET answers = ? WHERE instance_id = ?", [json.dumps(altered), second])
    assert [(d.table, d.kind) for d in rebuild.verify()] == [("entry.answers", "altered")]
    rebuild.rebuild()
    assert scores(second)["weight_for_age"] == "-0.04"
    assert rebuild.verify() == []


def due(person: str) -> dict[str, date | None]:
    """The planned visits of a person, with the day each was made."""
    return dict(db.current().rows("SELECT contact, met_on FROM due_visit WHERE person_id = ?", [person]))


def test_nothing_is_due_after_a_death_or_a_no(township: Township, child: str) -> None:
    sister = township.person("小红", born=BORN, on=date(2025, 2, 1))
    township.write("worker", "child_visit", SEEN | {"person": child}, on=ON)
    assert len(due(child)) == len(due(sister)) == 9  # those whose time was over before 2026 are not listed
    township.write("worker", "death", {"person": child, "died_on": date(2026, 3, 1)}, on=date(2026, 3, 2), entity=child)
    township.end_service(sister, "child_health", date(2026, 3, 1))
    assert (due(child), due(sister)) == ({"month_12": ON}, {})
    assert rebuild.verify() == []


def test_everybody_at_once_knows_them_as_decimals(township: Township, child: str) -> None:
    programme = next(p for p in in_force().at(township.places["east"]) if p.pack.id == "child")
    columns = {table.form: table.columns for table in form_tables(programme)}["child_visit"]
    assert {columns[key] for key in SCORES} == {"DECIMAL(18,6)"}
    assert columns["measure_again"] == "VARCHAR"


def test_other_tables_need_another_version_of_the_form(township: Township, child: str, tmp_path: Path) -> None:
    other = tmp_path / "child"
    copytree(PACKS / "child", other)
    table = other / "tables" / "who_weight_for_age.csv"
    table.write_text(table.read_text().replace("male,0,0.3487,3.3464", "male,0,0.3487,3.3465"))
    pack_yaml = other / "pack.yaml"
    pack_yaml.write_text(re.sub(r"(?m)^version: .*$", "version: 2099.1.1", pack_yaml.read_text()))
    with pytest.raises(AlreadyPublished, match="child_visit"):
        programmes.install(other, by=township.users["installer"])
    form = other / "forms" / "child_visit.md"
    form.write_text(form.read_text().replace("2026112101", "2026112102"))
    assert programmes.install(other, by=township.users["installer"]).version == "2099.1.1"
