"""Where figures may stand: a township or more for what tells of care, any place below it for what does not (C2, C15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from doorstep.access.permissions import Actor
from doorstep.engine.charter.shown import WIDE_PLACES
from doorstep.engine.model.pack import Pack, ReportDef
from doorstep.engine.outputs.tags import no_stricter_than
from doorstep.indicators.periods import Period
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes import tags
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.moment import Moment

WIDE_KINDS = frozenset(source.removeprefix("place.") for source in WIDE_PLACES)
NOT_LIVED_IN = frozenset({"clinic"})
DAYS_OF_A_YEAR = 365


def is_wide(node: Node) -> bool:
    """Whether figures of any programme may stand at a place."""
    return node.kind in WIDE_KINDS


def is_a_year(period: Period, today: date) -> bool:
    """Whether it is a whole year that is over: the only figures that may stand for a place below a township (C16)."""
    return (period.last - period.first).days >= DAYS_OF_A_YEAR - 1 and period.last < today


def areas(actor: Actor) -> list[Node]:
    """The townships and wider places of someone's own area, the widest first."""
    tree = places.tree()
    mine = [tree.by_id[i] for i in actor.places if i in tree.by_id]
    depth = {node.id: len(list(tree.upward(node.id))) for node in mine}
    return sorted((n for n in mine if is_wide(n)), key=lambda n: (depth[n.id], n.code))


def parts(area: Node) -> list[Node]:
    """The places an area is made of, where people live, by code: never by any figure."""
    return [n for n in places.tree().children.get(area.id, ()) if n.kind not in NOT_LIVED_IN]


def programmes_of(area: Node, moment: Moment | None = None) -> tuple[Programme, ...]:
    """The programmes in force at an area, now or at a moment."""
    return programmes(moment).at(area.id)


def report_tells_no_more(pack: Pack, report: ReportDef, up_to: str) -> bool:
    """Whether a report's indicators rest on nothing stricter than ``up_to``."""
    ground = tags.ground([pack])
    told = _joined(ground.of_indicator(pack, pack.indicators[i]).tags for i in report.indicators)
    return told <= no_stricter_than(up_to)


def _joined(tags: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(tag for some in tags for tag in some)
