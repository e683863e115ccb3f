"""Reading a series: its rules, typed, and its chains in an order in which each comes after those it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import Rule, SeriesDef
from doorstep.engine.rules.complaints import Complaints
from doorstep.engine.rules.contacts import typed_cell
from doorstep.engine.rules.program import ReadSeries, SeriesRow
from doorstep.engine.rules.reading import read
from doorstep.engine.rules.scope import LIFE_MOMENTS, Scope, is_question, no_facts, questions_of
from doorstep.engine.rules.tree import Cell, Constant, Counted, DoseAnswer, Expr, Type, walk


def read_series(scope: Scope, series: SeriesDef, complaints: Complaints) -> ReadSeries | None:
    """The series under the person's ``scope``; None when its table or forms are not there."""
    pack, item = scope.pack, f"series {series.id}"
    about = complaints.about(item, "series", series.at)
    table = pack.tables.get(series.table)
    if table is None or any(source.form not in pack.forms for source in series.doses) or series.form not in pack.forms:
        about.add("rules.series_stands_on_nothing", name=series.id)
        return None
    rows = tuple(
        SeriesRow(
            place,
            str(row.get(series.chain, "")),
            int(row.get(series.step, 0)),
            str(row.get(series.row_id, "")),
            row.get(series.since),
            row.get(series.before),
            {name: typed_cell(row.get(name), kind) for name, kind in table.columns.items()},
            series.contact(row),
        )
        for place, row in enumerate(table.rows)
    )
    cells: dict[str, Expr] = {name: Cell(name, kind) for name, kind in table.columns.items()}  # type: ignore[arg-type]
    base = replace(scope, cells=cells, literals=series.source in pack.sources, series=series.id)

    def part(name: str, rule: Rule | None, wants: Type, within: Scope) -> Expr | None:
        return None if rule is None else read(rule, within, complaints.about(item, name, rule.at), wants)

    asked = _asked_of_doses(pack, series, about)
    fitting = replace(base, fact=no_facts, fact_names=(), aggregates=False, dose=asked, moments=frozenset())
    fits = part("fits", series.fits, "truth", fitting)
    assert fits is not None
    moments = LIFE_MOMENTS | {"previous", "first_valid"}
    within = replace(base, moments=moments)
    listed_from = part("listed_from", series.listed_from, "date", within)
    found: dict[str, Expr | None] = {}
    for name, rule in (("from", series.from_), ("due", series.due), ("until", series.until)):
        found[name] = part(name, rule, "date", within)
        if rule is not None or (name == "from" and series.since):
            within = replace(within, moments=within.moments | {name})
    not_after = part("not_after", series.not_after, "date", within)
    while_ = part("while", series.while_, "truth", within)
    listed_while = part("listed_while", series.listed_while, "truth", within)
    made = ReadSeries(
        series,
        fits,
        found["from"],
        found["due"],
        found["until"],
        not_after,
        while_,
        listed_while,
        listed_from,
        rows,
        (),
    )
    return replace(made, chains=_chains(made, about))


def _asked_of_doses(pack: Pack, series: SeriesDef, about: Complaints) -> Mapping[str, Expr]:
    """What may be named after ``dose.``: questions of the repeat, then those of its form; one type in all places."""
    found: dict[str, Expr] = {}
    for source in series.doses:
        form = pack.forms[source.form]
        own = {key: kind for key, kind in questions_of(form, "").items() if is_question(form, "", key)}
        inner = questions_of(form, source.repeat) if source.repeat else {}
        for key, kind in {**own, **inner}.items():
            known = found.setdefault(key, DoseAnswer(key, kind))
            if known.type != kind:
                about.add("rules.dose_types", name=key, types=f"{known.type}, {kind}")
    return found


def _chains(series: ReadSeries, about: Complaints) -> tuple[str, ...]:
    """All chains, each after those its rules ask; a circle is a problem."""
    waiting: dict[str, set[str]] = {}
    for row in series.rows:
        waiting.setdefault(row.chain, set()).update(asked_chains(series, row))
    for needs in waiting.values():
        needs &= waiting.keys()
    order: list[str] = []
    while waiting:
        ready = [chain for chain, needs in waiting.items() if not needs & waiting.keys()]
        if not ready:
            about.add("rules.chain_cycle", names=", ".join(sorted(waiting)))
            return (*order, *waiting)
        order += ready
        for chain in ready:
            del waiting[chain]
    return tuple(order)


def asked_chains(series: ReadSeries, row: SeriesRow) -> set[str]:
    """The chains of the same series that the rules ask for a row."""
    found: set[str] = set()
    for node in (node for tree in series.rules for node in walk(tree)):
        if isinstance(node, Counted) and node.series == series.id:
            value = row.cells.get(node.chain.name) if isinstance(node.chain, Cell) else None
            if isinstance(node.chain, Constant):
                value = node.chain.value
            if value is not None:
                found.add(str(value))
    return found
