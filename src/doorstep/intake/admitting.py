"""What of a submission may come in when somebody it names was erased, or the record itself was: all, a part, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import orjson

from doorstep.forms import erased, reducing
from doorstep.forms.builtin import OWNER
from doorstep.forms.erased import RECORD
from doorstep.forms.queries import library
from doorstep.intake.deriving import derived
from doorstep.intake.parse import Submission, root_of
from doorstep.lib import db


def admitted(connection: db.Db, submissions: Sequence[Submission]) -> list[Submission | None]:
    """Of each submission what may be kept, in order: itself as a rule, None when nothing of it."""
    named = [_named(s) for s in submissions]
    gone = erased.known(connection, {i for ids in named for i in ids})
    if not gone:
        return list(submissions)
    return [s if gone.keys().isdisjoint(ids) else _left(s, gone) for s, ids in zip(submissions, named, strict=True)]


def _named(s: Submission) -> set[str]:
    """Every id a submission speaks of."""
    found = {s.instance_id, *(e.entity_id for e in s.entities)}
    return found | {i for i in (s.deprecates, s.person_id, s.household_id) if i is not None}


def _left(s: Submission, gone: dict[str, str]) -> Submission | None:
    if any(gone.get(i) == RECORD for i in _named(s)):
        return None  # the record itself, a correction of it, or a word about it
    published = library().versions[(s.form_id, s.form_version)]
    if published.pack_id == OWNER:
        return None
    people = {i for i, kind in gone.items() if kind != RECORD}
    if s.household_id in people and s.person_id is not None:
        people.discard(s.household_id)  # somebody moves in where a family was erased: the desk sees to that
    if people.isdisjoint(_named(s)):
        return s
    spec = library().spec(s.form_id, s.form_version)
    body = reducing.without(s.body, spec, published.use.get("who", ""), people)
    if body is None:
        return None
    read = library().reader(s.form_id, s.form_version).read(root_of(body))
    answers = read.answers | derived(library(), s.form_id, s.form_version, read.answers)
    return replace(
        s,
        body=body,
        answers=orjson.dumps(answers).decode(),
        entities=[e for e in s.entities if e.entity_id not in people],
        expected_files=tuple(dict.fromkeys(read.files)),
        person_id=None if s.person_id in people else s.person_id,
        household_id=None if s.household_id in people else s.household_id,
    )


def reduced(s: Submission) -> bytes | None:
    """A submission without what was written freely: how a record stands once that has had its time."""
    return reducing.without_words(s.body, library().spec(s.form_id, s.form_version))
