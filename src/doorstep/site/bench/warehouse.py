"""The warehouse at scale: everybody's visits, those of a few, indicators and keeping up, with their processor time and memory.

People and entries are those of a demonstration store, those with most entries first, copied under other ids as often as it
takes, a file at a time: memory stays flat however many they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from gettext import gettext as _
from pathlib import Path
from typing import Any

from doorstep.engine.model.pack import ReportDef
from doorstep.engine.warehouse import manifest as state
from doorstep.engine.warehouse.lake import relation_sql
from doorstep.engine.warehouse.manifest import Segment, Table
from doorstep.engine.warehouse.quoting import quoted, text
from doorstep.engine.warehouse.run import connect, run
from doorstep.indicators import kept, values
from doorstep.indicators.periods import latest
from doorstep.lib import days, db
from doorstep.places import queries as places
from doorstep.programmes import feed, stock, syncing
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.stock import ONLY, Stock
from doorstep.site.bench import rules as by_hand
from doorstep.site.store import Failure

ROWS_AT_ONCE = 1_000_000  # of one table, in one file
INDICATORS, PLACES, MONTHS = 40, 26, 12
CHANGED = 100  # one person of so many
SHARES = {"child_visit": 0.12, "pregnancy_registration": 0.08, "": 0.8}
"""Of the people who are copied: who has an entry on this form."""
_IDS = frozenset({"id", "person_id", "instance_id", "root_id"})


def measure(people: int, entries: int, synced: int = 200_000, figures: bool = True) -> dict[str, Any]:
    """Everything there is to measure at this size, with processor seconds and the most memory each took. Working out
    ``figures`` of everybody for the first time takes longest, and may be left out."""
    found: dict[str, Any] = {}
    syncing.sync()
    made = _Copies(people, entries)
    found |= {"made_s": round(_cpu(made.write)[0], 1), "people": made.people, "entries": made.entries}
    compared = [one for one in programmes().all_on() if by_hand.key_of(one) in by_hand.FLOORS]
    found["visits"] = [_visits(one) for one in compared]
    for name in ("by_hand", "by_rules"):
        found[f"{name}_cpu_s"] = round(sum(one[f"{name}_cpu_s"] for one in found["visits"]), 2)
    found["ratio_to_floor"] = round(found["by_rules_cpu_s"] / found["by_hand_cpu_s"], 2)
    found["rows_differing"] = sum(one["rows_differing"] for one in found["visits"])
    found["one_percent"] = _few(compared)
    if figures:
        found["figures"] = _figures()
    found["synced"] = _synced(synced)
    found["peak_mb"] = max(_peaks(found))
    return found


def _peaks(found: Any) -> list[float]:
    if isinstance(found, dict):
        own = [value for key, value in found.items() if key.endswith("peak_mb")]
        return own + [n for value in found.values() for n in _peaks(value)]
    return [n for one in found for n in _peaks(one)] if isinstance(found, list) else []


# Measuring


def _cpu(work: Callable[[], Any]) -> tuple[float, float]:
    """Processor seconds, and the most memory (MB) this process held meanwhile (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    began = time.process_time()
    work()
    spent = time.process_time() - began
    told = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
    return spent, round(int(told) / 1024, 1)


# People and entries


class _Copies:
    """The warehouse of the store, copied to at least so many people with about so many entries."""

    def __init__(self, people: int, entries: int):
        found = state.read(stock.folder())
        if found is None or "person" not in found.tables:
            raise Failure(_("Nobody is in this store."))
        self._had, self._folder = found, stock.folder()
        self._wanted = (people, entries)
        self.people = self.entries = 0

    def write(self) -> None:
        with connect() as connection:
            self._connection = connection
            base = self._choose()
            copies = -(-self._wanted[0] // base)
            tables = {}
            for name, table in self._had.tables.items():
                if name in ("home", "touched"):
                    tables[name] = table
                elif table.segments:
                    tables[name] = self._copied(name, table, copies)
        self.people = base * copies
        made = replace(self._had, tables=tables, generation=1, born=stock.empty().born)
        mark = [replace(one, generation=1) for one in tables["touched"].segments[:1]]
        made = made.with_table("touched", replace(tables["touched"], segments=tuple(mark)))
        state.write(self._folder, made)
        state.sweep(self._folder, made)

    def _choose(self) -> int:
        """``chosen``: of children, of pregnant women and of the others those with most entries, in these shares, so many
        that each has as many on average as was asked for. Gives how many."""
        listed = " UNION ALL ".join(
            f"SELECT person_id, {text(name)} AS form FROM"
            f" ({relation_sql(self._folder, table, {'person_id': 'VARCHAR'})})"
            for name, table in self._had.tables.items()
            if stock.is_form(name) and "person_id" in table.columns
        )
        people = relation_sql(self._folder, self._had.tables["person"], {"id": "VARCHAR"})
        kinds = " ".join(f"WHEN bool_or(form = 'entry_{form}') THEN {text(form)}" for form in SHARES if form)
        rows = self._connection.execute(
            f"SELECT p.id, count(form) AS n, CASE {kinds} ELSE '' END AS kind FROM ({people}) p"
            f" LEFT JOIN ({listed}) l ON l.person_id = p.id GROUP BY p.id ORDER BY n DESC, p.id"
        ).fetchall()
        each = self._wanted[1] / self._wanted[0]
        of_kind = {kind: [one for one in rows if one[2] == kind] for kind in SHARES}
        for count in range(len(rows) // 25 * 25, 0, -25):
            chosen = [row for kind, share in SHARES.items() for row in of_kind[kind][: round(count * share)]]
            if chosen and sum(n for _, n, _ in chosen) >= each * len(chosen):
                ids = ", ".join(f"({text(id_)})" for id_, _, _ in chosen)
                self._connection.execute(f"CREATE TABLE chosen AS SELECT * FROM (VALUES {ids}) v(id)")
                return len(chosen)
        raise Failure(_("Nobody in this store has so many records. Ask for fewer of them."))

    def _copied(self, name: str, table: Table, copies: int) -> Table:
        columns = table.columns
        told = ", ".join(
            f"concat(lpad(CAST(copy AS VARCHAR), 6, '0'), '-', s.{quoted(c)}) AS {quoted(c)}"
            if c in _IDS
            else f"s.seq + copy * {self._had.watermark + 1} AS seq"
            if c == "seq"
            else f"s.{quoted(c)}"
            for c in columns
        )
        source = f"({relation_sql(self._folder, table, columns)}) s"
        if "person_id" in columns or name == "person":
            source += f" SEMI JOIN chosen ON chosen.id = s.{'id' if name == 'person' else 'person_id'}"
        self._connection.execute(f"CREATE OR REPLACE TABLE source AS SELECT s.* FROM {source}")
        rows = int(self._connection.execute("SELECT count(*) FROM source").fetchall()[0][0])
        if stock.is_form(name) and "person_id" in columns:
            self.entries += rows * copies
        if not rows:
            return replace(table, segments=(), gone=())
        at_once = max(1, ROWS_AT_ONCE // rows)
        segments = []
        for first in range(0, copies, at_once):
            some = min(at_once, copies - first)
            file = f"copies/{name.encode().hex()[:80]}-{first:06}.parquet"
            (self._folder / "copies").mkdir(exist_ok=True)
            self._connection.execute(
                f"COPY (SELECT {told} FROM source s, range({first}, {first + some}) r(copy) ORDER BY {table.order})"
                f" TO {text(str(self._folder / file))} (FORMAT parquet, ROW_GROUP_SIZE 122880)"
            )
            segments.append(Segment(file, 1, rows * some, columns))
        return replace(table, segments=tuple(segments), gone=())


# Visits


def _visits(programme: Programme) -> dict[str, Any]:
    """Everybody's visits of a programme, by the rules and by hand, each from the files."""
    floor = by_hand.FLOORS[by_hand.key_of(programme)]
    today = days.today()
    with feed.working_connection() as connection:
        fed = _cpu(lambda: feed.fill(connection, programme, placed=False))
        steps = floor.steps_sql(by_hand.numbers_of(programme, floor), today.isoformat())
        hand = _cpu(lambda: run(steps, connection))
        rules = _cpu(lambda: run(programme.rules.duckdb_sql(today, only_windows=True), connection))
        return {
            "programme": programme.pack.id,
            "windows": by_hand.count(connection, "windows"),
            "rows_differing": by_hand.differing(connection),
            "fed_cpu_s": round(fed[0], 2),
            "by_hand_cpu_s": round(hand[0], 2),
            "by_hand_peak_mb": hand[1],
            "by_rules_cpu_s": round(rules[0], 2),
            "by_rules_peak_mb": rules[1],
            "ratio_to_floor": round(rules[0] / hand[0], 2),
        }


def _few(compared: list[Programme]) -> dict[str, Any]:
    """The visits of one person in a hundred, taken by chance."""
    manifest = stock.current()
    if manifest is None:
        raise Failure(_("The warehouse is not up to date. Run first: doorstep warehouse sync"))
    each = []
    windows = 0
    for programme in compared:
        tables = stock.covered(manifest, programme, feed.form_tables(programme))
        assert tables is not None
        with feed.working_connection() as connection:
            people = relation_sql(stock.folder(), manifest.tables["person"], {"id": "VARCHAR"})
            connection.execute(f"CREATE TABLE {ONLY} AS SELECT id FROM ({people}) WHERE hash(id) % {CHANGED} = 0")

            def work(connection: Any = connection, programme: Programme = programme, tables: Any = tables) -> None:
                feed.fill_places(connection, feed.places_of(programme))
                feed.fill_from_stock(connection, Stock(connection, manifest, only=True), tables, placed=False)
                run(programme.rules.duckdb_sql(days.today(), only_windows=True), connection)

            each.append(_cpu(work))
            windows += by_hand.count(connection, "windows")
    return {"windows": windows, "cpu_s": round(sum(one[0] for one in each), 2), "peak_mb": max(one[1] for one in each)}


# Figures


def _figures() -> dict[str, Any]:
    """Indicators by place and month: first what everybody adds, then the sums."""
    made = _cpu(kept.work_out)
    tree = places.tree()
    place_ids = sorted(tree.by_id, key=lambda i: (-len(tree.below(i)), i))[:PLACES]
    periods = latest(days.today(), "month", MONTHS)
    left, asked = INDICATORS, []
    for programme in kept.counting():
        some = tuple(programme.pack.indicators)[:left]
        left -= len(some)
        asked.append((programme, replace(_any_report(programme), indicators=some)))
    told: list[Any] = []

    def work() -> None:
        for programme, report in asked:
            if kept.sums(programme, report.indicators, periods, place_ids, living=True) is None:
                raise Failure(_("The figures are not up to date."))
            told.append(values.table(programme, report, periods, place_ids))

    summed = _cpu(work)
    return {
        "indicators": INDICATORS - left,
        "places": len(place_ids),
        "months": MONTHS,
        "values": sum(len(one.values) for one in told),
        "not_zero": sum(1 for one in told for value in one.values.values() if value.numerator or value.denominator),
        "worked_out_cpu_s": round(made[0], 2),
        "worked_out_peak_mb": made[1],
        "cpu_s": round(summed[0] / 2, 2),  # each is asked twice
        "peak_mb": summed[1],
    }


def _any_report(programme: Programme) -> ReportDef:
    return next(iter(programme.pack.reports.values()))


# Keeping up


def _synced(wanted: int) -> dict[str, Any]:
    """A sync of entries that came since the last one, read from the store itself."""
    syncing.rebuild()
    new = _send_again(wanted)
    spent, peak = _cpu(syncing.sync)
    return {"entries": new, "cpu_s": round(spent, 2), "peak_mb": peak}


def _send_again(wanted: int) -> int:
    """So many entries of the store once more, under other ids and about other people."""
    connection = db.current()
    low = int(connection.value("SELECT MIN(seq) FROM entry"))
    high = int(connection.value("SELECT MAX(seq) FROM entry"))
    new, copy = 0, 0
    while new < wanted:
        copy += 1
        with db.transaction():
            last = int(connection.value("SELECT MAX(seq) FROM entry"))
            shift = last - low + 1
            in_range = f"seq BETWEEN {low} AND {high}"
            names = [
                "seq", "form_id", "form_version", "instance_id", "variant", "deprecates", "person_id", "household_id",
                "occurred_on", "received_on", "received_at", "counter", "author_id", "answers", "faults", "state", "problem",
            ]  # fmt: skip
            again = {
                "seq": f"seq + {shift}",
                "instance_id": f"instance_id || '-{copy}'",
                "person_id": f"person_id || '-{copy}'",
            }
            again |= {"deprecates": f"deprecates || '-{copy}'"}
            told = ", ".join(again.get(name, name) for name in names)
            left = wanted - new
            new += connection.run(
                f"INSERT INTO entry ({', '.join(names)}) SELECT {told} FROM entry"
                f" WHERE {in_range} AND state = 0 AND person_id IS NOT NULL ORDER BY seq LIMIT {left}"
            )
            connection.run(f"UPDATE counter SET value = {last + shift} WHERE name = 'journal'")
    return new
