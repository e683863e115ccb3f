"""The words of what a law compels: kinds of documents, how an act stands, and one act as it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorstep.access.queries import staff
from doorstep.disclosures.acts import GIVEN, Act, Asked, Fields
from doorstep.disclosures.queries import on_day
from doorstep.web import said
from doorstep.web.disclosing import kinds

KINDS: Mapping[str, Promise] = {
    "court": gettext_lazy("An order of a court"),
    "health": gettext_lazy("A written demand under a public-health law"),
    "other": gettext_lazy("Another written order of an office, under a law"),
}
STATES: Mapping[str, Promise] = {
    "draft": gettext_lazy("being taken down"),
    "waiting": gettext_lazy("waits for a second person"),
    "agreed": gettext_lazy("agreed, the paper is not made yet"),
    "refused": gettext_lazy("refused"),
    "dropped": gettext_lazy("given up"),
    "lapsed": gettext_lazy("agreed, but not used within 30 days: it has ended"),
    "given": gettext_lazy("given"),
}


def name_of(user_id: int | None) -> str:
    member = staff().by_id.get(user_id) if user_id is not None else None
    return member.name if member else ""


@dataclass(frozen=True, slots=True)
class Told:
    """What she is told of one act: when, to whom, under which document, by which two people, and which answers."""

    id: int
    on: str
    office: str
    document: str
    law: str
    signed: str
    span: str
    groups: list[tuple[str, str]]  # kind of record, and its questions


def told(act: Act, hidden: frozenset[str] = frozenset()) -> Told | None:
    """An act in words; None when nothing of it may be told to this reader. ``hidden``: kinds of records kept from him."""
    groups = [(title, asked) for form, title, asked in listed(act.given) if form not in hidden]
    given_on = on_day(act.steps.get(GIVEN))
    if act.order is None or act.asked is None or given_on is None or not groups:
        return None
    signed = _("%(first)s and %(second)s") % {"first": name_of(act.first_id), "second": name_of(act.second_id)}
    return Told(
        act.id,
        said.whole_day(given_on),
        act.order.office,
        document(act),
        act.order.law,
        signed,
        spanned(act.asked),
        groups,
    )


def spanned(asked: Asked) -> str:
    span = {"first": said.whole_day(asked.first), "last": said.whole_day(asked.last)}
    return _("written from %(first)s to %(last)s") % span


def document(act: Act) -> str:
    """The document as somebody would name it."""
    if act.order is None:
        return ""
    known = {"kind": KINDS[act.kind], "number": act.order.number, "day": said.whole_day(act.order.dated)}
    return _("%(kind)s, no. %(number)s, of %(day)s") % known


def listed(fields: Fields) -> list[tuple[str, str, str]]:
    """(form, its title, its questions in one line), in the order the programmes have them."""
    joint = _("; ")
    return [
        (kind.form_id, kind.title, joint.join(kind.label_of(key) for key in fields[kind.form_id]))
        for kind in kinds.known()
        if fields.get(kind.form_id)
    ]
