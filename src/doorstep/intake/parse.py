"""A submission's bytes to something that can be stored: well-formed, of a known form and version, typed.

No entities, no DTD, no network, and limits on size and depth. Runs outside the store's lock.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import orjson
from lxml import etree

from doorstep.access.queries import staff
from doorstep.forms import queries as forms
from doorstep.forms.reader import EntityAction, local
from doorstep.intake.deriving import derived
from doorstep.intake.problems import Refused
from doorstep.lib import days, sealed

LARGEST_XML = 5_000_000
LONGEST_ID = 249
DATASETS_OF_OURS = ("person", "household")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who hands an entry in: a member, perhaps by a device."""

    user_id: int
    device_id: int = 0
    device_label: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class SentFile:
    name: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Submission:
    """One parsed submission, ready for the store."""

    form_id: str
    form_version: str
    instance_id: str
    deprecates: str | None
    body: bytes
    sender: Sender
    received_at: datetime
    received_on: date
    occurred_on: date
    counter: int
    person_id: str | None
    household_id: str | None
    answers: str
    faults: str
    entities: list[EntityAction] = field(default_factory=list)
    expected_files: tuple[str, ...] = ()
    files: tuple[SentFile, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return (self.form_id, self.instance_id)


_of_thread = threading.local()


def _parser() -> etree.XMLParser:
    """This thread's parser: no entities, no DTD, no network; making one costs as much as a small submission."""
    found: etree.XMLParser | None = getattr(_of_thread, "parser", None)
    if found is None:
        found = _of_thread.parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
    return found


def root_of(content: bytes) -> etree._Element:
    """The root of what was sent, read without entities, DTD or network. Raises Refused."""
    if len(content) > LARGEST_XML:
        raise Refused("intake.too_large", 413, limit=LARGEST_XML)
    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("intake.not_xml", 400) from error
    if root.getroottree().docinfo.internalDTD is not None or b"<!DOCTYPE" in content[:2000]:
        raise Refused("intake.has_dtd", 400)
    return root


def _meta(root: etree._Element) -> dict[str, str]:
    for child in root:
        if local(child.tag) == "meta":
            return {local(e.tag): (e.text or "").strip() for e in child}
    return {}


def parse(
    content: bytes, sender: Sender, files: tuple[SentFile, ...] = (), received_at: datetime | None = None
) -> Submission:
    """Read one submission. Raises Refused (with the HTTP status to answer) when nothing can be kept as an entry."""
    root = root_of(content)
    form_id, version = root.get("id", "").strip(), root.get("version", "").strip()
    meta = _meta(root)
    instance_id, deprecates = meta.get("instanceID", ""), meta.get("deprecatedID") or None
    if not form_id:
        raise Refused("intake.no_form_id", 400)
    if not instance_id:
        raise Refused("intake.no_instance_id", 400)
    if max(map(len, (form_id, version, instance_id, deprecates or ""))) > LONGEST_ID:
        raise Refused("intake.id_too_long", 400, limit=LONGEST_ID)
    library = forms.library()
    _check_form(library, form_id, version, sender)
    reader = library.reader(form_id, version)
    read = reader.read(root)
    _check_yes(reader.use, read.answers)
    read.answers |= derived(library, form_id, version, read.answers)
    received_at = received_at or days.now()
    received_on = days.day_of(received_at)
    occurred_on = days.parse_day(str(read.answers.get(reader.use.get("occurred_on", ""), ""))) or received_on
    if occurred_on < days.EARLIEST or (occurred_on - received_on).days > 1:
        read.faults.append(["impossible_date", reader.use.get("occurred_on", "")])
        occurred_on = received_on
    person_id, household_id = _subjects(reader.use, read.answers, read.entities)
    counter = root.get("counter", "0")
    return Submission(
        form_id=form_id,
        form_version=version,
        instance_id=instance_id,
        deprecates=deprecates,
        body=content,
        sender=sender,
        received_at=received_at,
        received_on=received_on,
        occurred_on=occurred_on,
        counter=int(counter) if counter.isdecimal() and len(counter) < 18 else 0,
        person_id=person_id,
        household_id=household_id,
        answers=orjson.dumps(sealed.sealed_in(read.answers)).decode(),
        faults=orjson.dumps(read.faults).decode() if read.faults else "",
        entities=[_sealed(action) for action in read.entities],
        expected_files=tuple(dict.fromkeys(read.files)),
        files=files,
    )


def _sealed(action: EntityAction) -> EntityAction:
    return replace(action, properties=sealed.sealed_in(action.properties))


def _check_form(library: forms.Library, form_id: str, version: str, sender: Sender) -> None:
    published = library.current.get(form_id)
    foreign = published is not None and published.owner_id not in (None, sender.user_id)
    if published is None or foreign or published.use.get("anonymous"):  # what is anonymous never becomes an entry
        raise Refused("intake.unknown_form", 404, form=form_id)
    if (verb := published.use.get("verb")) and not staff().has(sender.user_id, verb):
        raise Refused("intake.unknown_form", 404, form=form_id)
    if (form_id, version) not in library.versions:
        raise Refused("intake.unknown_version", 404, form=form_id, version=version)
    if published.open_to == "closed":
        raise Refused("intake.form_closed", 409, form=form_id)


def _check_yes(use: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Some forms are kept only with a yes: without it nothing is stored, not even for repair."""
    if any(answers.get(question) != yes for question, yes in use.get("only_with", {}).items()):
        raise Refused("intake.without_yes", 400)


def _subjects(
    use: Mapping[str, Any], answers: Mapping[str, Any], entities: list[EntityAction]
) -> tuple[str | None, str | None]:
    """Whom the entry is about: as a question names, else the item the form itself creates."""
    found: dict[str, str | None] = dict.fromkeys(DATASETS_OF_OURS)
    subject, who = use.get("subject"), use.get("who")
    if subject in found:
        stated = answers.get(who) if who else None
        if isinstance(stated, str):
            found[subject] = stated.removeprefix("uuid:")[:64]
    for action in entities:
        if action.dataset == subject and found.get(action.dataset) is None:
            found[action.dataset] = action.entity_id
        if action.dataset == "person" and action.properties.get("household"):
            # so that a registration that came before its household is found when that arrives
            found["household"] = action.properties["household"][:64]
    return found["person"], found["household"]
