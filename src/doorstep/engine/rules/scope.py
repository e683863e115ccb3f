"""Which names a rule may use, by the place it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.engine.model.subjects import HOUSEHOLD, HOUSEHOLD_PROPERTIES, PERSON, PERSON_PROPERTIES
from doorstep.engine.rules.tree import Expr, FactRef, Type

HIDDEN_FORMS = frozenset(
    {
        "service_end",
        "service_wanted",
        "service_reopen",
        "version_choice",
        "release",
        "birth_notice",
        "same_person",
        "two_records",
        "hand_over",
        "arrival",
        "lived_elsewhere",
        "stay_end",
        "said_wrong",
        "wrong_answered",
    }
)
"""The forms of the core itself, under any name they have had: by which a person says no or comes back, by which one of
two versions is chosen and by which what waits is let count; whether two are one person; and a hospital's notice of a birth. No rule may rest on them (charter C3, C4, C9)."""

ENTRY_COLUMNS: dict[str, Type] = {"occurred_on": "date", "recorded_on": "date", "place": "text", "author": "text"}
"""What every entry has besides its answers. A question of the same name cannot be named in a rule."""

ENTRY_KEYS = frozenset({"person_id", "instance_id", "root_id", "counter", "seq", *ENTRY_COLUMNS})
REPEAT_KEYS = frozenset({"instance_id", "ord"})
"""The columns of a form's table, and of a repeat's, that are not answers."""

MOMENTS: dict[str, Type] = {
    "opened_on": "date",
    "closed_on": "date",
    "start": "date",
    "from": "date",
    "due": "date",
    "until": "date",
    "times_met": "integer",
    "next_on": "date",
    "previous": "date",
    "first_valid": "date",
}
LIFE_MOMENTS = frozenset({"opened_on", "closed_on"})
"""Those that belong to the care itself, and so may stand inside an aggregate."""

RESERVED = frozenset({*MOMENTS, PERSON, HOUSEHOLD, "this", "opened", "row", "dose"})
"""Names no fact may bear."""

PROPERTIES: dict[str, dict[str, Type]] = {
    PERSON: {name: kind for name, (kind, _) in PERSON_PROPERTIES.items()},  # type: ignore[misc]
    HOUSEHOLD: {name: kind for name, (kind, _) in HOUSEHOLD_PROPERTIES.items()},  # type: ignore[misc]
}

_TYPES: dict[str, Type] = {"int": "integer", "decimal": "decimal", "date": "date"}


def question_type(question: Question) -> Type:
    """The rules' type of a question's answers."""
    return "set" if question.type == "select_multiple" else _TYPES.get(question.data_type, "text")


def repeat_name(repeat: tuple[str, ...]) -> str:
    """How a repeat is called in rules, in stored answers and in tables: by its own name."""
    return repeat[-1] if repeat else ""


def questions_of(form: FormSpec, repeat: str) -> dict[str, Type]:
    """The names a rule may use after ``form.`` (or ``form.repeat.``).

    Each is a column in DuckDB, which knows no capitals: a question that would be a second column of one name is none.
    """
    taken = set(REPEAT_KEYS if repeat else ENTRY_KEYS)
    found: dict[str, Type] = {}
    for question in form.questions:
        if repeat_name(question.repeat) == repeat and question.key.casefold() not in taken:
            taken.add(question.key.casefold())
            found[question.key] = question_type(question)
    return found if repeat else found | ENTRY_COLUMNS


def is_question(form: FormSpec, repeat: str, key: str) -> bool:
    """Whether the form asks this, even where a rule may not name it."""
    return any(q.key == key and repeat_name(q.repeat) == repeat for q in form.questions)


def repeats_of(form: FormSpec) -> set[str]:
    """Repeats a rule may name: those of the first level, since an answer inside two repeats has no single row."""
    inner = {r for r in form.repeats if any(o != r and r[: len(o)] == o for o in form.repeats)}
    return {repeat_name(r) for r in form.repeats if r not in inner}


FindFact = Callable[[str], FactRef | None]
"""A fact by name, read on demand; None when there is no such fact for this subject."""


@dataclass(frozen=True)
class Scope:
    """``row_form``: the form whose one entry the rule looks at. ``this_form``: that of a recurring contact.
    ``opened_form``: that whose entry opened the care. ``cells``: the table row a contact is written for. ``bounds``: trees that stand for the names of other bounds."""

    pack: Pack
    subject: str
    fact: FindFact
    fact_names: tuple[str, ...] = ()
    moments: frozenset[str] = frozenset()
    inner_moments: frozenset[str] = LIFE_MOMENTS  # those that may stand inside an aggregate
    row_form: str = ""
    this_form: str = ""
    opened_form: str = ""
    cells: Mapping[str, Expr] = field(default_factory=dict)
    bounds: Mapping[str, Expr] = field(default_factory=dict)
    aggregates: bool = True
    literals: bool = False
    lookups: bool = False  # whether tables may be asked
    dose: Mapping[str, Expr] = field(default_factory=dict)  # what the dose a series judges was asked
    series: str = ""  # the series whose rule this is
    ask_series: Callable[[str], None] | None = None  # reads a series before what names it; None: may not be asked here

    @property
    def register(self) -> str:
        """'person' or 'household': whose properties the rule may name."""
        episode = self.pack.episodes.get(self.subject)
        return episode.of if episode else self.subject

    def forms_of_subject(self) -> frozenset[str] | None:
        """Forms whose entries belong to the subject; None when all of the pack's do."""
        episode = self.pack.episodes.get(self.subject)
        if episode is None:
            return None
        return frozenset((episode.opens, *episode.closes, *episode.visits, *episode.stays_open_forms))

    def known_names(self) -> list[str]:
        return [*self.fact_names, *self.moments, *self.bounds]


def no_facts(_name: str) -> None:
    """For places where no fact may be named."""
    return
