"""Why a figure of an old period reads otherwise today than it was handed in, as counts.

From then to now, step by step: the pack version, late entries, corrections, moves. The steps sum up exactly to the
difference. Each is hidden by the same rule as every other count, and all of them where either figure is hidden: a step
beside a figure would otherwise tell the other one. What follows from rights (a wish not to be counted) stands in no
step: today's hold for every past moment, so both sides are worked out under them (charter C4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from doorstep.engine.model.pack import IndicatorDef, ReportDef
from doorstep.forms.builtin import RELEASE, VERSION_CHOICE
from doorstep.indicators.hiding.rounding import BASE, MOST_HIDDEN, bounds, rounded
from doorstep.indicators.periods import Period
from doorstep.indicators.report import Report, find, work_out
from doorstep.indicators.showing import Shown, shown_count
from doorstep.indicators.values import Number, Table, learned_about, remembered, table
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes.library import Programme
from doorstep.programmes.moment import Moment, Received

Cause = Literal["versions", "late", "corrections", "moves"]
CAUSES: tuple[Cause, ...] = ("versions", "late", "corrections", "moves")
Part = Literal["numerator", "denominator"]
PARTS: tuple[Part, ...] = ("numerator", "denominator")
_AROUND = BASE // 2
MOVING = ("household", "place", "moved_in_on", "left_on")  # properties that say where somebody is, or whether


@dataclass(frozen=True, slots=True)
class Step(Moment):
    """A moment at which some entries that came later are known already."""

    more: frozenset[int] = frozenset()

    def knows(self, entry: Received) -> bool:
        return entry.seq in self.more or Moment.knows(self, entry)


@dataclass(frozen=True, slots=True)
class Raw:
    """What one count was, what it is, and what each cause added; never shown."""

    then: Number
    now: Number
    by_cause: Mapping[Cause, Number]


@dataclass(frozen=True, slots=True)
class Change:
    """The same as it may be shown. ``by_cause`` holds None for what is hidden; ``open``: whether anything may be said."""

    indicator: str
    definition: IndicatorDef
    part: Part
    then: Number | None
    now: Number | None
    by_cause: Mapping[Cause, Number | None]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """One report of a period for a place: how it was handed in, how it reads, and why."""

    then: Report
    now: Report
    changes: tuple[Change, ...]


def differences(report_id: str, period: Period, area: Node, then: Moment, now: Moment | None = None) -> Differences:
    """Compare a report as known at a moment with how it reads now (or at a later moment). Both are moments at which it
    may be asked about. Raises Problems: see ``report.find`` and ``report.work_out``."""
    with remembered():
        return _differences(report_id, period, area, then, now)


def _differences(report_id: str, period: Period, area: Node, then: Moment, now: Moment | None) -> Differences:
    old, old_report = find(report_id, area, then)
    new, new_report = find(report_id, area, now)
    shown_then = work_out(old, old_report, [period], area, then)
    shown_now = work_out(new, new_report, [period], area, now)
    both = [i for i in new_report.indicators if i in old_report.indicators]
    beside = [node.id for node in shown_now.parts]
    raw = raw_differences((old, old_report), (new, new_report), both, period, area.id, then, now, beside)
    changes = []
    for indicator in both:
        definition = new.pack.indicators[indicator]
        cells = [shown.cells[indicator, period.id, area.id] for shown in (shown_then, shown_now)]
        for part in PARTS:
            if part == "numerator" or definition.denominator is not None:
                changes.append(_shown(indicator, definition, part, cells, raw[indicator, part]))
    return Differences(shown_then, shown_now, tuple(changes))


def raw_differences(
    old: tuple[Programme, ReportDef],
    new: tuple[Programme, ReportDef],
    indicators: Sequence[str],
    period: Period,
    place_id: int,
    then: Moment,
    now: Moment | None,
    beside: Sequence[int] = (),
) -> dict[tuple[str, Part], Raw]:
    """Every count with its steps. They sum up to the difference: what a new version changes is asked both of what was
    known then and, at the end, of everything. Unless the version changed as well, the steps look at those alone of whom
    more was learned than what was written down late: of all others the whole difference is that. ``beside``: places for which the same tables were counted already."""
    both_ends = ((old, then), (new, now))
    whole = [table(*using, [period], [place_id, *beside], moment) for using, moment in both_ends]
    kinds = _learned_between(then, now)
    same = old[0].key == new[0].key
    some = _not_only_late(kinds, learned_about(new[0], places.tree().below(place_id), then)) if same else None

    def at(using: tuple[Programme, ReportDef], moment: Moment | None) -> Table:
        return table(*using, [period], [place_id], moment, some)

    known: frozenset[int] = frozenset()
    first = at(old, then)
    tables = [first, first if same else at(new, then)]
    for kind in ("late", "corrections", "moves"):
        known |= kinds[kind]
        tables.append(at(new, Step(then.seq, then.at, known)) if kinds[kind] else tables[-1])
    tables.append(at(new, now))
    found: dict[tuple[str, Part], Raw] = {}
    for indicator in indicators:
        for part in PARTS:
            counts = [getattr(one.values[indicator, period.id, place_id], part) or 0 for one in tables]
            steps = [after - before for before, after in pairwise(counts)]
            by_cause: dict[Cause, Number] = {
                "versions": steps[0] + steps[4],
                "late": steps[1],
                "corrections": steps[2],
                "moves": steps[3],
            }
            before, after = (getattr(one.values[indicator, period.id, place_id], part) or 0 for one in whole)
            by_cause["late"] += (after - before) - sum(by_cause.values())
            found[indicator, part] = Raw(before, after, by_cause)
    return found


def _not_only_late(kinds: Mapping[str, frozenset[int]], some: frozenset[str]) -> frozenset[str]:
    """Of these persons, those whom a correction, a choice or a move is about; all of them where that cannot be told."""
    seqs, connection = kinds["corrections"] | kinds["moves"], db.current()
    sql = "SELECT person_id, instance_id, deprecates, form_id FROM entry WHERE seq IN (?*)"
    rows = connection.rows_in(sql, seqs)
    told = connection.rows_in("SELECT dataset, entity_id FROM entry_entity WHERE seq IN (?*)", seqs)
    if any(form in (VERSION_CHOICE, RELEASE) for *_, form in rows):
        return some
    others = {name for _, instance, before, _ in rows for name in (instance, before) if name}
    about = connection.rows_in("SELECT person_id FROM entry WHERE instance_id IN (?*)", others)
    homes = [entity for dataset, entity in told if dataset == "household"]
    living = connection.rows_in("SELECT id FROM person WHERE household_id IN (?*)", homes)
    return some & {person for person, *_ in (*rows, *about, *living)} | some & {entity for _, entity in told}


def _learned_between(then: Moment, now: Moment | None) -> dict[str, frozenset[int]]:
    """Entries learned since, by what they do: correct (or choose between versions), move somebody, or simply add."""
    connection = db.current()
    known, params = then.known_sql("e")
    until, more = now.known_sql("e") if now else ("e.seq > 0", [])
    since = f"NOT {known} AND {until}"
    corrects = f"(e.deprecates IS NOT NULL OR e.variant <> 0 OR e.form_id IN ('{VERSION_CHOICE}', '{RELEASE}'))"
    rows = connection.rows(f"SELECT e.seq, {corrects} FROM entry e WHERE {since}", [*params, *more])
    corrections = {seq for seq, does in rows if does}
    said = " OR ".join(f"t.properties LIKE '%\"{name}\":%'" for name in MOVING)
    sql = (
        "SELECT DISTINCT t.seq FROM entry_entity t JOIN entry e ON e.seq = t.seq"
        f" WHERE t.dataset IN ('person', 'household') AND NOT t.creates AND ({said}) AND {since}"
    )
    moves = {seq for (seq,) in connection.rows(sql, [*params, *more])} - corrections
    late = {seq for seq, _ in rows} - corrections - moves
    return {"late": frozenset(late), "corrections": frozenset(corrections), "moves": frozenset(moves)}


def _shown(indicator: str, definition: IndicatorDef, part: Part, cells: Sequence[Shown], raw: Raw) -> Change:
    then, now = (getattr(cell, part) for cell in cells)
    nothing: dict[Cause, Number | None] = dict.fromkeys(CAUSES)
    if then is None or now is None or any(cell.hidden for cell in cells):
        return Change(indicator, definition, part, then, now, nothing, is_open=False)
    return Change(indicator, definition, part, then, now, shown_steps(raw.by_cause, int(raw.then)), is_open=True)


def shown_steps(by_cause: Mapping[Cause, Number], then: int) -> dict[Cause, Number | None]:
    """Steps as they may be shown beside the count of ``then`` and that of now: those under ten hidden, and where what is
    shown would narrow one of these, the smallest of the others with them, which may then be anything."""
    found = {cause: _signed(by_cause[cause]) for cause in CAUSES}
    rest = sorted((c for c in CAUSES if found[c] is not None), key=lambda c: (abs(by_cause[c]), c))
    if rest and len(rest) < len(CAUSES) and not _are_safe([by_cause[c] for c in rest], by_cause, then):
        found[rest[0]] = None
    return found


def _are_safe(shown: Sequence[Number], by_cause: Mapping[Cause, Number], then: int) -> bool:
    """Whether every hidden step may be anything from -9 to 9, as far as the shown ones and the two counts tell."""
    moved = sum(int(by_cause[cause]) for cause in CAUSES)
    low, high = (rounded(then + moved) - rounded(then) + sign * 2 * _AROUND for sign in (-1, 1))
    low -= sum(_outer(step)[1] for step in shown)
    high -= sum(_outer(step)[0] for step in shown)
    room = MOST_HIDDEN * (len(CAUSES) - len(shown) - 1)
    return low - room <= -MOST_HIDDEN and high + room >= MOST_HIDDEN


def _outer(step: Number) -> tuple[int, int]:
    """Which steps would read the same as this one: the fewest and the most."""
    low, high = bounds(int(step if step > 0 else -step))
    return (low, high) if step > 0 else (-high, -low)


def _signed(step: Number) -> Number | None:
    size = shown_count(int(step if step > 0 else -step))
    return None if size is None else size if step > 0 else -size
