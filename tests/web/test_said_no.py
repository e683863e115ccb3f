"""A decline ends it and leaves no mark (charter C3, C4): every history in every order, every address to every reader."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from random import Random

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from doorstep.access import actions as access
from doorstep.access.permissions import ROLES
from doorstep.access.showing import Shows, declared
from doorstep.forms import builtin
from doorstep.intake import door, rebuild
from doorstep.lib import db
from doorstep.places import counters
from tests.cast import PASSWORD, STARTED, Township, at_noon, fill, new_id
from tests.web.field.conftest import Phone
from tests.web.worker.conftest import TODAY, Reader, as_, on_a_day, steady

__all__ = ["as_", "on_a_day"]

SERVICE = "antenatal"
NAME = "欧阳秋月"


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back at its end."""
    counters.forget()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    counters.forget()


@dataclass
class World:
    township: Township
    person: str
    sequence: int  # of the entry that began her care
    visit: int  # one of her visits due
    mine: int  # a record of care that waits for its author's repair
    theirs: int  # one of the register that waits for the supervisor
    token: str
    phones: dict[str, str]  # whose phone of the app → its key

    def say(self, on: date, *, ends: bool, who: str = "worker") -> bytes:
        """She says that the service ends, or, present, that she wants it: the entry, not yet sent."""
        form = builtin.SERVICE_END if ends else builtin.SERVICE_WANTED
        instance = "uuid:" + new_id()
        return fill(self.township.spec(form), {"person": self.person, "service": SERVICE, "on": on}, instance=instance)

    def send(self, content: bytes, who: str = "worker") -> None:
        door.accept(content, self.township.sender(who), received_at=at_noon(TODAY))

    def waiting(self) -> list[tuple[str, object]]:
        """The visits of the service that wait."""
        sql = "SELECT contact, from_on FROM due_visit WHERE person_id = ? AND service = ? AND met_by = ''"
        return sorted((row[0], str(row[1])) for row in db.current().rows(sql, [self.person, SERVICE]))


@pytest.fixture
def world(township: Township) -> World:
    """A pregnant woman in care, her neighbours, and somebody of every role."""
    for role in ROLES:
        if role not in township.users:
            clinic = None if role == "reviewer" else township.places["clinic"]  # a reviewer is of nobody's house
            township.users[role] = access.add_user(role, role, role, PASSWORD, clinic_id=clinic)
    home = township.household(number="7")
    person = township.person(NAME, home=home)
    township.person("李平", home=home, sex="male")
    township.pregnancy(person, TODAY - timedelta(weeks=14), on=TODAY - timedelta(weeks=5))
    seq = db.current().value("SELECT max(seq) FROM entry")
    visit = db.current().value("SELECT min(id) FROM due_visit WHERE person_id = ? AND met_by = ''", [person])
    told = {"person": person, "visit_date": TODAY - timedelta(8), "weight": ""}
    mine = township.write("worker", "anc_visit", told, on=TODAY - timedelta(8)).seq
    nobody = {"person": new_id(), "left_on": TODAY - timedelta(9)}
    theirs = township.write("worker", "moving_away", nobody, on=TODAY - timedelta(9)).seq
    township.users["colleague"] = access.add_user("colleague", "colleague", "worker", PASSWORD)
    access.serve(township.users["colleague"], township.places["east"], STARTED)
    token = access.add_collect_device(township.users["worker"], "phone")
    phones = {
        who: access.add_device(township.users[who], "app") for who in ("worker", "colleague", "neighbour", "clinician")
    }
    return World(township, person, int(seq), int(visit), mine, theirs, token, phones)


# --- C3 -------------------------------------------------------------------------------------------------------
def derived() -> dict[str, set[tuple[object, ...]]]:
    """Every derived row about people, entries left out: their place in the sequence is that of their arrival."""
    tables = {name: columns for name, columns in rebuild.DERIVED.items() if name not in ("entry", "entry_note")}
    return {name: set(db.current().rows(f"SELECT {columns} FROM {name}")) for name, columns in tables.items()}


@pytest.mark.slow
def test_whatever_was_said_in_whatever_order_the_last_day_counts(world: World, as_: Reader) -> None:
    """Declines and wishes on random days, the decline last on a tie; sent in random orders; thrown away and worked out
    again; and all entries sent anew to a store that holds nothing of them."""
    random, ended, went_on = Random(20261121), 0, 0
    today = as_("worker")
    assert world.waiting() and NAME in today.get("/today").content.decode()
    tie = [(TODAY - timedelta(2), False), (TODAY, True), (TODAY, False)]
    drawn = [
        [(TODAY - timedelta(random.randrange(9)), random.random() < 0.6) for _ in range(random.randrange(1, 6))]
        for _ in range(4)
    ]
    for said in (tie, *drawn):
        entries = [world.say(on, ends=ends) for on, ends in said]
        last = max(on for on, _ in said)
        ends_it = any(ends for on, ends in said if on == last)
        results = []
        for _ in range(2):
            with undone():
                for content in random.sample(entries, len(entries)):
                    world.send(content)
                    if random.random() < 0.3:
                        world.send(content)  # a phone that got no answer sends again
                results.append((derived(), world.waiting(), NAME in today.get("/today").content.decode()))
                rebuild.rebuild()
                assert rebuild.verify() == []
                results.append((derived(), world.waiting(), NAME in today.get("/today").content.decode()))
        assert [r == results[0] for r in results] == [True] * 4, said
        _, waiting, listed = results[0]
        assert (waiting == []) == ends_it, said
        assert not (ends_it and listed), said
        ended, went_on = ended + ends_it, went_on + (not ends_it)
    assert ended and went_on  # both happened, so that either could have failed


