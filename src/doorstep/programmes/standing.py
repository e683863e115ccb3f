"""How the charter stands in this very store: its hash, what is not enforced yet, what breaks it."""

from __future__ import annotations

from dataclasses import replace

from doorstep.access import second
from doorstep.access.queries import staff
from doorstep.access.showing import declared
from doorstep.engine import charter
from doorstep.engine.charter import CharterReport
from doorstep.engine.charter.report import Beside
from doorstep.engine.model.pack import Pack
from doorstep.engine.outputs import Acceptance, Registry
from doorstep.places.counters import Snapshot
from doorstep.programmes.library import programmes
from doorstep.programmes.tags import acceptances

MOST_KEPT = 16
_Of = tuple[Registry, tuple[str, ...], tuple[Acceptance, ...]]
_kept: list[tuple[_Of, CharterReport]] = []
"""Reports made before, with what they rest on: most settings (a new phone, a worker's places) touch none of it."""


def beside() -> tuple[Beside, ...]:
    """What else keeps this store a demonstration."""
    found: list[Beside] = []
    if not any(member.role == "reviewer" and member.is_active for member in staff().by_id.values()):
        found.append("no_reviewer")
    if second.is_demonstration():
        found.append("made_up")
    return tuple(found)


def _verify() -> CharterReport:
    return replace(_of_the_charter(), beside=beside())


def _of_the_charter() -> CharterReport:
    packs = [p.pack for p in programmes().all_on()]
    rests_on = (declared(), tuple(pack.digest for pack in packs), tuple(acceptances()))
    for known, found in _kept:
        if known[0] is rests_on[0] and known[1:] == rests_on[1:]:
            return found
    return _verify_anew(rests_on, packs)


def _verify_anew(rests_on: _Of, packs: list[Pack]) -> CharterReport:
    found = charter.verify(rests_on[0].values(), packs, rests_on[2])
    _kept.append((rests_on, found))
    del _kept[:-MOST_KEPT]
    return found


_report = Snapshot(_verify)


def report() -> CharterReport:
    """The report over every declared output and every programme that is on, kept until settings change."""
    return _report.get()
