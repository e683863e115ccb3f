"""A named cast: a worker, the worker of the next village who must see nothing, a clinician, a supervisor …

Everything they write goes through the one door, on the shipped packs' real forms.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from doorstep.engine.model.spec import FormSpec
from doorstep.forms import builtin
from doorstep.forms import queries as forms
from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.lib import db

PACKS = Path(__file__).resolve().parent.parent / "packs"
PASSWORD = "a good long word"
STARTED = date(2020, 1, 1)


def new_id() -> str:
    return str(uuid.uuid4())


def at_noon(day: date) -> datetime:
    """A moment on that day wherever the store is."""
    return datetime.combine(day, time(4, 0), UTC)


def fill(
    spec: FormSpec,
    answers: Mapping[str, Any],
    *,
    instance: str = "",
    corrects: str = "",
    entity: str = "",
    counter: int = 0,
    label: str = "",
) -> bytes:
    """A submission's XML: answers by question name, repeats as lists. ``entity`` is the id created or updated."""

    def node(path: tuple[str, ...], values: Mapping[str, Any]) -> str:
        out, seen = [], set()
        for question in spec.questions:
            if question.path[: len(path)] != path or len(question.path) <= len(path):
                continue
            name = question.path[len(path)]
            if name in seen:
                continue
            seen.add(name)
            below = (*path, name)
            if below in spec.repeats:
                out += [f"<{name}>{node(below, one)}</{name}>" for one in values.get(name, ())]
            elif len(question.path) > len(below):
                out.append(f"<{name}>{node(below, values)}</{name}>")
            elif question.name in values and values[question.name] is not None:
                out.append(f"<{name}>{escape(str(values[question.name]))}</{name}>")
        return "".join(out)

    told = "".join(
        f'<entity xmlns="http://www.opendatakit.org/xforms/entities" dataset="{d.dataset}" id="{entity or values_id(answers, d.dataset)}"'
        f"{' create=' + chr(34) + '1' + chr(34) if d.creates else ''}{' update=' + chr(34) + '1' + chr(34) + ' baseVersion=' + chr(34) + '1' + chr(34) if d.updates else ''}>"
        f"<label>{escape(label)}</label></entity>"
        for d in spec.entities
        if d.path == ()
    )
    deprecated = f"<deprecatedID>{corrects}</deprecatedID>" if corrects else ""
    counted = f' counter="{counter}"' if counter else ""
    return (
        f'<?xml version="1.0"?><data id="{spec.form_id}" version="{spec.version}"{counted}>{node((), answers)}'
        f"<meta>{told}{deprecated}<instanceID>{instance or 'uuid:' + new_id()}</instanceID></meta></data>"
    ).encode()


def values_id(answers: Mapping[str, Any], dataset: str) -> str:
    return str(answers.get(dataset, ""))


@cache
def shipped(name: str) -> Path:
    return PACKS / name


@cache
def version_of(name: str) -> str:
    """The version of a shipped pack, as its folder says."""
    return re.search(r"^version: (.+)$", (shipped(name) / "pack.yaml").read_text(encoding="utf-8"), re.MULTILINE)[1]  # type: ignore[index]


@dataclass
class Township:
    """Places and members by name; ``write`` hands in a filled form as one of them."""

    places: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)

    @classmethod
    def found(cls) -> Township:
        from doorstep.access import actions as access
        from doorstep.access import second
        from doorstep.places import actions as places
        from doorstep.programmes import actions as programmes

        found = cls()
        second.make_demonstration()  # the cast is made up: a password alone lets them in
        p, u = found.places, found.users
        p["county"] = places.add("c1", "county", {"zh": "青石县", "en": "Qingshi county"}, None)
        p["township"] = places.add("c1-t1", "township", {"zh": "柳林乡", "en": "Liulin township"}, p["county"])
        p["clinic"] = places.add("c1-t1-clinic", "clinic", {"zh": "柳林乡卫生院", "en": "Liulin clinic"}, p["township"])
        p["east"] = places.add("c1-t1-v1", "village", {"zh": "东坡村", "en": "East Slope"}, p["township"])
        p["west"] = places.add("c1-t1-v2", "village", {"zh": "西沟村", "en": "West Gully"}, p["township"])
        for name, role, area, clinic in (
            ("worker", "worker", "east", "clinic"),
            ("neighbour", "worker", "west", "clinic"),
            ("clinician", "clinician", None, "clinic"),
            ("supervisor", "supervisor", "township", None),
            ("manager", "manager", "township", None),
            ("installer", "installer", None, None),
        ):
            u[name] = access.add_user(name, name, role, PASSWORD, clinic_id=p[clinic] if clinic else None)
            if area:
                access.serve(u[name], p[area], STARTED)
        for pack_id in ("register", "maternal", "hypertension"):
            pack = programmes.install(shipped(pack_id), by=u["installer"])
            programmes.switch(p["county"], pack.id, pack.version, by=u["installer"])
        return found

    def sender(self, who: str) -> Sender:
        return Sender(self.users[who])

    def spec(self, form_id: str) -> FormSpec:
        return forms.library().spec(form_id, forms.library().current[form_id].version)

    def write(self, who: str, form_id: str, answers: Mapping[str, Any], *, on: date, **more: Any) -> door.Receipt:
        """Fill a form as ``who``, received on ``on``."""
        return door.accept(fill(self.spec(form_id), answers, **more), self.sender(who), received_at=at_noon(on))

    def household(
        self, who: str = "worker", place: str = "c1-t1-v1", number: str = "12", on: date = date(2025, 1, 6)
    ) -> str:
        """Register a household; gives its id."""
        home = new_id()
        answers = {"registered_on": on, "place": place, "number": number, "walk_order": 1}
        self.write(who, "household", answers, on=on, entity=home, label=number)
        return home

    def person(
        self,
        name: str = "王秀英",
        *,
        who: str = "worker",
        home: str = "",
        born: date = date(1996, 4, 2),
        sex: str = "female",
        phone: str = "13800001234",
        on: date = date(2025, 1, 6),
    ) -> str:
        """Register a person (and a household when none is given); gives the id."""
        home = home or self.household(who, on=on)
        person = new_id()
        answers = {
            "household": home, "registered_on": on, "agreed_by": "self", "name": name, "sex": sex,
            "birth_date": born, "reach": "any", "phone": phone,
        }  # fmt: skip
        self.write(who, "person", answers, on=on, entity=person, label=name)
        return person

    def pregnancy(
        self, person: str, lmp: date, *, who: str = "worker", on: date | None = None, care: str = "both"
    ) -> str:
        """Sign a person up for pregnancy care; gives the entry's instance id."""
        on = on or lmp + timedelta(weeks=9)
        instance = "uuid:" + new_id()
        answers = {
            "person": person, "registered_on": on, "asked": "yes", "lmp_known": "yes", "lmp": lmp,
            "care_by": care, "language": "zh",
        }  # fmt: skip
        self.write(who, "pregnancy_registration", answers, on=on, instance=instance)
        return instance

    def end_service(
        self, person: str, service: str, on: date, who: str = "worker", wanted: bool = False
    ) -> door.Receipt:
        form = builtin.SERVICE_WANTED if wanted else builtin.SERVICE_END
        return self.write(who, form, {"person": person, "service": service, "on": on}, on=on)


def forge(table: str, sql: str, params: Sequence[Any] = ()) -> None:
    """Change a row the database itself guards, as only somebody with the whole database in hand can."""
    connection = db.current()
    on = "" if connection.dialect == "sqlite" else f" ON {table}"
    connection.run(f"DROP TRIGGER {table}_no_update{on}")
    connection.run(sql, params)
