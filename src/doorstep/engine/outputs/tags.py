"""Data tags: what an answer says about a person, and which tag counts (charter, "One mechanism carries most clauses").

A question's own tag counts only when it is the strictest one, or stands word for word in the reviewed
dictionary, or was accepted by two named people. Everything else counts as ``choice``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from doorstep.engine.model.spec import STRICTEST_TAG, FormSpec, Question

# Strictest first. A form's existence carries the first of these found in it.
TAGS: tuple[str, ...] = (
    "choice",
    "sensitive.violence",
    "sensitive.hiv",
    "sensitive.mental",
    "sensitive.pregnancy",
    "sensitive.health",
    "claim",
    "household.permit",
    "household.marital",
    "household.parity",
    "household.ethnicity",
    "household.employer",
    "identity",
    "household.residence",
    "service",
)
CHOICE = STRICTEST_TAG
PREGNANCY = "sensitive.pregnancy"
LOOSEST_TAG = TAGS[-1]
SENSITIVE = frozenset(tag for tag in TAGS if tag == CHOICE or tag.startswith("sensitive."))
NEVER_SORTS = frozenset(tag for tag in TAGS if tag.startswith("household.")) - {"household.residence"}

_RANK = {tag: rank for rank, tag in enumerate(TAGS)}
_CARRIES_NOTHING = frozenset({"note"})
_STAMPS = frozenset({"start", "end", "today"})
_REFERENCE = re.compile(r"\$\{\s*([\w.-]+)\s*\}|(?:/[\w.-]+)+")


def is_tag(text: str) -> bool:
    """Whether ``text`` is one of the charter's tags."""
    return text in _RANK


def strictest(tags: Iterable[str]) -> str:
    """The strictest of ``tags``; of none, the loosest; an unknown one counts as the strictest."""
    return min((tag if tag in _RANK else CHOICE for tag in tags), key=_RANK.__getitem__, default=LOOSEST_TAG)


def no_stricter_than(tag: str) -> frozenset[str]:
    """Every tag as loose as ``tag`` or looser."""
    return frozenset(TAGS[_RANK[tag] :])


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One line of the dictionary: the tag, and the fingerprint of the question it was given for."""

    tag: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Two named people, the second the independent reviewer, accept a looser tag for one question as it reads today."""

    pack: str
    form: str
    question: str  # key, as in rules
    tag: str
    fingerprint: str
    accepted_by: str
    reviewed_by: str

    def holds(self) -> bool:
        """Whether these are two people, each named."""
        names = {self.accepted_by.strip().casefold(), self.reviewed_by.strip().casefold()}
        return len(names) == 2 and "" not in names and is_tag(self.tag)


@dataclass(frozen=True)
class Dictionary:
    """The tags that count: those shipped and reviewed, and those two people accepted.

    ``reviewed_by`` names who reviewed the shipped ones; empty as long as nobody independent has.
    """

    shipped: Mapping[tuple[str, str, str], Reviewed] = field(default_factory=dict)
    accepted: tuple[Acceptance, ...] = ()
    reviewed_by: tuple[str, ...] = ()

    def counts(self, pack: str, form: str, question: Question, spec: FormSpec) -> bool:
        """Whether the tag declared on ``question`` counts, in this very wording."""
        if not is_tag(question.tag):
            return False
        mark = fingerprint(question, spec)
        key = address(question)
        line = self.shipped.get((pack, form, key))
        if line is not None and line == Reviewed(question.tag, mark):
            return True
        wanted = (pack, form, key, question.tag, mark)
        return any(a.holds() and (a.pack, a.form, a.question, a.tag, a.fingerprint) == wanted for a in self.accepted)


def address(question: Question) -> str:
    """How the dictionary and lineage name a question: its path below the form, joined by dots."""
    return ".".join(question.path)


def fingerprint(question: Question, spec: FormSpec) -> str:
    """What the question asks, as 16 hex digits: a reworded question is another question and needs a new review."""
    choices = [[c.name, sorted(c.labels.items())] for c in spec.choices.get(question.list_name, ())]
    said = [
        question.type,
        sorted(question.labels.items()),
        sorted(question.hints.items()),
        question.calculation,
        question.save_to,
        question.means,
        choices,
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def carries_answer(question: Question) -> bool:
    """False for notes and the clock stamps a phone adds by itself: they hold nothing a person said."""
    return question.type not in _CARRIES_NOTHING | _STAMPS


def tags_of_form(spec: FormSpec, dictionary: Dictionary, pack: str) -> dict[str, str]:
    """The tag that counts for each question, by its address. A calculation is at least as strict as what it reads."""
    tags = {
        address(q): q.tag if q.tag == CHOICE or dictionary.counts(pack, spec.form_id, q, spec) else CHOICE
        for q in spec.questions
        if carries_answer(q)
    }
    for _ in spec.questions:  # a calculation may read a calculation: repeat until nothing changes
        before = dict(tags)
        for question in spec.questions:
            if question.calculation and address(question) in tags:
                read = (tags[other] for other in _read_by(question, spec) if other in tags)
                tags[address(question)] = strictest((tags[address(question)], *read))
        if tags == before:
            break
    return tags


def tag_of_form(spec: FormSpec, dictionary: Dictionary, pack: str) -> str:
    """The strictest tag in the form: what its existence, author and date, and all that follows from it, carry."""
    return strictest(tags_of_form(spec, dictionary, pack).values())


def _read_by(question: Question, spec: FormSpec) -> set[str]:
    """Addresses of the questions named in a calculation, as ``${name}`` or as an XPath."""
    found = set()
    for match in _REFERENCE.finditer(question.calculation):
        name = match.group(1) or match.group(0).rsplit("/", 1)[-1]
        found |= {address(q) for q in spec.questions if q.name == name}
    return found
