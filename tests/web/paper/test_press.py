"""The press refuses what is not declared, and what the charter does not allow on paper; and it is quick."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from doorstep.access import queries as access
from doorstep.access.permissions import Actor
from doorstep.access.showing import declared
from doorstep.engine import charter, rules
from doorstep.engine.charter.shown import check_output
from doorstep.engine.model.history import EpisodeRow
from doorstep.engine.outputs import Column, Filter, Output, Undeclared
from doorstep.engine.packs import load
from doorstep.lib import db
from doorstep.places import counters
from doorstep.programmes.library import Programme
from doorstep.visits import outputs as visits
from doorstep.visits.openly import open_contacts
from doorstep.visits.printing import WalkLine, walking_list
from doorstep.web.paper import press, walking
from doorstep.web.paper.courses import may_be_printed, visit_forms
from doorstep.web.worker.story import Course
from tests.cast import Township
from tests.web.paper.reading import pages_of, words_of
from tests.web.worker.conftest import TODAY, Reader

PACKS = [load(f.parent) for f in sorted((Path(__file__).parents[3] / "packs").glob("*/pack.yaml"))]
PRINTS = sorted(output.id for output in declared().values() if output.kind == "print")
FAMILY = (
    "person.relation",
    "person.children",
    "person.marital",
    "person.permit",
    "person.employer",
    "person.ethnicity",
)


def test_these_are_the_papers() -> None:
    names = (
        "care", "code", "disclosure", "health", "household", "household.planned", "own_card", "resident", "round", "slip", "vaccines",
        "walking",
    )  # fmt: skip
    assert [f"print.{name}" for name in names] == PRINTS
    assert {i: declared()[i].scope for i in PRINTS if declared()[i].scope != "care_team"} == {
        "print.code": "catchment",
        "print.disclosure": "compelled",
        "print.household": "catchment",
        "print.own_card": declared()["print.own_card"].scope,
        "print.resident": "own",
        "print.round": "catchment",
    }


def mutants(output: Output) -> list[Output]:
    more = [replace(output, columns=(*output.columns, Column("more", source))) for source in FAMILY]
    more += [replace(output, filters=(*output.filters, Filter(source))) for source in FAMILY]
    more.append(replace(output, columns=(*output.columns, Column("said", "entry.answers"))))
    more.append(replace(output, logged=False))
    if output.scope in ("care_team", "own", "compelled"):  # what the person named them for, her own, what a law compels
        more.append(replace(output, scope="catchment"))
    else:
        more.append(replace(output, columns=(*output.columns, Column("more", "visit.due_on"))))
        more.append(replace(output, columns=(*output.columns, Column("more", "entry.maternal.anc_visit.weight"))))
    return more


@pytest.mark.parametrize("output_id", PRINTS)
def test_every_mutant_of_a_paper_is_refused(output_id: str) -> None:
    made = mutants(declared()[output_id])
    ground = charter.ground_of(PACKS)
    kept = [m for m in made if not list(check_output(m, ground))]
    assert kept == [] and list(check_output(declared()[output_id], ground)) == []


def test_only_what_is_offered_to_everybody_and_tells_little_is_named(township: Township) -> None:
    """Offered to everybody or not, a visit of pregnancy or choice is never named where others read."""
    for pack_id, names in (("immunisation", True), ("elder", True), ("maternal", False), ("contraception", False)):
        pack = next(pack for pack in PACKS if pack.id == pack_id)
        for offered in (True, False):
            services = {i: replace(service, offered=offered) for i, service in pack.services.items()}
            changed = replace(pack, services=services, digest=f"{pack.digest} {offered}")
            found = open_contacts(Programme(changed, pack.default_schedule, rules.compile(pack)))
            assert bool(found) == (names and offered), (pack_id, offered)


def test_a_sheet_shows_no_form_that_closes_and_none_that_a_choice_begins(township: Township) -> None:
    pack = next(pack for pack in PACKS if pack.id == "maternal")
    programme, own = Programme(pack, pack.default_schedule, rules.compile(pack)), pack.episodes["pregnancy"]
    row = EpisodeRow("pregnancy", "begun", TODAY)
    also = replace(own, visits=(*own.visits, *own.closes))
    assert visit_forms(Course(programme, also, row, {})) == visit_forms(Course(programme, own, row, {}))
    assert may_be_printed(Course(programme, own, row, {}))
    assert not may_be_printed(Course(programme, replace(own, opens="of_another_pack"), row, {}))  # counts as choice


def test_the_list_is_read_with_the_care_teams_gate(as_: Reader, township: Township) -> None:
    """Even if an id slipped in, nobody outside the care team reads a name by it."""
    person = township.person("欧阳秋月")
    township.pregnancy(person, TODAY - timedelta(weeks=17), on=TODAY - timedelta(weeks=9))
    ids = [i for (i,) in db.current().rows("SELECT id FROM due_visit WHERE person_id = ?", [person])]
    read = {who: len(walking_list(access.actor(township.users[who]), ids)) for who in ("worker", "neighbour")}
    assert read == {"worker": len(ids), "neighbour": 0} and ids


def test_what_a_paper_tells_must_be_declared(township: Township) -> None:
    actor = Actor(township.users["worker"], "worker")
    words = walking._words(0)
    line = {
        "number": "1",
        "name": "王",
        "birth_date": "",
        "contact": "",
        "due_on": "",
        "until_on": False,
        "reach": False,
    }
    groups = [{"place_id": "", "people": [line]}]
    told = {"places": [{"place_id": "东坡村", "groups": groups}]}
    assert press.printed("print.walking", actor, press.Paper("walking.typ", words, told))[:5] == b"%PDF-"
    for more in ({"marital": "已婚"}, {"children": 2}, {"people": "王"}):
        groups[0]["people"] = [{**line, **more}]
        with pytest.raises(Undeclared, match=next(iter(more))):
            press.printed("print.walking", actor, press.Paper("walking.typ", words, told))


def test_at_the_moment_of_printing_the_charter_is_asked_again(
    as_: Reader, township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An Output that breaks it with the programmes now on is not printed, and the page says why."""
    township.person("欧阳秋月")
    assert as_("worker").get("/paper/walking.pdf").status_code == 200
    broken = replace(
        visits.WALKING_LIST, columns=(*visits.WALKING_LIST.columns, Column("children", "household.children"))
    )
    monkeypatch.setattr(visits, "OUTPUTS", (visits.TODAY, visits.CARD, broken, *visits.PRINTS[1:]))
    declared.cache_clear()
    counters.settings_changed(db.current())
    try:
        answer = as_("worker").get("/paper/walking.pdf")
        page = answer.content.decode()
        assert answer.status_code == 403 and "would stand on paper" in page and "欧阳秋月" not in page
        assert as_("worker").get("/paper/round.pdf").status_code == 200
    finally:
        monkeypatch.undo()
        declared.cache_clear()
        counters.forget()


def test_three_hundred_people_with_long_names_are_all_there_and_soon(township: Township) -> None:
    name = "买买提·艾力·阿卜杜热合曼·吐尔逊"
    lines = [
        WalkLine(
            n, f"p{n}", "maternal", "anc_2", "antenatal", TODAY, TODAY, None, township.places["east"], str(n),
            True, name if n % 3 else f"王{n}", date(1990, 1, 1), "any", True,
        )
        for n in range(300)
    ]  # fmt: skip
    actor = Actor(township.users["worker"], "worker")
    paper = press.Paper("walking.typ", walking._words(0), {"places": walking._places(lines, TODAY)})
    press.printed("print.walking", actor, paper)
    started = time.perf_counter()
    content = press.printed("print.walking", actor, paper)
    took = time.perf_counter() - started
    shown = words_of(content)
    assert [n for n in range(300) if str(n) not in shown] == []
    assert pages_of(content) >= 10 and took < 3  # a tenth of a second on a quiet machine
