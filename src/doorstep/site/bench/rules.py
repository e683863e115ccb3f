"""Everybody's due visits at once: the rules engine's own SQL, beside the same written by hand.

The people are those of the demonstration who are under care, fed from its store and then copied inside DuckDB as often
as it takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from gettext import gettext as _
from statistics import median
from typing import Any

from doorstep.engine.warehouse.quoting import quoted
from doorstep.engine.warehouse.run import run
from doorstep.lib import days
from doorstep.programmes import feed
from doorstep.programmes.library import Programme, programmes
from doorstep.site.bench import floor_child, floor_hypertension, floor_maternal
from doorstep.site.store import Failure

COLUMNS = "person_id, contact, k, episode, from_on, due_on, until_on, met_by, met_on"
_IDS = frozenset({"id", "person_id", "instance_id", "root_id"})
FLOORS = {
    ("child", "nbphs_2017"): floor_child,
    ("hypertension", "nbphs_2017"): floor_hypertension,
    ("maternal", "nbphs_2017"): floor_maternal,
}
"""What is written by hand, by programme and schedule."""


def measure(people: int, rounds: int) -> dict[str, Any]:
    """CPU seconds of both ways over at least ``people`` people under care, medians of ``rounds``, for each programme
    that has a hand-written one and for all of them, and how many rows differ. ``feed_cpu_s`` is the store's own feed."""
    compared = [programme for programme in programmes().all_on() if key_of(programme) in FLOORS]
    measured = [one for programme in compared if (one := _measured(programme, people, rounds))]
    if not measured:
        raise Failure(_("Nobody in this store is under a care whose visits are also written by hand."))
    hand = sum(one["by_hand_cpu_s"] for one in measured)
    engine = sum(one["by_rules_cpu_s"] for one in measured)
    return {
        "people": sum(one["people"] for one in measured),
        "entries": sum(one["entries"] for one in measured),
        "windows": sum(one["windows"] for one in measured),
        "rows_differing": sum(one["rows_differing"] for one in measured),
        "by_hand_cpu_s": round(hand, 3),
        "by_rules_cpu_s": round(engine, 3),
        "ratio_to_floor": round(engine / hand, 2),
        "programmes": measured,
    }


def key_of(programme: Programme) -> tuple[str, str]:
    """By which ``FLOORS`` names it."""
    return (programme.pack.id, programme.schedule)


def _measured(programme: Programme, people: int, rounds: int) -> dict[str, Any] | None:
    """None when nobody is under this care."""
    floor = FLOORS[key_of(programme)]
    today = days.today()
    with feed.working_connection() as connection:
        fed = _cpu(lambda: feed.fill(connection, programme))
        entries_fed = entries_of(connection)
        if not keep_those_under_care(connection, programme):
            return None
        copy_people(connection, people)
        by_hand = floor.steps_sql(numbers_of(programme, floor), today.isoformat())
        by_rules = programme.rules.duckdb_sql(today, only_windows=True)
        hand, engine = _in_turn(connection, by_hand, by_rules, rounds)
        return {
            "programme": programme.pack.id,
            "people": count(connection, "person"),
            "entries": entries_of(connection),
            "windows": count(connection, "windows"),
            "rows_differing": differing(connection),
            "feed_entries": entries_fed,
            "feed_cpu_s": round(fed, 3),
            "by_hand_cpu_s": round(hand, 3),
            "by_rules_cpu_s": round(engine, 3),
            "ratio_to_floor": round(engine / hand, 2),
        }


def _in_turn(connection: Any, by_hand: Sequence[str], by_rules: Sequence[str], rounds: int) -> tuple[float, float]:
    """Medians of both, run one after the other so that a busy machine slows both. The first round warms up."""
    hand, engine = [], []
    for _round in range(rounds + 1):
        hand.append(_cpu(lambda: run(by_hand, connection)))
        engine.append(_cpu(lambda: run(by_rules, connection)))
    return median(hand[1:]), median(engine[1:])


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def numbers_of(programme: Programme, floor: Any) -> Mapping[str, Any]:
    """The values in force, and the days from which some hold. The hand-written way knows one value each, so a second
    one would make it wrong."""
    numbers = programme.pack.numbers
    values = {name: numbers[name].values[-1].value for name in floor.NUMBERS}
    days_of = getattr(floor, "SINCE", {})
    return {**values, **{word: numbers[name].values[-1].since.isoformat() for word, name in days_of.items()}}


def differing(connection: Any) -> int:
    """How many rows ``windows`` and ``floor_windows`` do not share."""
    hand = f"SELECT {COLUMNS} FROM floor_windows"
    engine = f"SELECT {COLUMNS} FROM windows"
    sql = f"SELECT (SELECT count(*) FROM ({hand} EXCEPT ALL {engine})) + (SELECT count(*) FROM ({engine} EXCEPT ALL {hand}))"
    return int(connection.execute(sql).fetchall()[0][0])


def _tables(connection: Any) -> list[str]:
    sql = "SELECT table_name FROM duckdb_tables() WHERE table_name = 'person' OR starts_with(table_name, 'entry_')"
    return [name for (name,) in connection.execute(sql).fetchall()]


def keep_those_under_care(connection: Any, programme: Programme) -> int:
    """Leave only people some entry opens care for. Gives how many they are."""
    opened = " UNION ALL ".join(
        f"SELECT person_id FROM {quoted(f'entry_{episode.opens}')}" for episode in programme.pack.episodes.values()
    )
    if opened:  # what rests on a whole life concerns everybody
        connection.execute(f"DELETE FROM person WHERE id NOT IN ({opened})")
    return count(connection, "person")


def copy_people(connection: Any, people: int) -> None:
    """So many copies of everybody that they are at least ``people``, clustered by person."""
    copies = -(-people // count(connection, "person"))
    for name in _tables(connection):
        columns = [row[0] for row in connection.execute(f"DESCRIBE {quoted(name)}").fetchall()]
        told = ", ".join(f"concat({quoted(c)}, '-', copy) AS {quoted(c)}" if c in _IDS else quoted(c) for c in columns)
        order = next(c for c in ("person_id", "id", "instance_id") if c in columns)
        connection.execute(
            f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT {told} FROM {quoted(name)},"
            f" range({copies}) AS copies(copy) ORDER BY {quoted(order)}"
        )


def entries_of(connection: Any) -> int:
    return sum(count(connection, name) for name in _tables(connection) if "__" not in name and name != "person")


def count(connection: Any, name: str) -> int:
    """Rows of a table."""
    return int(connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()[0][0])
