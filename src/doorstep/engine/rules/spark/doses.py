"""Doses on Spark: each person's series is walked in Python, from her facts and the entries its rules look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.engine.model.history import Entry
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.subjects import PERSON
from doorstep.engine.rules.doses import Book
from doorstep.engine.rules.needs import series_roots
from doorstep.engine.rules.planning import Planner
from doorstep.engine.rules.program import Program, ReadSeries
from doorstep.engine.rules.scope import ENTRY_COLUMNS, questions_of, repeats_of
from doorstep.engine.rules.spark.folding import GroupFold, Row, Rules
from doorstep.engine.rules.spark_text import SPARK
from doorstep.engine.rules.sql.expressions import Expressions, column, counted_table
from doorstep.engine.rules.sql.step import Step
from doorstep.engine.rules.sql.subjects import Tables, entry_table
from doorstep.engine.rules.tree import Aggregate, Counted, Expr, FactRef, Property, walk
from doorstep.engine.rules.walking import Subject, in_order
from doorstep.engine.warehouse.quoting import quoted

_KEYS = ("instance_id", "root_id", "counter", "occurred_on", "recorded_on", "place", "author")


@dataclass(frozen=True)
class SeriesFold(GroupFold):
    """From a person to her counted doses, and each chain's next window, whose ``met_by`` is empty."""

    series: str
    facts: Sequence[str]
    properties: Sequence[str]
    forms: Sequence[str]

    key = "eid"
    columns = {
        "eid": "STRING",
        "person_id": "STRING",
        "chain": "STRING",
        "day": "DATE",
        "contact": "STRING",
        "form": "STRING",
        "service": "STRING",
        "from_on": "DATE",
        "due_on": "DATE",
        "until_on": "DATE",
        "met_by": "STRING",
        "need": "ARRAY<STRING>",
        "priority": "INT",
        "ends_on": "DATE",
    }

    def of_group(self, planner: Planner, group: list[Row]) -> Iterator[Row]:
        row = group[0]
        life = self._life(planner, row)
        walk_of = planner.walk_of(self.series)
        walked = life.series.walked(self.series)
        for placed in walked.placed:
            window = walk_of.window(placed, life, walked.counted)
            yield {
                "eid": row["eid"],
                "person_id": row["person_id"],
                "chain": placed.row.chain,
                "day": window.met_on,
                "contact": window.contact,
                "form": window.form,
                "service": window.service,
                "from_on": window.from_on,
                "due_on": window.due_on,
                "until_on": window.until_on,
                "met_by": window.met_by,
                "need": list(window.need),
                "priority": window.priority,
                "ends_on": window.ends_on,
            }

    def _life(self, planner: Planner, row: Row) -> Subject:
        """The person as the series' functions see her."""
        life = Subject(PERSON, "", {name: row[f"p:{name}"] for name in self.properties})
        life.opened_on, life.closed_on = row["opened_on"], row["closed_on"]
        entries = [_entry(form, told) for number, form in enumerate(self.forms) for told in row[f"e:{number}"] or ()]
        for entry in in_order(entries, planner.ranks):
            life.take(entry)
        life.facts = life.life_facts = {name: row[f"f:{name}"] for name in self.facts}
        life.series = Book({name: planner.walk_of(name) for name in planner.program.series}, life)
        return life


def _entry(form: str, told: Mapping[str, object]) -> Entry:
    answers: dict[str, object] = dict(told["answers"] or {})  # type: ignore[call-overload]
    for repeat, rows in (told["repeats"] or {}).items():  # type: ignore[attr-defined]
        answers[repeat] = [one["row"] for one in sorted(rows or (), key=lambda one: one["ord"])]
    day, recorded = told["occurred_on"], told["recorded_on"]
    assert isinstance(day, date)
    return Entry(
        form,
        str(told["instance_id"]),
        day,
        recorded if isinstance(recorded, date) else day,
        answers,
        str(told["root_id"] or ""),
        int(str(told["counter"])),
        str(told["place"] or ""),
        str(told["author"] or ""),
    )


