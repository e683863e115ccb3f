"""Events for everybody: about places, never about persons; and questions nobody can trace."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from doorstep.access.queries import actor
from doorstep.api.openrosa.lists import offered
from doorstep.forms.queries import APPLIED, REVIEW, SUPERSEDED
from doorstep.intake import door, rebuild
from doorstep.intake.problems import Refused
from doorstep.lib import db
from doorstep.programmes import actions as programmes
from tests.cast import Township, fill, new_id, shipped
from tests.web.worker.conftest import TODAY, Reader

EAST, WEST = "c1-t1-v1", "c1-t1-v2"


@pytest.fixture
def lively(township: Township) -> Township:
    """The township with events for everybody."""
    pack = programmes.install(shipped("outreach"), by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    return township


def event(
    township: Township, place: str = EAST, people: int = 23, on: date = TODAY, who: str = "worker", **more: str
) -> door.Receipt:
    answers = {
        "place": place,
        "held_on": on,
        "kind": "lecture",
        "topic": "pressure",
        "series": "part_2",
        "people": people,
    }
    return township.write(who, "outreach_event", answers, on=on, **more)


def states() -> list[int]:
    return [s for (s,) in db.current().rows("SELECT state FROM entry WHERE form_id = 'outreach_event' ORDER BY seq")]


def held() -> list[tuple[int, object]]:
    return [tuple(row) for row in db.current().rows("SELECT place_id, occurred_on FROM place_entry ORDER BY seq")]


def test_what_was_held_is_listed_for_those_of_the_place(as_: Reader, lively: Township) -> None:
    event(lively)
    for who, sees in (("worker", True), ("neighbour", False), ("supervisor", True)):
        page = html.unescape(as_(who).get("/outreach").content.decode())
        assert ("East Slope" in page and "Course, part 2" in page and "<dd>23</dd>" in page) is sees, who
        assert "/fill/outreach_event" in page and "/outreach/ask/outreach_questions" in page, who
    assert as_("manager").get("/outreach").status_code == 404


def test_an_event_elsewhere_does_not_count(lively: Township) -> None:
    event(lively, WEST)
    event(lively, "nowhere")
    assert (states(), held()) == ([REVIEW, REVIEW], [])
    event(lively, WEST, who="neighbour")
    assert held() == [(lively.places["west"], TODAY)]


def test_a_correction_takes_its_place_and_a_rebuild_gives_the_same(as_: Reader, lively: Township) -> None:
    first = "uuid:" + new_id()
    seq = event(lively, people=23, instance=first).seq
    assert as_("worker").get(f"/correct/{seq}").status_code == 200
    assert as_("neighbour").get(f"/correct/{seq}").status_code == 404
    event(lively, people=32, corrects=first)
    assert (states(), held()) == ([SUPERSEDED, APPLIED], [(lively.places["east"], TODAY)])
    page = as_("worker").get("/outreach").content.decode()
    assert "<dd>32</dd>" in page and "<dd>23</dd>" not in page
    before = held()
    assert rebuild.verify() == []
    rebuild.rebuild()
    assert held() == before


def test_figures_count_events_and_hide_few_people(as_: Reader, lively: Township) -> None:
    event(lively, people=4)
    page = as_("supervisor").get("/outreach/figures?period=2026-Q2").content.decode()
    assert '<p class="figure-rate">1</p>' in page and "hidden" in page.split("People who came")[1][:80]
    event(lively, people=21)
    event(lively, WEST, 30, who="neighbour")
    event(lively, people=500, on=date(2026, 3, 31))
    page = as_("supervisor").get("/outreach/figures?period=2026-Q2").content.decode()
    assert '<p class="figure-rate">3</p>' in page and "<dt>People who came</dt><dd>55</dd>" in page
    assert (
        '<td>East Slope</td><td class="number">2</td>' in page
        and '<td>West Gully</td><td class="number">1</td>' in page
    )
    earlier = as_("manager").get("/outreach/figures?period=2026-Q1").content.decode()
    assert "<dt>People who came</dt><dd>500</dd>" in earlier
    assert as_("worker").get("/outreach/figures").status_code == 404


def answer(township: Township, as_: Reader, who: str = "worker", free: str = "yes") -> int:
    content = fill(township.spec("outreach_questions"), {"felt_free": free, "may_refuse": "yes", "filled_on": TODAY})
    sent = {"xml_submission_file": SimpleUploadedFile("s.xml", content, "text/xml")}
    return as_(who).post("/outreach/ask/outreach_questions/send", sent).status_code


def test_nothing_of_who_answered_is_kept(as_: Reader, lively: Township) -> None:
    entries = db.current().value("SELECT COUNT(*) FROM entry")
    page = as_("worker").get("/outreach/ask/outreach_questions").content.decode()
    assert "doorstep-form" in page and 'class="tab"' not in page and 'class="menu"' not in page
    assert answer(lively, as_) == 201
    assert db.current().value("SELECT COUNT(*) FROM entry") == entries
    cursor = db.current().raw.cursor()
    cursor.execute("SELECT * FROM anonymous_answer")
    assert {c[0] for c in cursor.description} == {"id", "form_id", "place_id", "month", "answers"}
    row = db.current().row("SELECT form_id, place_id, month, answers FROM anonymous_answer")
    said = '{"felt_free": "yes", "may_refuse": "yes"}'
    assert row == ("outreach_questions", lively.places["township"], date(2026, 6, 1), said)


def test_no_phone_and_no_door_takes_an_anonymous_form(as_: Reader, lively: Township) -> None:
    listed = {one.form_id for one in offered(actor(lively.users["worker"]))}
    assert "outreach_event" in listed and "outreach_questions" not in listed
    content = fill(lively.spec("outreach_questions"), {"felt_free": "no"})
    with pytest.raises(Refused):
        door.accept(content, lively.sender("worker"))
    assert as_("worker").get("/fill/outreach_questions").status_code == 404
    other = fill(lively.spec("outreach_event"), {"place": EAST, "held_on": TODAY, "people": 3})
    sent = {"xml_submission_file": SimpleUploadedFile("s.xml", other, "text/xml")}
    assert as_("worker").post("/outreach/ask/outreach_questions/send", sent).status_code == 404
    assert db.current().value("SELECT COUNT(*) FROM anonymous_answer") == 0


def test_few_answers_are_not_shown(as_: Reader, lively: Township) -> None:
    for n in range(9):
        answer(lively, as_, free="no" if n == 0 else "yes")
    few = "Fewer than ten answered in this quarter"
    assert few in as_("manager").get("/outreach/figures?period=2026-Q2").content.decode()
    answer(lively, as_, "neighbour")
    assert few in as_("manager").get("/outreach/figures?period=2026-Q2").content.decode()  # one more moves nothing
    for _ in range(9):
        answer(lively, as_, "neighbour")
    page = as_("manager").get("/outreach/figures?period=2026-Q2").content.decode()
    assert few not in page and "20 answered, without a name." in page
    asked = page.split("I felt free to say no.")[1].split("</dl>")[0]
    assert asked.count("hidden") == 6 and "<dd>" in asked  # one no of 19 is hidden, and what it could be told from
