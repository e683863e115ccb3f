"""Bringing the warehouse up to the store: what came after its watermark, and what has changed before it.

Each step reads the store as it stood at one moment, writes new files beside the old, makes them count at once by the
manifest, and only then lets go of the notes of what changed. Cut short anywhere, the next sync goes on from the last
whole state.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from doorstep.engine.warehouse import manifest as state
from doorstep.engine.warehouse.entries import EntryTables, FormTable
from doorstep.engine.warehouse.lake import Generation
from doorstep.engine.warehouse.manifest import Manifest
from doorstep.engine.warehouse.quoting import quoted, text
from doorstep.engine.warehouse.run import connect, run
from doorstep.engine.warehouse.source import snapshot
from doorstep.forms import queries as forms
from doorstep.forms.sayings import with_chains
from doorstep.lib import db
from doorstep.programmes import stock, typed
from doorstep.programmes.feed import address

Progress = Callable[[int, int], None]
AT_ONCE = 2_000_000  # sequence numbers of one step: what a sync that is cut short may have to do again
MEMORY = "1GB"
TOUCHED_KEPT = 50  # generations whose touched people are still known
_MARKS = 5_000
_CHAINS = 2_000

_ENTRIES = (
    "SELECT seq, form_id, person_id, instance_id, counter, CAST(occurred_on AS TEXT) AS occurred_on,"
    " CAST(received_on AS TEXT) AS recorded_on, CAST(author_id AS TEXT) AS author, answers"
    " FROM entry WHERE state = 0 AND person_id IS NOT NULL AND "
)
_TOLD = (
    "SELECT t.entity_id AS person_id, t.seq, t.ord, t.properties, e.form_id, e.instance_id, e.counter,"
    " CAST(e.occurred_on AS TEXT) AS occurred_on"
    " FROM entry e JOIN entry_entity t ON t.seq = e.seq WHERE t.dataset = 'person' AND e.state = 0 AND "
)
_PEOPLE = (
    "SELECT id, COALESCE(place_id, 0) AS place_id, properties, "
    + ", ".join(f"COALESCE(CAST({name} AS TEXT), '') AS {name}" for name in typed.DATES)
    + " FROM person"
)
_HOMES = "SELECT id, COALESCE(place_id, 0) AS place_id FROM household"
_CHANGES = "SELECT n, what, id, form_id, person_id, purge FROM changed"


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did. ``changes``: notes of what had changed before the watermark."""

    watermark: int
    generation: int
    entries: int
    changes: int
    steps: int


def sync(progress: Progress = lambda _done, _of: None, at_once: int = AT_ONCE) -> Synced:
    """Bring the warehouse up to the store. Raises ``manifest.Busy`` while somebody else does."""
    folder = stock.folder()
    with state.writing(folder):
        before = state.read(folder)
        if before is None or not stock.is_of_this_store(before):
            before = stock.empty()
        taken = changes = steps = 0
        while True:
            step = _Step(folder, before, at_once)
            after = step.take()
            if after is None:
                break
            before, steps = after, steps + 1
            taken, changes = taken + step.entries, changes + step.changes
            progress(after.watermark, step.top)
        state.sweep(folder, before)
    return Synced(before.watermark, before.generation, taken, changes, steps)


def rebuild(progress: Progress = lambda _done, _of: None) -> Synced:
    """Throw the warehouse away and fill it again. Until it is whole, everything is worked out from the store."""
    folder = stock.folder()
    with state.writing(folder):
        empty = stock.empty()
        state.write(folder, empty)
        state.sweep(folder, empty)
    return sync(progress)


