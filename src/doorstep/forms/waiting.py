"""Entries that do not count yet: what waits for repair, and versions that cannot both be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.access.permissions import Actor
from doorstep.engine.outputs import Condition, Gate, select
from doorstep.forms import queries as forms
from doorstep.forms.asides import TWO
from doorstep.forms.builtin import CLASHES, TWO_RECORDS, VERSION_CHOICE, VERSIONS
from doorstep.forms.chains import TAKEN_BACK
from doorstep.forms.outputs import CARE_PROBLEMS, PROBLEMS
from doorstep.forms.queries import APPLIED, CONFLICT, HELD, REVIEW, SUPERSEDED, StoredEntry
from doorstep.forms.sayings import choices, with_chains, words_about
from doorstep.lib import db

# In SQL always also said as "state > 1", word for word as the partial index has it: else SQLite reads the whole table.
WAITING = (REVIEW, HELD, CONFLICT)
MOST_SHOWN = 100
UNPLACED = "unplaced"  # a mark (``intake.follow``): it fits no course of care
LATELY = 20_000  # entries back from the latest one: a table of millions is not searched for a few
_SOURCES = {
    "entry.seq": "e.seq",
    "entry.form": "e.form_id",
    "entry.occurred_on": "e.occurred_on",
    "entry.author": "e.author_id",
    "entry.state": "e.state",
    "entry.waiting": "COUNT(*)",
}


@dataclass(frozen=True, slots=True)
class Versions:
    """Entries that cannot both be right, in the order they came. ``about`` is the instance a choice is filed under:
    their own one, or the one they all correct. ``standing`` is the seq of the one that counts now. ``records``: two
    records of one thing by two people, under the first of either's chain; both may be right."""

    about: str
    entries: tuple[StoredEntry, ...]
    standing: int | None
    chosen: bool
    records: tuple[str, ...] = ()

    def stands(self, entry: StoredEntry) -> bool:
        """Whether an entry counts now."""
        return entry.state == APPLIED if self.records else entry.seq == self.standing


def of_carer(actor: Actor) -> list[StoredEntry]:
    """What waits of the actor's own, and clashing versions about people who named the actor or the actor's clinic."""
    mine = (
        "SELECT person_id FROM care_member WHERE user_id = ? AND user_id > 0"
        " UNION SELECT person_id FROM care_member WHERE clinic_id = ? AND clinic_id > 0"
    )
    where = f"state > 1 AND (author_id = ? OR state = {CONFLICT} AND person_id IN ({mine}))"
    rows = db.current().rows(
        f"SELECT {forms.ENTRY_COLUMNS} FROM entry WHERE {where} ORDER BY seq DESC LIMIT ?",
        [actor.user_id, actor.user_id, actor.care_clinic, MOST_SHOWN],
    )
    waiting = [StoredEntry(*row) for row in rows]
    own = _marked("e.author_id IN (?*)", [actor.user_id])
    near = {i for (i,) in db.current().rows(mine, [actor.user_id, actor.care_clinic])}
    return (
        [*_marked("e.person_id IN (?*)", near, ()), *own, *waiting][:MOST_SHOWN]
        if near
        else [*own, *waiting][:MOST_SHOWN]
    )


def of_register(author_ids: Iterable[int], form_ids: Iterable[str]) -> list[StoredEntry]:
    """What waits of these authors on these forms, the latest first. The forms tell nothing stricter than the output
    ``problems`` may show."""
    gate = _gate(author_ids, form_ids, PROBLEMS.up_to)
    if gate is None:
        return []
    sql, params = select(PROBLEMS, _SOURCES, "entry e", [gate, Condition("entry.state", "in", WAITING)])
    seqs = [row[0] for row in db.current().rows(sql, params)]
    allowed = set(form_ids)
    two = [e for e in _marked("e.author_id IN (?*)", author_ids) if e.form_id in allowed]
    return [*two, *sorted(forms.entries("seq IN (?*)", seqs), key=lambda e: -e.seq)][:MOST_SHOWN]


