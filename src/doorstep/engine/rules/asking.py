"""Reading questions to a series: ``doses_counted(vaccine, 'HepB')`` and ``last_counted(vaccine, 'HepB')``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from doorstep.engine.rules import types
from doorstep.engine.rules.functions import nearest
from doorstep.engine.rules.tree import BROKEN, Cell, Constant, Counted, Expr, Type

if TYPE_CHECKING:
    from doorstep.engine.rules.reading import Reader

ASKING: dict[str, Type] = {"doses_counted": "integer", "last_counted": "date"}


def asked(reader: Reader, name: str, args: list[Any]) -> Expr:
    """The question, or a problem. The chain is a text, or in a series' own rules a text column of its row."""
    scope, complaints = reader.scope, reader.complaints
    if len(args) != 2 or not isinstance(args[0], exp.Column) or args[0].table:
        return complaints.add("rules.series_shape", name=name)
    series = args[0].name
    if series not in scope.pack.series:
        known = list(scope.pack.series)
        return complaints.add("rules.unknown_series", name=series, nearest=nearest(series, known))
    if scope.ask_series is None or reader.aggregate_form:
        return complaints.add("rules.ask_in_fact", name=name)
    chain = types.fitted(reader.node(args[1]), "text", complaints)
    if chain.type == "unknown":
        return BROKEN
    if not isinstance(chain, (Constant, Cell)):
        return complaints.add("rules.series_shape", name=name)
    definition = scope.pack.series[series]
    table = scope.pack.tables.get(definition.table)
    chains = sorted({str(row.get(definition.chain)) for row in table.rows}) if table else []
    if isinstance(chain, Constant) and chain.value not in chains:
        return complaints.add("rules.unknown_chain", name=chain.value, nearest=nearest(str(chain.value), chains))
    if series != scope.series:
        scope.ask_series(series)
    return Counted(name, series, chain, ASKING[name])
