"""Packs of somebody's own that hide what they are about: no tags, everyday ids, the meaning in a translation only."""

from __future__ import annotations

from dataclasses import replace

from clinic import choices, contact, indicator, measure, question, rule
from honest_packs import TOPICS, local_pack

from doorstep.engine.model.pack import AdviceDef, FactDef, Pack
from doorstep.engine.model.spec import Choice, Question

Disguised = tuple[str, Pack, set[str]]
PREGNANCY_ASKED = (
    ("due_on", "date", "Day", "预产期"),
    ("due_on", "date", "Expected date of birth", "日期"),
    ("beats", "integer", "Fetal heart", "次数"),
    ("moves", "integer", "Movements", "胎动"),
    ("height", "decimal", "Fundal height", "高度"),
    ("lies", "integer", "Position", "胎位"),
)


def disguised() -> list[Disguised]:
    """Each rests on how or when care closed, that may be a pregnancy or a choice."""
    found: list[Disguised] = []
    for topic in TOPICS[:6]:
        honest, other = local_pack(topic), local_pack(TOPICS[9])
        name = topic[0]
        for asked, kind, en, zh in PREGNANCY_ASKED:
            pregnant = asking(honest, f"{name}_visit", question(asked, "", kind, en, zh))
            pregnant_too = {"never_ends", "counts_missing_ends"}
            found.append((f"{name}: a pregnancy by its question {en} {zh}", pregnant, pregnant_too))
            ask_end = contact("ask", f"{name}_care", f"{name}_end", name, due="add_days(opened_on, 300)")
            found.append(
                (
                    f"{name}: asks how it ended, {en} {zh}",
                    planning(pregnant, ask_end),
                    {"chases_the_end", *pregnant_too},
                )
            )
        both = together(honest, other)
        since = f"add_months(last_date({name}_end), 12)"
        fact = FactDef("since", rule(since), "person")
        elsewhere = contact("x", "kidney_care", "kidney_visit", "kidney", due=since)
        through = contact("x", "kidney_care", "kidney_visit", "kidney", due="since")
        in_no_care = contact("x", "person", f"{name}_visit", name, due=since)
        people = indicator("x", measure("person", where=f"count({name}_end) > 1"), None)
        others = indicator("x", measure("kidney_care", where=f"count({name}_end) > 1"), None)
        advice = AdviceDef("kidney_visit", rule(f"last_date({name}_end) < kidney_visit.on"), "go_on")
        found += [
            (f"{name}: since its end, in other care", planning(both, elsewhere), {"time_since_birth"}),
            (
                f"{name}: since its end, through a fact",
                replace(planning(both, through), facts={**both.facts, "since": fact}),
                {"time_since_birth"},
            ),
            (f"{name}: since its end, in no care", planning(both, in_no_care), {"time_since_birth"}),
            (f"{name}: people by how many ends", counting(both, people), {"time_since_birth"}),
            (f"{name}: other care by how many ends", counting(both, others), {"time_since_birth"}),
            (f"{name}: advice since its end", replace(both, advice=(advice,)), {"time_since_birth"}),
            (
                f"{name}: other care asks for its end",
                planning(both, contact("x", "kidney_care", f"{name}_end", "kidney")),
                {"chases_the_end", "time_since_birth"},
            ),
            (
                f"{name}: an end finer than it may be",
                asking(honest, f"{name}_end", honest.forms[f"{name}_end"].questions[2],
                       *choices(("well", "Better", "好了"), ("lost", "Lost", "流产"))),
                {"finer_outcome"},
            ),
        ]  # fmt: skip
    return found


def asking(pack: Pack, form_id: str, new: Question, *listed: Choice) -> Pack:
    spec = pack.forms[form_id]
    asked = (*(q for q in spec.questions if q.name != new.name), new)
    lists = {**spec.choices, new.list_name: listed} if listed else spec.choices
    return replace(pack, forms={**pack.forms, form_id: replace(spec, questions=asked, choices=lists)})


def planning(pack: Pack, *more: object) -> Pack:
    return replace(pack, schedules={"own": (*pack.schedules["own"], *more)})  # type: ignore[dict-item]


def counting(pack: Pack, one: object) -> Pack:
    return replace(pack, indicators={**pack.indicators, "x": one})  # type: ignore[dict-item]


def together(one: Pack, two: Pack) -> Pack:
    """Two courses of care in one pack; each of its facts keeps its own care."""
    facts = {f"{p.id}_{f.id}": replace(f, id=f"{p.id}_{f.id}") for p in (one, two) for f in p.facts.values()}
    return replace(
        one,
        services={**one.services, **two.services},
        uses={**one.uses, **two.uses},
        forms={**one.forms, **two.forms},
        episodes={**one.episodes, **two.episodes},
        facts=facts,
        schedules={"own": ()},
        indicators={},
        reports={},
        words={**one.words, **two.words},
        advice=(),
    )
