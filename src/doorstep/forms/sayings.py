"""What entries say about items of entity lists, and how entries stand in their chains of corrections, from the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import orjson

from doorstep.access.queries import staff
from doorstep.engine.model.spec import STRICTEST_TAG
from doorstep.engine.outputs.tags import SENSITIVE
from doorstep.forms import asides
from doorstep.forms import queries as forms
from doorstep.forms.builtin import CLASHES, RELEASED, VERSIONS
from doorstep.forms.chains import Choice, Standing, standings
from doorstep.forms.queries import APPLIED, SUPERSEDED, StoredEntry
from doorstep.lib import db


class Said(NamedTuple):
    """What one entry says about one item of a list."""

    creates: bool
    updates: bool
    label: str
    properties: Mapping[str, str]
    base: int = 0  # the version it was said upon
    trunk: int | None = None  # the version a run without network began from; None when the item was made in it
    branch: str = ""  # the run without network it belongs to, '' for none


Known = Callable[[StoredEntry], bool]  # whether an entry had come in by the moment asked about
Sayings = Mapping[str, Mapping[int, Said]]  # item id → seq → what the entry says about it


def sayings(connection: db.Db, dataset: str, item_ids: Iterable[str]) -> Sayings:
    """What entries say about items of an entity list. An entry that names an item twice counts with its last word."""
    sql = (
        "SELECT entity_id, seq, creates, updates, label, properties, base_version, trunk_version, branch_id, dataset"
        " FROM entry_entity WHERE entity_id IN (?*) ORDER BY seq, ord"
    )
    found: dict[str, dict[int, Said]] = {}
    for item_id, seq, creates, updates, label, properties, *run, of_list in connection.rows_in(sql, item_ids):
        if of_list == dataset:
            said = Said(bool(creates), bool(updates), label, orjson.loads(properties), *run)
            found.setdefault(item_id, {})[seq] = said
    return found


def with_chains(connection: db.Db, rows: Mapping[int, StoredEntry], known: Known | None = None) -> dict[int, Standing]:
    """The standing of these entries, with whatever corrects them or is corrected by them brought in. Where only what is
    ``known`` counts, ``rows`` hold nothing else."""
    found = dict(rows)
    fresh = list(found.values())
    while fresh:
        instances = {r.instance_id for r in fresh}
        linked = forms.entries("deprecates IN (?*)", instances)
        linked += forms.entries("instance_id IN (?*)", instances | {r.deprecates for r in fresh if r.deprecates})
        fresh = [r for r in {r.seq: r for r in linked}.values() if r.seq not in found and (not known or known(r))]
        found.update((r.seq, r) for r in fresh)
    decided = _filed(connection, {r.instance_id for r in found.values()}, known)
    made = _choices(decided)
    stood = standings(found.values(), with_right(made, found.values()) if made else ())
    aside = asides.set_aside(asides.words(row[:3] for row in decided if row[3] == CLASHES))
    if aside:
        for seq, one in stood.items():
            if one.state == APPLIED and (one.root.form_id, one.root.instance_id) in aside:
                stood[seq] = Standing(SUPERSEDED, one.root)
    return stood


def with_right(made: Iterable[Choice], rows: Iterable[StoredEntry]) -> list[Choice]:
    """The choices that count: of those who wrote one of the versions, and of those whose work it is to settle, who
    do not see sensitive forms. Anyone else's is kept as an entry and changes nothing."""
    everyone, library = staff(), forms.library()
    writers: dict[tuple[str, str], set[int]] = {}
    for row in rows:
        for instance in {row.instance_id, row.deprecates or row.instance_id}:
            writers.setdefault((row.form_id, instance), set()).add(row.author_id)
    of_root = {(r.form_id, r.instance_id): (r.form_id, r.deprecates or r.instance_id) for r in rows}
    found = []
    for choice in made:
        key = (choice.form_id, choice.instance_id)
        authors = writers.get(key, set()) | writers.get(of_root.get(key, key), set())
        published = library.current.get(choice.form_id)
        sensitive = published is None or published.use.get("tag", STRICTEST_TAG) in SENSITIVE
        if choice.by in authors or (not sensitive and everyone.has(choice.by, "problem.settle")):
            found.append(choice)
    return found


def released(connection: db.Db, waiting: Iterable[StoredEntry], known: Known | None = None) -> frozenset[int]:
    """Those of these held entries that shall count without what they wait for: their author said so, or somebody whose
    work it is to settle, or the time they wait is over (then in the author's name)."""
    rows = list(waiting)
    sql = (
        "SELECT t.entity_id, t.properties, e.seq, e.author_id, t.dataset FROM entry_entity t JOIN entry e ON e.seq = t.seq"
        " WHERE t.entity_id IN (?*)"
    )
    told = [row for row in connection.rows_in(sql, {r.instance_id for r in rows}) if row[4] == RELEASED]
    if known is not None and told:
        then = {row.seq for row in forms.entries("seq IN (?*)", [row[2] for row in told]) if known(row)}
        told = [row for row in told if row[2] in then]
    made = [Choice(orjson.loads(text)["form"], instance, 0, by) for instance, text, _, by, _ in told]
    free = {(choice.form_id, choice.instance_id) for choice in with_right(made, rows)}
    return frozenset(row.seq for row in rows if (row.form_id, row.instance_id) in free)


def choices(connection: db.Db, instances: Iterable[str], known: Known | None = None) -> list[Choice]:
    """Choices between versions that people made about these instances, in the order they were made."""
    return _choices(_filed(connection, instances, known))


def words_about(connection: db.Db, instances: Iterable[str]) -> list[asides.Word]:
    """What somebody said about these records and others of the same thing: which is right."""
    return asides.words(row[:3] for row in _filed(connection, instances) if row[3] == CLASHES)


def _filed(connection: db.Db, instances: Iterable[str], known: Known | None = None) -> list[tuple[int, str, int, str]]:
    """What people decided about these instances, in the order it was decided: (seq, properties, author, list)."""
    sql = (
        "SELECT t.seq, t.properties, e.author_id, t.dataset FROM entry_entity t JOIN entry e ON e.seq = t.seq"
        " WHERE t.entity_id IN (?*)"
    )
    rows = connection.rows_in(sql, instances)
    made = sorted((seq, text, by, of) for seq, text, by, of in rows if of in (VERSIONS, CLASHES))
    if known is not None and made:
        then = {row.seq for row in forms.entries("seq IN (?*)", [row[0] for row in made]) if known(row)}
        made = [row for row in made if row[0] in then]
    return made


def _choices(made: Iterable[tuple[int, str, int, str]]) -> list[Choice]:
    return [
        Choice(said["form"], said["keep_instance"], int(said["keep_variant"]), by)
        for said, by in ((orjson.loads(text), by) for _, text, by, of in made if of == VERSIONS)
    ]
