"""Who is one person though written down twice: worked out from what people said about it, and undone the same way.

Of each pair the last word in the sequence counts, as with any dated decision, if whoever said it works with the register
where both are, on the day it came in. Entries that name the one are then about the other; what each names stays with it,
so that a later word parts them again (decision 0029).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from doorstep.forms import actions as forms
from doorstep.forms import queries as form_queries
from doorstep.forms.builtin import SAME
from doorstep.forms.queries import APPLIED, StoredEntry
from doorstep.forms.reader import EntityAction
from doorstep.forms.sayings import Said, with_chains
from doorstep.intake.life import About, Life, World, live
from doorstep.intake.sources import world
from doorstep.lib import db
from doorstep.register import actions as register
from doorstep.register import queries as people
from doorstep.register.twice import Pair


class Word(NamedTuple):
    """What somebody said about two: one person or not, and under whose id everything then stands."""

    seq: int
    kept: str
    other: str
    same: bool
    entry: StoredEntry

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.kept, self.other))


def filed(answers: Mapping[str, Any]) -> list[EntityAction]:
    """The word filed under both ids, so that it is found from either."""
    said = {name: str(answers.get(name, ""))[:64] for name in ("kept", "other", "same")}
    if not said["kept"] or not said["other"] or said["kept"] == said["other"]:
        return []
    return [EntityAction(SAME, said[name], False, True, 0, "", said) for name in ("kept", "other")]


def words(connection: db.Db, person_ids: Iterable[str]) -> list[Word]:
    """Everything said about these, and about whoever is tied to them by such words, in the order of the sequence."""
    found: dict[int, dict[str, str]] = {}
    asked: set[str] = set()
    fresh = set(person_ids)
    while fresh:
        asked |= fresh
        sql = "SELECT seq, properties, dataset FROM entry_entity WHERE entity_id IN (?*)"
        rows = [(seq, form_queries.said_of(text)) for seq, text, of in connection.rows_in(sql, fresh) if of == SAME]
        found.update(rows)
        fresh = {said[name] for _, said in rows for name in ("kept", "other")} - asked
    entries = {row.seq: row for row in form_queries.entries("seq IN (?*)", found)}
    standing = with_chains(connection, entries)
    return [
        Word(seq, said["kept"], said["other"], said["same"] == "yes", entries[seq])
        for seq, said in sorted(found.items())
        if standing[seq].state == APPLIED
    ]


def to_ask(place_ids: Iterable[int]) -> list[Pair]:
    """Who of these places may be one person, and nobody has said yet whether. Ids and reasons only."""
    connection, found = db.current(), people.maybe_twice(place_ids)
    said = words(connection, {i for pair in found for i in (pair.first, pair.second)})
    decided = {word.pair for word in _last(connection, said)} if said else set()
    return [pair for pair in found if frozenset((pair.first, pair.second)) not in decided]


def settle(connection: db.Db, person_ids: Iterable[str]) -> set[str]:
    """Work out who of these is who. Gives everybody of whom something may follow from that."""
    said = words(connection, person_ids)
    if not said:
        return set()
    everyone = {i for word in said for i in word.pair}
    wanted = _roots(word for word in _last(connection, said) if word.same)
    had = people.aliases(everyone)
    changed = {i for i in everyone if had.get(i) != (wanted[i][0] if i in wanted else None)}
    register.write_aliases(connection, everyone, wanted)
    forms.point_at(connection, sorted((i, wanted[i][0] if i in wanted else i) for i in changed))
    return everyone


def _last(connection: db.Db, said: Iterable[Word]) -> list[Word]:
    """Of each pair the last word of whoever may say it, in the order of the sequence."""
    told = list(said)
    lives, settings = _as_named(connection, {i for word in told for i in word.pair})
    last: dict[frozenset[str], Word] = {}
    for word in told:
        if _may_say(word, lives, settings):
            last[word.pair] = word
    return sorted(last.values(), key=lambda word: word.seq)


def _may_say(word: Word, lives: Mapping[str, Life], settings: World) -> bool:
    author, reach = word.entry.author_id, settings.staff.reach(word.entry.author_id, word.entry.received_on)
    return settings.staff.has(author, "register.read") and all(lives[i].places_had & reach for i in word.pair)


def _as_named(connection: db.Db, person_ids: Iterable[str]) -> tuple[dict[str, Life], World]:
    """The life of each by the entries that name that very id."""
    ids = sorted(person_ids)
    told: dict[str, dict[int, Said]] = {i: {} for i in ids}
    columns = "COALESCE(named_id, entity_id), seq, creates, updates, label, properties, dataset"
    for column in ("named_id", "entity_id"):
        sql = f"SELECT {columns} FROM entry_entity WHERE {column} IN (?*)"
        for named, seq, creates, updates, label, text, dataset in connection.rows_in(sql, ids):
            if dataset == "person" and named in told:
                told[named][seq] = Said(bool(creates), bool(updates), label, form_queries.said_of(text))
    rows = {r.seq: r for r in form_queries.entries("named_id IN (?*)", ids)}
    rows |= {r.seq: r for r in form_queries.entries("person_id IN (?*)", ids)}
    missing = {seq for of in told.values() for seq in of} - rows.keys()
    rows |= {r.seq: r for r in form_queries.entries("seq IN (?*)", missing)}
    standing = with_chains(connection, rows)
    homes = {
        said.properties["household"] for of in told.values() for said in of.values() if "household" in said.properties
    }
    settings = world(connection, homes)
    found = {}
    for i in ids:
        mine = [r for r in rows.values() if (r.named_id or r.person_id) == i or r.seq in told[i]]
        found[i] = live(i, [About(r, standing[r.seq], told[i].get(r.seq)) for r in mine], settings)
    return found, settings


def _roots(merges: Iterable[Word]) -> dict[str, tuple[str, date]]:
    """Under whose id each stands who is not kept: of several tied together the one never given up, the first by id."""
    groups: list[set[str]] = []
    given_up: set[str] = set()
    since: dict[str, date] = {}
    for word in merges:
        touching = [group for group in groups if group & word.pair]
        groups = [group for group in groups if not group & word.pair] + [set(word.pair).union(*touching)]
        given_up.add(word.other)
        for i in word.pair:
            since[i] = max(since.get(i, word.entry.occurred_on), word.entry.occurred_on)
    found: dict[str, tuple[str, date]] = {}
    for group in groups:
        root = min(group - given_up or group)
        day = max(since[i] for i in group)
        found.update((i, (root, day)) for i in group if i != root)
    return found
