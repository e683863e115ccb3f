"""What the language promises, sentence by sentence. Each is tried in Python and in DuckDB."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from doorstep.engine.model.history import History, state_on
from doorstep.engine.model.pack import Pack, TableDef
from doorstep.engine.rules import Compiled, compile

from .everybody import Everybody, in_duckdb, in_python
from .making import brief, care, contact, day, entry, form, history, indicator, measure, number, pack

TODAY = "2026-12-31"


def both(made: Pack, known: History, today: str = TODAY) -> tuple[Compiled, Everybody]:
    """The rows of both engines, which must be the same."""
    compiled = compile(made)
    alone = in_python(compiled, [known], day(today))
    assert in_duckdb(compiled, [known], day(today)) == alone
    return compiled, alone


def windows(made: Pack, known: History, today: str = TODAY) -> list[tuple[Any, ...]]:
    compiled, _ = both(made, known, today)
    return [brief(w) for w in compiled.plan(known, day(today)).windows]


def episodes(made: Pack, known: History) -> list[tuple[Any, ...]]:
    """(opened, closed, last day, entries) of each episode."""
    compiled, _ = both(made, known)
    plan = compiled.plan(known)
    shown = lambda on: str(on) if on else None  # noqa: E731
    return [(str(e.opened_on), shown(e.closed_on), shown(e.ended_on), e.entries) for e in plan.episodes]


def fact(made: Pack, known: History, name: str, key: str) -> Any:
    compiled, _ = both(made, known)
    return compiled.plan(known).facts[key][name]


# The order of entries


def test_order_is_day_then_rank_then_counter_then_first_id():
    made = pack({"order": "last(visit.t)"})
    start = entry("enrol", "2026-01-01", "e")
    on_day = [("2026-01-02", 1, "a"), ("2026-01-02", 2, "a"), ("2026-01-02", 2, "b"), ("2026-01-03", 0, "A")]
    visits = [entry("visit", on, f"{root}{n}", counter=n, root=root, t=f"{on} {n} {root}") for on, n, root in on_day]
    for many in range(1, 5):
        known = history(start, *reversed(visits[:many]))
        assert fact(made, known, "order", "e") == visits[many - 1].answers["t"]


def test_ids_compare_by_code_point():
    made = pack({"order": "last(visit.t)"})
    visits = [entry("visit", "2026-01-02", i, t=i) for i in ("\U0001f600", "\uffee", "a", "Z", "é")]
    assert fact(made, history(entry("enrol", "2026-01-01", "e"), *visits), "order", "e") == "\U0001f600"


def test_a_correction_keeps_the_place_of_the_entry_it_replaces():
    made = pack({"order": "last(visit.t)"})
    corrected = entry("visit", "2026-01-02", "zzz", root="a", t="corrected")
    known = history(entry("enrol", "2026-01-01", "e"), corrected, entry("visit", "2026-01-02", "b", t="other"))
    assert fact(made, known, "order", "e") == "other"


# Episodes


def test_the_closing_day_belongs_to_the_episode_and_the_next_does_not():
    known = history(
        entry("enrol", "2026-01-01", "e"),
        entry("leave", "2026-02-01", "l"),
        entry("visit", "2026-02-01", "same"),
        entry("visit", "2026-02-02", "after"),
    )
    assert episodes(pack(), known) == [("2026-01-01", "2026-02-01", "2026-02-01", ("e", "same", "l"))]
    assert compile(pack()).plan(known).unplaced == ("after",)


def test_it_stays_open_for_some_forms_for_some_days():
    kind = care(stays_open_forms=("check",), stays_open_days="number('span', closed_on)")
    known = history(
        entry("enrol", "2026-01-01", "e"),
        entry("leave", "2026-02-01", "l"),
        entry("check", "2026-03-13", "in"),
        entry("check", "2026-03-14", "out"),
        entry("visit", "2026-02-10", "lost"),
    )
    assert episodes(pack(episodes=(kind,)), known) == [("2026-01-01", "2026-02-01", "2026-03-13", ("e", "l", "in"))]
    assert compile(pack(episodes=(kind,))).plan(known).unplaced == ("lost", "out")


def test_it_ends_by_itself_when_nothing_closes_it():
    kind = care(ends_by_itself="add_days(enrol.start, 12)")
    known = history(
        entry("enrol", "2026-01-05", "e", start="2026-01-01"),
        entry("visit", "2026-01-13", "in"),
        entry("visit", "2026-01-14", "out"),
    )
    assert episodes(pack(episodes=(kind,)), known) == [("2026-01-05", None, "2026-01-13", ("e", "in"))]


def test_it_does_not_end_when_its_end_is_not_known():
    kind = care(ends_by_itself="add_days(enrol.start, 12)")
    known = history(entry("enrol", "2026-01-05", "e"), entry("visit", "2027-01-01", "v"))
    assert episodes(pack(episodes=(kind,)), known) == [("2026-01-05", None, None, ("e", "v"))]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"start": "2026-01-02"}, [("2026-01-01", None, None, ("e1", "e2"))]),
        ({"start": "2026-03-02"}, [("2026-01-01", None, "2026-02-01", ("e1",)), ("2026-02-01", None, None, ("e2",))]),
        ({}, [("2026-01-01", None, None, ("e1", "e2"))]),
    ],
    ids=["adds to the open one", "opens another", "unknown adds"],
)
def test_registering_again(second: dict[str, str], expected: list[Any]):
    kind = care(new_one_if="days_between(opened.start, enrol.start) > 12")
    known = history(
        entry("enrol", "2026-01-01", "e1", start="2026-01-01"), entry("enrol", "2026-02-01", "e2", **second)
    )
    assert episodes(pack(episodes=(kind,)), known) == expected


def test_a_second_care_after_the_first_closed():
    known = history(
        entry("enrol", "2026-01-01", "e1"),
        entry("leave", "2026-02-01", "l1"),
        entry("enrol", "2026-03-01", "e2"),
        entry("visit", "2026-03-02", "v"),
        entry("leave", "2026-04-01", "l2"),
    )
    assert [e[3] for e in episodes(pack(), known)] == [("e1", "l1"), ("e2", "v", "l2")]


def test_what_fits_no_episode_is_told_and_kept_out():
    known = history(
        entry("visit", "2025-12-31", "before"), entry("enrol", "2026-01-01", "e"), entry("note", "2026-01-01")
    )
    assert compile(pack()).plan(known).unplaced == ("before",)


def test_a_fact_sees_only_its_own_episode():
    made = pack({"visits": "count(visit)", "person.all": "count(visit)"})
    known = history(
        entry("enrol", "2026-01-01", "e1"),
        entry("visit", "2026-01-02"),
        entry("leave", "2026-02-01"),
        entry("enrol", "2026-03-01", "e2"),
        entry("visit", "2026-03-02"),
        entry("visit", "2026-03-03"),
    )
    assert [fact(made, known, "visits", key) for key in ("e1", "e2")] == [1, 2]
    assert fact(made, known, "all", "") == 3


# Missing is unknown


def test_where_unknown_leaves_the_row_out():
    made = pack({"n": "count(visit where visit.n > 1)"})
    known = history(entry("enrol", "2026-01-01", "e"), entry("visit", "2026-01-02"), entry("visit", "2026-01-03", n=2))
    assert fact(made, known, "n", "e") == 1


def test_a_number_before_its_first_date_is_missing():
    made = pack({"before": "number('share', add_years(opened_on, -12))", "then": "number('span', opened_on)"})
    known = history(entry("enrol", "2026-05-31", "e"))
    assert [fact(made, known, name, "e") for name in ("before", "then")] == [None, 40]
    assert fact(made, history(entry("enrol", "2026-06-01", "e")), "then", "e") == 42


def test_a_places_own_number_is_missing_until_the_place_enters_it():
    unsure = replace(number("own", ("1900-01-01", "7")), local=True)
    unsure = replace(unsure, values=(replace(unsure.values[0], status="check locally"),))
    entered = replace(unsure, values=(replace(unsure.values[0], status="local entry"),))
    known = history(entry("enrol", "2026-01-01", "e"))
    found = [fact(pack({"f": "number('own', opened_on)"}, numbers=(n,)), known, "f", "e") for n in (unsure, entered)]
    assert found == [None, 7]


def test_twins_are_counted_by_the_rows_of_the_repeat():
    made = pack(
        {
            "born": "count(leave.babies)",
            "live": "count(leave.babies where leave.babies.alive = 'yes')",
            "weight": "sum(leave.babies.weight where leave.result = 'birth')",
        }
    )
    babies = [{"alive": "yes", "weight": "2.5"}, {"alive": "no"}, {"alive": "yes", "weight": "2.25"}]
    known = history(entry("enrol", "2026-01-01", "e"), entry("leave", "2026-02-01", result="birth", babies=babies))
    assert [str(fact(made, known, name, "e")) for name in ("born", "live", "weight")] == ["3", "2", "4.750000"]


# Contacts and settling


EARLY = contact("early", from_="add_days(opened_on, 10)", until="add_days(opened_on, 30)", source="norm")
LATE = contact("late", from_="add_days(opened_on, 20)", until="add_days(opened_on, 40)", source="norm")


def test_an_entry_meets_the_window_that_ends_first():
    known = history(entry("enrol", "2026-01-01", "e"), entry("visit", "2026-01-26", "v"))
    assert windows(pack(contacts=(LATE, EARLY)), known) == [
        ("early", 0, "2026-01-11", None, "2026-01-31", "v"),
        ("late", 0, "2026-01-21", None, "2026-02-10", ""),
    ]


def test_entries_are_walked_in_order():
    known = history(
        entry("enrol", "2026-01-01", "e"),
        entry("visit", "2026-01-25", "first"),
        entry("visit", "2026-01-26", "second"),
        entry("visit", "2026-01-27", "third"),
    )
    assert [w[5] for w in windows(pack(contacts=(LATE, EARLY)), known)] == ["first", "second"]


@pytest.mark.parametrize(
    ("on", "met"), [("2026-01-10", ""), ("2026-01-11", "v"), ("2026-01-31", "v"), ("2026-02-01", "")]
)
def test_both_ends_of_a_window_belong_to_it(on: str, met: str):
    known = history(entry("enrol", "2026-01-01", "e"), entry("visit", on, "v"))
    assert [w[5] for w in windows(pack(contacts=(EARLY,)), known)] == [met]


def test_no_end_stated_comes_last_then_the_earlier_beginning_then_the_id():
    open_ended = contact("a_open", from_="opened_on")
    sooner = contact("z_sooner", from_="opened_on", until="add_days(opened_on, 30)", source="norm")
    twin = contact("early_twin", from_=EARLY.from_ and EARLY.from_.text, until="add_days(opened_on, 30)", source="norm")
    visits = [entry("visit", f"2026-01-{n}", f"v{n}") for n in range(11, 15)]
    known = history(entry("enrol", "2026-01-01", "e"), *visits)
    met = {w[0]: w[5] for w in windows(pack(contacts=(open_ended, sooner, EARLY, twin)), known)}
    assert met == {"z_sooner": "v11", "early": "v12", "early_twin": "v13", "a_open": "v14"}


def test_settled_by_narrows_and_unknown_does_not_settle():
    asked = contact("c", from_="opened_on", settled_by="visit.t = 'x'")
    visits = (
        entry("visit", "2026-01-02", "y", t="y"),
        entry("visit", "2026-01-03", "none"),
        entry("visit", "2026-01-04", "x", t="x"),
    )
    assert [w[5] for w in windows(pack(contacts=(asked,)), history(entry("enrol", "2026-01-01"), *visits))] == ["x"]


def test_a_visit_met_makes_those_it_supersedes_needless():
    first = contact("first", from_="opened_on", until="add_days(opened_on, 12)", supersedes=("second",))
    second = contact("second", from_="opened_on")
    known = history(entry("enrol", "2026-01-01"), entry("visit", "2026-01-02", "v"), entry("visit", "2026-01-03", "w"))
    assert windows(pack(contacts=(first, second)), known) == [("first", 0, "2026-01-01", None, "2026-01-13", "v")]
    assert [w[0] for w in windows(pack(contacts=(first, second)), history(known.entries[0]))] == ["first", "second"]


def test_a_stated_bound_that_is_missing_asks_for_what_lies_at_its_root():
    made = pack(
        {"lmp": "last(visit.on)", "edd": "add_days(lmp, number('span', lmp))"},
        contacts=(contact("c", from_="opened_on", due="edd"),),
    )
    known = history(entry("enrol", "2026-01-01", "e"))
    compiled, _ = both(made, known)
    assert [w.need for w in compiled.plan(known).windows] == [("lmp",)]


def test_an_unknown_side_cannot_be_met():
    made = pack({"lmp": "last(visit.on)"}, contacts=(contact("c", until="lmp"),))
    known = history(entry("enrol", "2026-01-01", "e"), entry("visit", "2026-01-02", "v"))
    assert [w[5] for w in windows(made, known)] == [""]


@pytest.mark.parametrize(
    ("answer", "listed"), [({"t": "x"}, 1), ({"t": "y"}, 0), ({}, 1)], ids=["true", "false", "unknown"]
)
def test_while_unknown_stands(answer: dict[str, str], listed: int):
    made = pack(contacts=(contact("c", from_="opened_on", while_="last(visit.t) = 'x'", settled_by="false"),))
    known = history(entry("enrol", "2026-01-01"), entry("visit", "2026-01-02", **answer))
    assert len(windows(made, known)) == listed


def test_a_contact_for_each_row_of_a_table():
    doses = TableDef("doses", {"after": "integer"}, ({"after": "0"}, {"after": "30"}, {"after": ""}))
    made = pack(contacts=(contact("dose", from_="add_days(opened_on, row.after)", for_each="doses"),), tables=(doses,))
    known = history(entry("enrol", "2026-01-01"), entry("visit", "2026-02-01", "v"))
    assert windows(made, known) == [
        ("dose", 0, "2026-01-01", None, None, "v"),
        ("dose", 1, "2026-01-31", None, None, ""),
        ("dose", 2, None, None, None, ""),
    ]


def test_a_window_that_opens_only_after_the_care_ended_is_not_listed():
    known = history(entry("enrol", "2026-01-01", "e"), entry("leave", "2026-01-15"))
    compiled, _ = both(pack(contacts=(EARLY, LATE)), known)
    window = compiled.plan(known).windows
    assert [(w.contact, str(w.ends_on)) for w in window] == [("early", "2026-01-15")]
    assert [state_on(window[0], day(on), 7) for on in ("2026-01-14", "2026-01-15")] == ["open", "missed"]


# Coming again

FOLLOW_UP = contact(
    "follow",
    every="case when this.t = 'bad' then add_weeks(this.occurred_on, 2) else add_months(this.occurred_on, 1) end",
    until="add_days(start, 12)",
)


def test_each_visit_is_counted_from_the_one_before_early_or_late():
    known = history(
        entry("enrol", "2026-01-01", "e"),
        entry("visit", "2026-01-31", "late"),
        entry("visit", "2026-02-10", "early", t="bad"),
        entry("visit", "2026-06-01", "very late"),
    )
    assert windows(pack(contacts=(FOLLOW_UP,)), known) == [
        ("follow", 0, None, "2026-01-01", "2026-01-13", "late"),
        ("follow", 1, None, "2026-02-28", "2026-03-12", "early"),
        ("follow", 2, None, "2026-02-24", "2026-03-08", "very late"),
        ("follow", 3, None, "2026-07-01", "2026-07-13", ""),
    ]


def test_a_missed_visit_stays_overdue_until_the_care_ends():
    known = history(entry("enrol", "2026-01-01", "e"))
    compiled, _ = both(pack(contacts=(FOLLOW_UP,)), known)
    (window,) = compiled.plan(known).windows
    assert [state_on(window, day(on), 7) for on in ("2026-01-13", "2026-01-14", "2030-01-01")] == [
        "overdue",
        "overdue",
        "overdue",
    ]
    ended = history(*known.entries, entry("leave", "2026-02-01"))
    (window,) = compiled.plan(ended).windows
    assert [state_on(window, day(on), 7) for on in ("2026-01-31", "2026-02-01")] == ["overdue", "missed"]


def test_a_visit_coming_again_does_not_take_entries_from_planned_ones():
    known = history(entry("enrol", "2026-01-01", "e"), entry("visit", "2026-01-12", "v"))
    assert [(w[0], w[5]) for w in windows(pack(contacts=(EARLY, FOLLOW_UP)), known)] == [
        ("early", "v"),
        ("follow", "v"),
        ("follow", ""),
    ]


def test_times_met_tells_the_first_visit_from_the_others():
    made = pack(
        contacts=(
            contact(
                "c",
                every="add_months(this.occurred_on, 1)",
                due="case when times_met = 0 then add_days(start, 2) else start end",
            ),
        )
    )
    known = history(entry("enrol", "2026-01-01"), entry("visit", "2026-01-02", "v"))
    assert [w[3] for w in windows(made, known)] == ["2026-01-03", "2026-02-02"]


def test_every_year_gives_one_window_per_calendar_year_up_to_the_asked_day():
    made = pack(contacts=(contact("yearly", every="year"),))
    known = history(entry("enrol", "2024-03-05"), entry("visit", "2025-12-31", "v"), entry("visit", "2025-12-30", "w"))
    assert windows(made, known, "2026-01-01") == [
        ("yearly", 0, "2024-03-05", None, "2024-12-31", ""),
        ("yearly", 1, "2025-01-01", None, "2025-12-31", "w"),
        ("yearly", 2, "2026-01-01", None, "2026-12-31", ""),
    ]
    assert [w[1] for w in windows(made, known, "2025-06-30")] == [0, 1]


def test_every_year_stops_with_the_care():
    made = pack(contacts=(contact("yearly", every="year"),))
    known = history(entry("enrol", "2024-03-05"), entry("leave", "2025-02-01"))
    assert [w[1] for w in windows(made, known, "2026-01-01")] == [0, 1]


def test_every_year_of_a_life_begins_at_birth():
    made = pack(
        contacts=(
            contact(
                "old",
                of="person",
                every="year",
                while_="years_between(person.birth_date, until) >= number('span', start)",
            ),
        )
    )
    known = history(birth_date="1984-02-29")
    found = windows(made, known, "2026-05-31")
    assert [(w[1], w[2]) for w in found] == [(40, "2024-01-01"), (41, "2025-01-01"), (42, "2026-01-01")]


# Indicators


def test_an_indicator_counts_with_the_place_on_the_day_of_the_event():
    made = pack(
        {"left_on": "last(leave.on)", "live": "count(leave.babies where leave.babies.alive = 'yes')"},
        indicators=(
            indicator(
                "rate",
                measure("care", where="count(visit) > 0", by="left_on"),
                measure("care", sum_="live", by="left_on"),
            ),
        ),
    )
    known = history(
        entry("enrol", "2026-01-01", "e", place="north"),
        entry("visit", "2026-01-10", place="south"),
        entry("leave", "2026-03-01", place="east", on="2026-02-01", babies=[{"alive": "yes"}, {"alive": "yes"}]),
    )
    compiled, _ = both(made, known)
    found = [(c.part, str(c.on), c.place, c.value) for c in compiled.indicator("rate", [known])]
    assert found == [("numerator", "2026-02-01", "south", 1), ("denominator", "2026-02-01", "south", 2)]


def test_the_latest_entry_of_each_year_is_one_with_no_later_one_in_its_year():
    made = pack(
        indicators=(
            indicator("i", measure("visit", where="is_missing(next_on) or year(next_on) > year(visit.occurred_on)")),
        )
    )
    visits = [entry("visit", on, on) for on in ("2025-01-01", "2025-06-01", "2026-01-01")]
    known = history(entry("enrol", "2025-01-01", "e"), *visits)
    compiled, _ = both(made, known)
    assert [str(c.on) for c in compiled.indicator("i", [known])] == ["2025-06-01", "2026-01-01"]


def test_somebody_is_counted_at_the_end_of_each_calendar_year_asked_about():
    under_two = "years_between(person.birth_date, until) < 2 and (is_missing(closed_on) or closed_on >= start)"
    made = pack(indicators=(indicator("i", measure("person", where=under_two, each="year")),))
    compiled, _ = both(made, history(birth_date="2024-12-31"))

    def counted(until: str, **known: str) -> list[str]:
        return [str(c.on) for c in compiled.indicator("i", [history(**known)], day(until))]

    assert counted("2026-03-01", birth_date="2024-01-01") == ["2024-12-31", "2025-12-31"]
    assert counted("2026-03-01", birth_date="2024-12-31") == ["2024-12-31", "2025-12-31"]
    assert counted("2025-01-01", birth_date="2024-12-31") == ["2024-12-31", "2025-12-31"]
    assert counted("2024-12-31", birth_date="2024-12-31") == ["2024-12-31"]
    assert counted("2026-03-01", birth_date="2024-05-01", died_on="2024-06-01") == ["2024-12-31"]
    assert counted("2026-03-01", birth_date="2027-01-01") == counted("2026-03-01") == []
    later = compiled.indicators(("i",), [history(birth_date="2024-05-01")], day("2025-03-01"), day("2026-03-01"))
    assert [str(c.on) for c in later] == ["2025-12-31"]


# Households


def test_a_household_is_a_subject_like_a_person():
    family = care(id="family", of="household", opens="join", closes=("part",), visits=("call",))
    forms = (form("join", on="date"), form("call", n="integer"), form("part", on="date"))
    made = pack(
        {"family.calls": "count(call)", "household.fits": "household.walk_order > 1"},
        contacts=(
            contact("c", of="family", form="call", from_="add_days(opened_on, 2)", while_="fits"),
            contact("h", of="household", form="call", while_="household.number = '7'"),
        ),
        episodes=(family,),
        forms=forms,
        indicators=(indicator("i", measure("family", where="calls > 1", by="opened_on")),),
    )
    calls = [entry("call", f"2026-01-0{n}", f"call{n}") for n in (2, 3, 4)]
    known = History(
        "h1",
        {"number": "7", "walk_order": 2, "place": "north"},
        (entry("join", "2026-01-01", "j"), *calls),
        "household",
    )
    compiled, rows = both(made, known)
    assert [brief(w) for w in compiled.plan(known).windows] == [
        ("c", 0, "2026-01-03", None, None, "call3"),
        ("h", 0, None, None, None, "call2"),
    ]
    assert rows.contributions == [("i", "numerator", "h1", "j", day("2026-01-01"), "north", 1)]
