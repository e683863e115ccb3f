"""Somebody moves, or stays elsewhere for a while: she carries a code, and with it what she said may go along.

At the old place an entry says that care ends here, and on which day. At the new place another makes her a person of that
place, and her records come in after it, about the new person: nothing here says to the old place where she went, or
whether the code was ever used (charter C21, decision 0031).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from lxml import etree

from doorstep.access.consent import MOVING
from doorstep.access.permissions import Actor
from doorstep.forms import queries as forms
from doorstep.forms.builtin import (
    ARRIVAL,
    HAND_OVER,
    HANDED,
    LIVED_ELSEWHERE,
    OWNER,
    SERVICE_END,
    SERVICE_WANTED,
    STAY_END,
    VERSION_CHOICE,
)
from doorstep.forms.chains import TAKEN_BACK
from doorstep.forms.filling import Filler, Item
from doorstep.forms.queries import APPLIED, StoredEntry, library
from doorstep.forms.reader import local
from doorstep.intake import door, parcel
from doorstep.intake.consents import CONSENT
from doorstep.intake.life import Life
from doorstep.intake.parse import Sender, parse, root_of
from doorstep.intake.persons import lives
from doorstep.intake.problems import Refused
from doorstep.lib import days, db, sealed
from doorstep.register import queries as register

CODE_DAYS = 14
LATE_DAYS = 35  # a phone keeps what it sent for so long: records of a stay may come so late
_CARRIED = uuid.UUID("0b7c1d7e-6b0a-4c55-9d57-9a2b6f1f4d10")  # a record carried twice is one entry
_ENDED = uuid.UUID("5a6df720-2f5e-4e0f-8f5e-0b5d0f1c9a41")


@dataclass(frozen=True, slots=True)
class Made:
    """A code, known only now, and the last day on which it opens anything."""

    code: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class Came:
    """Who came with a code: the new person, and how many records came along or could not."""

    person_id: str
    taken: int
    left: int


def may_move(life: Life, day: date) -> bool:
    """Whether she (or her guardian) said that her record may move along with her."""
    said = life.consents.get(MOVING)
    return said is not None and said.on(day) == "yes"


def make(
    actor: Actor,
    person_id: str,
    *,
    left_on: date | None,
    until_on: date | None,
    services: Iterable[str],
    comes_back: bool = False,
) -> Made:
    """Care ends here on ``left_on``, or she stays elsewhere up to ``until_on``; ``comes_back``: she agrees that what is
    written there comes back when the stay ends. Gives the code she carries. Raises Refused."""
    today = days.today()
    life = _life(person_id)
    if life is None or life.person is None or not life.person.is_here or not may_move(life, today):
        raise Refused("intake.hand_over_not_asked", 400)
    if (left_on is None) == (until_on is None) or (left_on or today) > today or (until_on or today) < today:
        raise Refused("intake.hand_over_days", 400)
    code, expires_on = parcel.new_code(), today + timedelta(days=CODE_DAYS)
    answers = {
        "person": person_id,
        "kind": "moves" if left_on else "stays",
        "left_on": left_on,
        "until_on": until_on,
        "comes_back": ("yes" if comes_back else "no") if until_on else None,
        "services": " ".join(sorted(set(services))),
        "lock": parcel.lock_of(code),
        "expires_on": expires_on,
        "on": today,
    }
    door.accept(_filled(HAND_OVER, answers, Item(person_id)), Sender(actor.user_id, user_agent="Doorstep"))
    return Made(code, expires_on)


def handed(person_id: str, author_id: int) -> list[StoredEntry]:
    """The codes somebody made for a person that still hold, the latest first."""
    rows = forms.entries("person_id IN (?*)", [person_id])
    mine = [r for r in rows if r.form_id == HAND_OVER and r.state == APPLIED and r.author_id == author_id]
    return sorted(mine, key=lambda r: -r.seq)


def take_back(rows: Iterable[StoredEntry], sender: Sender) -> None:
    """These records do not count any more. Only for who wrote them."""
    answers = [
        {"about_form": r.form_id, "about_instance": r.instance_id, "keep_instance": r.instance_id, "keep_variant": TAKEN_BACK,
         "on": days.today()}
        for r in rows
    ]  # fmt: skip
    door.accept_many([(_filled(VERSION_CHOICE, one), sender, None) for one in answers])


def packed(code: str) -> dict[str, Any]:
    """What may go along with whoever carries this code, as it stands today. Raises Refused, in words, when the code opens
    nothing: there is none such, its time is over, it was used, or she took her yes back."""
    lock = parcel.lock_of(code)
    rows = _under(lock)
    made = next((r for r in rows if r.form_id == HAND_OVER and r.state == APPLIED), None)
    if made is None:
        raise Refused("intake.code_unknown", 404)
    _check(lock, orjson.loads(made.answers)["expires_on"])
    life = _life(str(made.person_id))
    if life is None or life.person is None or not may_move(life, days.today()):
        raise Refused("intake.code_taken_back", 403)
    return _parcel(made, life)


def whose(code: str) -> str | None:
    """Whom a code is about, for the log that comes before anything is read."""
    rows = _under(parcel.lock_of(code))
    return next((r.person_id for r in rows if r.form_id == HAND_OVER and r.state == APPLIED), None)


def unpacked(content: bytes, code: str) -> dict[str, Any]:
    """What a sealed file from another store holds. Raises Refused."""
    try:
        told = parcel.opened(content, code)
        _check(str(told["lock"]), str(told["expires_on"]))
    except (parcel.NotOpened, KeyError, TypeError) as error:
        raise Refused("intake.code_not_of_file", 400) from error
    return told


def _check(lock: str, expires_on: str) -> None:
    if any(r.form_id == ARRIVAL and r.state == APPLIED for r in _under(lock)):
        raise Refused("intake.code_used", 409)
    last = days.parse_day(expires_on)
    if last is None or last < days.today():
        raise Refused("intake.code_over", 410)


def arrive(told: Mapping[str, Any], household_id: str, since: date, actor: Actor) -> Came:
    """She is here now: a person of this place, with the records she brought. Raises Refused."""
    place = register.place_of_household(household_id)
    until = days.parse_day(told["until_on"] or "")
    if place not in actor.places or since > days.today() or (until is not None and until < days.today()):
        raise Refused("intake.hand_over_days", 400)
    person_id, sender = (
        str(uuid.uuid4()),
        Sender(actor.user_id, device_label=_label(told["lock"]), user_agent="Doorstep"),
    )
    own = {name: told["person"][name] for name in ("name", "sex", "birth_date", "reach", "phone")}
    answers = {
        **own,
        "household": household_id,
        "moved_in_on": since,
        "until_on": until,
        "lock": told["lock"],
        "on": since,
    }
    first = min([since, *(date.fromisoformat(r["on"]) for r in told["records"])]) - timedelta(days=1)
    sent = [
        _filled(ARRIVAL, answers, Item(person_id, own["name"])),
        _filled(LIVED_ELSEWHERE, {"person": person_id, "household": "", "since": first}, Item(person_id)),
    ]
    carried = [_about(record, told["person"]["id"], person_id) for record in told["records"]]
    taken = [content for content in carried if content is not None and _is_taken(content, sender)]
    door.accept_many([(content, sender, None) for content in (*sent, *taken)])
    return Came(person_id, len(taken), len(carried) - len(taken))


def undo(person_id: str, actor: Actor) -> bool:
    """She did not come after all: what was carried goes, and the code opens again while its time lasts. Gives False where
    somebody has written about her since."""
    rows = [r for r in forms.entries("person_id IN (?*)", [person_id]) if r.state == APPLIED]
    came = next((r for r in rows if r.form_id == ARRIVAL and r.author_id == actor.user_id), None)
    if came is None:
        return False
    sender = Sender(actor.user_id, device_label=_label(orjson.loads(came.answers)["lock"]), user_agent="Doorstep")
    sql = "SELECT seq, device_label FROM entry_body WHERE seq IN (?*)"
    labels: dict[int, str] = dict(db.current().rows_in(sql, [r.seq for r in rows]))
    if any(labels[r.seq] != sender.device_label for r in rows):
        return False
    take_back(rows, sender)
    return True


def sweep(today: date | None = None) -> int:
    """End the stays whose last day is over, each by an entry in the name of whoever wrote that she came, and bring back
    what was written there, late records too. Gives how many ended."""
    today, done = today or days.today(), 0
    sql = "SELECT t.seq FROM entry_entity t JOIN entry e ON e.seq = t.seq WHERE t.dataset = ? AND e.form_id = ? AND e.state = ?"
    for row in forms.entries("seq IN (?*)", [seq for (seq,) in db.current().rows(sql, [HANDED, ARRIVAL, APPLIED])]):
        said = orjson.loads(row.answers)
        until = days.parse_day(said.get("until_on") or "")
        if until is None or until >= today or row.person_id is None:
            continue
        if until >= today - timedelta(days=LATE_DAYS):
            bring_back(row.person_id, said["lock"], today)
        instance = f"uuid:{uuid.uuid5(_ENDED, row.instance_id)}"
        told = {"person": row.person_id, "left_on": until}
        receipt = door.accept(
            _filled(STAY_END, told, Item(row.person_id), instance), Sender(row.author_id, user_agent="Doorstep")
        )
        done += receipt.is_new
    return done


def bring_back(guest_id: str, lock: str, today: date) -> int:
    """What was written about a guest of this store comes back to the person at home, if she agreed to it when the code was
    made and has not taken her yes back, at home or there. In the name of whoever made the code. Gives how many came."""
    made = next((r for r in _under(lock) if r.form_id == HAND_OVER and r.state == APPLIED), None)
    if made is None or made.person_id is None or orjson.loads(made.answers).get("comes_back") != "yes":
        return 0
    home, guest = _life(made.person_id), _life(guest_id)
    if home is None or guest is None or home.person is None or not home.person.is_here:
        return 0
    if not may_move(home, today) or (MOVING in guest.consents and not may_move(guest, today)):
        return 0
    allowed = frozenset(str(orjson.loads(made.answers).get("services") or "").split())
    rows = [a.row for a in guest.in_force if a.row.form_id != CONSENT and _goes_along(a.row, allowed)]
    sql = "SELECT seq, device_label FROM entry_body WHERE seq IN (?*)"
    labels: dict[int, str] = dict(db.current().rows_in(sql, [r.seq for r in rows]))
    rows = [r for r in rows if labels[r.seq] != _label(lock)]  # not what she had brought along
    records = [{"instance": r.instance_id, "xml": forms.body(r.seq).decode("utf-8")} for r in rows]
    sender = Sender(made.author_id, device_label=_label(lock), user_agent="Doorstep")
    about = (_about(record, guest_id, made.person_id) for record in records)
    carried = [content for content in about if content is not None and _is_taken(content, sender)]
    away = _elsewhere(home, [r.occurred_on for r in rows], lock) if carried else []
    receipts = door.accept_many([(content, sender, None) for content in (*away, *carried)])
    return sum(receipt.is_new for receipt in receipts[len(away) :])


def _elsewhere(home: Life, on: Sequence[date], lock: str) -> list[bytes]:
    """In figures by place these records count where they were made: on their days she was not here, and then was again."""
    first, after = min(on), max(on) + timedelta(days=1)
    family = ""
    for since, told in home.timeline:
        if since <= after:
            family = told.get("household", family)
    said = [(first, ""), (after, family)]
    return [
        _filled(
            LIVED_ELSEWHERE,
            {"person": home.person_id, "household": household, "since": since},
            Item(home.person_id),
            f"uuid:{uuid.uuid5(_CARRIED, f'{lock} {since} {household}')}",
        )
        for since, household in said
    ]


# ---------------------------------------------------------------- what goes along


def _parcel(made: StoredEntry, life: Life) -> dict[str, Any]:
    said, person = orjson.loads(made.answers), life.person
    if person is None:
        raise Refused("intake.code_unknown", 404)
    allowed = frozenset(str(said.get("services") or "").split())
    records = [about.row for about in life.in_force if _goes_along(about.row, allowed)]
    return {
        "lock": said["lock"],
        "expires_on": said["expires_on"],
        "until_on": said.get("until_on") or "",
        "person": {
            "id": person.id,
            "name": person.name,
            "sex": person.sex,
            "birth_date": person.birth_date.isoformat() if person.birth_date else "",
            "reach": person.reach,
            "phone": sealed.opened(person.phone),
        },
        "records": [
            {"instance": r.instance_id, "on": r.occurred_on.isoformat(), "xml": forms.body(r.seq).decode("utf-8")}
            for r in records
        ],
    }


def _goes_along(row: StoredEntry, allowed: frozenset[str]) -> bool:
    """Records of the services she named, with their endings, and what she said about consent."""
    published = library().current[row.form_id]
    if row.form_id in (SERVICE_END, SERVICE_WANTED):
        return orjson.loads(row.answers).get("service") in allowed
    if published.pack_id == OWNER or published.owner_id is not None:
        return False
    return published.use.get("service", "") in allowed or (row.form_id == CONSENT and bool(allowed))


def _about(record: Mapping[str, Any], old: str, new: str) -> bytes | None:
    """A carried record, about the new person and with an id of its own; None when it is not to be read."""
    try:
        root = root_of(str(record["xml"]).encode())
        form = library().current[root.get("id", "")]
        question = library().spec(form.form_id, root.get("version", "")).by_key[str(form.use["who"])]
    except (Refused, KeyError):
        return None
    node = root
    for name in question.path:
        found = next((child for child in node if local(child.tag) == name), None)
        if found is None:
            return None
        node = found
    node.text = new
    for element in list(root.iter()):
        parent, name = element.getparent(), local(element.tag)
        if parent is None:
            continue
        if name == "entity" and element.get("id", "").removeprefix("uuid:") != old:
            parent.remove(element)  # somebody else, whom this record made at the old place
        elif name == "entity":
            element.set("id", new)
        elif name == "deprecatedID":
            parent.remove(element)
        elif name == "instanceID":
            element.text = f"uuid:{uuid.uuid5(_CARRIED, new + str(record['instance']))}"
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _is_taken(content: bytes, sender: Sender) -> bool:
    try:
        parse(content, sender)
    except Refused:
        return False
    return True


def _life(person_id: str) -> Life | None:
    return lives(db.current(), [person_id])[0].get(person_id)


def _under(lock: str) -> list[StoredEntry]:
    """The entries filed under a code."""
    rows = db.current().rows("SELECT seq, dataset FROM entry_entity WHERE entity_id = ?", [lock])
    return forms.entries("seq IN (?*)", [seq for seq, dataset in rows if dataset == HANDED])


def _label(lock: str) -> str:
    return f"carried {lock[:16]}"


def _filled(form_id: str, answers: Mapping[str, Any], item: Item | None = None, instance: str = "") -> bytes:
    published = library().current[form_id]
    filler = Filler(library().spec(form_id, published.version))
    return filler.fill(answers, instance=instance or f"uuid:{uuid.uuid4()}", item=item)
