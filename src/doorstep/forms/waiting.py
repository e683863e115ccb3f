"""Entries that do not count yet: what waits for repair, and versions that cannot both be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doorstep.access.permissions import Actor
from doorstep.engine.outputs import Condition, Gate, select
from doorstep.forms import queries as forms
from doorstep.forms.builtin import VERSION_CHOICE, VERSIONS
from doorstep.forms.chains import TAKEN_BACK
from doorstep.forms.outputs import CARE_PROBLEMS, PROBLEMS
from doorstep.forms.queries import CONFLICT, HELD, REVIEW, StoredEntry
from doorstep.forms.sayings import choices
from doorstep.lib import db

# In SQL always also said as "state > 1", word for word as the partial index has it: else SQLite reads the whole table.
WAITING = (REVIEW, HELD, CONFLICT)
MOST_SHOWN = 100
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
    their own one, or the one they all correct. ``standing`` is the seq of the one that counts now."""

    about: str
    entries: tuple[StoredEntry, ...]
    standing: int | None
    chosen: bool


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
    return [StoredEntry(*row) for row in rows]


def of_register(author_ids: Iterable[int], form_ids: Iterable[str]) -> list[StoredEntry]:
    """What waits of these authors on these forms, the latest first. The forms tell nothing stricter than the output
    ``problems`` may show."""
    gate = _gate(author_ids, form_ids, PROBLEMS.up_to)
    if gate is None:
        return []
    sql, params = select(PROBLEMS, _SOURCES, "entry e", [gate, Condition("entry.state", "in", WAITING)])
    seqs = [row[0] for row in db.current().rows(sql, params)]
    return sorted(forms.entries("seq IN (?*)", seqs), key=lambda e: -e.seq)[:MOST_SHOWN]


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
        return None
    found.sort(key=lambda e: e.seq)
    made = [c for c in choices(db.current(), [about]) if c.form_id == entry.form_id]
    names = {e.instance_id for e in found}
    picked = next((c for c in reversed(made) if c.instance_id in names and c.variant != TAKEN_BACK), None)
    if picked is None:
        return Versions(about, tuple(found), found[0].seq, chosen=False)
    kept = next((e for e in found if (e.instance_id, e.variant) == (picked.instance_id, picked.variant)), None)
    return Versions(about, tuple(found), kept.seq if kept else None, chosen=True)


_ELSEWHERE = "n.code IN ('person_changed_elsewhere', 'household_changed_elsewhere')"


def changed_elsewhere(seq: int) -> bool:
    """Whether a phone without network changed here what somebody else changed meanwhile."""
    return bool(db.current().value(f"SELECT 1 FROM entry_note n WHERE n.seq = ? AND {_ELSEWHERE}", [seq]))


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


def settled_lately(author_ids: Iterable[int], form_ids: Iterable[str]) -> list[Versions]:
    """Clashes on these forms that these people settled among the last entries of the store, the latest first."""
    sql = (
        "SELECT t.entity_id FROM entry e JOIN entry_entity t ON t.seq = e.seq"
        f" WHERE e.seq > (SELECT value FROM counter WHERE name = 'journal') - {LATELY}"
        f" AND e.form_id = '{VERSION_CHOICE}' AND t.dataset = '{VERSIONS}' AND e.author_id IN (?*) ORDER BY e.seq DESC"
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