def care_count(author_ids: Iterable[int], besides: Iterable[str]) -> int:
    """How many entries of these authors wait on forms other than ``besides``. To be hidden while it is small."""
    authors, left_out = sorted(author_ids), sorted(besides)
    if not authors:
        return 0
    others = f" AND e.form_id NOT IN ({_marks(left_out)})" if left_out else ""
    others += " AND e.form_id NOT IN (SELECT form_id FROM form WHERE owner_id IS NOT NULL)"  # nobody else's to know of
    gate = Gate(f"e.state > 1 AND e.author_id IN ({_marks(authors)}){others}", (*authors, *left_out))
    sql, params = select(CARE_PROBLEMS, _SOURCES, "entry e", [gate])
    return int(db.current().value(sql, params))


def versions(entry: StoredEntry) -> Versions | None:
    """The entries that clash, or clashed, with this one, itself included; None when there is no other."""
    about = entry.instance_id
    found = [e for e in forms.entries("instance_id IN (?*)", [about]) if e.form_id == entry.form_id]
    if len(found) == 1 and entry.deprecates is not None:
        about = entry.deprecates
        found = [e for e in forms.entries("deprecates IN (?*)", [about]) if e.form_id == entry.form_id]
    if len(found) == 1:
        return _two_records(entry)
    found.sort(key=lambda e: e.seq)
    made = [c for c in choices(db.current(), [about]) if c.form_id == entry.form_id]
    names = {e.instance_id for e in found}
    picked = next((c for c in reversed(made) if c.instance_id in names and c.variant != TAKEN_BACK), None)
    if picked is None:
        return Versions(about, tuple(found), found[0].seq, chosen=False)
    kept = next((e for e in found if (e.instance_id, e.variant) == (picked.instance_id, picked.variant)), None)
    return Versions(about, tuple(found), kept.seq if kept else None, chosen=True)


_NOWHERE = f"n.code = '{UNPLACED}' AND e.state = {APPLIED}"
_ELSEWHERE = "n.code IN ('person_changed_elsewhere', 'household_changed_elsewhere')"


def changed_elsewhere(seq: int) -> bool:
    """Whether a phone without network changed here what somebody else changed meanwhile."""
    return bool(db.current().value(f"SELECT 1 FROM entry_note n WHERE n.seq = ? AND {_ELSEWHERE}", [seq]))


def unplaced(seq: int) -> bool:
    """Whether a record in force fits no course of care of its person."""
    sql = f"SELECT 1 FROM entry_note n JOIN entry e ON e.seq = n.seq WHERE n.seq = ? AND {_NOWHERE}"
    return bool(db.current().value(sql, [seq]))


def fitting_nowhere(author_ids: Iterable[int], since: date) -> list[StoredEntry]:
    """Records in force of these authors that fit no course of care, received since that day, the latest first. What was
    left so for long needs no more asking."""
    sql = (
        f"SELECT DISTINCT e.seq FROM entry_note n JOIN entry e ON e.seq = n.seq WHERE {_NOWHERE} AND e.received_on >= ?"
    )
    rows = db.current().rows_in(f"{sql} AND e.author_id IN (?*)", author_ids, [since])
    latest = sorted({seq for (seq,) in rows}, reverse=True)[:MOST_SHOWN]
    return sorted(forms.entries("seq IN (?*)", latest), key=lambda e: -e.seq)


def of_two_phones(author_ids: Iterable[int], form_ids: Iterable[str]) -> list[StoredEntry]:
    """Changes of these authors on these forms that a phone made without having seen another one, the latest first."""
    authors, allowed = sorted(author_ids), sorted(form_ids)
    if not authors or not allowed:
        return []
    sql = (
        f"SELECT DISTINCT e.seq FROM entry_note n JOIN entry e ON e.seq = n.seq WHERE {_ELSEWHERE} AND e.state = 0"
        f" AND e.author_id IN ({_marks(authors)}) AND e.form_id IN ({_marks(allowed)}) ORDER BY e.seq DESC LIMIT ?"
    )
    seqs = [seq for (seq,) in db.current().rows(sql, [*authors, *allowed, MOST_SHOWN])]
    return sorted(forms.entries("seq IN (?*)", seqs), key=lambda e: -e.seq)


