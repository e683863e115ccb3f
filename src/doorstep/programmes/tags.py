"""Looser tags in packs of one's own: which questions wait, who vouches for them, and what counts in this store.

A question's own tag counts when it stands in the shipped dictionary, or when two named people accepted it for this
wording: one who looks after packs, and the independent reviewer. Reworded, it waits again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from doorstep.access.permissions import Actor
from doorstep.engine import charter
from doorstep.engine.charter.dictionary import shipped
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.engine.outputs import Acceptance, Dictionary
from doorstep.engine.outputs.ground import Ground
from doorstep.engine.outputs.tags import CHOICE, address, carries_answer, fingerprint, is_tag
from doorstep.lib import days, db
from doorstep.places.counters import Snapshot, advance_journal, lock_journal, settings_changed

Key = tuple[str, str, str, str, str]
"""Pack, form, question, tag and the fingerprint of the wording: what somebody vouches for."""

_COLUMNS = "pack_id, form_id, question, tag, fingerprint, is_on, reviews, at, by_id, by_name"


@dataclass(frozen=True, slots=True)
class Word:
    """What one person said last about one question."""

    by_id: int
    by_name: str
    reviews: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose own tag does not count by itself, and who vouched for it as it reads."""

    spec: FormSpec
    question: Question
    key: Key
    words: tuple[Word, ...] = field(default_factory=tuple)

    @property
    def accepted_by(self) -> Word | None:
        return next((w for w in self.words if not w.reviews), None)

    @property
    def reviewed_by(self) -> Word | None:
        first = self.accepted_by
        return next((w for w in self.words if w.reviews and (first is None or w.by_id != first.by_id)), None)

    @property
    def counts(self) -> bool:
        acceptance = acceptance_of(self.key, self.words)
        return acceptance is not None and acceptance.holds()

    def has_word_of(self, user_id: int) -> bool:
        return any(w.by_id == user_id for w in self.words)


def _load() -> dict[Key, tuple[Word, ...]]:
    """The latest word of each person; one who took it back has none."""
    latest: dict[tuple[Key, int], Word | None] = {}
    for *key, is_on, reviews, at, by_id, name in db.current().rows(f"SELECT {_COLUMNS} FROM tag_word ORDER BY seq"):
        one: Key = (key[0], key[1], key[2], key[3], key[4])
        latest[one, by_id] = Word(by_id, name, bool(reviews), at) if is_on else None
    found: dict[Key, tuple[Word, ...]] = {}
    for (one, _), word in latest.items():
        if word is not None:
            found[one] = (*found.get(one, ()), word)
    return found


_words = Snapshot(_load)


def acceptance_of(key: Key, words: Iterable[Word]) -> Acceptance | None:
    """The acceptance two people's words make. None as long as one of the two is missing."""
    said = list(words)
    for first in (w for w in said if not w.reviews):
        for second in (w for w in said if w.reviews and w.by_id != first.by_id):
            made = Acceptance(*key, accepted_by=first.by_name, reviewed_by=second.by_name)
            if made.holds():
                return made
    return None


def acceptances() -> tuple[Acceptance, ...]:
    """Every looser tag two people accepted in this store, by pack, form and question."""
    made = (acceptance_of(key, words) for key, words in sorted(_words.get().items()))
    return tuple(one for one in made if one is not None)


def dictionary() -> Dictionary:
    """The tags that count in this store: those shipped, and those two people accepted."""
    counts = shipped()
    return Dictionary(counts.shipped, (*counts.accepted, *acceptances()), counts.reviewed_by)


def ground(packs: Iterable[Pack]) -> Ground:
    """The packs seen through the tags that count in this store."""
    return charter.ground_of(packs, dictionary())


def asked(pack: Pack) -> Iterator[Asked]:
    """Every question of the pack whose looser tag needs two people."""
    said, counts = _words.get(), shipped()
    for form_id, spec in pack.forms.items():
        for question in spec.questions:
            looser = carries_answer(question) and is_tag(question.tag) and question.tag != CHOICE
            if looser and not counts.counts(pack.id, form_id, question, spec):
                key = (pack.id, form_id, address(question), question.tag, fingerprint(question, spec))
                yield Asked(spec, question, key, said.get(key, ()))


def vouch(actor: Actor, keys: Iterable[Key], *, is_on: bool = True) -> int:
    """Write down that ``actor`` vouches for these tags, or takes it back. Gives how many words are new.

    Raises PermissionError for somebody whose work it is not. The caller publishes the forms again (``actions.retag``).
    """
    reviews = actor.has("tag.review")
    if not reviews and not actor.has("tag.accept"):
        raise PermissionError(actor.role)
    said = _words.get()
    new = [key for key in dict.fromkeys(keys) if is_on != any(w.by_id == actor.user_id for w in said.get(key, ()))]
    connection = db.current()
    seq = lock_journal(connection)
    connection.many(
        f"INSERT INTO tag_word (seq, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(seq + n, *key, is_on, reviews, days.now(), actor.user_id, actor.name) for n, key in enumerate(new, 1)],
    )
    advance_journal(connection, seq + len(new))
    settings_changed(connection)
    return len(new)
