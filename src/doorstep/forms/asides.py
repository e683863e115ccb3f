"""Two records of one thing, by two people: which of them is right, as a person said it, by an entry.

Unlike two contents under one id, nobody can tell from the records alone that they cannot both be right: both count until
somebody has said so. Of each pair the last word in the sequence counts; it may be that both are right (decision 0030).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson

from doorstep.access.queries import Staff, staff
from doorstep.engine.model.spec import STRICTEST_TAG
from doorstep.engine.outputs.tags import SENSITIVE
from doorstep.forms import queries as forms
from doorstep.forms.builtin import CLASHES
from doorstep.forms.reader import EntityAction

TWO = "two_records"  # a mark: two people wrote down the same thing otherwise


class Word(NamedTuple):
    """What somebody said about two records: which is right, '' when both are."""

    seq: int
    form_id: str
    pair: frozenset[str]
    keep: str
    by: int


def filed(answers: Mapping[str, object]) -> list[EntityAction]:
    """The word, filed under both records."""
    said = {name: str(answers.get(name, "")) for name in ("about_form", "one", "other", "keep")}
    if said["one"] == said["other"] or said["keep"] not in ("", said["one"], said["other"]):
        return []
    return [EntityAction(CLASHES, said[name], False, True, 0, "", said) for name in ("one", "other")]


def words(rows: Iterable[tuple[int, str, int]]) -> list[Word]:
    """Of each pair the last word of somebody who may say it. ``rows``: (seq, properties, author) as filed."""
    made = {}
    for seq, text, by in rows:
        said = orjson.loads(text)
        made[seq] = Word(seq, said["about_form"], frozenset((said["one"], said["other"])), said["keep"], by)
    if not made:
        return []
    everyone, library = staff(), forms.library()
    writers: dict[tuple[str, str], int] = {}
    for row in forms.entries("instance_id IN (?*)", {i for word in made.values() for i in word.pair}):
        if row.variant == 0:
            writers[(row.form_id, row.instance_id)] = row.author_id
    last: dict[tuple[str, frozenset[str]], Word] = {}
    for _, word in sorted(made.items()):
        authors = {writers[(word.form_id, i)] for i in word.pair if (word.form_id, i) in writers}
        published = library.current.get(word.form_id)
        sensitive = published is None or published.use.get("tag", STRICTEST_TAG) in SENSITIVE
        if may_say(word.by, authors, sensitive, everyone):
            last[(word.form_id, word.pair)] = word
    return list(last.values())


def may_say(by: int, authors: set[int], sensitive: bool, everyone: Staff) -> bool:
    """Whoever wrote one of them; who sees to repairs, where it tells of nobody's care; and the clinic of an author."""
    if by in authors or (not sensitive and everyone.has(by, "problem.settle")):
        return True
    clinic = everyone.care_clinic(by)
    return clinic > 0 and any(m.clinic_id == clinic for i in authors if (m := everyone.by_id.get(i)) is not None)


def set_aside(said: Iterable[Word]) -> frozenset[tuple[str, str]]:
    """The records, by form and the first of their chain, that somebody said are not right."""
    return frozenset((word.form_id, i) for word in said if word.keep for i in word.pair - {word.keep})
