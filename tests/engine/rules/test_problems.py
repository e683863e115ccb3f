"""Each mistake an author can make: its code, its place, its words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

import doorstep.engine.rules
from doorstep.engine.model.pack import Pack, TableDef
from doorstep.engine.model.planned import At, DoseSource, Rule
from doorstep.engine.rules import check, compile
from doorstep.lib.problems import Problems

from .making import care, codes, contact, form, indicator, measure, pack, series_of

_WORDS = yaml.safe_load((Path(doorstep.engine.rules.__file__).parent / "problems.yaml").read_text(encoding="utf-8"))

# A fact's rule → the one problem it makes.
FACTS: dict[str, str] = {
    "last(visit.on": "rules.syntax",
    "": "rules.syntax",
    "1; 2": "rules.syntax",
    "last(visit.t) || 'x'": "rules.not_in_language",
    "(last(visit.t), 'x')": "rules.not_in_language",
    "last(visit.n) % 2": "rules.not_in_language",
    "last(visit.on) is null": "rules.write_instead",
    "null": "rules.write_instead",
    "last(visit.t) like 'x'": "rules.write_instead",
    "count(*)": "rules.write_instead",
    "case last(visit.t) when 'x' then 1 end": "rules.write_instead",
    "add_dayz(last(visit.on), 1)": "rules.unknown_function",
    "today()": "rules.unknown_function",
    "and_(true, true)": "rules.unknown_function",
    "add_days(lpm, 1)": "rules.unknown_name",
    "last(vist.on)": "rules.unknown_form",
    "last(visit.onn)": "rules.unknown_question",
    "last(leave.babies.wieght)": "rules.unknown_question",
    "person.age": "rules.unknown_question",
    "number('spann', last(visit.on))": "rules.unknown_number",
    "number(last(visit.on))": "rules.number_shape",
    "number(span, last(visit.on))": "rules.number_shape",
    "add_days(last(visit.on), 7)": "rules.bare_literal",
    "all_of_last(3, visit.t = 'x')": "rules.bare_literal",
    "visit.on": "rules.needs_aggregate",
    "leave.babies.alive = 'yes'": "rules.needs_aggregate",
    "visit": "rules.form_as_value",
    "max(visit)": "rules.form_as_value",
    "first_date(visit.on)": "rules.wants_form",
    "count(1)": "rules.no_form",
    "any(visit.t = enrol.sort)": "rules.two_forms",
    "last(visit.on where any(visit.t = 'x'))": "rules.nested_aggregate",
    "last(check.on)": "rules.form_outside_episode",
    "this.on": "rules.name_not_here",
    "opened.start": "rules.name_not_here",
    "row.weeks": "rules.name_not_here",
    "add_days(start, 1)": "rules.name_not_here",
    "household.number": "rules.name_not_here",
    "all_of_last(visit.t = 'x')": "rules.how_many",
    "all_of_last(0, visit.t = 'x')": "rules.how_many",
    "last(visit.n) + 1 where visit.t = 'x'": "rules.where_outside",
    "add_days(last(visit.on))": "rules.argument_count",
    "coalesce(last(visit.on))": "rules.argument_count",
    "any(visit, enrol, visit.t = 'x')": "rules.two_forms",
    "add_days(last(visit.on), last(visit.x))": "rules.wrong_argument",
    "sum(visit.t)": "rules.wrong_argument",
    "max(visit.s)": "rules.wrong_argument",
    "last(visit.s) = last(visit.s)": "rules.wrong_argument",
    "has(last(visit.t), 'x')": "rules.wrong_argument",
    "last(visit.t) + last(visit.t)": "rules.wrong_argument",
    "coalesce(last(visit.on), last(visit.t))": "rules.mixed_arguments",
    "last(visit.on) = 'x'": "rules.compares",
    "last(visit.on) < last(visit.t)": "rules.compares",
    "last(visit.on) > 12": "rules.date_with_number",
    "last(visit.on) + 1": "rules.date_arithmetic",
    "last(visit.on) - 1": "rules.date_arithmetic",
    "case when last(visit.t) = 'x' then 1 else 'one' end": "rules.case_types",
    "last(visit.on where visit.n)": "rules.wrong_result",
    "case when last(visit.n) then 1 end": "rules.wrong_result",
    "count(service_end)": "rules.hidden_form",
    "service_reopen.on": "rules.hidden_form",
    "last_date(service_wanted)": "rules.hidden_form",
    "any(service_end.why = 'x')": "rules.hidden_form",
}


@pytest.mark.parametrize("text", FACTS)
def test_a_mistaken_fact_is_told_once(text: str):
    assert codes(check(pack({"bad": text}))) == [FACTS[text]]


_PLAN = TableDef(
    "plan",
    {"chain": "text", "step": "integer", "id": "text", "since": "date", "before": "date"},
    ({"chain": "A", "step": 1, "id": "A-1"},),
)
_FEES = TableDef("fees", {"kind": "text", "yuan": "integer"}, ({"kind": "a", "yuan": 1}, {"kind": "a", "yuan": 2}))
_SERIES = series_of((DoseSource("visit"),), fits="dose.t = row.chain")
_TWICE = (form("enrol", t="integer"), form("visit", t="text"), form("leave"))

# What else can be wrong → the problem's code and item.
PACKS: dict[str, tuple[Pack, str, str]] = {
    "circle": (pack({"a": "b", "b": "a"}), "rules.cycle", "fact a"),
    "circle of itself": (pack({"a": "add_days(a, 1)"}), "rules.cycle", "fact a"),
    "circle of bounds": (
        pack(contacts=(contact("c", due="until", until="due"),)),
        "rules.cycle",
        "contact c",
    ),
    "asked beside a fact": (
        pack(contacts=(contact("c", due="last_counted(shots, 'A')"),), series=(_SERIES,), tables=(_PLAN,)),
        "rules.ask_in_fact",
        "contact c",
    ),
    "asked of no series": (pack({"person.f": "doses_counted(shoots, 'A')"}), "rules.unknown_series", "fact f"),
    "asked without a chain": (
        pack({"person.f": "doses_counted(shots)"}, series=(_SERIES,), tables=(_PLAN,)),
        "rules.series_shape",
        "fact f",
    ),
    "asked for no chain": (
        pack({"person.f": "doses_counted(shots, 'Q')"}, series=(_SERIES,), tables=(_PLAN,)),
        "rules.unknown_chain",
        "fact f",
    ),
    "series without its table": (pack(series=(_SERIES,)), "rules.series_stands_on_nothing", "series shots"),
    "series of two types": (
        pack(series=(replace(_SERIES, doses=(*_SERIES.doses, DoseSource("enrol"))),), tables=(_PLAN,), forms=_TWICE),
        "rules.dose_types",
        "series shots",
    ),
    "chains in a circle": (
        pack(series=(replace(_SERIES, from_=Rule("last_counted(shots, 'A')", At())),), tables=(_PLAN,)),
        "rules.chain_cycle",
        "series shots",
    ),
    **{
        text: (pack({"person.f": text}, episodes=(), tables=(_PLAN, _FEES)), f"rules.{code}", "fact f")
        for text, code in {
            "lookup('plan', 'step')": "lookup_shape",
            "lookup('paln', 'step', 'id', 'A-1')": "table_unknown",
            "lookup('plan', 'stpe', 'id', 'A-1')": "column_unknown",
            "lookup('plan', 'step', 'id', 1)": "column_type",
            "lookup('fees', 'yuan', 'kind', 'a')": "table_twice",
            "count(visit where lookup('plan', 'step', 'id', 'A-1') = 1)": "lookup_in_fact",
        }.items()
    },
    "reserved": (pack({"start": "last(visit.on)"}), "rules.reserved_name", "fact start"),
    "fact of nobody": (pack({"x.f": "1"}), "rules.unknown_subject", "fact f"),
    "contact of nobody": (pack(contacts=(contact("c", of="caer"),)), "rules.unknown_subject", "contact c"),
    "contact without form": (pack(contacts=(contact("c", form="vist"),)), "rules.unknown_form", "contact c"),
    "contact of decline": (pack(contacts=(contact("c", form="service_end"),)), "rules.hidden_form", "contact c"),
    "contact outside": (pack(contacts=(contact("c", form="check"),)), "rules.form_outside_episode", "contact c"),
    "source": (pack(contacts=(contact("c", due="opened_on", source="nrom"),)), "rules.unknown_source", "contact c"),
    "bound": (pack(contacts=(contact("c", due="count(visit)"),)), "rules.wrong_result", "contact c"),
    "while": (pack(contacts=(contact("c", while_="opened_on"),)), "rules.wrong_result", "contact c"),
    "settled": (pack(contacts=(contact("c", settled_by="any(visit.t = 'x')"),)), "rules.aggregate_here", "contact c"),
    "window inside an aggregate": (
        pack(contacts=(contact("c", from_="opened_on", due="last(visit.on where visit.on > from)"),)),
        "rules.name_not_here",
        "contact c",
    ),
    "every": (pack(contacts=(contact("c", every="month"),)), "rules.every_what", "contact c"),
    "superseded": (pack(contacts=(contact("c", supersedes=("d",)),)), "rules.unknown_contact", "contact c"),
    "why": (pack(contacts=(contact("c", why={"en": "Since {lpm}."}),)), "rules.unknown_in_why", "contact c"),
    "table": (pack(contacts=(contact("c", for_each="doses"),)), "rules.unknown_table", "contact c"),
    "table and every": (
        pack(contacts=(contact("c", for_each="d", every="year"),), tables=(TableDef("d", {}, ()),)),
        "rules.every_and_for_each",
        "contact c",
    ),
    "no column": (
        pack({"person.f": "last(odd.counter)"}, forms=(form("odd", counter="integer"),), episodes=()),
        "rules.question_without_column",
        "fact f",
    ),
    "second of one name": (
        pack({"person.f": "last(odd.Day)"}, forms=(form("odd", day="date", Day="date"),), episodes=()),
        "rules.question_without_column",
        "fact f",
    ),
    "other subject": (pack({"person.f": "g", "g": "last(visit.on)"}), "rules.other_subject", "fact f"),
    "a year of a form": (
        pack(indicators=(indicator("i", measure("visit", each="year")),)),
        "rules.each_over_entries",
        "indicator i",
    ),
    "no day": (pack(indicators=(indicator("i", measure("care")),)), "rules.measure_without_day", "indicator i"),
    "episode rule": (
        pack(episodes=(care(ends_by_itself="last(visit.on)"),)),
        "rules.aggregate_here",
        "episode care",
    ),
    "episode fact": (
        pack({"f": "opened_on"}, episodes=(care(ends_by_itself="f"),)),
        "rules.other_subject",
        "episode care",
    ),
    "both": (pack(episodes=(care(closes=("enrol",)),)), "rules.opens_and_closes", "episode care"),
    "advice": (pack(advice={"visit": "visit.on"}), "rules.wrong_result", "advice 0"),
    "prefill": (pack(prefill={"visit": {"on": "lpm"}}), "rules.unknown_name", "form visit"),
}


@pytest.mark.parametrize("name", PACKS)
def test_a_mistaken_pack(name: str):
    made, code, item = PACKS[name]
    assert [(p.code, p.where.item) for p in check(made)] == [(code, item)]


def test_every_code_has_both_languages_and_a_test():
    tried = {*FACTS.values(), *(code for _, code, _ in PACKS.values())}
    assert sorted(_WORDS) == sorted(tried)
    for code, parts in _WORDS.items():
        assert {"what", "todo"} <= set(parts), code
        for words in parts.values():
            assert sorted(words) == ["en", "zh"], code


def test_no_message_leaves_a_hole():
    problems = [p for text in FACTS for p in check(pack({"bad": text}))]
    problems += [p for made, _, _ in PACKS.values() for p in check(made)]
    assert [
        p.text(language) for p in problems for language in ("en", "zh") if "{" in p.text(language).replace("{lpm}", "")
    ] == []


def test_the_message_names_file_line_item_and_the_way_out():
    made = pack(
        contacts=(replace(contact("anc_2"), due=Rule("add_weeks(opened_on, 2) > 1", At("schedules/a.yaml", 14))),)
    )
    told = [p.text("en") for p in check(made)]
    assert told == [
        "small/schedules/a.yaml:14 contact anc_2: 'due' compares a date with a number. "
        "Give days with add_days(…), for example add_days(lmp, 7)."
    ]


def test_the_nearest_word_is_offered():
    assert [p.part("todo", "en") for p in check(pack({"f": "add_weekz(opened_on, 1)"}))] == ["Did you mean add_weeks?"]


def test_all_mistakes_are_told_at_once():
    made = pack({"a": "last(visit.onn)", "b": "nope", "c": "add_days(a, 1)"})
    assert codes(check(made)) == ["rules.unknown_question", "rules.unknown_name"]
    with pytest.raises(Problems) as raised:
        compile(made)
    assert codes(raised.value.problems) == ["rules.unknown_question", "rules.unknown_name"]


def test_a_circle_is_told_once_with_its_names():
    told = check(pack({"a": "b", "b": "c", "c": "a", "d": "a"}))
    assert [(p.code, p.args["names"]) for p in told] == [("rules.cycle", "a → b → c → a")]


def test_literals_are_free_where_a_contact_names_its_source():
    bare = contact("c", due="add_weeks(opened_on, 16)")
    assert codes(check(pack(contacts=(bare,)))) == ["rules.bare_literal"]
    assert codes(check(pack(contacts=(replace(bare, source="norm"),)))) == []


@pytest.mark.parametrize("value", ["0", "1", "2", "12"])
def test_four_literals_are_free_everywhere(value: str):
    assert codes(check(pack({"f": f"add_days(opened_on, -{value})"}))) == []


def test_words_of_sql_are_ordinary_names():
    odd = form("order", **{"end": "date", "group": "text", "from": "date", "select": "integer", "and": "text"})
    facts = {
        "person.f": "last(order.end where order.group = 'x' and order.and = 'y' and order.select > 1)",
        "person.g": "max(order.from)",
    }
    assert codes(check(pack(facts, forms=(odd,), episodes=()))) == []


def test_every_schedule_is_checked_and_a_shared_problem_told_once():
    made = pack({"f": "nope"}, contacts=(contact("c", due="nope2"),))
    other = replace(made, schedules={**made.schedules, "second": (contact("d", schedule="second", due="nope3"),)})
    assert [p.args["name"] for p in check(other)] == ["nope", "nope2", "nope3"]


def test_a_fact_may_be_written_before_those_it_rests_on():
    made = pack({"c": "add_days(b, 1)", "b": "add_days(a, 1)", "a": "last(visit.on)"})
    assert list(compile(made).program.facts) == ["a", "b", "c"]


def test_where_may_follow_when_the_rule_is_one_aggregate():
    inside, after = pack({"f": "last(visit.on where visit.t = 'x')"}), pack({"f": "last(visit.on) where visit.t = 'x'"})
    assert compile(inside).program.facts["f"].tree == compile(after).program.facts["f"].tree
