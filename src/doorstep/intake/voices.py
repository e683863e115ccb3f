"""What is said without a name. It never becomes an entry: no author, no device, no bytes, no day are kept."""

from __future__ import annotations

from doorstep.access.permissions import Actor
from doorstep.forms import actions as forms
from doorstep.forms import queries
from doorstep.intake.parse import root_of
from doorstep.intake.problems import Refused
from doorstep.lib import days, db
from doorstep.places import queries as places
from doorstep.places.queries import Node

CHOSEN = ("select_one",)  # a sum over one question is a sum over people
WIDE = "township"


def around(actor: Actor) -> Node | None:
    """The township someone works in: where what is said stands, and nothing finer."""
    tree = places.tree()
    reached = {*actor.places, *([actor.clinic_id] if actor.clinic_id is not None else [])}
    found = {node.id: node for place_id in reached if (node := tree.of_kind(place_id, WIDE)) is not None}
    return min(found.values(), key=lambda node: node.code) if found else None


def hear(content: bytes, form_id: str, actor: Actor) -> None:
    """Keep the choices made on one filled anonymous form. Raises Refused when it is no such form."""
    root = root_of(content)
    library = queries.library()
    key = (root.get("id", "").strip(), root.get("version", "").strip())
    published = library.versions.get(key)
    place = around(actor)
    if published is None or published.form_id != form_id or not published.use.get("anonymous") or place is None:
        raise Refused("intake.unknown_form", 404, form=form_id)
    read = library.reader(*key).read(root)
    said = {
        question.name: chosen
        for question in library.spec(*key).questions
        if question.type in CHOSEN and isinstance(chosen := read.answers.get(question.key), str)
    }
    if said:
        with db.transaction():
            forms.keep_anonymous(form_id, place.id, days.today(), said)
