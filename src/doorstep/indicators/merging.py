"""Partial counts of counties merged for the level above, hidden and rounded only then (charter C16).

Each county counted its own people and sent sums; no row about a person is here. A person who moved between two counties
was counted by each for the days she lived there, as one store would by the place of each day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from doorstep.engine.model.pack import IndicatorDef, Pack
from doorstep.indicators.hiding.figures import Asked, Span, sides, to_hide
from doorstep.indicators.hiding.ledger import Cell
from doorstep.indicators.hiding.rounding import SMALLEST_SHOWN
from doorstep.indicators.partial import Pair, Partial
from doorstep.indicators.periods import Period
from doorstep.indicators.showing import Shown, shown_pair
from doorstep.indicators.values import Number, Value
from doorstep.lib import days, db
from doorstep.lib.problems import Problem, Problems
from doorstep.places.queries import Node, Tree
from doorstep.programmes.library import installed_pack

_BITS = 62


@dataclass(frozen=True, slots=True)
class MergedRow:
    """One figure of one place as shown; ``depth`` 0 is all counties together, 1 a county, 2 a township."""

    depth: int
    code: str
    names: Mapping[str, str]
    indicator: str
    definition: IndicatorDef
    cell: Shown


@dataclass(frozen=True, slots=True)
class Merged:
    pack: Pack
    report: str
    period: Period
    areas: tuple[str, ...]
    rows: tuple[MergedRow, ...]


def merge(partials: Sequence[Partial]) -> Merged:
    """All of them together, as may be shown.

    Raises Problems: ``indicators.partial_none``, ``partial_differs`` (another report, period, pack version or content, or
    charter), ``partial_twice`` (a place stands in two files), ``partial_no_pack`` (the pack is not installed here in that
    very content), ``partial_gives_away`` (beside what was merged before, this would tell a hidden count).
    """
    pack = _checked(partials)
    root, tree, order = _tree(partials)
    pairs = _pairs(partials, pack.reports[partials[0].report].indicators, root)
    _keep_apart(pack, partials, root)
    period = partials[0].period
    hidden = _hidden(pack, pairs, period, tree)
    rows = []
    for node in order:
        for indicator in pack.reports[partials[0].report].indicators:
            definition = pack.indicators[indicator]
            top, bottom = _cells(definition, node.id, period)
            pair = pairs[node.id][indicator]
            value = Value(indicator, period.id, node.id, pair.numerator, pair.denominator, definition.per)
            cell = shown_pair(value, top in hidden, bottom is not None and bottom in hidden)
            depth = len(list(tree.upward(node.id))) - 1
            rows.append(MergedRow(depth, node.code, node.names, indicator, definition, cell))
    return Merged(pack, partials[0].report, period, tuple(p.area.code for p in partials), tuple(rows))


def raw_sums(partials: Sequence[Partial]) -> Mapping[str, Pair]:
    """Both sides of every indicator over all areas, for tests of the adding up alone."""
    root, _, _ = _tree(partials)
    return _pairs(partials, list(partials[0].area.pairs), root)[root]


def _checked(partials: Sequence[Partial]) -> Pack:
    if not partials:
        raise Problems([Problem("indicators.partial_none")])
    first, problems = partials[0], []
    for other in partials[1:]:
        for what, mine, theirs in (
            ("report", first.report, other.report),
            ("period", (first.period.id, first.period.first), (other.period.id, other.period.first)),
            ("pack", first.pack, other.pack),
            ("charter", first.charter, other.charter),
        ):
            if mine != theirs:
                args = {"file": other.file, "first": first.file, "said": _told(theirs), "wanted": _told(mine)}
                problems.append(Problem(f"indicators.partial_other_{what}", args=args))
    seen: dict[str, str] = {}
    for one in partials:
        for part in one.parts:
            if part.code in seen:
                args = {"file": one.file, "first": seen[part.code], "place": part.code}
                problems.append(Problem("indicators.partial_twice", args=args))
            seen.setdefault(part.code, one.file)
    if problems:
        raise Problems(problems)
    pack_id, version, digest = first.pack
    try:
        pack = installed_pack(pack_id, version)
    except KeyError:
        pack = None
    if pack is None or pack.digest != digest or first.report not in pack.reports:
        raise Problems([Problem("indicators.partial_no_pack", args={"pack": pack_id, "version": version})])
    wanted = set(pack.reports[first.report].indicators)
    for one in partials:
        if any(set(part.pairs) != wanted for part in one.parts):
            raise Problems([Problem("indicators.partial_cut_off", args={"file": one.file})])
    return pack


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(str(one)[:12] if len(str(one)) > 40 else str(one) for one in value)
    return str(value)[:16] if len(str(value)) > 40 else str(value)


def _number_of(*codes: str) -> int:
    """A place's number from its code, the same in every merge; below 0, so that it is none of this store's own places."""
    return -(int.from_bytes(sha256("\n".join(codes).encode()).digest()[:8], "big") >> (64 - _BITS)) - 1


def _tree(partials: Sequence[Partial]) -> tuple[int, Tree, list[Node]]:
    """All areas under one, the townships under theirs; and the places in the order they are shown."""
    root = _number_of("merged", *sorted(p.area.code for p in partials))
    order = [Node(root, "+".join(sorted(p.area.code for p in partials)), "merged", {}, None)]
    for one in sorted(partials, key=lambda p: p.area.code):
        area = _number_of(one.area.code)
        order.append(Node(area, one.area.code, one.area.kind, one.area.names, root))
        order += [Node(_number_of(p.code), p.code, p.kind, p.names, area) for p in one.parts[1:]]
    return root, Tree(order), order


def _pairs(partials: Sequence[Partial], indicators: Sequence[str], root: int) -> dict[int, dict[str, Pair]]:
    found = {_number_of(part.code): dict(part.pairs) for one in partials for part in one.parts}
    areas = [one.area.pairs for one in partials]
    found[root] = {i: _added([pairs[i] for pairs in areas]) for i in indicators}
    return found


def _added(pairs: Iterable[Pair]) -> Pair:
    tops: Number = 0
    bottoms: Number | None = None
    for pair in pairs:
        tops += pair.numerator
        if pair.denominator is not None:
            bottoms = (bottoms or 0) + pair.denominator
    return Pair(tops, bottoms)


def _cells(indicator: IndicatorDef, place: int, period: Period) -> tuple[Cell, Cell | None]:
    top, bottom = sides(indicator)
    where = (place, period.first, period.last)
    return Cell(top, *where), Cell(bottom, *where) if bottom else None


def _hidden(pack: Pack, pairs: Mapping[int, Mapping[str, Pair]], period: Period, tree: Tree) -> set[Cell]:
    asked: dict[Cell, int] = {}
    for place, by_indicator in pairs.items():
        for indicator, pair in by_indicator.items():
            top, bottom = _cells(pack.indicators[indicator], place, period)
            asked[top] = int(pair.numerator)
            if bottom is not None:
                asked[bottom] = int(pair.denominator or 0)

    def recount(measures: Iterable[str], spans: Sequence[Span], place_ids: Sequence[int]) -> dict[Cell, int]:
        """Only what the files hold is known here; what was merged for other days is kept apart by its own days."""
        return {
            c: n
            for c, n in asked.items()
            if c.measure in set(measures) and Span(c.first, c.last) in spans and c.place_id in place_ids
        }

    wanted = [Asked(cell, raw) for cell, raw in asked.items()]
    return to_hide(pack, wanted, tree, days.today(), recount)


# Merges of other areas for the same period


def _keep_apart(pack: Pack, partials: Sequence[Partial], root: int) -> None:
    """Two totals over different areas give away, by taking one from the other, what the areas in only one of them
    counted together. Where such an area has a count that is small, the second total may not be made."""
    codes = sorted(p.area.code for p in partials)
    period = partials[0].period
    sql = "SELECT codes, small FROM merged_areas WHERE pack_id = ? AND report_id = ? AND first_on = ? AND last_on = ?"
    key = [pack.id, partials[0].report, period.first, period.last]
    small = {p.area.code for p in partials if _has_small(p)}
    for had, had_small in db.current().rows(sql, key):
        other = set(had.split("\n"))
        differing = other ^ set(codes)
        if differing & (small | set(filter(None, had_small.split("\n")))):
            args = {"had": ", ".join(sorted(other)), "now": ", ".join(codes)}
            raise Problems([Problem("indicators.partial_gives_away", args=args)])
    with db.transaction():
        db.current().run(
            "INSERT INTO merged_areas (root_id, pack_id, report_id, first_on, last_on, codes, small) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (root_id, pack_id, report_id, first_on, last_on) DO NOTHING",
            [root, *key, "\n".join(codes), "\n".join(sorted(small))],
        )


def _has_small(one: Partial) -> bool:
    """Whether an area has a side of an indicator that may not be shown."""
    return any(
        side < SMALLEST_SHOWN
        for pair in one.area.pairs.values()
        for side in (pair.numerator, pair.denominator)
        if side is not None
    )
