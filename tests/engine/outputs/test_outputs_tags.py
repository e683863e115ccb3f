"""Which tag counts, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.engine.model.pack import EpisodeDef, FactDef, FormUse, Pack
from doorstep.engine.model.planned import ContactDef, Rule
from doorstep.engine.model.spec import Choice, FormSpec, Question
from doorstep.engine.outputs import TAGS, Dictionary, Reviewed, strictest, tag_of_form, tags_of_form
from doorstep.engine.outputs.ground import Ground
from doorstep.engine.outputs.tags import fingerprint, no_stricter_than
from doorstep.engine.outputs.written import names_in, numbers_in


def ask(name: str, tag: str, kind: str = "integer", **more: object) -> Question:
    return Question(key=name, name=name, path=more.pop("path", (name,)), type=kind, data_type="int", tag=tag, **more)  # type: ignore[arg-type]


def spec(form_id: str, *questions: Question) -> FormSpec:
    lists = {"l": (Choice("a", {"en": "A"}),)}
    return FormSpec(form_id, "1", {}, ("en",), questions, (), lists, (), (), "")


def reviewed(*specs: FormSpec, pack: str = "p") -> Dictionary:
    return Dictionary(
        {(pack, s.form_id, ".".join(q.path)): Reviewed(q.tag, fingerprint(q, s)) for s in specs for q in s.questions}
    )


VISIT = spec(
    "visit",
    ask("weight", "sensitive.pregnancy"),
    ask("on", "service", "date"),
    ask("method", "choice"),
    ask("bare", ""),
)
PLAIN = spec("plain", ask("on", "service", "date"), ask("name", "identity", "text"))


def test_only_reviewed_tags_count_and_the_strictest_needs_no_review() -> None:
    assert tags_of_form(VISIT, Dictionary(), "p") == {
        "weight": "choice",
        "on": "choice",
        "method": "choice",
        "bare": "choice",
    }
    assert tags_of_form(VISIT, reviewed(VISIT), "p") == {
        "weight": "sensitive.pregnancy", "on": "service", "method": "choice", "bare": "choice",
    }  # fmt: skip
    assert tags_of_form(VISIT, reviewed(VISIT), "other")["on"] == "choice"
    assert tag_of_form(PLAIN, reviewed(PLAIN), "p") == "identity"
    assert tag_of_form(PLAIN, Dictionary(), "p") == "choice"


@pytest.mark.parametrize("change", [
    {"labels": {"en": "Other"}}, {"hints": {"en": "Other"}}, {"type": "text"}, {"calculation": "1"}, {"save_to": "phone"}, {"means": "x"}, {"list_name": "l"},
])  # fmt: skip
def test_a_reworded_question_loses_its_review(change: dict[str, object]) -> None:
    changed = spec("visit", replace(VISIT.questions[1], **change))  # type: ignore[arg-type]
    assert tags_of_form(changed, reviewed(VISIT), "p") == {"on": "choice"}


def test_reworded_choices_lose_the_review_too() -> None:
    one = spec("f", ask("q", "service", "select_one", list_name="l"))
    other = replace(one, choices={"l": (Choice("a", {"en": "B"}),)})
    assert tags_of_form(one, reviewed(one), "p") == {"q": "service"}
    assert tags_of_form(other, reviewed(one), "p") == {"q": "choice"}


@pytest.mark.parametrize(
    "calculation", ["${method} + 1", " /data/method ", "../method", "concat(/data/g/middle, 'x')", "${middle}"]
)
def test_a_calculation_is_as_strict_as_what_it_reads(calculation: str) -> None:
    middle = ask("middle", "service", "calculate", calculation="${method}")
    form = spec(
        "f",
        ask("method", "choice"),
        ask("out", "service", "calculate", calculation=calculation),
        middle,
        ask("free", "service"),
    )
    assert tags_of_form(form, reviewed(form), "p") == {
        "method": "choice",
        "out": "choice",
        "middle": "choice",
        "free": "service",
    }


def test_notes_and_clock_stamps_carry_nothing() -> None:
    form = spec(
        "f",
        ask("n", "", "note"),
        ask("s", "", "start"),
        ask("e", "", "end"),
        ask("t", "", "today"),
        ask("d", "", "deviceid"),
    )
    assert tags_of_form(form, Dictionary(), "p") == {"d": "choice"}


@given(st.lists(st.sampled_from(TAGS)), st.lists(st.sampled_from(TAGS)))
def test_strictest_is_one_of_them_and_more_never_loosens(some: list[str], more: list[str]) -> None:
    assert strictest(some) in {*some, "service"}
    assert TAGS.index(strictest(some + more)) == min(TAGS.index(strictest(some)), TAGS.index(strictest(more)))
    assert set(some) <= no_stricter_than(strictest(some))


def test_an_unknown_tag_counts_as_the_strictest() -> None:
    assert strictest(["service", "harmless"]) == "choice"


# --- lineage over packs ---------------------------------------------------------------------------------------
START = spec("begin", ask("lmp", "sensitive.pregnancy", "date"))
END = spec(
    "end",
    ask("result", "sensitive.pregnancy", "text"),
    ask("alive", "sensitive.pregnancy", path=("babies", "alive"), repeat=("babies",)),
)
CHECK = spec("check", ask("mood", "sensitive.mental"), ask("on", "service", "date"))
LONE = spec("lone", ask("on", "service", "date"), ask("upper", "sensitive.health"))
FORMS = (START, END, CHECK, LONE)


def fact(name: str, rule: str, of: str = "person") -> FactDef:
    return FactDef(name, Rule(rule), of)


PACK = Pack(
    "p", "1", {}, {}, {}, {f.form_id: FormUse(f.form_id, "person", "who", "on") for f in FORMS}, {f.form_id: f for f in FORMS},
    episodes={"carrying": EpisodeDef("carrying", "person", "begin", ("end",), ("check",))},
    facts={f.id: f for f in (
        fact("lmp", "first(begin.lmp)", "carrying"), fact("twice", "lmp", "carrying"), fact("loop", "other"), fact("other", "coalesce(loop, last(lone.upper))"),
        fact("babies_alive", "count(end.babies where alive = 1)", "carrying"), fact("opening", "opened_on", "carrying"),
        fact("quoted", "'begin.lmp'"), fact("of_register", "person.birth_date"), fact("wife", "person.relation"), fact("unknown", "elsewhere.q"),
    )},
    schedules={"s": (
        ContactDef("c", "s", {}, "lone", "person", "x", due=Rule("add_days(twice, 2)")),
        ContactDef("d", "s", {}, "lone", "carrying", "x"),
        ContactDef("e", "s", {}, "lone", "person", "x", every=Rule("add_days(this.on, 2)")),
    )},
)  # fmt: skip
GROUND = Ground((PACK,), reviewed(*FORMS))
CARRYING = {("begin", ""), ("end", ""), ("check", "")}


@pytest.mark.parametrize(("name", "items", "tags", "births"), [
    ("lmp", {("begin", "lmp")}, {"sensitive.pregnancy"}, True),
    ("twice", {("begin", "lmp")}, {"sensitive.pregnancy"}, True),
    ("loop", {("lone", "upper")}, {"sensitive.health"}, False),
    ("babies_alive", {("end", "babies")}, {"sensitive.pregnancy"}, True),
    ("opening", CARRYING, {"sensitive.pregnancy", "sensitive.mental"}, True),
    ("quoted", set(), set(), False),
    ("of_register", {("person", "birth_date")}, {"identity"}, False),
    ("wife", {("person", "relation")}, {"household.marital"}, False),
    ("unknown", {("elsewhere", "q")}, {"choice"}, False),
])  # fmt: skip
def test_lineage_of_facts(name: str, items: set[tuple[str, str]], tags: set[str], births: bool) -> None:
    reach = GROUND.of_rule(PACK, PACK.facts[name].rule, of=PACK.facts[name].of)
    assert (reach.items, reach.tags, reach.births) == (items, tags, births)


@pytest.mark.parametrize(("index", "items"), [
    (0, {("lone", ""), ("begin", "lmp"), *CARRYING}), (1, {("lone", ""), *CARRYING}), (2, {("lone", ""), ("lone", "on")}),
])  # fmt: skip
def test_a_contact_carries_its_form_its_rules_and_its_care(index: int, items: set[tuple[str, str]]) -> None:
    assert GROUND.of_contact(PACK, PACK.schedules["s"][index]).items == items


@pytest.mark.parametrize(("item", "tags"), [
    (("check", ""), {"sensitive.mental", "sensitive.pregnancy"}),  # it belongs to the care of a pregnancy
    (("check", "on"), {"sensitive.mental", "sensitive.pregnancy", "service"}),
    (("check", "author"), {"sensitive.mental", "sensitive.pregnancy"}),
    (("lone", "on"), {"sensitive.health", "service"}),
    (("end", "babies.alive"), {"sensitive.pregnancy"}),
    (("nobody", "x"), {"choice"}),
])  # fmt: skip
def test_that_a_form_was_filled_tells_its_strictest_tag(item: tuple[str, str], tags: set[str]) -> None:
    assert GROUND.reach([item]).tags == tags


class Compiled:
    """A rules engine that sees more than the words do."""

    def lineage(self, item: str) -> frozenset[tuple[str, str]]:
        if item == "contact:c":
            raise KeyError(item)
        return frozenset({("lone", "upper")})


def test_the_rules_own_lineage_is_joined_with_the_words() -> None:
    ground = Ground((PACK,), reviewed(*FORMS), {"p": (Compiled(), Compiled())})
    assert ground.of_fact(PACK, PACK.facts["lmp"]).items == {("begin", "lmp"), ("lone", "upper"), *CARRYING}
    assert ground.of_contact(PACK, PACK.schedules["s"][0]).items == {
        ("lone", ""), ("begin", "lmp"), *CARRYING,
    }  # fmt: skip


def test_a_fact_also_rests_on_there_being_its_care() -> None:
    assert GROUND.of_fact(PACK, PACK.facts["lmp"]).items == {("begin", "lmp"), *CARRYING}
    assert GROUND.of_fact(PACK, PACK.facts["wife"]).items == {("person", "relation")}


def test_a_fact_is_seen_across_packs() -> None:
    other = replace(PACK, id="q", forms={}, episodes={}, facts={"far": fact("far", "last(begin.lmp)")}, schedules={})
    ground = Ground((other, PACK), reviewed(*FORMS))
    assert ground.of_fact(other, other.facts["far"]).births
    assert ground.of_fact(other, other.facts["far"]).tags == {"sensitive.pregnancy"}
    assert Ground((other,), reviewed(*FORMS)).of_fact(other, other.facts["far"]).tags == {"choice"}


def test_names_and_numbers_in_a_rule() -> None:
    assert names_in("first( a.b where c = 'd.e' ) + \"f\" . g") == {"first", "a.b", "where", "c", "f.g"}
    assert names_in("登记.末次 > 2") == {"登记.末次"}
    assert numbers_in("add_weeks(x, number('a', y)) + NUMBER ( 'b', z)") == {"a", "b"}