def _two_records(entry: StoredEntry) -> Versions | None:
    """The record of another person that says otherwise of the same thing, beside this one; None when there is none.
    Corrected since, each stands in its last form."""
    connection = db.current()
    root = _root(entry)
    marked = connection.rows(f"SELECT args FROM entry_note WHERE seq = ? AND code = '{TWO}'", [entry.seq])
    others = {str(forms.said_of(args)["with"]) for (args,) in marked}
    said = [word for word in words_about(connection, [root]) if word.form_id == entry.form_id]
    others |= {i for word in said for i in word.pair - {root}}
    found = [last for i in sorted(others) if (last := _last(entry.form_id, i)) is not None]
    if not found:
        return None
    both = tuple(sorted((entry, found[0]), key=lambda e: e.seq))
    pair = frozenset((root, _root(found[0])))
    return Versions(min(pair), both, None, any(w.pair == pair for w in said), tuple(_root(e) for e in both))


def _root(entry: StoredEntry) -> str:
    return with_chains(db.current(), {entry.seq: entry})[entry.seq].root.instance_id


def _last(form_id: str, root: str) -> StoredEntry | None:
    """The last of a chain of corrections: the one that counts, or would."""
    first = {e.seq: e for e in forms.entries("instance_id IN (?*)", [root]) if e.form_id == form_id}
    while first:
        instances = [e.instance_id for e in first.values()]
        later = {
            e.seq: e
            for e in forms.entries("deprecates IN (?*)", instances)
            if e.form_id == form_id and e.state in (APPLIED, SUPERSEDED)
        }
        counting = {s: e for s, e in later.items() if e.state == APPLIED} or later
        if not counting:
            return next(iter(first.values()))
        first = dict([max(counting.items())])
    return None


def _marked(where: str, values: Iterable[object], more: Sequence[object] = ()) -> list[StoredEntry]:
    """Entries with the mark of two records; ``where`` is about ``e``."""
    sql = f"SELECT n.seq FROM entry_note n JOIN entry e ON e.seq = n.seq WHERE n.code = '{TWO}' AND {where}"
    seqs = [seq for (seq,) in db.current().rows_in(sql, values, list(more))]
    rows = sorted(forms.entries("seq IN (?*)", seqs), key=lambda e: -e.seq)
    shown: dict[frozenset[int], StoredEntry] = {}
    for row in rows:  # each pair once
        clash = versions(row)
        if clash is not None:
            shown.setdefault(frozenset(e.seq for e in clash.entries), row)
    return list(shown.values())


def settled_lately(author_ids: Iterable[int], form_ids: Iterable[str]) -> list[Versions]:
    """Clashes on these forms that these people settled among the last entries of the store, the latest first."""
    sql = (
        "SELECT t.entity_id FROM entry e JOIN entry_entity t ON t.seq = e.seq"
        f" WHERE e.seq > (SELECT value FROM counter WHERE name = 'journal') - {LATELY}"
        f" AND e.form_id IN ('{VERSION_CHOICE}', '{TWO_RECORDS}') AND t.dataset IN ('{VERSIONS}', '{CLASHES}')"
        " AND e.author_id IN (?*) ORDER BY e.seq DESC"
    )
    wanted = list(dict.fromkeys(about for (about,) in db.current().rows_in(sql, author_ids)))[:MOST_SHOWN]
    rows = forms.entries("instance_id IN (?*)", wanted) + forms.entries("deprecates IN (?*)", wanted)
    allowed, found = set(form_ids), dict[str, Versions]()
    for row in rows:
        if row.form_id in allowed and (clash := versions(row)) is not None and clash.about in wanted:
            found.setdefault(clash.about, clash)
    return [found[instance] for instance in wanted if instance in found]


def _gate(author_ids: Iterable[int], form_ids: Iterable[str], up_to: str) -> Gate | None:
    authors, allowed = sorted(author_ids), sorted(form_ids)
    if not authors or not allowed:
        return None
    sql = f"e.state > 1 AND e.author_id IN ({_marks(authors)}) AND e.form_id IN ({_marks(allowed)})"
    return Gate(sql, (*authors, *allowed), up_to=up_to)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