# --- C4 -------------------------------------------------------------------------------------------------------
def _by_button(world: World, as_: Reader) -> None:
    as_("worker").post(f"/p/{world.person}/service", {"service": SERVICE, "say": "end"})


def _at_the_clinic(world: World, as_: Reader) -> None:
    world.send(world.say(TODAY, ends=True), who="clinician")


def _after_back_and_forth(world: World, as_: Reader) -> None:
    for days, ends in ((9, True), (6, False), (3, True), (2, False), (0, True)):
        world.send(world.say(TODAY - timedelta(days), ends=ends))


def _wanted_the_same_day(world: World, as_: Reader) -> None:
    world.send(world.say(TODAY, ends=True))
    world.send(world.say(TODAY, ends=False))


WAYS: dict[str, Callable[[World, Reader], None]] = {
    "at the clinic": _at_the_clinic,
    "after back and forth": _after_back_and_forth,
    "wanted on the same day too": _wanted_the_same_day,
}
# Her own page and what is on it, for those she named: the service's own screen. Others are asked for it as well.
OWN_SCREEN = {"person"}
IN_CARE = {"worker", "clinician"}
# What stands in an address: how it is filled in. An address with anything else fails the test until it is said here.
FILLED: dict[str, Callable[[World], object]] = {
    "person_id": lambda w: w.person,
    "household_id": lambda w: db.current().value("SELECT household_id FROM person WHERE id = ?", [w.person]),
    "visit_id": lambda w: w.visit,
    "seq": lambda w: w.sequence,
    "form_id": lambda _: "anc_visit",
    "pack_id": lambda _: "maternal",
    "series_id": lambda _: "vaccine",
    "kind": lambda _: "pregnancy",
    "report_id": lambda _: "maternal_quarter",
    "indicator": lambda _: "early_registration_rate",
    "token": lambda w: w.token,
    "entity_list": lambda _: "person",
    "name": lambda _: "place.csv",
    "user_id": lambda w: w.township.users["worker"],
    "device_id": lambda _: 1,
    "run_id": lambda _: 1,
    "copy_id": lambda _: 1,
    "kept_id": lambda _: 1,
    "catchment_id": lambda _: 1,
    "ending": lambda _: "csv",
    "session_id": lambda _: "1",
    "opening_id": lambda _: 1,
    "complaint_id": lambda _: 1,
    "request_id": lambda _: 1,
    "act_id": lambda _: 1,
}
MORE = ("/mine?programme=maternal", "/find?q=欧阳", "/families?place=c1-t1-v1", "/desk/?place=c1-t1", "/reports/maternal_quarter?period=2026-Q2",
        "/fill/anc_visit?person={person}", "/odk/{token}/lists/person/integrity?id={person}", "/odk/{token}/lists/place.csv", "/repair/{mine}",
        "/desk/problems/{theirs}")  # fmt: skip
# What is asked for by sending something.
SENT: dict[str, Callable[[World], dict[str, object]]] = {
    "/desk/export": lambda w: {"place": w.township.places["east"]},
}


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """Every address of the server with the name of its view, filled in."""

    def below(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
        for one in resolver.url_patterns:
            path = before + str(one.pattern)
            yield from below(one, path) if isinstance(one, URLResolver) else [(path, one)]

    for path, view in below(get_resolver()):
        holes = re.findall(r"<(?:\w+:)?(\w+)>", path)
        assert set(holes) <= set(FILLED), f"{path}: say in FILLED what stands there"
        yield re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(FILLED[m[1]](world)), path), view.name or ""
    yield from (
        (more.format(person=world.person, token=world.token, mine=world.mine, theirs=world.theirs), "more")
        for more in MORE
    )


def content(client: Client, address: str, sent: dict[str, object] | None = None) -> object:
    """What the address gives, without the tokens and the time that change at every reading."""
    spoken = {"x-openrosa-version": "1.0"} if address.startswith("/odk/") else {}
    answer = client.get(address, headers=spoken) if sent is None else client.post(address, sent)
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if data[:2] == b"PK":  # a table or folder: its files, without the moment it was packed
        with zipfile.ZipFile(BytesIO(data)) as packed:
            return answer.status_code, {n: packed.read(n) for n in packed.namelist() if "docProps" not in n}
    try:
        return answer.status_code, answer.headers.get("Location"), steady(data)
    except UnicodeDecodeError:
        return answer.status_code, data


PHONE = "/sync/pull"
Asked = dict[tuple[str, str], object]


