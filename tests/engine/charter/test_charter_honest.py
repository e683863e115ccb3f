"""Honest packs load: what the charter must not stop, and the shipped packs as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from clinic import (
    CARE,
    CLINIC,
    Change,
    both,
    choices,
    codes,
    contact,
    indicator,
    measure,
    number,
    question,
    rule,
    with_contact,
    with_indicator,
    with_number,
    with_question,
    with_service,
    with_word,
)
from honest_packs import TOPICS, local_pack

from doorstep.engine.charter import check, check_pack, ground_of, shipped
from doorstep.engine.charter.dictionary import parse, write
from doorstep.engine.model.pack import AdviceDef, Pack, ReportDef, Service
from doorstep.engine.outputs import Dictionary
from doorstep.engine.outputs.tags import NEVER_SORTS, SENSITIVE
from doorstep.engine.packs import load
from doorstep.engine.rules import compile

PACKS = sorted(f.parent for f in (Path(__file__).parents[3] / "packs").glob("*/pack.yaml"))


def titled(en: str, zh: str) -> dict[str, dict[str, str]]:
    return {"title": {"en": en, "zh": zh}}


def note(en: str, zh: str) -> Change:
    return with_indicator(indicator("x", measure("pregnancy", by="delivered_on"), None, note={"en": en, "zh": zh}))


def visit(**more: object) -> Change:
    return with_contact(contact("x", "pressure_care", "pressure_visit", "pressure", **more))


def in_pregnancy(**more: object) -> Change:
    return with_contact(contact("x", "pregnancy", "anc_visit", "antenatal", due="add_weeks(lmp, 20)", **more))


def asks(form: str, name: str, tag: str, kind: str = "integer", en: str = "", zh: str = "", **more: object) -> Change:
    return with_question(form, question(name, tag, kind, en, zh, **more))


def photo(means: str) -> Change:
    return asks("family", "paper", "service", "image", "Vaccination card", "接种证", means=means)


HONEST: dict[str, Change] = {
    "a note that there is no goal": note("No goal is set, and it is never ranked.", "不设目标，也不排名。"),
    "a note of no target or quota": note("Without any target or quota.", "没有任务，不考核。"),
    "a target group": note("Target population: women who asked.", "目标人群：愿意的妇女。"),
    "a rate of births without a goal": with_indicator(indicator("x", measure("pregnancy"), measure("pregnancy"), per=1000)),
    "users of a method counted": with_indicator(indicator("x", measure("method", sum="users"), measure("method"))),
    "share of users, both counted": with_indicator(indicator("x", measure("method", sum="users / users_again"), None)),
    "a goal on blood pressure": with_indicator(indicator(
        "x", measure("pressure_care", where="upper < number('upper_below', opened_on)"), measure("pressure_care"),
        goal=rule("number('control_goal', opened_on)"), **titled("Control against goal", "控制率目标"))),
    "blood pressure worked against a number": with_indicator(indicator("x", measure("pressure_care", sum="upper - number('upper_below', opened_on)"), None)),
    "blood pressure by village": with_indicator(indicator("x", measure("pressure_care"), None, breakdowns=("village", "month"))),
    "a report of blood pressure by village": lambda p: replace(p, reports={"r": ReportDef("r", {"en": "R", "zh": "表"}, ("controlled",), grain="village")}),
    "a report of births by county": lambda p: replace(p, reports={"r": ReportDef("r", {"en": "R", "zh": "表"}, ("early",), grain="county")}),
    "a number of weeks": with_number(number("n", "Weeks of pregnancy for the second visit", "第二次随访的孕周")),
    "a pressure to reach, for treatment": with_number(number("n", "Target upper value", "目标血压", "mmHg", 130)),
    "twins get another visit": in_pregnancy(while_="visits_made >= 2"),
    "a visit while the pregnancy is open": in_pregnancy(while_="is_missing(closed_on)"),
    "a visit after birth, of the same care": in_pregnancy(from_="add_days(delivered_on, 7)"),
    "folic acid within antenatal care": in_pregnancy(**titled("Iron and folic acid", "铁剂和叶酸")),
    "a return visit for a method she uses": with_contact(contact("x", "method", "method_visit", "methods", due="add_weeks(opened_on, 12)", **titled("Next injection", "下一针"))),
    "planned visit": visit(**titled("Planned visit", "计划随访")),
    "a visit nobody is forced to": visit(why={"en": "This is not mandatory.", "zh": "不强制，可以不来。"}),
    "checking blood pressure in pregnancy": visit(while_="not any(pregnancy_start, true)"),
    "antenatal check by its meaning": asks("family", "checked", "service", "date", "Pregnancy check", "孕检", means="antenatal_check"),
    "antenatal check in the antenatal service": asks("anc_visit", "checked", CARE, "date", "Day of the check", "孕检日期"),
    "antenatal check said in words": with_word("w", "Come to the antenatal pregnancy check.", "请来做孕检（产前检查）。"),
    "family and plan in everyday words": with_word("w", "Plan with the family, and plan the next visit.", "跟家人计划一下，计划外就诊也可以。"),
    "maternity insurance": with_service(Service("more", {"en": "Maternity insurance help", "zh": "生育保险、生育津贴咨询"})),
    "help to have a child": with_service(Service("more", {"en": "Childcare subsidy", "zh": "生育支持和育儿补贴"})),
    "information about every method": with_word("methods", "Sterilisation cannot be undone. Abortion care: ask the clinic.", "绝育不能反悔。终止妊娠请问医生。"),
    "advice on folic acid in pregnancy": both(
        with_word("tablets", "Take folic acid every day.", "每天吃叶酸。"),
        lambda p: replace(p, advice=(AdviceDef("anc_visit", rule("anc_visit.weight > 2"), "tablets"),)),
    ),
    "clean bottles": with_word("rest", "Sterilise the bottles.", "奶瓶要煮沸。"),
    "a danger sign of losing the pregnancy": with_word("rest", "It may be a threatened abortion: go to hospital now.", "可能是先兆流产，马上去医院。"),
    "guardian's consent": asks("pressure_start", "guardian", "sensitive.health", "integer", "Guardian's consent", "监护人同意"),
    "sex of a born baby": asks("family", "sex", "service", "select_one", "Sex of the baby", "宝宝性别"),
    "a short remark": asks("family", "remark", "service", "text", constraint="string-length(.) <= 200"),
    "a phone number by pattern": asks("family", "phone", "identity", "text", constraint="regex(., '^[0-9 or]{5,20}$')"),
    "a worked-out text": asks("family", "label", "service", "text", calculation="concat('a', 'b')"),
    "photo of a card": photo("own_paper"),
    "photo of a medicine": photo("medicine_packet"),
    "end of care other than pregnancy": lambda p: replace(p, episodes={**p.episodes, "pressure_care": replace(
        p.episodes["pressure_care"], closes=("pressure_start",))}),
    "advice on blood pressure": lambda p: replace(p, advice=(AdviceDef("pressure_visit", rule("pressure_visit.upper >= number('upper_below', on)"), "rest"),)),
    "two words for yes": with_question("pregnancy_end", question("home", CARE, "select_one", "Where", "在哪里", list_name="where"),
                                       *choices(("home", "At home", "家里"), ("hospital", "In hospital", "医院"))),
    "a place form with a point": lambda p: replace(p, uses={**p.uses, "family": replace(p.uses["family"], subject="place")}, forms={
        **p.forms, "family": replace(p.forms["family"], questions=(question("at", "service", "geopoint"),))}),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_honest_variant_loads(name: str) -> None:
    changed = HONEST[name](CLINIC)
    assert changed != CLINIC
    reviewed = parse(write((changed,), Dictionary()))
    assert codes(changed, reviewed) == set()


@pytest.mark.parametrize("topic", TOPICS, ids=lambda t: t[0])
def test_an_honest_pack_of_ones_own_loads(topic: tuple[str, ...]) -> None:
    """Untagged it counts as choice and loads all the same; tagged and reviewed it may have a goal too."""
    assert codes(local_pack(topic), Dictionary()) == set()
    assert codes(local_pack(topic, "sensitive.health"), Dictionary()) == set()
    tagged = local_pack(topic, "sensitive.health", goal=True)
    assert codes(tagged, parse(write((tagged,), Dictionary()))) == set()
    assert codes(tagged, Dictionary()) == {"goal_on_choice"}  # the same, before two people accepted its tags


def test_there_are_enough_honest_variants() -> None:
    assert len(HONEST) + 3 * len(TOPICS) >= 100


def test_all_honest_variants_together_load() -> None:
    parts = [
        HONEST[n]
        for n in (
            "twins get another visit",
            "photo of a card",
            "clean bottles",
            "maternity insurance",
            "a short remark",
        )
    ]
    changed = both(*parts)(CLINIC)
    assert codes(changed, parse(write((changed,), Dictionary()))) == set()


@pytest.fixture(scope="module")
def real_packs() -> list[Pack]:
    return [load(folder) for folder in PACKS]


def test_the_shipped_packs_hold_the_charter(real_packs: list[Pack]) -> None:
    assert {"hypertension", "maternal", "register"} <= {p.id for p in real_packs}
    assert [problem.text() for pack in real_packs for problem in check_pack(pack)] == []
    assert [problem.text() for problem in check((), real_packs)] == []


def test_the_shipped_dictionary_holds_the_shipped_packs_as_they_read(real_packs: list[Pack]) -> None:
    """When this fails, look at each changed question's tag, then run tools/charter_dictionary.py."""
    assert shipped() == parse(write(real_packs, shipped()))


