"""Which kinds of records an order can ask for, and which questions of them. Nothing here says what anybody's records hold:
the two people choose among kinds, and see no answer before both have signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from doorstep.access.family import CONFIDENTIAL
from doorstep.disclosures.acts import Fields
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.engine.outputs.ground import Ground
from doorstep.engine.outputs.tags import CHOICE, NEVER_SORTS, address, carries_answer
from doorstep.forms.queries import library
from doorstep.programmes import tags
from doorstep.programmes.library import programmes
from doorstep.web import said
from doorstep.web.worker.records import title_of

# What never stands on paper (C9), and what an office that asks by name and birthday knows already.
NEVER = NEVER_SORTS | {"identity", "household.residence"}
_NO_ANSWER = frozenset({"calculate", "image", "audio", "video", "file", "deviceid", "hidden"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. ``choice``: of contraception, wishes for a child and the like; never chosen beforehand."""

    form_id: str
    title: str
    programme: str
    choice: bool
    in_confidence: bool
    questions: tuple[tuple[str, str], ...]  # key, words

    def label_of(self, key: str) -> str:
        return next((words for known, words in self.questions if known == key), key)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for key, _words in self.questions)


def known() -> list[Kind]:
    """Every kind of record about a person, of every programme in force anywhere, in the programmes' order."""
    found: dict[str, Kind] = {}
    for programme in programmes().all_on():
        ground = tags.ground([programme.pack])
        for form_id, use in programme.pack.uses.items():
            if use.subject == "person" and not use.anonymous and form_id in library().current and form_id not in found:
                kind = _kind(form_id, said.text(programme.pack.titles), ground)
                if kind.questions:
                    found[form_id] = kind
    return list(found.values())


def by_programme() -> list[tuple[str, list[Kind]]]:
    return [(title, list(some)) for title, some in groupby(known(), key=lambda kind: kind.programme)]


def _kind(form_id: str, programme: str, ground: Ground) -> Kind:
    spec = library().spec(form_id, library().current[form_id].version)
    counts = ground.question_tags[form_id]
    told = ground.existence_tags.get(form_id, frozenset({CHOICE}))
    questions = tuple(
        (q.key, said.text(q.labels) or q.name)
        for q in may_be_given(spec)
        if counts.get(address(q), CHOICE) not in NEVER
    )
    titled = title_of(library(), form_id)
    return Kind(form_id, titled, programme, CHOICE in told, bool(told & CONFIDENTIAL), questions)


def may_be_given(spec: FormSpec) -> Iterator[Question]:
    """Questions whose answers are words, days or numbers and tell nothing that stands on no paper."""
    for q in spec.questions:
        if carries_answer(q) and q.type not in _NO_ANSWER and not q.type.endswith("_from_file") and q.tag not in NEVER:
            yield q


def chosen(values: Iterable[str], forms: Iterable[str]) -> Fields:
    """What was ticked ('form:key' each) among these kinds; anything else is left out."""
    wanted, among = set(values), frozenset(forms)
    found = {
        kind.form_id: tuple(key for key, _words in kind.questions if f"{kind.form_id}:{key}" in wanted)
        for kind in known()
        if kind.form_id in among
    }
    return {form: keys for form, keys in found.items() if keys}


def in_confidence() -> frozenset[str]:
    """Kinds of records a guardian is not told of."""
    return frozenset(kind.form_id for kind in known() if kind.in_confidence)
