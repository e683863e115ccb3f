"""Whom a contact cannot concern is left out before its bounds are worked out: nobody else is."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engine.rules import compile

from .everybody import in_duckdb, in_python
from .making import contact, day, history, number, pack

TODAY = day("2026-12-31")
MOVES = {"add_days": (-420, 400), "add_weeks": (-60, 60), "add_months": (-3, 40), "add_years": (-2, 8)}
starts = st.sampled_from(("born", "person.birth_date", "here"))


@st.composite
def bounds(draw: st.DrawFn) -> str:
    text = draw(starts)
    for _ in range(draw(st.integers(1, 2))):
        move = draw(st.sampled_from(sorted(MOVES)))
        text = f"{move}({text}, {draw(st.integers(*MOVES[move]))})"
    return text


@st.composite
def conditions(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(("from", "due", "until", "born")))
    listed = f"not is_missing(number('listed', {name}))"
    beside = draw(st.sampled_from(("", " and not is_missing(born)", f" and {name} >= here", " or born >= here")))
    return listed + beside if draw(st.integers(0, 9)) else f"not ({listed})"


@st.composite
def contacts(draw: st.DrawFn, id_: str):
    from_, due, until = draw(bounds()), draw(bounds()), draw(bounds())
    return contact(id_, of="person", source="norm", from_=from_, due=due, until=until, while_=draw(conditions()))


births = st.dates(date(2016, 1, 1), date(2027, 1, 1))
anybody = births | st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.none()


@settings(max_examples=25, deadline=None)
@given(st.tuples(contacts("a"), contacts("b")), st.integers(0, 30), st.lists(st.tuples(anybody, anybody), max_size=4))
def test_whoever_is_left_out_has_no_window(some, first, others):
    everyday = [(date(2016, 1, 1) + timedelta(days=first + 31 * n), None) for n in range(130)]
    made = pack(
        {"person.born": "person.birth_date", "person.here": "coalesce(person.moved_in_on, person.birth_date)"},
        some,
        numbers=(number("listed", ("2026-01-01", "1")),),
    )
    known = [
        history(subject=f"p{n:03}", birth_date=birth, moved_in_on=moved)
        for n, (birth, moved) in enumerate(everyday + others)
    ]
    compiled = compile(made)
    assert in_duckdb(compiled, known, TODAY).windows == in_python(compiled, known, TODAY).windows


def test_most_of_a_whole_life_is_left_out():
    made = pack(
        {"person.born": "person.birth_date"},
        (
            contact(
                "a",
                of="person",
                source="norm",
                until="add_days(add_months(born, 6), -1)",
                while_="not is_missing(number('listed', until))",
            ),
            contact(
                "b",
                of="person",
                source="norm",
                until="add_months(born, 8)",
                while_="not is_missing(number('listed', until))",
            ),
        ),
        numbers=(number("listed", ("2026-01-01", "1")),),
    )
    compiled = compile(made)
    likely = [sql for sql in compiled.duckdb_sql(TODAY) if "rules_likely" in sql.split("\n")[0]]
    assert len(likely) == 1
    assert "< DATE '2025-06-29'" in likely[0]  # six months are 186 days at most
    assert "< DATE '2025-04-28'" in likely[0]  # eight are 248
    births = [date(2025, 4, 20) + timedelta(days=n) for n in range(0, 120, 4)]
    known = [history(subject=f"p{n:02}", birth_date=birth) for n, birth in enumerate(births)]
    windows = in_python(compiled, known, TODAY).windows
    assert in_duckdb(compiled, known, TODAY).windows == windows
    assert {row[0] for row in windows if row[1] == "a"} == {
        f"p{n:02}" for n, b in enumerate(births) if b >= date(2025, 7, 2)
    }
