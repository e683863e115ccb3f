"""Small packs and histories, made in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Literal

from doorstep.engine.model.history import Entry, History, Window
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
    Source,
    TableDef,
)
from doorstep.engine.model.planned import At, ContactDef, DoseSource, Rule, SeriesDef
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.lib.problems import Problem

_DATA_TYPES = {"text": "string", "integer": "int", "decimal": "decimal", "date": "date", "set": "string"}
FILE = "pack.yaml"


def day(text: str) -> date:
    return date.fromisoformat(text)


def form(form_id: str, repeats: Mapping[str, Mapping[str, str]] | None = None, **questions: str) -> FormSpec:
    """A form with ``question=type``; ``repeats`` likewise by the repeat's name."""
    repeats = repeats or {}
    asked = [_question(name, kind) for name, kind in questions.items()]
    asked += [_question(name, kind, (r,)) for r, inner in repeats.items() for name, kind in inner.items()]
    return FormSpec(form_id, "1", {}, (), tuple(asked), tuple((r,) for r in repeats), {}, (), (), "")


def _question(name: str, kind: str, repeat: tuple[str, ...] = ()) -> Question:
    type_ = "select_multiple" if kind == "set" else kind
    return Question(name, name, (*repeat, name), type_, _DATA_TYPES[kind], repeat=repeat)


def rule(text: str | None, line: int = 1, file: str = FILE) -> Rule | None:
    return None if text is None else Rule(text, At(file, line))


def number(id_: str, *values: tuple[str, str], source: str = "norm") -> NumberDef:
    """A number with (since, value) pairs."""
    dated = tuple(DatedValue(Decimal(value), day(since), source, "verified") for since, value in values)
    return NumberDef(id_, {"en": id_, "zh": id_}, "days", dated)


def contact(id_: str, of: str = "care", form: str = "visit", schedule: str = "main", **rest: Any) -> ContactDef:
    """A contact; rules are given as text, ``from_`` and ``while_`` with their underscore."""
    ruled = {"from_", "due", "until", "while_", "settled_by"}
    given = {key: rule(value) if key in ruled else value for key, value in rest.items()}
    every = given.pop("every", None)
    if every is not None and every not in ("year", "month"):
        every = rule(every)
    given.setdefault("title", {"en": id_, "zh": id_})
    return ContactDef(
        id_, schedule, form=form, of=of, service="care", every=every, at=At("schedules/main.yaml", 7), **given
    )


def series_of(doses: tuple[DoseSource, ...], **rest: Any) -> SeriesDef:
    """A series 'shots' over the table 'plan'; rules are given as text, ``from_`` and ``while_`` with their underscore."""
    ruled = {"fits", "from_", "due", "until", "not_after", "while_", "listed_while", "listed_from"}
    given = {key: rule(value) if key in ruled else value for key, value in rest.items()}
    columns = {"table": "plan", "chain": "chain", "step": "step", "row_id": "id", "since": "since", "before": "before"}
    title = {"en": "Shots", "zh": "接种"}
    return SeriesDef("shots", title, form=doses[0].form, doses=doses, at=At(FILE, 3), **columns, **given)


def care(**rest: Any) -> EpisodeDef:
    """An episode 'care' opened by ``enrol``, closed by ``leave``, with ``visit`` in between."""
    ruled = {"stays_open_days", "ends_by_itself", "new_one_if"}
    given = {key: rule(value) if key in ruled else value for key, value in rest.items()}
    return EpisodeDef(
        **({"id": "care", "of": "person", "opens": "enrol", "closes": ("leave",), "visits": ("visit",)} | given)
    )


FORMS = (
    form("enrol", start="date", sort="text"),
    form("visit", on="date", t="text", n="integer", x="decimal", s="set"),
    form("check", on="date", t="text"),
    form("leave", on="date", result="text", repeats={"babies": {"alive": "text", "weight": "decimal"}}),
    form("note", t="text"),
)
NUMBERS = (number("span", ("1900-01-01", "40"), ("2026-06-01", "42")), number("share", ("2020-01-01", "0.5")))


def pack(
    facts: Mapping[str, str] | None = None,
    contacts: tuple[ContactDef, ...] = (),
    episodes: tuple[EpisodeDef, ...] | None = None,
    forms: tuple[FormSpec, ...] = FORMS,
    numbers: tuple[NumberDef, ...] = NUMBERS,
    of: str = "care",
    advice: Mapping[str, str] | None = None,
    indicators: tuple[IndicatorDef, ...] = (),
    tables: tuple[TableDef, ...] = (),
    prefill: Mapping[str, Mapping[str, str]] | None = None,
    series: tuple[SeriesDef, ...] = (),
) -> Pack:
    """A pack of one schedule, 'main'. A fact named ``person.x`` belongs to the person."""
    defined = {}
    for name, text in (facts or {}).items():
        life, _, bare = name.rpartition(".")
        ruled = rule(text)
        assert ruled is not None
        defined[bare] = FactDef(bare, ruled, life or of, {"en": bare, "zh": bare})
    uses = {f.form_id: FormUse(f.form_id, "person", "who", "on") for f in forms}
    for form_id, questions in (prefill or {}).items():
        known = {q: Rule(text, At(FILE, 1)) for q, text in questions.items()}
        uses[form_id] = FormUse(form_id, "person", "who", "on", prefill=known)
    return Pack(
        "small",
        "1",
        {"en": "Small", "zh": "小"},
        {"norm": Source("norm", {"en": "The norm", "zh": "规范"})},
        {},
        uses,
        {f.form_id: f for f in forms},
        episodes={e.id: e for e in ((care(),) if episodes is None else episodes)},
        facts=defined,
        schedules={"main": contacts},
        default_schedule="main",
        indicators={i.id: i for i in indicators},
        numbers={n.id: n for n in numbers},
        tables={t.id: t for t in tables},
        advice=tuple(AdviceDef(f, Rule(text, At(FILE, 1)), "word") for f, text in (advice or {}).items()),
        series={s.id: s for s in series},
    )


def measure(
    over: str,
    sum_: str | None = None,
    where: str | None = None,
    by: str | None = None,
    each: Literal["", "year"] = "",
) -> Measure:
    return Measure(over, rule(sum_), rule(where), rule(by), each=each)


def indicator(id_: str, numerator: Measure, denominator: Measure | None = None) -> IndicatorDef:
    return IndicatorDef(id_, {"en": id_, "zh": id_}, numerator, denominator)


_ids = count()


def entry(
    form_id: str, on_day: str, /, id_: str = "", place: str = "", counter: int = 0, root: str = "", **answers: Any
) -> Entry:
    return Entry(
        form_id, id_ or f"{form_id}@{on_day}#{next(_ids)}", day(on_day), day(on_day), answers, root, counter, place
    )


def history(*entries: Entry, subject: str = "p", **properties: Any) -> History:
    return History(subject, properties, entries)


def brief(window: Window) -> tuple[Any, ...]:
    """What most tests look at: contact, count, bounds as text, and who met it."""
    bounds = (str(on) if on else None for on in (window.from_on, window.due_on, window.until_on))
    return (window.contact, window.k, *bounds, window.met_by)


def codes(problems: list[Problem] | tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]