def test_the_words_of_a_rule_find_every_form_and_tag_the_rules_engine_finds(real_packs: list[Pack]) -> None:
    """Two readings of lineage, written apart: the cruder one may find more, never less."""
    ground, compared = ground_of(real_packs), 0
    for pack in real_packs:
        for schedule, contacts in pack.schedules.items():
            compiled = compile(pack, schedule)
            by_words = {
                **{f"fact:{f.id}": ground.of_fact(pack, f) for f in pack.facts.values()},
                **{f"episode:{e.id}": ground.of_episode(pack, e) for e in pack.episodes.values()},
                **{f"contact:{c.id}": ground.of_contact(pack, c) for c in contacts},
                **{f"indicator:{i.id}": ground.of_indicator(pack, i) for i in pack.indicators.values()},
                **{f"advice:{n}": ground.of_advice(pack, n) for n in range(len(pack.advice))},
            }
            for item, words in by_words.items():
                tree = ground.reach(compiled.lineage(item))
                assert (item, {form for form, _ in tree.items} - {form for form, _ in words.items}) == (item, set())
                assert (item, tree.tags & (SENSITIVE | NEVER_SORTS) - words.tags) == (item, set())
                compared += 1
            assert check_pack(pack, {schedule: compiled}, others=[p for p in real_packs if p is not pack]) == []
    assert compared > 80
