"""SQL text of a series' rules, for DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from doorstep.engine.model.planned import DoseSource
from doorstep.engine.rules.duckdb_text import DUCKDB
from doorstep.engine.rules.functions import Over
from doorstep.engine.rules.program import Program
from doorstep.engine.rules.sql.expressions import Expressions, column
from doorstep.engine.rules.sql.subjects import Tables, entry_table
from doorstep.engine.rules.tree import Aggregate, Answer, Call, Counted, Expr, Lookup, NumberOn, children, walk
from doorstep.engine.rules.vocabulary import VOCABULARY


class SeriesExpressions(Expressions):
    """Writes the rules of a series over candidates ``t``: the person's columns, the row's cells, ``previous``, and
    ``day``, that of the dose judged (NULL for the next window: then nothing is too late to be seen)."""

    def __init__(
        self,
        program: Program,
        subject: str,
        aggregates: Mapping[Aggregate, int],
        sources: tuple[tuple[DoseSource, int], ...],
        doses: str,
        tables: Tables,
    ):
        super().__init__(program, subject, DUCKDB, aggregates)
        self._sources, self._doses, self._tables = sources, doses, tables
        self._looked_up: dict[Expr, int] = {}
        self._held_apart: dict[Expr, str] = {}

    def of(self, node: Expr, subject: str = "t", row: str = "r") -> str:
        held = self._held_apart.get(node) if subject == "t" else None
        return f"t.{held}" if held is not None else super().of(node, subject, row)

    def begin(self) -> None:
        """Forgets the columns of the last query."""
        self._held_apart = {}

    def stages(self, trees: Iterable[Expr]) -> Iterator[dict[str, str]]:
        """Name → text of the moves of days and numbers in ``trees``, inner ones first, to stand in columns: their SQL
        repeats its arguments, and written into one another it grows beyond all measure."""
        waiting = list(dict.fromkeys(n for tree in trees for n in _outside(tree) if _moves(n)))
        waiting = [node for node in waiting if node not in self._held_apart]
        while waiting:
            ready = [n for n in waiting if not any(b in waiting for b in _outside(n) if b is not n)]
            columns = {column("h", len(self._held_apart) + i): n for i, n in enumerate(ready)}
            yield {name: self.of(node) for name, node in columns.items()}
            self._held_apart |= {node: name for name, node in columns.items()}
            waiting = [node for node in waiting if node not in self._held_apart]

    def over_doses(self, node: Aggregate) -> bool:
        """Whether an aggregate looks at entries that hold doses, and so at those of earlier days alone."""
        return any(source.form == node.form for source, _ in self._sources)

    @staticmethod
    def held(source: int, node: Answer) -> str:
        """The column of the doses that holds an answer of one of their places."""
        return column(f"{source}:{'c' if node.repeat else 'q'}", node.key)

    def looked_up(self, trees: Iterable[Expr], following: bool = False) -> dict[str, str]:
        """Name → text of what these rules look up in doses, each once: a query inside an expression would stand in it as
        often as a function repeats its argument."""
        nodes = (n for tree in trees for n in walk(tree))
        wanted = dict.fromkeys(
            n for n in nodes if isinstance(n, Counted) or (isinstance(n, Aggregate) and self.over_doses(n))
        )
        columns = {}
        for node in wanted:
            self._looked_up.setdefault(node, len(self._looked_up))
            found = self._of_doses(node, following) if isinstance(node, Aggregate) else self._of_chain(node, following)
            columns[column("x", self._looked_up[node])] = found
        return columns

    def _held(self, node: Expr, t: str) -> str:
        return f"{t}.{column('x', self._looked_up[node])}"

    def _aggregate(self, node: Aggregate, t: str, r: str) -> str:
        if not self.over_doses(node):
            return super()._aggregate(node, t, r)
        return VOCABULARY[node.function].after(self.dialect, self._held(node, t), node.last)

    def _of_doses(self, node: Aggregate, following: bool, t: str = "t") -> str:
        source = next((n for s, n in self._sources if (s.form, s.repeat) == (node.form, node.repeat)), None)
        inner = _InDoses(self, source) if source is not None else self
        value = (
            inner.of(node.value, t) if node.value is not None else "1" if node.type == "integer" else "r.occurred_on"
        )
        conditions = [f"r.eid = {t}.eid", *([] if following else [f"r.day < {t}.day"])]
        if source is not None:
            rows, order = f"{self._doses} r", "r.n"
            conditions.append(f"r.src = {source}")
        else:
            rows, order = f"{self._tables.rows(node.form)} r", "r.ord"
            value = value if value != "r.occurred_on" else 'r."q:occurred_on"'
            if node.repeat:
                rows += f" JOIN {entry_table(node.form, node.repeat)} c ON c.instance_id = r.instance_id"
                order = "r.ord * 1000000 + c.ord"
        if node.where is not None:
            conditions.append(f"({inner.of(node.where, t)})")
        type_ = node.value.type if node.value is not None else node.type
        taken = VOCABULARY[node.function].sql(self.dialect, Over(value, order, "", node.last, type_))
        return f"(SELECT {taken} FROM {rows} WHERE {' AND '.join(conditions)})"

    def _of_chain(self, node: Counted, following: bool, t: str = "t") -> str:
        return super()._counted(node, t, "", "" if following else f" AND b.day < {t}.day")

    def _counted(self, node: Counted, t: str, _r: str, _seen: str = "") -> str:
        return self._held(node, t)


def _moves(node: Expr) -> bool:
    return isinstance(node, (Lookup, NumberOn)) or (isinstance(node, Call) and node.function.startswith("add_"))


def _outside(node: Expr) -> Iterator[Expr]:
    """``node`` and what is below it, but not inside aggregates: there other rows are in view."""
    yield node
    if not isinstance(node, Aggregate):
        for child in children(node):
            yield from _outside(child)


class _InDoses(Expressions):
    """Writes what stands inside an aggregate over doses: answers are columns of the doses."""

    def __init__(self, outer: SeriesExpressions, source: int):
        super().__init__(outer._program, outer._subject, outer.dialect, outer._aggregates)
        self._source = source

    def _answer(self, node: Answer, _t: str, _r: str) -> str:
        return f"r.{SeriesExpressions.held(self._source, node)}"
