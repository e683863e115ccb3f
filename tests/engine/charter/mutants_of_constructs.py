"""What the rules language has besides plain rules: series of doses, tables looked up in, answers worked out."""

from __future__ import annotations

from dataclasses import replace

from clinic import GOAL, Change, Mutant, both, contact, indicator, measure, question, rule, with_contact, with_indicator

from doorstep.engine.model.pack import DerivedDef, FactDef, Pack, TableDef
from doorstep.engine.model.planned import DoseSource, SeriesDef

STEPS = TableDef(
    "steps",
    {"chain": "text", "step": "integer", "dose_id": "text", "weeks": "integer", "title_en": "text", "title_zh": "text"},
    ({"chain": "a", "step": 1, "dose_id": "a-1", "weeks": 4, "title_en": "First dose", "title_zh": "第一剂"},),
)
PARTS = ("fits", "from_", "due", "until", "not_after", "while_", "listed_while", "listed_from")
SORTING = (
    "person.relation = 'wife'",
    "last(family.relation) = 'wife'",
    "last(family.children) > 2",
    "deep",
    "lookup('steps', 'weeks', 'chain', last(family.relation)) = 4",
    "interpolated('steps', 'weeks', 'step', last(family.children)) > 4",
    "case when last(family.children) > 2 then true else false end",
)
SINCE = (
    "last_date(pregnancy_end)",
    "add_interval(last_date(pregnancy_end), row.weeks, 'week')",
    "coalesce(previous, add_months(last(pregnancy_end.on), 12))",
    "since_birth",
)
FACTS = {
    "kin": ("last(family.children)", "person"),
    "deep": ("kin", "person"),
    "since_birth": ("add_months(last_date(pregnancy_end), 6)", "person"),
}


def dosing(form: str = "pressure_visit", service: str = "pressure", **rules: str) -> SeriesDef:
    """A series over one form, honest until a rule is bent."""
    told = {"fits": "true", "from_": "add_weeks(coalesce(previous, person.birth_date), row.weeks)", **rules}
    return SeriesDef(
        "dosing",
        {"en": "Doses", "zh": "剂次"},
        form,
        (DoseSource(form),),
        "steps",
        "chain",
        "step",
        "dose_id",
        **{part: rule(text) for part, text in told.items()},
        service=service,
        why={"en": "Time for the next dose.", "zh": "该打下一剂了。"},
    )


def with_series(series: SeriesDef) -> Change:
    facts = {name: FactDef(name, rule(text), of) for name, (text, of) in FACTS.items()}
    return lambda pack: replace(
        pack,
        series={"dosing": series},
        tables={**pack.tables, "steps": STEPS},
        facts={**pack.facts, **facts},
    )


def of_series() -> list[Mutant]:
    found: list[Mutant] = []
    for part in PARTS:
        found += [(f"series {part}: {text}", with_series(dosing(**{part: text})), {"sorts_people"}) for text in SORTING]
        found += [
            (f"series {part}: {text}", with_series(dosing(**{part: text})), {"time_since_birth"}) for text in SINCE
        ]
    counted = ("doses_counted(dosing, 'a') > 1", "last_counted(dosing, 'a') > opened_on", "enough")
    for text in counted:
        goal = indicator("x", measure("pressure_care", where=text), measure("pressure_care"), goal=GOAL)
        more = {"enough": ("doses_counted(dosing, 'a') > 1", "person")}
        found.append(
            (
                f"goal on {text}",
                both(with_series(dosing("method_visit", "methods")), with_indicator(goal, **more)),
                {"goal_on_choice"},
            )
        )
    said = replace(dosing(), why={"en": "Compulsory dose", "zh": "必须接受"})
    nobody = dosing(service="elsewhere")
    row = {**STEPS.rows[0], "title_en": "Sterilisation", "title_zh": "绝育"}
    found += [
        ("a dose nobody may refuse", with_series(said), {"cannot_decline"}),
        ("a dose of no service", with_series(nobody), {"contact_without_service"}),
        (
            "a dose that cannot be undone",
            both(
                with_series(dosing()), lambda p: replace(p, tables={**p.tables, "steps": replace(STEPS, rows=(row,))})
            ),
            {"irreversible_planned"},
        ),
        (
            "a dose that asks how it ended",
            with_series(dosing("pregnancy_end", "antenatal")),
            {"chases_the_end", "time_since_birth"},
        ),
    ]
    return found  # fmt: skip


def looked_up() -> list[Mutant]:
    """A table between the question and the rule hides nothing."""
    found: list[Mutant] = []
    for text in SORTING:
        planned = contact("x", "pressure_care", "pressure_visit", "pressure", while_=text)
        counted = indicator("x", measure("pressure_care", where=text), None)
        table: Change = with_series(dosing())
        found.append((f"visit: {text}", both(table, with_contact(planned)), {"sorts_people"}))
        found.append((f"figure: {text}", both(table, with_indicator(counted)), {"sorts_people"}))
    return found


def worked_out(pack: Pack, taken: str, tag: str) -> Pack:
    """A visit that rests on an answer worked out from a question of this tag, in a form of looser care."""
    asked = question(taken, tag)
    spec = pack.forms["pressure_visit"]
    forms = {**pack.forms, "pressure_visit": replace(spec, questions=(*spec.questions, asked))}
    third = DerivedDef("third", "pressure_visit", "who_growth", {"measure": "length_for_age", "length": taken})
    planned = contact("x", "pressure_care", "pressure_visit", "pressure", while_="last(pressure_visit.third) > 2")
    schedules = {"norm": (*pack.schedules["norm"], planned)}
    return replace(pack, forms=forms, derived={"pressure_visit": (third,)}, schedules=schedules)
