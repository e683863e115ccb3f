"""Reading one contact: its bounds, its reason to exist, how it comes again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from doorstep.engine.model.pack import TableDef
from doorstep.engine.model.planned import ContactDef, Rule
from doorstep.engine.rules import runtime
from doorstep.engine.rules.complaints import Complaints
from doorstep.engine.rules.grammar import names_in
from doorstep.engine.rules.program import Slot
from doorstep.engine.rules.reading import read
from doorstep.engine.rules.scope import Scope
from doorstep.engine.rules.tree import Call, Constant, Expr, Moment, Type

EVERY_YEAR = "year"
_START = Moment("start", "date")


def read_contact(scope: Scope, contact: ContactDef, complaints: Complaints) -> Iterator[Slot]:
    """One slot, or one per row of the contact's table."""
    scope = replace(scope, literals=contact.source in scope.pack.sources, aggregates=True)
    if not contact.for_each:
        yield _slot(scope, contact, 0, complaints)
        return
    table = scope.pack.tables[contact.for_each]
    for k, row in enumerate(table.rows):
        yield _slot(replace(scope, cells=_cells(table, row)), contact, k, complaints)


def _cells(table: TableDef, row: Any) -> dict[str, Expr]:
    return {name: Constant(typed_cell(row.get(name), kind), kind) for name, kind in table.columns.items()}  # type: ignore[arg-type]


def typed_cell(value: Any, kind: str) -> Any:
    """A cell of a table as a value of its column's type."""
    if value is None or value == "":
        return None
    if kind == "integer":
        return int(value)
    if kind == "decimal":
        return runtime.as_decimal(value if isinstance(value, Decimal) else str(value))
    return runtime.as_date(value) if kind == "date" else str(value)


def _slot(scope: Scope, contact: ContactDef, k: int, complaints: Complaints) -> Slot:
    kind = "once" if contact.every is None else "year" if contact.every == EVERY_YEAR else "recurring"
    every = None
    item = f"contact {contact.id}"
    if isinstance(contact.every, Rule):
        recurring = replace(scope, this_form=contact.form, moments=scope.moments | {"times_met"})
        every = read(contact.every, recurring, complaints.about(item, "every", contact.every.at), "date")
        scope = replace(recurring, moments=recurring.moments | {"start"})
    elif isinstance(contact.every, str):
        if contact.every != EVERY_YEAR or contact.of == "household":
            complaints.about(item, "every", contact.at).add("rules.every_what", text=contact.every)
        scope = replace(scope, moments=scope.moments | {"start"})

    def part(name: str, rule: Rule | None, within: Scope, wants: Type) -> Expr | None:
        return None if rule is None else read(rule, within, complaints.about(item, name, rule.at), wants)

    bounds = _bounds(kind, contact, scope, complaints)
    scope = replace(scope, moments=scope.moments | {name for name, tree in bounds.items() if tree is not None})
    while_ = part("while", contact.while_, scope, "truth")
    own = replace(scope, row_form=contact.form, aggregates=False)
    if kind == "recurring":  # which visit an entry meets would depend on itself
        own = replace(own, moments=own.moments & {"opened_on", "closed_on"}, this_form="")
    settled_by = part("settled_by", contact.settled_by, own, "truth")
    return Slot(contact, kind, k, bounds["from"], bounds["due"], bounds["until"], while_, settled_by, every)  # type: ignore[arg-type]


def _bounds(kind: str, contact: ContactDef, scope: Scope, complaints: Complaints) -> dict[str, Expr | None]:
    """The three bounds. One may name another, which then stands in its place; never in a circle."""
    rules = {"from": contact.from_, "due": contact.due, "until": contact.until}
    found: dict[str, Expr | None] = {name: _default(kind, name) for name, rule in rules.items() if rule is None}
    waiting = {name: (rule, names_in(rule.text) & rules.keys()) for name, rule in rules.items() if rule is not None}
    while waiting:
        name = next((n for n, (_, needs) in waiting.items() if not needs & waiting.keys()), "")
        if not name:
            about = complaints.about(f"contact {contact.id}", next(iter(waiting)), contact.at)
            about.add("rules.cycle", names=" → ".join([*waiting, next(iter(waiting))]))
            break
        rule, _ = waiting.pop(name)
        stated = {other: tree for other, tree in found.items() if tree is not None}
        about = complaints.about(f"contact {contact.id}", name, rule.at)
        found[name] = read(rule, replace(scope, bounds=stated), about, "date")
    return {name: found.get(name) for name in rules}


def _default(kind: str, bound: str) -> Expr | None:
    """A recurring visit is due on its start; one of every year lies in that year."""
    if kind == "recurring" and bound == "due":
        return _START
    if kind == "year" and bound == "from":
        return _START
    if kind == "year" and bound == "until":
        year = Call("start_of_year", (_START,), "date")
        next_year = Call("add_years", (year, Constant(1, "integer")), "date")
        return Call("add_days", (next_year, Constant(-1, "integer")), "date")
    return None
