"""What goes when somebody is erased, or one record: worked out before anything is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from doorstep.forms import queries as forms
from doorstep.forms.builtin import ARRIVAL, HAND_OVER, HANDED, LISTS_OF_THE_CORE, SAME
from doorstep.forms.queries import StoredEntry
from doorstep.forms.sayings import with_chains
from doorstep.lib import db
from doorstep.register import queries as people

_WORDS = LISTS_OF_THE_CORE - {SAME, HANDED}  # lists under which something is filed by a record's own id


@dataclass(slots=True)
class Going:
    """People and families who go, and every record that names any of them, with what it says of lists."""

    people: frozenset[str] = frozenset()
    homes: frozenset[str] = frozenset()
    rows: dict[int, StoredEntry] = field(default_factory=dict)
    named: dict[int, set[tuple[str, str]]] = field(default_factory=dict)  # seq → (list, id)

    @property
    def ids(self) -> frozenset[str]:
        return self.people | self.homes


def everybody(connection: db.Db, person_id: str) -> frozenset[str]:
    """Every id one person stands under: written down twice, or moved inside the store with a code."""
    found = {person_id}
    fresh = set(found)
    while fresh:
        more = set(people.aliases(fresh).values())
        more |= {i for (i,) in connection.rows_in("SELECT person_id FROM person_alias WHERE same_as IN (?*)", fresh)}
        more |= _moved(connection, fresh)
        fresh = more - found
        found |= fresh
    return frozenset(found)


def _moved(connection: db.Db, person_ids: Iterable[str]) -> set[str]:
    """Who came by a code that these handed over, or handed over the code these came by."""
    carried = [r for r in forms.entries("person_id IN (?*)", person_ids) if r.form_id in (HAND_OVER, ARRIVAL)]
    sql = "SELECT entity_id, dataset FROM entry_entity WHERE seq IN (?*)"
    locks = {i for i, of in connection.rows_in(sql, [r.seq for r in carried]) if of == HANDED}
    sql = "SELECT seq, dataset FROM entry_entity WHERE entity_id IN (?*)"
    seqs = [seq for seq, of in connection.rows_in(sql, locks) if of == HANDED]
    return {r.person_id for r in forms.entries("seq IN (?*)", seqs) if r.person_id is not None}


def of_person(connection: db.Db, person_id: str) -> Going:
    """Everything of a person: her records, those of others that name her, the family nobody else was ever of."""
    ids = everybody(connection, person_id)
    found = Going(ids)
    _take(found, forms.entries("person_id IN (?*)", ids))
    _take(found, forms.entries("named_id IN (?*)", ids))
    for column in ("entity_id", "named_id"):
        rows = connection.rows_in(f"SELECT seq FROM entry_entity WHERE {column} IN (?*)", ids)
        _take(found, forms.entries("seq IN (?*)", [seq for (seq,) in rows]))
    _take(found, _mentioning(ids))
    linked = forms.entries("seq IN (?*)", with_chains(connection, found.rows).keys() - found.rows.keys())
    _take(found, [row for row in linked if row.person_id is None and row.household_id is None])
    found.homes = _left_empty(connection, found)
    if found.homes:
        _take(found, forms.entries("household_id IN (?*)", found.homes))
        rows = connection.rows_in("SELECT seq, dataset FROM entry_entity WHERE entity_id IN (?*)", found.homes)
        _take(found, forms.entries("seq IN (?*)", [seq for seq, of in rows if of == "household"]))
    _with_words(connection, found)
    return found


def of_record(connection: db.Db, seq: int) -> Going:
    """One record with every correction and version of it."""
    found = Going()
    _take(found, forms.entries("seq IN (?*)", [seq]))
    _take(found, forms.entries("seq IN (?*)", with_chains(connection, found.rows).keys() - found.rows.keys()))
    _with_words(connection, found)
    return found


def _take(found: Going, rows: Iterable[StoredEntry]) -> None:
    found.rows.update((row.seq, row) for row in rows)


def take(connection: db.Db, found: Going, seqs: Iterable[int]) -> None:
    """Add these records, with what each says of lists."""
    _take(found, forms.entries("seq IN (?*)", seqs))
    _with_words(connection, found)


def _with_words(connection: db.Db, found: Going) -> None:
    """Add what was decided about these very records, and read what each of all these says of lists."""
    instances = {row.instance_id for row in found.rows.values()}
    rows = connection.rows_in("SELECT seq, dataset FROM entry_entity WHERE entity_id IN (?*)", instances)
    _take(found, forms.entries("seq IN (?*)", [seq for seq, of in rows if of in _WORDS]))
    sql = "SELECT seq, dataset, entity_id FROM entry_entity WHERE seq IN (?*)"
    for seq, dataset, item in connection.rows_in(sql, found.rows):
        found.named.setdefault(seq, set()).add((dataset, item))


def _mentioning(ids: Iterable[str]) -> list[StoredEntry]:
    """Records of forms that ask for a second person, where that is one of these."""
    asking: set[str] = set()
    library = forms.library()
    for (form_id, version), published in library.versions.items():
        for question in library.spec(form_id, version).questions:
            if question.list_name == "person.csv" and question.key != published.use.get("who"):
                asking.add(form_id)
    wanted = list(ids)
    rows = forms.entries("form_id IN (?*)", asking) if asking else []
    return [row for row in rows if any(i in row.answers for i in wanted)]


def _left_empty(connection: db.Db, found: Going) -> frozenset[str]:
    """Families nobody but these was ever of."""
    homes = {row.household_id for row in found.rows.values() if row.household_id is not None}
    sql = "SELECT household_id, person_id FROM entry WHERE person_id IS NOT NULL AND household_id IN (?*)"
    others = {home for home, person in connection.rows_in(sql, homes) if person not in found.people}
    sql = "SELECT household_id, id FROM person WHERE household_id IN (?*)"
    others |= {home for home, person in connection.rows_in(sql, homes) if person not in found.people}
    return frozenset(homes - others)


@dataclass(slots=True)
class Touched:
    """Who and what has to be worked out anew."""

    people: set[str] = field(default_factory=set)
    homes: set[str] = field(default_factory=set)
    items: set[tuple[str, str]] = field(default_factory=set)
    loose: set[int] = field(default_factory=set)


def touched(going: Going) -> Touched:
    """Everybody and everything any of these records says something of."""
    found = Touched(set(going.people), set(going.homes))
    for seq, row in going.rows.items():
        found.people |= {i for i in (row.person_id, row.named_id) if i is not None}
        found.homes |= {i for i in (row.household_id,) if i is not None}
        found.loose.add(seq)
        for dataset, item in going.named.get(seq, ()):
            if dataset == "person":
                found.people.add(item)
            elif dataset == "household":
                found.homes.add(item)
            elif dataset not in LISTS_OF_THE_CORE:
                found.items.add((dataset, item))
    return found


def mixed(connection: db.Db, going: Going) -> Mapping[int, StoredEntry]:
    """Of the records that go those in a chain of corrections with records that stay."""
    whole = with_chains(connection, going.rows)
    staying = {seq for seq in whole if seq not in going.rows}
    if not staying:
        return {}
    roots = {whole[seq].root.seq for seq in staying}
    return {seq: row for seq, row in going.rows.items() if whole[seq].root.seq in roots}
