"""Lineage, advice, prefill, and which contacts an entry touches."""

from __future__ import annotations

from datetime import date

import pytest

from doorstep.engine.rules import compile

from .making import care, contact, entry, history, indicator, measure, pack

EXISTS = {("enrol", ""), ("enrol", "on"), ("leave", ""), ("leave", "on")}
VISITED = {("visit", ""), ("visit", "on")}


def lineage(item: str, **made: object) -> set[tuple[str, str]]:
    return set(compile(pack(**made)).lineage(item))  # type: ignore[arg-type]


def test_a_fact_rests_on_its_questions_the_forms_and_its_episode():
    assert lineage("fact:f", facts={"f": "last(visit.t where visit.n > 1)"}) == {
        ("visit", ""),
        ("visit", "t"),
        ("visit", "n"),
        *EXISTS,
    }


def test_lineage_goes_through_facts_of_facts():
    facts = {"c": "is_missing(b)", "b": "add_days(a, 1)", "a": "first(enrol.start)"}
    assert lineage("fact:c", facts=facts) == {("enrol", "start"), *EXISTS}


def test_a_fact_of_the_person_does_not_rest_on_the_episode():
    assert lineage("fact:f", facts={"person.f": "years_between(person.birth_date, last(check.on))"}) == {
        ("person", "birth_date"),
        ("check", ""),
        ("check", "on"),
    }


def test_that_an_entry_exists_is_lineage():
    assert lineage("fact:f", facts={"person.f": "count(visit)"}) == {("visit", "")}
    assert lineage("fact:f", facts={"person.f": "first_date(visit)"}) == VISITED


def test_repeats_are_lineage():
    assert lineage("fact:f", facts={"person.f": "count(leave.babies where leave.babies.alive = 'yes')"}) == {
        ("leave", ""),
        ("leave", "alive"),
    }


def test_an_episode_rests_on_what_shapes_it():
    kind = care(new_one_if="opened.sort <> enrol.sort", ends_by_itself="add_days(enrol.start, 2)")
    found = lineage("episode:care", episodes=(kind,))
    assert found == {("enrol", "sort"), ("enrol", "start"), *EXISTS}


@pytest.mark.parametrize("rule", ["from_", "due", "until", "while_", "settled_by"])
def test_a_contact_rests_on_each_of_its_rules(rule: str):
    text = {"while_": "f = 'x'", "settled_by": "f = 'x'"}.get(rule, "case when f = 'x' then opened_on end")
    made = {"facts": {"person.f": "last(note.t)"}, "contacts": (contact("c", **{rule: text}),)}
    assert lineage("contact:c", **made) == {("note", ""), ("note", "t"), *VISITED, *EXISTS}


def test_a_contact_that_comes_again_rests_on_what_it_is_counted_from():
    made = {"contacts": (contact("c", every="add_days(this.on, this.n)"),)}
    assert lineage("contact:c", **made) == {*VISITED, ("visit", "n"), *EXISTS}


def test_an_indicator_rests_on_both_sides():
    one = indicator("i", measure("care", where="any(visit.t = 'x')", by="opened_on"), measure("visit", sum_="visit.n"))
    found = lineage("indicator:i", indicators=(one,))
    assert found == {("visit", ""), ("visit", "t"), ("visit", "n"), ("visit", "on"), *EXISTS}


def test_advice_and_prefill_have_lineage():
    made = {"advice": {"visit": "visit.t = 'x'"}, "prefill": {"visit": {"n": "last(visit.n)"}}}
    assert lineage("advice:0", **made) == {("visit", ""), ("visit", "t"), *EXISTS}
    assert lineage("prefill:visit.n", **made) == {("visit", ""), ("visit", "n")}


def test_every_item_has_a_lineage_and_no_other():
    compiled = compile(pack({"f": "opened_on"}, contacts=(contact("c"),), advice={"visit": "visit.n > 1"}))
    assert compiled.lineage_items == ("fact:f", "episode:care", "contact:c", "advice:0")
    for wrong in ("fact:g", "contact:d", "report:x", "advice"):
        with pytest.raises((KeyError, ValueError)):
            compiled.lineage(wrong)


def test_forms_are_those_some_rule_rests_on():
    compiled = compile(pack({"person.f": "count(check)"}))
    assert compiled.forms == {"check", "enrol", "visit", "leave"}


def test_which_contacts_an_entry_touches():
    made = pack({"person.f": "last_date(check)"}, contacts=(contact("a", due="f"), contact("b")))
    compiled = compile(made)
    assert compiled.contacts_touched_by("check") == {"a"}
    assert compiled.contacts_touched_by("visit") == {"a", "b"}
    assert compiled.contacts_touched_by("note") == frozenset()


KNOWN = history(
    entry("enrol", "2026-01-01", "e"),
    entry("visit", "2026-02-01", "v1", t="no", n=5, on="2026-01-30"),
    entry("visit", "2026-03-01", "v2", t="no", n=1, x="60.50", s=["a", "b"]),
    entry("visit", "2026-04-01", "v3", t="yes"),
)


def test_advice_sees_the_facts_as_they_stood_at_the_entry():
    compiled = compile(pack({"twice": "all_of_last(2, visit.t = 'no')"}, advice={"visit": "twice"}))
    assert [len(compiled.advice(KNOWN, id_)) for id_ in ("v1", "v2", "v3")] == [0, 1, 0]


def test_advice_looks_at_the_entry_itself_and_unknown_gives_none():
    compiled = compile(pack(advice={"visit": "visit.n > 2"}))
    assert [len(compiled.advice(KNOWN, id_)) for id_ in ("v1", "v2", "v3", "e", "nobody")] == [1, 0, 0, 0, 0]


def test_an_entry_that_fits_no_episode_still_gets_advice():
    compiled = compile(pack(advice={"visit": "visit.n > 2 and count(visit) = 0"}))
    assert len(compiled.advice(history(entry("visit", "2026-01-01", "lost", n=5)), "lost")) == 1


def test_prefill_has_the_shape_of_answers_and_leaves_out_what_is_not_known():
    compiled = compile(
        pack(
            {
                "seen": "last(visit.on)",
                "weight": "last(visit.x)",
                "signs": "last(visit.s)",
                "often": "count(visit) > 2",
            },
            prefill={"visit": {"on": "seen", "x": "weight", "s": "signs", "t": "often", "n": "last(enrol.start)"}},
        )
    )
    assert compiled.prefill(KNOWN, "visit", date(2026, 5, 1)) == {
        "on": "2026-01-30",
        "x": "60.5",
        "s": ["a", "b"],
        "t": "yes",
    }
    assert compiled.prefill(KNOWN, "leave", date(2026, 5, 1)) == {}


def test_prefill_asks_the_episode_open_on_that_day():
    compiled = compile(pack({"n": "count(visit)"}, prefill={"visit": {"n": "n"}}))
    closed = history(*KNOWN.entries, entry("leave", "2026-05-01"), entry("enrol", "2026-06-01"))
    found = [
        compiled.prefill(closed, "visit", day)["n"] for day in (date(2026, 5, 1), date(2026, 5, 15), date(2026, 6, 1))
    ]
    assert found == [3, 0, 0]
