"""The lists a form chooses from, as files for a device: people and families as ``people`` says, places whole."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from doorstep.access.permissions import Actor
from doorstep.api.openrosa import people
from doorstep.forms import media as form_media
from doorstep.forms.queries import Published
from doorstep.places import queries as places

PLACES = "place.csv"


@dataclass(frozen=True)
class Media:
    """One file for a device."""

    name: str
    content: bytes
    entity_list: str = ""  # name of the entity list it is, '' for a plain file

    @cached_property
    def md5(self) -> str:
        """The hash a device compares: another content, another hash."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


def media(name: str, actor: Actor, language: str) -> Media | None:
    """A file a form asks for, as this member may have it; None when the store has no such file."""
    stem = name.removesuffix(".csv")
    if name.endswith(".csv") and stem in people.LISTS:
        return Media(name, _csv(people.rows(stem, actor)), stem)
    if name == PLACES:
        return Media(name, _csv([("name", "label"), *_places(actor, language)]))
    return None


def of_form(published: Published, name: str) -> Media | None:
    """A file the owner of a form of their own gave with it; None when there is none of that name."""
    if name not in form_media.given(published):
        return None
    return Media(name, form_media.content(published, name))


def _places(actor: Actor, language: str) -> list[tuple[str, str]]:
    """Code and name of the places a member serves, in order of code."""
    tree = places.tree()
    served = sorted((tree.by_id[i] for i in actor.places if i in tree.by_id), key=lambda node: node.code)
    return [(node.code, node.name(language)) for node in served]


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
