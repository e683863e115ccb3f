"""How the charter stands in this very store: its hash, what is not enforced yet, what breaks it."""

from __future__ import annotations

from doorstep.access.showing import declared
from doorstep.engine import charter
from doorstep.engine.charter import CharterReport
from doorstep.places.counters import Snapshot
from doorstep.programmes.library import programmes
from doorstep.programmes.tags import acceptances


def _verify() -> CharterReport:
    return charter.verify(declared().values(), [p.pack for p in programmes().all_on()], acceptances())


_report = Snapshot(_verify)


def report() -> CharterReport:
    """The report over every declared output and every programme that is on, kept until settings change."""
    return _report.get()
