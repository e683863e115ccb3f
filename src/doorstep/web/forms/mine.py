"""Whose a form or a record is. To anybody but its owner there is nothing here."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from doorstep.access.permissions import Actor, Thing, may
from doorstep.forms import own
from doorstep.forms.own import OwnRecord
from doorstep.forms.queries import Published, library
from doorstep.web.reader import actor_of


@dataclass(frozen=True, slots=True)
class Mine:
    """A form of the reader's own, and the record on it that was asked for."""

    actor: Actor
    published: Published
    record: OwnRecord


def my_form(request: HttpRequest, form_id: str) -> tuple[Actor, Published]:
    """The reader and a form of their own. Raises Http404 for every other form, and for none."""
    actor, published = actor_of(request), library().current.get(form_id)
    if published is None or published.owner_id is None:
        raise Http404
    if not may(actor, "form.publish", Thing(owner_id=published.owner_id)):
        raise Http404
    return actor, published


def my_record(request: HttpRequest, seq: int) -> Mine:
    """A record of the reader's on a form of their own. Raises Http404."""
    actor, published = my_form(request, own.form_of(seq) or "")
    record = own.record(published.form_id, actor.user_id, seq)
    if record is None:
        raise Http404
    return Mine(actor, published, record)
