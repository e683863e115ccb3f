"""A small honest programme folder, written in Python, for the charter's tests to bend in every direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from doorstep.engine.charter import check_pack
from doorstep.engine.charter.dictionary import parse, write
from doorstep.engine.model.pack import (
    AdviceDef,
    DatedValue,
    EpisodeDef,
    FactDef,
    FormUse,
    IndicatorDef,
    Measure,
    NumberDef,
    Pack,
    ReportDef,
    Service,
    Source,
)
from doorstep.engine.model.planned import At, ContactDef, Rule
from doorstep.engine.model.spec import Choice, FormSpec, Question
from doorstep.engine.outputs import Dictionary

Change = Callable[[Pack], Pack]
Mutant = tuple[str, Change, set[str]]
"""A name, what it does to the honest pack, and the codes of the problems it must raise."""


def question(name: str, tag: str = "", kind: str = "integer", en: str = "", zh: str = "", **more: Any) -> Question:
    return Question(
        key=more.pop("key", name),
        name=name,
        path=more.pop("path", (name,)),
        type=kind,
        data_type="string",
        labels={"en": en or name.replace("_", " "), "zh": zh or "一项"},
        tag=tag,
        **more,
    )


def choices(*pairs: tuple[str, str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(name, {"en": en, "zh": zh}) for name, en, zh in pairs)


def form(form_id: str, *questions: Question, lists: Mapping[str, tuple[Choice, ...]] | None = None) -> FormSpec:
    return FormSpec(
        form_id=form_id,
        version="1",
        titles={"en": form_id.replace("_", " ").capitalize(), "zh": "一张表"},
        languages=("en", "zh"),
        questions=questions,
        repeats=(),
        choices=lists or {},
        entities=(),
        attachments=(),
        xml="",
    )


PERSON = question("person", "identity", "select_one_from_file", "Who", "是谁")
DAY = question("on", "service", "date", "Day", "日期")
CARE = "sensitive.pregnancy"

FORMS = (
    form("pregnancy_start", PERSON, DAY, question("lmp", CARE, "date", "Last period", "末次月经")),
    form("anc_visit", PERSON, DAY, question("weight", CARE, "decimal", "Weight (kg)", "体重（公斤）")),
    form(
        "pregnancy_end",
        PERSON,
        DAY,
        question("result", CARE, "select_one", "How did it end?", "怎么结束的？", list_name="result"),
        question(
            "alive",
            CARE,
            "select_one",
            "Alive?",
            "活着吗？",
            list_name="yes_no",
            path=("babies", "alive"),
            repeat=("babies",),
        ),
        lists={
            "result": choices(("birth", "Birth", "生了"), ("ended", "Ended", "结束了")),
            "yes_no": choices(("yes", "Yes", "是"), ("no", "No", "否")),
        },
    ),
    form(
        "method_start",
        PERSON,
        DAY,
        question("method", "choice", "text", "Which one", "哪一种", constraint="string-length(.) < 50"),
    ),
    form("method_visit", PERSON, DAY, question("well", "choice", "integer", "How she is", "好不好")),
    form("pressure_start", PERSON, DAY, question("known_since", "sensitive.health", "date", "Known since", "何时发现")),
    form("pressure_visit", PERSON, DAY, question("upper", "sensitive.health", "integer", "Upper value", "高压")),
    form(
        "family",
        question("relation", "household.marital", "text", "Relation", "关系", constraint="string-length(.) <= 20"),
        question("children", "household.parity", "integer", "Children", "孩子"),
        DAY,
    ),
)
SERVICES = (
    Service("antenatal", {"en": "Visits in pregnancy", "zh": "孕期随访"}, at=At("pack.yaml", 9)),
    Service("methods", {"en": "Family planning help", "zh": "避孕服务"}, at=At("pack.yaml", 10)),
    Service("pressure", {"en": "Blood pressure visits", "zh": "血压随访"}, at=At("pack.yaml", 11)),
)
_SERVICE_OF = {"pregnancy": "antenatal", "anc": "antenatal", "method": "methods", "pressure": "pressure", "family": ""}


def rule(text: str, line: int = 1, file: str = "rules.yaml") -> Rule:
    return Rule(text, At(file, line))


def measure(over: str, **rules: str) -> Measure:
    return Measure(over, **{name: rule(text) for name, text in rules.items()})


def number(number_id: str, en: str, zh: str, unit: str = "weeks", value: int = 13) -> NumberDef:
    dated = DatedValue(Decimal(value), date(2020, 1, 1), "norm", "verified")
    return NumberDef(number_id, {"en": en, "zh": zh}, unit, (dated,), At(f"numbers/{number_id}.yaml", 1))


def contact(contact_id: str, of: str, form_id: str, service: str, **more: Any) -> ContactDef:
    rules = {key: rule(more.pop(key)) for key in ("from_", "due", "until", "while_") if key in more}
    title = more.pop("title", {"en": "A planned visit", "zh": "一次随访"})
    return ContactDef(contact_id, "norm", title, form_id, of, service, **rules, **more, at=At("schedules/norm.yaml", 7))


def indicator(indicator_id: str, numerator: Measure, denominator: Measure | None, **more: Any) -> IndicatorDef:
    title = more.pop("title", {"en": "A share", "zh": "一个比例"})
    breakdowns = more.pop("breakdowns", ("place", "quarter"))
    at = At(f"indicators/{indicator_id}.yaml", 1)
    return IndicatorDef(indicator_id, title, numerator, denominator, breakdowns=breakdowns, at=at, **more)


GOAL = rule("number('control_goal', opened_on)")
EPISODES = (
    EpisodeDef(
        "pregnancy",
        "person",
        "pregnancy_start",
        ("pregnancy_end",),
        visits=("anc_visit",),
        ends_by_itself=rule("add_days(pregnancy_start.lmp, number('open_days', opened_on))"),
        title={"en": "Pregnancy", "zh": "孕期"},
        at=At("pack.yaml", 20),
    ),
    EpisodeDef("method", "person", "method_start", visits=("method_visit",), at=At("pack.yaml", 25)),
    EpisodeDef("pressure_care", "person", "pressure_start", visits=("pressure_visit",), at=At("pack.yaml", 30)),
)
FACTS = {
    "lmp": ("first(pregnancy_start.lmp)", "pregnancy"),
    "delivered_on": ("first(pregnancy_end.on where pregnancy_end.result = 'birth')", "pregnancy"),
    "live_babies": ("count(pregnancy_end.babies where alive = 'yes')", "pregnancy"),
    "visits_made": ("count(anc_visit)", "pregnancy"),
    "users": ("count(method_visit)", "method"),
    "users_again": ("users", "method"),
    "upper": ("last(pressure_visit.upper)", "pressure_care"),
}


def clinic() -> Pack:
    """The honest pack: three programmes, a goal only where the charter allows one."""
    pregnancies = measure("pregnancy", by="delivered_on")
    indicators = (
        indicator(
            "early",
            measure("pregnancy", where="first_date(anc_visit) < add_weeks(lmp, number('early_weeks', lmp))"),
            measure("pregnancy", sum="live_babies", by="delivered_on"),
        ),
        indicator(
            "five_visits", measure("pregnancy", where="visits_made >= number('visits_full', delivered_on)"), pregnancies
        ),
        indicator("method_share", measure("method", where="users > 0"), measure("method")),
        indicator(
            "controlled",
            measure("pressure_care", where="upper < number('upper_below', opened_on)"),
            measure("pressure_care"),
            goal=rule("number('control_goal', opened_on)"),
        ),
    )
    numbers = (
        number("early_weeks", "Early means before this week", "早期：多少周以前"),
        number("visits_full", "Visits that count as cared for", "满多少次算管理", "visits", 5),
        number("open_days", "Days after which it ends by itself", "多少天后自动停止", "days", 308),
        number("upper_below", "Controlled: upper value below", "控制好：高压低于", "mmHg", 140),
        number("control_goal", "Goal for control", "控制目标", "percent", 60),
    )
    contacts = (
        contact(
            "anc_1", "pregnancy", "anc_visit", "antenatal", due="add_weeks(lmp, 12)", while_="is_missing(closed_on)"
        ),
        contact("method_next", "method", "method_visit", "methods", due="add_weeks(opened_on, 12)"),
        contact("pressure_next", "pressure_care", "pressure_visit", "pressure", due="add_weeks(opened_on, 12)"),
    )
    return Pack(
        id="clinic",
        version="1",
        titles={"en": "Clinic", "zh": "门诊"},
        sources={"norm": Source("norm", {"en": "The norm", "zh": "规范"})},
        services={s.id: s for s in SERVICES},
        uses={
            f.form_id: FormUse(
                f.form_id,
                "person",
                "person",
                "on",
                _SERVICE_OF[f.form_id.split("_")[0]],
                {"en": f.form_id.replace("_", " "), "zh": "一张表"},
            )
            for f in FORMS
        },
        forms={f.form_id: f for f in FORMS},
        episodes={e.id: e for e in EPISODES},
        facts={name: FactDef(name, rule(text, 40, "pack.yaml"), of) for name, (text, of) in FACTS.items()},
        schedules={"norm": contacts},
        schedule_titles={"norm": {"en": "The norm", "zh": "规范"}},
        default_schedule="norm",
        indicators={i.id: i for i in indicators},
        reports={
            "quarter": ReportDef(
                "quarter",
                {"en": "By quarter", "zh": "季度报表"},
                ("early", "controlled"),
                at=At("reports/quarter.yaml", 1),
            )
        },
        numbers={n.id: n for n in numbers},
        words={"rest": {"en": "Rest, and come again.", "zh": "休息，再来看。"}},
        advice=(AdviceDef("pressure_visit", rule("pressure_visit.upper > 2"), "rest", at=At("pack.yaml", 60)),),
    )


CLINIC = clinic()
REVIEWED: Dictionary = parse(write((CLINIC,), Dictionary()))


def codes(pack: Pack, dictionary: Dictionary = REVIEWED, **more: Any) -> set[str]:
    """Codes of what the charter finds in ``pack``, the prefix left out."""
    return {problem.code.removeprefix("charter.") for problem in check_pack(pack, dictionary=dictionary, **more)}


def with_indicator(new: IndicatorDef, **facts: tuple[str, str]) -> Change:
    return lambda pack: replace(
        pack, indicators={**pack.indicators, new.id: new}, facts={**pack.facts, **_facts(facts)}
    )


def with_contact(new: ContactDef, **facts: tuple[str, str]) -> Change:
    return lambda pack: replace(
        pack, schedules={"norm": (*pack.schedules["norm"], new)}, facts={**pack.facts, **_facts(facts)}
    )


def with_question(form_id: str, new: Question, *listed: Choice) -> Change:
    def change(pack: Pack) -> Pack:
        spec = pack.forms[form_id]
        asked = (*(q for q in spec.questions if q.name != new.name), new)
        lists = {**spec.choices, new.list_name: listed} if listed else spec.choices
        return replace(pack, forms={**pack.forms, form_id: replace(spec, questions=asked, choices=lists)})

    return change


def with_number(new: NumberDef) -> Change:
    return lambda pack: replace(pack, numbers={**pack.numbers, new.id: new})


def with_service(new: Service) -> Change:
    return lambda pack: replace(pack, services={**pack.services, new.id: new})


def with_word(word: str, en: str, zh: str = "好") -> Change:
    return lambda pack: replace(pack, words={**pack.words, word: {"en": en, "zh": zh}})


def both(*changes: Change) -> Change:
    def change(pack: Pack) -> Pack:
        for one in changes:
            pack = one(pack)
        return pack

    return change


def _facts(facts: Mapping[str, tuple[str, str]]) -> dict[str, FactDef]:
    return {name: FactDef(name, rule(text), of) for name, (text, of) in facts.items()}
