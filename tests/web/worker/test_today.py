"""The list of visits: whose it is, in what order, and what it says."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.access.queries import actor
from doorstep.engine.model.history import Window, state_on
from doorstep.lib import db
from doorstep.visits.queries import _SECTION, COMING_DAYS, PAGE, SECTIONS, SOON_DAYS, due_visits, worklist
from tests.cast import Township
from tests.web.worker.conftest import TODAY, Reader

NAME = re.compile(r'class="visit-name" href="/p/[^"]+">([^<]+)<')
SECTION = {"overdue": 0, "open": 1, "due_soon": 1, "unknown": 1, "coming": 2, "missed": 3}
near = st.none() | st.integers(-60, 60).map(lambda n: TODAY + timedelta(days=n))


@given(near, near, near, near, st.booleans())
@settings(max_examples=400, deadline=None)
def test_the_sections_in_sql_are_those_of_state_on(
    from_on: date | None, due_on: date | None, until_on: date | None, ends_on: date | None, recurring: bool
) -> None:
    window = Window("c", 0, "", "f", "s", from_on, due_on, until_on, recurring=recurring, ends_on=ends_on)
    expected = SECTION[state_on(window, TODAY, SOON_DAYS)]
    first = from_on or due_on
    if expected == 2 and first is not None and (first - TODAY).days > COMING_DAYS:
        expected = 3
    asked = [TODAY, TODAY, TODAY, TODAY + timedelta(days=SOON_DAYS), TODAY + timedelta(days=COMING_DAYS)]
    sql = f"SELECT {_SECTION} FROM (SELECT CAST(? AS {_DAY()}) AS from_on, CAST(? AS {_DAY()}) AS due_on,"
    sql += f" CAST(? AS {_DAY()}) AS until_on, CAST(? AS {_DAY()}) AS ends_on, {'TRUE' if recurring else 'FALSE'} AS recurring) AS v"
    assert db.current().value(sql, [*asked, from_on, due_on, until_on, ends_on]) == expected


def _DAY() -> str:
    return "TEXT" if connection.vendor == "sqlite" else "DATE"


def seen(page: bytes) -> dict[str, list[str]]:
    """Section → names, as the page shows them."""
    found = {}
    for part in page.decode().split('<section class="part ')[1:]:
        found[part.split('"')[0]] = NAME.findall(part)
    return found


def test_whom_to_visit_stands_in_the_section_of_its_day(as_: Reader, township: Township) -> None:
    late = township.person("王迟")
    township.pregnancy(late, TODAY - timedelta(weeks=19), on=TODAY - timedelta(weeks=14), care="worker")
    soon = township.person("李早")
    township.pregnancy(soon, TODAY - timedelta(weeks=15), on=TODAY - timedelta(weeks=1), care="worker")
    page = as_("worker").get("/today")
    assert seen(page.content) == {"overdue": ["王迟"], "now": ["李早"], "coming": ["王迟"]}


def test_a_pregnancy_that_ended_asks_for_nothing_more(as_: Reader, township: Township) -> None:
    """The visit whose days had begun is not asked for either, from that very day on."""
    her = township.person("王迟")
    township.pregnancy(her, TODAY - timedelta(weeks=19), on=TODAY - timedelta(weeks=14), care="worker")
    ended = {"person": her, "ended_on": TODAY, "result": "ended"}
    seq = township.write("worker", "pregnancy_outcome", ended, on=TODAY).seq
    assert "What follows" not in as_("worker").get(f"/receipt/{seq}").content.decode()
    assert seen(as_("worker").get("/today").content) == {}
    page = as_("worker").get(f"/p/{her}").content.decode()
    assert [word for word in ("Overdue", "Visit at 16", "Visit at 21") if word in page] == []


def test_nobody_waits_at_first(as_: Reader, township: Township) -> None:
    township.person()
    page = as_("worker").get("/today").content.decode()
    assert "Nobody is waiting for you." in page and "王秀英" not in page


def test_only_the_care_team_has_her_on_its_list(as_: Reader, township: Township) -> None:
    for care, readers in (("worker", {"worker"}), ("clinic", {"clinician"}), ("both", {"worker", "clinician"})):
        name = {"worker": "甲一", "clinic": "乙二", "both": "丙三"}[care]
        person = township.person(name)
        township.pregnancy(person, TODAY - timedelta(weeks=17), on=TODAY - timedelta(weeks=10), care=care)
        for who in ("worker", "neighbour", "clinician"):
            names = {one for part in seen(as_(who).get("/today").content).values() for one in part}
            assert (name in names) is (who in readers), (care, who)


def test_an_ended_service_leaves_no_line(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, TODAY - timedelta(weeks=17), on=TODAY - timedelta(weeks=10), care="worker")
    assert seen(as_("worker").get("/today").content) != {}
    for service in ("antenatal", "postnatal"):
        answer = as_("worker").post(f"/p/{person}/service", {"service": service, "say": "end"})
        assert answer.headers["Location"] == f"/p/{person}"
    assert seen(as_("worker").get("/today").content) == {}
    as_("worker").post(f"/p/{person}/service", {"service": "antenatal", "say": "want"})
    assert seen(as_("worker").get("/today").content) != {}


def test_the_page_is_logged_before_names_are_read(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, TODAY - timedelta(weeks=17), on=TODAY - timedelta(weeks=10), care="worker")
    with CaptureQueriesContext(connection) as asked:
        as_("worker").get("/today")
    assert asked  # Django's own; ours are looked at in the log
    rows = db.current().rows("SELECT user_id, role, output, persons FROM access_log ORDER BY id")
    assert rows == [(township.users["worker"], "worker", "today", f'["{person}"]')]


def test_without_the_log_there_is_no_page(as_: Reader, township: Township) -> None:
    person = township.person("王秀英")
    township.pregnancy(person, TODAY - timedelta(weeks=17), on=TODAY - timedelta(weeks=10), care="worker")
    client = as_("worker")
    client.raise_request_exception = False
    db.current().run("ALTER TABLE access_log RENAME TO gone")
    try:
        for address in ("/today", f"/p/{person}", "/families", f"/fill/anc_visit?person={person}"):
            answer = client.get(address)
            assert (answer.status_code, "王秀英" in answer.content.decode()) == (503, False), address
        answer = client.post("/find", {"typed": "王秀英"})
        assert (answer.status_code, answer.content.decode().count("王秀英")) == (503, 0)
    finally:
        db.current().run("ALTER TABLE gone RENAME TO access_log")


def test_the_number_of_queries_does_not_grow_with_the_list(township: Township) -> None:
    counts = []
    for n in range(3):
        person = township.person(f"王{n}")
        township.pregnancy(person, TODAY - timedelta(weeks=17), on=TODAY - timedelta(weeks=10), care="worker")
        reader = actor(township.users["worker"])
        asked: list[str] = []
        raw = db.current().raw
        raw.set_trace_callback(asked.append) if connection.vendor == "sqlite" else None
        page = worklist(reader, TODAY)
        found = due_visits(reader, [line.id for line in page.lines])
        raw.set_trace_callback(None) if connection.vendor == "sqlite" else None
        counts.append(len(asked))
        assert len({visit.person_id for visit in found.values()}) == n + 1
    assert len(set(counts)) == 1


def test_a_long_list_comes_in_pages(as_: Reader, township: Township) -> None:
    home = township.household()
    for n in range(PAGE // 2 + 3):
        person = township.person(f"王{n:02}", home=home)
        township.pregnancy(person, TODAY - timedelta(weeks=17, days=n), on=TODAY - timedelta(weeks=10), care="worker")
    reader = actor(township.users["worker"])
    first, second = worklist(reader, TODAY), worklist(reader, TODAY, PAGE)
    assert (len(first.lines), first.more, second.more) == (PAGE, True, False)
    assert {line.id for line in first.lines}.isdisjoint(line.id for line in second.lines)
    client = as_("worker")
    assert f'href="?from={PAGE}"' in client.get("/today").content.decode()
    assert 'href="?from=0"' in client.get(f"/today?from={PAGE}").content.decode()
    order = [SECTIONS.index(line.section) for line in (*first.lines, *second.lines)]
    assert order == sorted(order)


def test_a_phone_stands_there_only_when_she_may_be_called(as_: Reader, township: Township) -> None:
    for reach, called in (
        ("any", True),
        ("only_me", True),
        ("not_home", False),
        ("clinic_only", False),
        ("none", False),
    ):
        person = township.person(f"王{reach}", phone="13912345678")
        said = {"person": person, "changed_on": TODAY, "what": "reach", "reach": reach}
        township.write("worker", "person_change", said, on=TODAY, entity=person)
        township.pregnancy(person, TODAY - timedelta(weeks=17), on=TODAY - timedelta(weeks=10), care="worker")
        page = as_("worker").get("/today").content.decode()
        mine = next(part for part in page.split('<li class="visit">') if f"王{reach}" in part)
        assert ("tel:13912345678" in mine) is called, reach


def test_why_is_told_to_the_care_team_alone(as_: Reader, township: Township) -> None:
    person = township.person()
    lmp = TODAY - timedelta(weeks=17)
    township.pregnancy(person, lmp, on=TODAY - timedelta(weeks=10), care="worker")
    visit = worklist(actor(township.users["worker"]), TODAY).lines[0]
    told = as_("worker").get(f"/why/{visit.id}")
    assert told.status_code == 200
    assert (
        "The national norm plans a visit at 16 to 20 weeks. Her last period began on 16 February 2026."
        in told.content.decode()
    )
    for who in ("neighbour", "clinician", "supervisor"):
        assert as_(who).get(f"/why/{visit.id}").status_code == 404
