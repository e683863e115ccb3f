"""Who may repair which record: the author and the care team their own, the supervisor those of the register."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.http import Http404

from doorstep.access.permissions import Actor
from doorstep.access.queries import Member, staff
from doorstep.engine.outputs.tags import no_stricter_than
from doorstep.forms import queries as forms
from doorstep.forms.builtin import OWNER
from doorstep.forms.outputs import PROBLEMS
from doorstep.forms.queries import StoredEntry
from doorstep.forms.waiting import WAITING, Versions, changed_elsewhere, fitting_nowhere, unplaced, versions
from doorstep.lib import days
from doorstep.places.counters import Snapshot
from doorstep.programmes import tags
from doorstep.programmes.library import programmes
from doorstep.web.worker.reach import record_within

ASKED_DAYS = 60  # so long a record that fits no course of care stands among the repairs


def _load() -> frozenset[str]:
    ground = tags.ground({p.pack.id: p.pack for p in programmes().all_on()}.values())
    allowed = no_stricter_than(PROBLEMS.up_to)
    return frozenset(form for form, tags in ground.existence_tags.items() if tags <= allowed)


_register_forms = Snapshot(_load)


def register_forms() -> frozenset[str]:
    """Forms of which no record tells of anybody's health or care, by the tags that count."""
    return _register_forms.get()


def writers(actor: Actor) -> dict[int, Member]:
    """The members who serve or ever served a part of the actor's area, or belong to a clinic in it."""
    return {
        m.id: m
        for m in staff().by_id.values()
        if actor.places & {s.place_id for s in m.serves} or m.clinic_id in actor.places
    }


def settles(actor: Actor, entry: StoredEntry) -> bool:
    """Whether a supervisor may look at this record and settle it."""
    return actor.has("problem.settle") and entry.form_id in register_forms() and entry.author_id in writers(actor)


def own_to_repair(actor: Actor, seq: int) -> StoredEntry:
    """A record that waits, or clashed with another, and is the reader's to repair. Raises Http404."""
    entry, visible = record_within(actor, seq)
    if not visible and entry.state not in WAITING:
        raise Http404
    return _in_question(entry)


def to_settle(actor: Actor, seq: int) -> StoredEntry:
    """A record of the register that waits, or clashed with another, in the supervisor's area. Raises Http404."""
    rows = forms.entries("seq IN (?*)", [seq])
    if not rows or not settles(actor, rows[0]):
        raise Http404
    return _in_question(rows[0])


def _in_question(entry: StoredEntry) -> StoredEntry:
    if forms.library().current[entry.form_id].pack_id == OWNER:
        raise Http404
    asked = entry.state in WAITING or changed_elsewhere(entry.seq) or unplaced(entry.seq)
    if not asked and versions(entry) is None:
        raise Http404
    return entry


def nowhere(authors: Iterable[int], besides: Collection[str] = ()) -> list[StoredEntry]:
    """Records of these authors that fit no course of care, as long as that is asked after."""
    since = days.today() - timedelta(days=ASKED_DAYS)
    return [e for e in fitting_nowhere(authors, since) if e.form_id not in besides]


def may_choose(actor: Actor, clash: Versions) -> bool:
    """Whether the reader may see every one of the versions, and so say which is right."""
    return all(settles(actor, e) for e in clash.entries) or _sees_all(actor, clash.entries)


def _sees_all(actor: Actor, entries: Sequence[StoredEntry]) -> bool:
    try:
        return all(
            visible or e.author_id == actor.user_id for e in entries for _, visible in [record_within(actor, e.seq)]
        )
    except Http404:
        return False
