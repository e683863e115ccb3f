"""People's histories as the rules want them, from what is stored: entries in force, properties, places by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import orjson

from doorstep.engine.model.history import Entry, History
from doorstep.forms import queries as forms
from doorstep.forms.queries import APPLIED, StoredEntry
from doorstep.forms.sayings import sayings, with_chains
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.programmes.library import Programme
from doorstep.programmes.moment import Moment
from doorstep.programmes.then import known_then
from doorstep.register import queries as register
from doorstep.register.whereabouts import KEPT_BY_DAY, Timeline, place_on, typed_properties


def histories(person_ids: Iterable[str], programme: Programme, moment: Moment | None = None) -> dict[str, History]:
    """The part of each person's history that the programme's rules may look at; as known at a moment, if one is asked
    about. Persons not known are left out."""
    if moment is None:
        return _as_stored(person_ids, programme, {})
    ids = list(person_ids)
    then = known_then(moment, ids)
    elsewhere = {i: row.place_id if row else None for i, row in then.households.items()}
    found = _as_stored([i for i in ids if i not in then.touched], programme, elsewhere)
    return found | dict(then.histories(programme))


def _as_stored(
    person_ids: Iterable[str], programme: Programme, elsewhere: Mapping[str, int | None]
) -> dict[str, History]:
    """Histories from what is stored. ``elsewhere``: households whose place is another than the stored one."""
    people = register.people(person_ids)
    rows: dict[str, list[StoredEntry]] = {i: [] for i in people}
    for row in forms.entries("person_id IN (?*)", people):
        rows[str(row.person_id)].append(row)
    connection = db.current()
    standing = with_chains(connection, {r.seq: r for of in rows.values() for r in of if r.deprecates or r.variant})
    whereabouts = _timelines(connection, people)
    tree = places.tree()
    homes: dict[str, int | None] = dict(
        connection.rows_in(
            "SELECT id, place_id FROM household WHERE id IN (?*)",
            {told["household"] for line in whereabouts.values() for _, told in line if "household" in told},
        )
    )
    homes |= elsewhere
    found = {}
    for person_id, person in people.items():
        entries = []
        for row in rows[person_id]:
            if row.state != APPLIED or row.form_id not in programme.rules.forms:
                continue
            root = standing[row.seq].root if row.seq in standing else row
            node = tree.by_id.get(place_on(row.occurred_on, whereabouts.get(person_id, ()), tree, homes) or 0)
            entries.append(as_entry(row, root, node.code if node else ""))
        found[person_id] = History(person_id, typed_properties(orjson.loads(person.properties)), tuple(entries))
    return found


def _timelines(connection: db.Db, person_ids: Iterable[str]) -> dict[str, Timeline]:
    """Since when each person was of which household or place, from the entries in force that say so."""
    told = sayings(connection, "person", person_ids)
    seqs = {seq for of_person in told.values() for seq in of_person}
    sql = "SELECT seq, occurred_on FROM entry WHERE state = 0 AND seq IN (?*)"
    days: dict[int, date] = dict(connection.rows_in(sql, seqs))
    found: dict[str, Timeline] = {}
    for person_id, of_person in told.items():
        lines = []
        for seq, said in of_person.items():
            where = {k: v for k, v in said.properties.items() if k in KEPT_BY_DAY}
            if where and seq in days:
                lines.append((days[seq], where))
        found[person_id] = tuple(sorted(lines, key=lambda line: line[0]))
    return found


def as_entry(row: StoredEntry, root: StoredEntry, place: str) -> Entry:
    """A stored entry as the rules see it; ``root`` is the first of its chain of corrections."""
    return Entry(
        form=row.form_id,
        instance_id=row.instance_id,
        occurred_on=row.occurred_on,
        recorded_on=row.received_on,
        answers=orjson.loads(row.answers),
        root_id=root.instance_id,
        counter=root.counter,
        place=place,
        author=str(row.author_id),
        seq=row.seq,
    )
