"""Episodes on Spark: the entries that open or close care are walked in Python, person by person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from doorstep.engine.model.history import Entry
from doorstep.engine.rules.planning import Planner
from doorstep.engine.rules.program import ReadEpisode
from doorstep.engine.rules.scope import ENTRY_COLUMNS
from doorstep.engine.rules.spark.folding import GroupFold, Row, Rules
from doorstep.engine.rules.spark_text import SPARK
from doorstep.engine.rules.sql.expressions import Expressions, column
from doorstep.engine.rules.sql.step import Step, table
from doorstep.engine.rules.sql.subjects import ROOT, Tables, entry_table, properties_in, subjects_sql
from doorstep.engine.rules.tree import Answer, Type, walk
from doorstep.engine.rules.walking import in_order
from doorstep.engine.warehouse.quoting import quoted

Keys = Mapping[str, Sequence[tuple[str, str]]]
"""Form → its answers the walk looks at, each with the column that holds it."""


@dataclass(frozen=True)
class EpisodeFold(GroupFold):
    """From a person's turns to one row for each that was placed, with the care it belongs to as that ended up."""

    episode: str
    keys: Keys
    properties: Sequence[str]

    key = "person_id"
    columns = {
        "person_id": "STRING",
        "turn": "STRING",
        "placed": "BOOLEAN",
        "begins": "BOOLEAN",
        "no": "INT",
        "key": "STRING",
        "opened_by": "STRING",
        "opened_on": "DATE",
        "closed_on": "DATE",
        "ended_on": "DATE",
        "several": "BOOLEAN",
    }

    def of_group(self, planner: Planner, group: list[Row]) -> Iterator[Row]:
        person = {name: group[0][f"p:{name}"] for name in self.properties}
        entries = in_order((self._entry(row) for row in group), planner.ranks)
        found, _ = planner.walks[self.episode].episodes(entries, person)
        for number, care in enumerate(found, start=1):
            for entry in care.entries:
                assert care.opened is not None
                yield {
                    "person_id": group[0]["person_id"],
                    "turn": entry.instance_id,
                    "placed": True,
                    "begins": entry is care.opened,
                    "no": number,
                    "key": care.key,
                    "opened_by": care.opened.instance_id,
                    "opened_on": care.opened_on,
                    "closed_on": care.closed_on,
                    "ended_on": care.ended_on,
                    "several": len(found) > 1,
                }

    def _entry(self, row: Row) -> Entry:
        answers = {key: row[name] for key, name in self.keys[row["form"]]}
        return Entry(
            row["form"],
            row["instance_id"],
            row["day"],
            row["recorded_on"],
            answers,
            row["root_id"] or "",
            row["counter"],
            row["place"] or "",
            row["author"] or "",
        )


class EpisodesFolded:
    """The steps that make one kind of episode."""

    def __init__(self, rules: Rules, tables: Tables, episode: ReadEpisode, expressions: Expressions):
        self._rules, self._tables, self._expressions = rules, tables, expressions
        self._definition = episode.definition
        parts = (episode.ends_by_itself, episode.new_one_if, episode.stays_open_days)
        self._trees = [tree for tree in parts if tree is not None]

    def steps(self, properties: list[str], life: tuple[str, list[str]]) -> list[Step]:
        turns, walk_ = self._tables.step("turns"), self._tables.walk
        names = properties_in(self._trees)
        keys = {form: [(key, f"q{n}:{key}") for key in asked] for n, (form, asked) in enumerate(self._asked().items())}
        fold = EpisodeFold(self._rules, self._definition.id, keys, names)
        ended = (
            f"SELECT person_id, no, key, opened_by, opened_on, closed_on, ended_on, several FROM {walk_} WHERE begins"
        )
        return [
            table(turns, self._turns(names)),
            Step(walk_, f"SELECT * FROM {turns} DISTRIBUTE BY person_id SORT BY person_id", fold=fold),
            table(self._tables.subject, subjects_sql(ended, self._definition.of, properties, life, SPARK)),
        ]

    def _asked(self) -> dict[str, dict[str, Type]]:
        """Each form that opens or closes care with the answers, and their types, that the walk looks at."""
        nodes = [node for tree in self._trees for node in walk(tree) if isinstance(node, Answer)]
        return {
            form: {n.key: n.type for n in nodes if n.form == form and n.key not in ENTRY_COLUMNS}
            for form in (self._definition.opens, *self._definition.closes)
        }

    def _turns(self, properties: Sequence[str]) -> str:
        asked = self._asked()
        columns = {
            f"q{n}:{key}": (form, key, t) for n, (form, keys) in enumerate(asked.items()) for key, t in keys.items()
        }
        parts = []
        for form in asked:
            answers = "".join(
                f", {f'e.{quoted(key)}' if of == form else f'CAST(NULL AS {SPARK.column_types[type_]})'} AS {quoted(name)}"
                for name, (of, key, type_) in columns.items()
            )
            parts.append(
                f"SELECT e.person_id, {SPARK.text(form)} AS form, e.instance_id, e.root_id, {ROOT} AS root, e.counter,"
                f" e.occurred_on AS day, e.recorded_on, e.place, e.author{answers} FROM {entry_table(form)} e"
            )
        held = "".join(f", p.{quoted(name)} AS {column('p', name)}" for name in properties)
        person = f" LEFT JOIN {quoted(self._definition.of)} p ON p.id = e.person_id" if held else ""
        return f"SELECT e.*{held} FROM ({' UNION ALL '.join(parts)}) e{person}"
