"""The month at a glance: the same in SQL as in Python, small counts hidden, sensitive care by township alone."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from doorstep.access.queries import actor
from doorstep.engine.model.history import Window, state_on
from doorstep.indicators import periods
from doorstep.indicators.areas import areas, programmes_of
from doorstep.indicators.board import Board, VisitFigures, _counted, board
from doorstep.indicators.outputs import BOARD
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.places.queries import Node
from tests.cast import Township, new_id

DAY = date(2026, 6, 15)
VISIT = (
    "INSERT INTO due_visit (person_id, pack_id, episode_key, contact, k, service, form_id, from_on, due_on, until_on,"
    " ends_on, recurring, priority, need, met_by, met_on, place_id)"
    " VALUES (?, ?, '', 'c', 0, 's', 'f', ?, ?, ?, ?, ?, 0, '', ?, ?, ?)"
)


def node(township: Township, name: str) -> Node:
    return places.tree().by_id[township.places[name]]


def add_visits(place_id: int, windows: list[Window], pack: str = "hypertension") -> None:
    db.current().many(
        VISIT,
        [
            (new_id(), pack, w.from_on, w.due_on, w.until_on, w.ends_on, w.recurring, w.met_by, w.met_on, place_id)
            for w in windows
        ],
    )


def some_window(random: Random) -> Window:
    def some_day() -> date | None:
        return DAY + timedelta(random.randint(-40, 40)) if random.random() < 0.75 else None

    met_on = DAY + timedelta(random.randint(-50, 0)) if random.random() < 0.3 else None
    return Window(
        "c", 0, "", "f", "s", some_day(), some_day(), some_day(), met_by="i" if met_on else "", met_on=met_on,
        recurring=random.random() < 0.5, ends_on=some_day() if random.random() < 0.2 else None,
    )  # fmt: skip


def by_python(windows: list[Window], day: date) -> tuple[int, int, int]:
    """Due, done, overdue, as ``state_on`` has it."""
    month = periods.containing(day, "month")
    due = done = overdue = 0
    for window in windows:
        state, by = state_on(window, day, 0), window.due_on or window.until_on or window.from_on
        overdue += state == "overdue"
        due += state in ("coming", "due_soon", "open") and by is not None and by <= month.last
        done += window.met_on is not None and month.first <= window.met_on <= day
    return due, done, overdue


def test_sql_counts_what_state_on_says(township: Township) -> None:
    random = Random(7)
    windows = [some_window(random) for _ in range(600)]
    add_visits(township.places["east"], windows)
    area = node(township, "township")
    for day in (DAY, date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 20)):
        month = periods.containing(day, "month")
        counted = _counted(BOARD, area, programmes_of(area), month, day)
        assert counted == {"hypertension": by_python(windows, day), "maternal": (0, 0, 0), "register": (0, 0, 0)}
        assert sum(counted["hypertension"]) > 50


def with_visits(township: Township) -> Board:
    late = Window("c", 0, "", "f", "s", None, DAY - timedelta(3), None)
    add_visits(township.places["east"], [late] * 15)
    add_visits(township.places["west"], [late] * 4)
    add_visits(township.places["east"], [late] * 12, pack="maternal")
    return board(node(township, "township"), DAY)


def test_care_stands_for_the_township_alone(township: Township) -> None:
    found = with_visits(township)
    assert found.whole.visits["hypertension"] == VisitFigures(None, None, 20)
    assert found.whole.visits["maternal"] == VisitFigures(None, None, 10)
    assert [p.pack.id for p in found.by_place] == []
    assert [line.visits for line in found.lines] == [{}, {}]


def test_no_board_is_made_for_less_than_a_township(township: Township) -> None:
    with pytest.raises(ValueError, match="village"):
        board(node(township, "east"), DAY)
    assert areas(actor(township.users["worker"])) == []
    assert [n.code for n in areas(actor(township.users["supervisor"]))] == ["c1-t1"]


def test_people_are_counted_by_village_and_small_numbers_hidden(township: Township) -> None:
    rows = [(new_id(), township.places[village]) for village, n in (("east", 14), ("west", 3)) for _ in range(n)]
    db.current().many(
        "INSERT INTO person (id, place_id, name, sex, phone, reach, listed, label, version, properties)"
        " VALUES (?, ?, '', '', '', '', ?, '', 1, '{}')",
        [(*row, True) for row in rows],
    )
    area = node(township, "township")
    found = board(area, DAY)
    assert (found.whole.people, [line.people for line in found.lines]) == (15, [None, None])
    db.current().run(
        "UPDATE person SET place_id = ? WHERE place_id = ?", [township.places["east"], township.places["west"]]
    )
    db.current().run("UPDATE person SET left_on = ? WHERE id = ?", [DAY, rows[0][0]])
    found = board(area, DAY)
    assert (found.whole.people, [line.people for line in found.lines]) == (15, [None, None])