def readers(as_: Reader) -> dict[str, Client]:
    """One browser of every role, and of nobody."""
    return {role: as_(role) for role in (*ROLES, "neighbour", "colleague")} | {
        "": Client(headers={"accept-language": "en"})
    }


DRAWN = frozenset({"/complain/paper.pdf", "/account/second-step", "/account"})
"""The first two draw a code by chance at every reading; the last lists where its reader is logged in, and the ways of ending tried
here log different people in."""


def everything(world: World, who: dict[str, Client]) -> Asked:
    """Every address to every role, and to nobody; not the service's own screen to those she named."""
    found: Asked = {(role, PHONE): on_the_phone(world, role) for role in world.phones}
    for role, client in who.items():
        for address, name in addresses(world):
            if address not in (PHONE, *DRAWN) and not (name in OWN_SCREEN and role in IN_CARE):
                found[role, address] = content(client, address)
        for address, sent in SENT.items():
            found[role, address] = content(client, address, sent(world))
    return found


def on_the_phone(world: World, role: str) -> object:
    """Everybody on a phone that begins anew. For those she named, her own page with what was written there is left out."""
    phone = Phone(world.phones[role]).pull()
    people = {one["id"]: dict(one) for one in phone.people.values()}
    if role in IN_CARE and world.person in people:
        people[world.person] |= {"records": [], "services": []}
    return 200, people, phone.families


def again(world: World, keys: Asked, who: dict[str, Client]) -> Asked:
    """The same addresses to the same readers once more."""
    found: Asked = {}
    for role, address in keys:
        sent = SENT[address](world) if address in SENT else None
        found[role, address] = on_the_phone(world, role) if address == PHONE else content(who[role], address, sent)
    return found


def opened(found: Asked) -> Asked:
    """Those that gave something: whoever is shown nothing is shown nothing of a decline."""
    return {key: answer for key, answer in found.items() if isinstance(answer, tuple) and answer[0] == 200}


def shown_by(found: Asked) -> set[str]:
    """The declared outputs whose pages really opened."""
    resolver = get_resolver()
    shows = (getattr(resolver.resolve(a.split("?")[0]).func, "shows", None) for _, a in opened(found))
    return {said.output for said in shows if isinstance(said, Shows) and said.output}


@pytest.mark.once  # the same pages; how a service ends is asked of both databases by the test above and tests/visits
@pytest.mark.slow
def test_no_address_tells_how_the_service_ended(world: World, as_: Reader) -> None:
    """Whichever way it ended that day, every page, list, file and report reads the same, byte for byte."""
    who = readers(as_)
    before = content(who["worker"], "/today")
    for role in world.phones:
        on_the_phone(world, role)  # heard of from now on, which the desk sees
    with undone():
        _by_button(world, as_)
        ended = everything(world, who)
    assert before != ended["worker", "/today"]  # what is compared does show her care
    for way, end in WAYS.items():
        with undone():
            end(world, as_)
            other = again(world, opened(ended), who)
        assert {key for key in other if other[key] != ended[key]} == set(), way
    reached = shown_by(ended)
    assert {output: page for output, page in PART_OF.items() if page not in reached} == {}
    left = set(declared()) - reached - set(PART_OF) - APART
    assert sorted(left) == []


# Outputs that are a part of another's page, and that page.
PART_OF: dict[str, str] = {
    "board.map": "board",
    "board.register": "board",
    "problems.care": "repairs",
    "report.places": "report",
    "round.findings": "round.progress",
    "pictures.ages": "pictures",
    "pictures.born": "pictures",
    "print.household.planned": "print.household",
    "phone.visits": "phone.people",
    "phone.records": "phone.people",
    "phone.families": "phone.people",
}
# Outputs no care can stand in: forms of one's own belong to no programme. The service's own screen itself, with the card
# of doses on it. What a draft of a programme would change: its counts come from the same visits due as the board's. And
# answers nobody's name stands on.
APART = {"forms.own.record", "forms.own.records", "forms.own.export", "person.care", "person.card", "pack.preview"}
APART |= {"outreach.ask", "outreach.voices"}
# Papers of one person's care, for those she named: the same as that screen. A slip is only for a visit that waits.
APART |= {"print.care", "print.health", "print.vaccines", "print.slip"}
# Her own page and papers, where what she said herself stands; who is logged in where; what a clerk may type in, by form alone; and
# what is opened in an emergency, which asks for a reason first (its own tests read it).
APART |= {"resident.page", "resident.visits", "resident.child", "resident.copy", "print.resident", "print.own_card"}
APART |= {"account", "type.for", "emergency.record"}
# What the law compelled somebody to give out: nobody's here (tests/disclosures reads it; C21).
APART |= {"disclosure", "disclosure.tell", "disclosures.counted", "print.disclosure"}
APART |= {"print.code"}  # a number drawn by chance and a day, nothing else


def test_a_marker_would_be_found(world: World, as_: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison above can fail: a page that tells of a decline is told apart."""
    with undone():
        _by_button(world, as_)
        one = content(as_("worker"), "/families")
    with undone():
        _by_button(world, as_)
        world.township.household(number="8")
        other = content(as_("worker"), "/families")
    assert one != other