class _Step:
    """One generation: everything up to some sequence number, as the store stood at one moment."""

    def __init__(self, folder: Path, before: Manifest, at_once: int):
        self._folder, self._before, self._at_once = folder, before, at_once
        self.entries = self.changes = self.top = 0

    def take(self) -> Manifest | None:
        """The next state, written; None when there is nothing to do."""
        scratch = self._folder / state.SCRATCH
        scratch.mkdir(mode=0o700, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(dir=scratch) as spill,
            snapshot(*address()) as store,
            connect(spill=spill, memory=MEMORY) as connection,
        ):
            self._connection, self._store = connection, store
            self.top = self._number("SELECT COALESCE(MAX(seq), 0) AS n FROM entry")
            self._fresh = self._before.generation == 0
            self._after = max(self._before.watermark, min(self.top, self._before.watermark + self._at_once))
            noted = self._note_changes()
            shape = typed.shape()
            idle = self._after == self._before.watermark and not self.changes and shape == self._before.shape
            if idle and self._before.whole:
                return None
            self._next = Generation(connection, self._folder, self._before)
            tables, anew = self._shapes(shape)
            self._corrections(anew)
            self._forms(tables, anew)
            self._whereabouts()
            self._people()
            self._touched()
            self._purge()
            whole = self._after >= self.top
            kept = {table.form: {"columns": table.columns, "repeats": table.repeats} for table in tables}
            made = replace(self._next.manifest, watermark=self._after, shape=shape, whole=whole, forms=kept)
        state.write(self._folder, made)
        _forget(noted)
        return made

    # What has changed

    def _note_changes(self) -> list[tuple[int, int]]:
        """``change``: the notes of what changed, and ``again``: entries before the watermark that must be read again.
        Gives the numbers of the notes, as ranges."""
        schema = "n BIGINT, what VARCHAR, id VARCHAR, form_id VARCHAR, person_id VARCHAR, purge BIGINT"
        self._connection.execute(f"CREATE TABLE change ({schema})")
        self._add(_CHANGES, "INSERT INTO change SELECT n, what, id, form_id, person_id, purge FROM batch")
        numbers = [n for (n,) in self._connection.execute("SELECT n FROM change ORDER BY n").fetchall()]
        self.changes = len(numbers)
        self._connection.execute(
            "CREATE TABLE again AS SELECT DISTINCT CAST(id AS BIGINT) AS seq, form_id, person_id FROM change"
            f" WHERE what = 'entry' AND CAST(id AS BIGINT) <= {self._before.watermark}"
        )
        return _ranges(numbers)

    def _shapes(self, shape: str) -> tuple[list[FormTable], set[str]]:
        """The forms as they are kept, and those of which a column came in another type, or must no longer be kept: they
        are read again from the first entry."""
        if shape == self._before.shape:
            return stock.tables_of(self._before), set()
        tables, found = typed.tables(), set()
        for table in tables:
            for name, columns in stock.columns_of(table).items():
                had = self._before.tables.get(name)
                if had is not None and any(columns.get(key) != type_ for key, type_ in had.columns.items()):
                    found.add(table.form)
        return tables, found

    def _corrections(self, anew: set[str]) -> None:
        """``root`` (seq, root_id, counter): whose place in the order each correction keeps. Every entry of a chain in
        which anything changed is read again, since another version may now stand at its beginning."""
        own = db.current()
        linked = "deprecates IS NOT NULL OR variant <> 0"
        watermark = self._before.watermark
        seqs = [
            seq
            for where in (f"seq > {watermark} AND seq <= {self._after}", *self._of_forms(anew))
            for seq in self._read_numbers(f"SELECT seq FROM entry WHERE ({linked}) AND {where}")
        ]
        again = [seq for (seq,) in self._connection.execute("SELECT seq FROM again").fetchall()]
        rows: list[tuple[int, str, int]] = []
        more: list[tuple[int, str, str]] = []
        for chunk in _chunks(sorted({*seqs, *again}), _CHAINS):
            known = {row.seq: row for row in forms.entries("seq IN (?*)", chunk)}
            standing = with_chains(own, known)
            strangers = {row.seq: row for row in forms.entries("seq IN (?*)", standing.keys() - known.keys())}
            for seq, stands in standing.items():
                row = known.get(seq) or strangers[seq]
                if stands.root.seq != seq:
                    rows.append((seq, stands.root.instance_id, stands.root.counter))
                if seq <= watermark and seq in strangers:
                    more.append((seq, row.form_id, row.person_id or ""))
        _leave(self._connection, "root", ("seq", "root_id", "counter"), rows)
        _leave(self._connection, "linked", ("seq", "form_id", "person_id"), more)
        run(
            (
                "CREATE TABLE redo AS SELECT * FROM again UNION SELECT CAST(seq AS BIGINT), form_id, person_id FROM linked",
                "CREATE TABLE roots AS SELECT DISTINCT CAST(seq AS BIGINT) AS seq, root_id,"
                " CAST(counter AS BIGINT) AS counter FROM root",
            ),
            self._connection,
        )

    # Entries

    def _forms(self, tables: list[FormTable], anew: set[str]) -> None:
        """The relations of every form, and of its repeats."""
        self._connection.execute("CREATE TABLE new_entry (person_id VARCHAR)")
        raw = EntryTables(self._connection, tables)
        for where in self._wanted(anew):
            for batch in self._store.batches(_ENTRIES + where):
                self.entries += batch.num_rows
                raw.take(batch)
        for table in tables:
            self._take_form(table, anew=table.form in anew)
        known = {name for table in tables for name in stock.columns_of(table)}
        for name in [n for n in self._next.manifest.tables if stock.is_form(n) and n not in known]:
            self._next.drop(name)

    def _of_forms(self, forms: set[str]) -> list[str]:
        """A condition for what was taken of these forms before."""
        listed = ", ".join(text(form) for form in sorted(forms))
        return [f"seq <= {self._before.watermark} AND form_id IN ({listed})"] if forms else []

    def _wanted(self, anew: set[str]) -> Iterable[str]:
        """Conditions for the entries to read."""
        yield f"seq > {self._before.watermark} AND seq <= {self._after}"
        yield from self._of_forms(anew)
        others = f"WHERE form_id NOT IN ({', '.join(text(form) for form in sorted(anew))})" if anew else ""
        redo = [seq for (seq,) in self._connection.execute(f"SELECT DISTINCT seq FROM redo {others}").fetchall()]
        for chunk in _chunks(sorted(redo), _MARKS):
            yield f"seq IN ({', '.join(map(str, chunk))})"

    def _take_form(self, table: FormTable, *, anew: bool) -> None:
        gone = f"SELECT seq AS key FROM redo WHERE form_id = {text(table.form)}"
        some = self._count(f"SELECT count(*) FROM {table.raw}") or self._count(f"SELECT count(*) FROM ({gone})")
        if some or anew:
            self._connection.execute(f"INSERT INTO new_entry SELECT DISTINCT person_id FROM {table.raw}")
            answers = "".join(f", r.{quoted(name)}" for name in table.columns)
            rows = (
                f"SELECT r.person_id, r.instance_id, o.root_id, coalesce(o.counter, r.counter) AS counter, r.occurred_on,"
                f" r.recorded_on, r.author, r.seq{answers} FROM {table.raw} r LEFT JOIN roots o ON o.seq = r.seq"
            )
            names = stock.columns_of(table)
            gone = "" if anew else gone
            self._next.take(
                f"entry_{table.form}",
                rows,
                names[f"entry_{table.form}"],
                key="seq",
                order="person_id, seq",
                gone=gone,
                bare=anew,
            )
            for name in table.repeats:
                rounds = f"SELECT r.seq, c.* FROM {table.repeat(name)} c JOIN {table.raw} r USING (instance_id)"
                whole = f"entry_{table.form}__{name}"
                self._next.take(whole, rounds, names[whole], key="seq", order="seq, ord", gone=gone, bare=anew)
        for name in (table.raw, *(table.repeat(one) for one in table.repeats)):
            self._connection.execute(f"DROP TABLE {name}")

    # People

    def _whereabouts(self) -> None:
        """``told``: what entries say about where somebody is served; a household stands as a mark only."""
        schema = "person_id VARCHAR, seq BIGINT, ord BIGINT, since DATE, form_id VARCHAR, counter BIGINT, instance_id VARCHAR"
        self._connection.execute(f"CREATE TABLE said ({schema}, household VARCHAR, place VARCHAR)")
        insert = (
            "INSERT INTO said SELECT person_id, seq, ord, CAST(occurred_on AS DATE), form_id, counter, instance_id,"
            " properties ->> 'household', properties ->> 'place' FROM batch"
        )
        for where in self._wanted(set()):
            self._add(_TOLD + where.replace("seq", "e.seq"), insert)
        rows = (
            "SELECT s.person_id, s.seq, s.since, s.form_id, coalesce(o.counter, s.counter) AS counter, o.root_id,"
            " s.instance_id, md5(s.household) AS home, s.place FROM (SELECT * FROM said"
            " QUALIFY row_number() OVER (PARTITION BY person_id, seq ORDER BY ord DESC) = 1) s"
            " LEFT JOIN roots o ON o.seq = s.seq WHERE s.household IS NOT NULL OR s.place IS NOT NULL"
        )
        redo = "SELECT seq AS key FROM redo"
        if self._count("SELECT count(*) FROM said") or self._count("SELECT count(*) FROM redo"):
            self._next.take("told", rows, stock.TOLD, key="seq", order="person_id, seq", gone=redo)
        self._homes()

    def _homes(self) -> None:
        self._connection.execute("CREATE TABLE new_home (id VARCHAR, place_id BIGINT)")
        query = _HOMES if self._fresh else f"{_HOMES} WHERE id IN (SELECT id FROM changed WHERE what = 'household')"
        self._add(query, "INSERT INTO new_home SELECT md5(id), nullif(place_id, 0) FROM batch")
        gone = "SELECT md5(id) AS key FROM change WHERE what = 'household'"
        if self._fresh or self._count(f"SELECT count(*) FROM ({gone})"):
            self._next.take("home", "SELECT * FROM new_home", stock.HOME, key="id", order="id", gone=gone)

    def _people(self) -> None:
        columns = {"id": "VARCHAR", "place_id": "BIGINT", **typed.person_columns()}
        typed_ = ", ".join(f"{quoted(name)} {type_}" for name, type_ in columns.items())
        said = ", ".join(
            f"CAST(nullif({quoted(name)}, '') AS DATE)" if name in typed.DATES else f"properties ->> {text(name)}"
            for name in typed.person_columns()
        )
        self._connection.execute(f"CREATE TABLE new_person ({typed_})")
        had = self._before.tables.get("person")
        anew = had is not None and had.columns != columns
        everyone = self._fresh or anew
        query = _PEOPLE if everyone else f"{_PEOPLE} WHERE id IN (SELECT id FROM changed WHERE what = 'person')"
        self._add(query, f"INSERT INTO new_person SELECT id, nullif(place_id, 0), {said} FROM batch")
        gone = "SELECT id AS key FROM change WHERE what = 'person'"
        if everyone or self._count(f"SELECT count(*) FROM ({gone})"):
            self._next.take(
                "person", "SELECT * FROM new_person", columns, key="id", order="id", gone=gone, bare=everyone
            )

    def _touched(self) -> None:
        """``touched``: marks of those whose history is no longer what it was, generation by generation; one empty mark
        stands for everybody."""
        before = self._before.tables.get("told")
        whose = (
            "SELECT person_id FROM new_entry UNION SELECT person_id FROM said UNION SELECT person_id FROM redo"
            " UNION SELECT id FROM change WHERE what = 'person'"
        )
        if before is not None:
            past = stock.relation_sql(
                self._folder, before, {"person_id": "VARCHAR", "seq": "BIGINT", "home": "VARCHAR"}
            )
            whose += f" UNION SELECT person_id FROM ({past}) SEMI JOIN redo USING (seq)"
            whose += f" UNION SELECT person_id FROM ({past}) SEMI JOIN new_home h ON h.id = home"
        rows = "SELECT ''" if self._fresh else f"SELECT md5(person_id) FROM ({whose}) WHERE person_id <> ''"
        table = self._next.table("touched", "mark", "mark")
        oldest = self._next.manifest.generation - TOUCHED_KEPT
        kept = replace(table, segments=tuple(one for one in table.segments if one.generation > oldest))
        self._next.keep_apart("touched", kept, f"SELECT mark FROM ({rows}) m(mark)", stock.TOUCHED)

    def _purge(self) -> None:
        """What is no longer in the store, or no longer reads so, leaves the files themselves."""
        entries = "SELECT DISTINCT CAST(id AS BIGINT) AS key FROM change WHERE what = 'entry' AND purge = 1"
        if self._count(f"SELECT count(*) FROM ({entries})"):
            for name in list(self._next.manifest.tables):
                if stock.is_form(name) or name == "told":
                    self._next.purge(name, entries)
        people = (
            "SELECT DISTINCT id AS key FROM change WHERE what = 'person' AND purge = 1"
            " AND id NOT IN (SELECT id FROM new_person)"
        )
        if self._count(f"SELECT count(*) FROM ({people})"):
            self._next.purge("person", people)

    # The store

    def _add(self, query: str, insert: str) -> None:
        for batch in self._store.batches(query):
            self._connection.register("batch", batch)
            self._connection.execute(insert)
            self._connection.unregister("batch")

    def _read_numbers(self, query: str) -> list[int]:
        return [n for batch in self._store.batches(query) for n in batch.column(0).to_pylist()]

    def _number(self, query: str) -> int:
        return self._read_numbers(query)[0]

    def _count(self, query: str) -> int:
        return int(self._connection.execute(query).fetchall()[0][0])


def _forget(ranges: Iterable[tuple[int, int]]) -> None:
    """Let go of notes that were followed."""
    with db.transaction():
        db.current().many("DELETE FROM changed WHERE n BETWEEN ? AND ?", list(ranges))


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers as ranges without gaps: a note another transaction is still writing must not be let go."""
    found: list[tuple[int, int]] = []
    for n in numbers:
        if found and found[-1][1] == n - 1:
            found[-1] = (found[-1][0], n)
        else:
            found.append((n, n))
    return found


def _chunks(values: list[int], size: int) -> Iterable[list[int]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _leave(connection: Any, name: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    types = {"seq": pa.int64(), "counter": pa.int64()}
    arrays = [pa.array([row[n] for row in rows], types.get(c, pa.string())) for n, c in enumerate(columns)]
    connection.register("arrow", pa.table(dict(zip(columns, arrays, strict=True))))
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow")
    connection.unregister("arrow")
