"""A form as read: what pyxform's XML says, typed.

``Question.key`` is how an answer is named in stored answers and in rules: the question's own name
when it is the only one of that name at its level (the form, or one repeat), else its path below that
level, joined by "/". A repeat's key is its own name; a question of the same name gives way to it.
Answers are JSON of this shape::

    {"weight": "60.5", "visits": 3, "on": "2026-03-01", "signs": ["fever"], "babies": [{"sex": "f"}]}

decimal → string (exact), integer → int, date → "YYYY-MM-DD", dateTime/time → text as sent,
select_multiple → list of choice names in the order sent, repeat → list of such objects; an
unanswered question has no key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

Text = Mapping[str, str]
"""Words by language code ('en', 'zh'); a form without languages has the one key 'default'."""

STRICTEST_TAG = "choice"
"""What a question without an accepted tag counts as (charter: no tag means choice)."""


DERIVED = "derived"
"""The type of a question nobody asks: its answer is worked out from the others when a record comes in (see
``engine.derived``). It stands among the questions of a form, and never in its XML."""


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    labels: Text
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One node that can carry an answer. ``type`` is the XLSForm type without its list name
    ('text', 'integer', 'decimal', 'date', 'dateTime', 'time', 'select_one', 'select_multiple',
    'select_one_from_file', 'rank', 'geopoint', 'image', 'note', 'calculate', 'start', 'end' …)."""

    key: str
    name: str
    path: tuple[str, ...]  # below the form's root: ('care', 'weight')
    type: str
    data_type: str  # XForms bind type: 'string', 'int', 'decimal', 'date', 'dateTime', 'time', 'binary', 'geopoint' …
    labels: Text = field(default_factory=dict)
    hints: Text = field(default_factory=dict)
    list_name: str = ""  # choices sheet list, or file name for …_from_file
    repeat: tuple[str, ...] = ()  # path of the nearest enclosing repeat, () when none
    required: bool = False  # required always, i.e. 'yes', and nothing above it or on it has a relevance
    relevant: str = ""
    constraint: str = ""
    calculation: str = ""
    readonly: bool = False
    tag: str = ""  # as declared on the bind; '' when none
    save_to: str = ""
    row: int | None = None  # row of the survey sheet, for messages; line of the file when the form is text
    constraint_message: Text = field(default_factory=dict)
    required_message: Text = field(default_factory=dict)
    means: str = ""  # `bind::doorstep:means`: the stated meaning of an everyday word, or the stated use of a photo


@dataclass(frozen=True, slots=True)
class Group:
    """A group or repeat: carries no answer, but words the person filling in reads."""

    path: tuple[str, ...]
    labels: Text = field(default_factory=dict)
    relevant: str = ""
    repeats: bool = False
    row: int | None = None


@dataclass(frozen=True, slots=True)
class EntityDecl:
    """An ``entities`` declaration: which list a submission creates or updates, and where its meta stands."""

    dataset: str
    path: tuple[str, ...]  # of the group or repeat that holds meta/entity; () is the form itself
    creates: bool
    updates: bool


@dataclass(frozen=True)
class FormSpec:
    form_id: str
    version: str
    titles: Text
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    repeats: tuple[tuple[str, ...], ...]
    choices: Mapping[str, tuple[Choice, ...]]
    entities: tuple[EntityDecl, ...]
    attachments: tuple[str, ...]  # media file names the form asks for, e.g. 'person.csv'
    xml: str
    warnings: tuple[str, ...] = ()
    validated: bool = False  # True only when ODK Validate really ran and passed
    groups: tuple[Group, ...] = ()
    itemsets: str = ""  # content of itemsets.csv, for forms with an external_choices sheet

    @cached_property
    def by_path(self) -> Mapping[tuple[str, ...], Question]:
        return {q.path: q for q in self.questions}

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        """Questions outside repeats by their key."""
        return {q.key: q for q in self.questions if not q.repeat}

    def in_repeat(self, repeat: tuple[str, ...]) -> tuple[Question, ...]:
        return tuple(q for q in self.questions if q.repeat == repeat)
