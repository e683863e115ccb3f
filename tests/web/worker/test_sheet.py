"""The health record a person asked for: one sheet of what is known now, for those she named and for nobody else."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from doorstep.programmes import actions as programmes
from tests.cast import Township, shipped
from tests.web.worker.conftest import TODAY, Reader

LINE = re.compile(r"<dt>([^<]+)</dt><dd>([^<]+?) <span")


def test_the_latest_answer_to_each_question_stands_there_for_those_she_named(as_: Reader, township: Township) -> None:
    pack = programmes.install(shipped("health_record"), by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    person, before = township.person(), TODAY - timedelta(days=40)
    opened = {
        "person": person, "opened_record_on": before, "asked": "yes", "care_by": "worker", "blood_group": "o",
        "allergies": "penicillin food", "medicines": "pressure",
    }  # fmt: skip
    assert "Open a health record" in as_("worker").get(f"/p/{person}").content.decode()
    township.write("worker", "health_record", opened, on=before)
    changed = {"person": person, "changed_on": TODAY, "medicines": "pressure pain", "remark": "amlodipine"}
    township.write("worker", "health_record_change", changed, on=TODAY)
    page = html.unescape(as_("worker").get(f"/p/{person}").content.decode())
    assert LINE.findall(page.split('class="known"')[1].split("</dl>")[0]) == [
        ("Blood group", "O"),
        ("Does not bear", "Penicillin, A food"),
        ("Medicine for", "Blood pressure, Pain"),
        ("Also", "amlodipine"),
    ]
    for who in ("neighbour", "clinician", "supervisor"):
        answer = as_(who).get(f"/p/{person}")
        assert "amlodipine" not in answer.content.decode(), who


def test_pictures_are_drawn_whichever_care_came_last(as_: Reader, township: Township) -> None:
    """The newest care has none: the one before must still be drawn."""
    for name in ("health_record", "diabetes"):
        pack = programmes.install(shipped(name), by=township.users["installer"])
        programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    person, start = township.person(), TODAY - timedelta(days=90)
    care = {"person": person, "registered_on": start, "asked": "yes", "care_by": "worker"}
    township.write("worker", "dm_registration", care, on=start)
    for on, glucose in ((start, "8.1"), (TODAY - timedelta(days=60), "6.4")):
        visit = {
            "person": person, "visit_date": on, "fasting": "fasting", "glucose": glucose, "systolic": 130, "diastolic": 80,
            "danger": "no", "low_sugar": "no", "new_illness": "no", "adherence": "regular", "reaction": "no", "referred": "no",
        }  # fmt: skip
        township.write("worker", "dm_visit", visit, on=on)
    opened = {"person": person, "opened_record_on": TODAY, "asked": "yes", "care_by": "worker", "blood_group": "o"}
    township.write("worker", "health_record", opened, on=TODAY)
    page = as_("worker").get(f"/p/{person}").content.decode()
    assert page.count("<doorstep-chart>") == 2 and page.count("build/charts.js") == 1
    assert '"values": [8.1, 6.4]' in page
