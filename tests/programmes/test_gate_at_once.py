"""The gate as SQL lets through what the gate for one person lets through (charter C3), whatever was said on whatever day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.engine.model.history import Window
from doorstep.engine.warehouse.run import connect, run
from doorstep.visits import gate_sql
from doorstep.visits.gate import ServiceWord, endings, passes

DAY = date(2026, 5, 1)
SERVICES = ("antenatal", "postnatal")
days = st.integers(0, 5).map(lambda n: DAY + timedelta(n))
words = st.lists(st.builds(ServiceWord, days, st.sampled_from(SERVICES), st.booleans()), max_size=6)
window = st.builds(
    lambda service, until, met: Window("c", 0, "", "f", service, None, None, until, met_by=met),
    st.sampled_from(SERVICES),
    st.none() | days,
    st.sampled_from(["", "", "uuid:1"]),
)
person = st.tuples(st.booleans(), words, st.lists(window, max_size=4))


@pytest.fixture(scope="module")
def connection() -> Iterator[Any]:
    made = connect()
    yield made
    made.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(person, min_size=1, max_size=12))
def test_both_gates_let_the_same_windows_through(connection: Any, people: list[Any]) -> None:
    said, resident, planned = [], [], []
    expected = []
    for number, (here, told, windows) in enumerate(people):
        resident.append((str(number), 7, here))
        said += [(str(number), word.on, word.service, word.ends) for word in told]
        for k, one in enumerate(windows):
            planned.append((str(number), k, one.service, one.until_on, one.met_by))
            if passes(one, endings(told), here):
                expected.append((str(number), k, 7))
    run(
        (
            'CREATE OR REPLACE TABLE service_word (person_id VARCHAR, "on" DATE, service VARCHAR, ends BOOLEAN)',
            "CREATE OR REPLACE TABLE resident (person_id VARCHAR, place_id BIGINT, here BOOLEAN)",
            "CREATE OR REPLACE TABLE windows (person_id VARCHAR, k INTEGER, service VARCHAR, until_on DATE, met_by VARCHAR)",
        ),
        connection,
    )
    for table, rows in (("service_word", said), ("resident", resident), ("windows", planned)):
        if rows:
            holes = ", ".join("?" for _ in rows[0])
            connection.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)
    run(gate_sql.STEPS, connection)
    found = connection.execute("SELECT person_id, k, place_id FROM passing").fetchall()
    assert sorted(found) == sorted(expected)