class SeriesFolded:
    """The steps of one series. ``place`` is the number its table bears."""

    def __init__(self, rules: Rules, series: ReadSeries, place: int, tables: Tables, expressions: Expressions):
        self._rules, self.series, self._tables = rules, series, tables
        self._program: Program = expressions.program
        self._walked = tables.step(f"series_{place}_walked")
        trees = list(self._with_asked())
        nodes = [node for tree in trees for node in walk(tree)]
        self.facts = {node.name for node in nodes if isinstance(node, FactRef)}
        self.asked = {n.series for tree in series.rules for n in walk(tree) if isinstance(n, Counted)} - {series.id}
        self.needs: set[Aggregate] = set()
        self._properties = sorted({node.name for node in nodes if isinstance(node, Property)})
        looked_at = {node.form for node in nodes if isinstance(node, Aggregate)}
        looked_at |= {source.form for one in self._asked_series() for source in one.definition.doses}
        self._forms = sorted(looked_at)

    def _asked_series(self) -> Iterator[ReadSeries]:
        """The series and those it asks, at any distance."""
        waiting, seen = [self.series.id], set[str]()
        while waiting:
            one = self._program.series[waiting.pop()]
            if one.id not in seen:
                seen.add(one.id)
                yield one
                waiting += [n.series for tree in one.rules for n in walk(tree) if isinstance(n, Counted)]

    def _with_asked(self) -> Iterator[Expr]:
        for one in self._asked_series():
            for tree in one.rules:
                yield tree
                yield from series_roots(one, tree, self._program.facts).values()

    def steps(self, source: str) -> Iterator[Step]:
        """``source`` holds a row for every person with all facts the series rests on."""
        facts = sorted(self.facts)
        known = [column("f", name) for name in facts] + [column("p", name) for name in self._properties]
        held = "".join(f", t.{name}" for name in (*known, "opened_on", "closed_on"))
        entries = "".join(f", e{n}.entries AS {quoted(f'e:{n}')}" for n in range(len(self._forms)))
        joins = "".join(
            f"\nLEFT JOIN ({_entries(self._program.pack, form)}) e{n} ON e{n}.person_id = t.person_id"
            for n, form in enumerate(self._forms)
        )
        fold = SeriesFold(self._rules, self.series.id, facts, self._properties, self._forms)
        yield Step(self._walked, f"SELECT t.eid, t.person_id{held}{entries} FROM {source} t{joins}", fold=fold)
        counted = f"SELECT eid, chain, day FROM {self._walked} WHERE met_by <> ''"
        yield Step(counted_table(self._program, self.series.id), counted, "view")

    def windows_sql(self) -> str:
        """The series' windows in the columns of Window."""
        return (
            "SELECT w.person_id, w.contact, 0 AS k, '' AS episode, w.form, w.service, w.from_on, w.due_on, w.until_on,"
            f" w.met_by, w.day AS met_on, w.need, TRUE AS recurring, w.priority, w.ends_on FROM {self._walked} w"
        )


def _entries(pack: Pack, form_id: str) -> str:
    """Each person's entries of one form as a list, with all their answers."""
    form = pack.forms[form_id]
    outer = [key for key in questions_of(form, "") if key not in ENTRY_COLUMNS]
    answers = _struct({key: f"e.{quoted(key)}" for key in outer})
    repeats = {name: f"r{n}.rounds" for n, name in enumerate(sorted(repeats_of(form)))}
    joins = "".join(
        f" LEFT JOIN ({_rounds(pack, form_id, name)}) r{n} ON r{n}.instance_id = e.instance_id"
        for n, name in enumerate(repeats)
    )
    told = {key: f"e.{key}" for key in _KEYS} | {"answers": answers, "repeats": _struct(repeats)}
    return (
        f"SELECT e.person_id, collect_list({_struct(told)}) AS entries FROM {entry_table(form_id)} e{joins}"
        " GROUP BY e.person_id"
    )


def _rounds(pack: Pack, form_id: str, repeat: str) -> str:
    row = _struct({key: f"c.{quoted(key)}" for key in questions_of(pack.forms[form_id], repeat)})
    rounds = f"collect_list({_struct({'ord': 'c.ord', 'row': row})}) AS rounds"
    return f"SELECT c.instance_id, {rounds} FROM {entry_table(form_id, repeat)} c GROUP BY c.instance_id"


def _struct(parts: Mapping[str, str]) -> str:
    """A struct, or nothing where it would be empty."""
    if not parts:
        return "CAST(NULL AS STRUCT<nothing: INT>)"
    return f"named_struct({', '.join(f'{SPARK.text(name)}, {value}' for name, value in parts.items())})"
