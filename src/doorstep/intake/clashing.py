"""Records of one thing by two people that say different things. Pure; a person is asked which is right, and both count until then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import orjson

from doorstep.engine.model.history import Plan, Window
from doorstep.engine.model.pack import Pack
from doorstep.forms.asides import TWO
from doorstep.intake.life import About
from doorstep.lib import sealed

A_WEEK = 7  # days: two people who wrote down one visit wrote it within these; later it is another visit
Note = tuple[int, str, str]


def of_visits(in_force: Sequence[About], plan: Plan, pack: Pack) -> Iterator[Note]:
    """Visits two people wrote down, of which one met a planned visit and the other stands beside it in the same window or
    on the same day; and a course of care that was closed twice (a birth reported by two)."""
    by_form: dict[str, list[About]] = {}
    for a in in_force:
        by_form.setdefault(a.row.form_id, []).append(a)
    doubled = {form: of for form, of in by_form.items() if len(of) > 1}
    if not doubled:
        return
    met = {w.met_by: w for w in plan.windows if w.met_by and w.form in doubled}
    visits = {w.form for w in plan.windows} & doubled.keys()
    closing = {form for one in pack.episodes.values() for form in one.closes} & doubled.keys()
    for form in sorted(visits | closing):
        for one, other in combinations(doubled[form], 2):
            closed = form in closing and _one_course(one, other, plan)
            if _differ(one, other) and (
                closed or (one.row.author_id != other.row.author_id and _one_visit(one, other, met))
            ):
                yield from _both(one, other)


def _one_course(one: About, other: About, plan: Plan) -> bool:
    """Whether both lie in one course of care, or the later in none while the earlier closed it within the week."""
    days = sorted((one.row.occurred_on, other.row.occurred_on))
    for row in plan.episodes:
        last = max(d for d in (row.closed_on, row.ended_on, days[0]) if d is not None)
        if row.closed_on is not None and row.opened_on <= days[0] <= last and (days[1] - row.closed_on).days <= A_WEEK:
            return True
    return False


def _one_visit(one: About, other: About, met: dict[str, Window]) -> bool:
    if one.row.occurred_on == other.row.occurred_on:
        return True
    if abs((one.row.occurred_on - other.row.occurred_on).days) > A_WEEK:
        return False
    windows = [met.get(a.row.instance_id) for a in (one, other)]
    if (windows[0] is None) == (windows[1] is None):
        return False  # each met a visit of its own, or neither any
    window, beside = (windows[0], other) if windows[0] is not None else (windows[1], one)
    on = beside.row.occurred_on
    return window is not None and (window.from_on or on) <= on <= (window.until_on or on)


def of_register(stating: Iterable[About]) -> Iterator[Note]:
    """Changes two people made upon the same version of what the register says, of which one states another value."""
    changes = [a for a in stating if a.said is not None and a.said.updates and a.said.base and not a.said.branch]
    for one, other in combinations(changes, 2):
        if one.said is None or other.said is None or one.row.author_id == other.row.author_id:
            continue
        if one.said.base == other.said.base and one.row.form_id == other.row.form_id and _state_otherwise(one, other):
            yield from _both(one, other)


def _state_otherwise(one: About, other: About) -> bool:
    mine, theirs = (a.said.properties if a.said else {} for a in (one, other))
    return any(theirs.get(name, value) != value for name, value in mine.items())


def _differ(one: About, other: About) -> bool:
    return bool(sealed.opened_json(one.row.answers) != sealed.opened_json(other.row.answers))


def _both(one: About, other: About) -> Iterator[Note]:
    for a, b in ((one, other), (other, one)):
        yield (a.row.seq, TWO, orjson.dumps({"with": b.standing.root.instance_id}).decode())
