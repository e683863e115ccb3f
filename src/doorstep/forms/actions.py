"""Publishing forms and storing entries."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from doorstep.engine.derived.kept import mark
from doorstep.engine.model.spec import FormSpec
from doorstep.forms import kept, media, queries
from doorstep.lib import days, db, sealed
from doorstep.lib.problems import Problem, Problems
from doorstep.places.counters import settings_changed


class AlreadyPublished(Exception):
    """The same form id and version is there with other content, or with other derived answers (another table, another
    function): give the new one a new version."""


class TakenFormId(Exception):
    """The form id belongs to a pack or to someone else."""


def publish(spec: FormSpec, use: Mapping[str, Any], *, pack_id: str = "", owner_id: int | None = None) -> bool:
    """Store a form version and make it the current one. Gives False when exactly this was there already.

    ``use`` keys: subject, who, occurred_on, service (see ``engine.model.pack.FormUse``) and tag, the strictest data
    tag of the form; empty for a bare form. Raises AlreadyPublished or TakenFormId; nothing is changed then.
    """
    connection = db.current()
    md5 = hashlib.md5(spec.xml.encode(), usedforsecurity=False).hexdigest()
    holder = connection.row("SELECT pack_id, owner_id FROM form WHERE form_id = ?", [spec.form_id])
    if holder is not None and holder != (pack_id, owner_id):
        raise TakenFormId(spec.form_id)
    had = connection.row(
        "SELECT md5, use FROM form_version WHERE form_id = ? AND version = ?", [spec.form_id, spec.version]
    )
    stated = json.dumps(dict(use), ensure_ascii=False, sort_keys=True)
    if had is not None and (had[0] != md5 or mark(json.loads(had[1])) != mark(use)):
        raise AlreadyPublished(f"{spec.form_id} {spec.version}")
    if had is None:
        connection.run(
            "INSERT INTO form_version (form_id, version, xml, md5, use, published_at) VALUES (?, ?, ?, ?, ?, ?)",
            [spec.form_id, spec.version, spec.xml, md5, stated, days.now()],
        )
    elif had[1] != stated:
        connection.run(
            "UPDATE form_version SET use = ? WHERE form_id = ? AND version = ?", [stated, spec.form_id, spec.version]
        )
    connection.run(
        "INSERT INTO form (form_id, pack_id, owner_id, current, open_to, title) VALUES (?, ?, ?, ?, 'open', ?)"
        " ON CONFLICT (form_id) DO UPDATE SET current = excluded.current, title = excluded.title",
        [spec.form_id, pack_id, owner_id, spec.version, json.dumps(dict(spec.titles), ensure_ascii=False)],
    )
    settings_changed(connection)
    return had is None


def publish_own(spec: FormSpec, owner_id: int) -> bool:
    """Publish a bare form of one person, with the files its version before was given, as far as it still asks for them.

    Gives False when exactly this was there already. Raises Problems; nothing is changed then.
    """
    with db.transaction():
        files = {name: digest for name, digest in _files_before(spec).items() if name in spec.attachments}
        if spec.itemsets:
            files[media.ITEMSETS] = kept.keep(spec.itemsets.encode())
        try:
            return publish(spec, {"files": files} if files else {}, owner_id=owner_id)
        except AlreadyPublished as error:
            args = {"form": spec.form_id, "version": spec.version}
            raise Problems([Problem("forms.already_published", args=args)]) from error
        except TakenFormId as error:
            raise Problems([Problem("forms.taken_form_id", args={"form": spec.form_id})]) from error


def _files_before(spec: FormSpec) -> Mapping[str, str]:
    """The files of this very version, else of the one in use now."""
    known = queries.library()
    had = known.versions.get((spec.form_id, spec.version)) or known.current.get(spec.form_id)
    return media.given(had) if had else {}


def give_file(form_id: str, version: str, name: str, content: bytes) -> None:
    """Give a version a file it asks for, instead of any it had under this name. Raises Problems."""
    wanted = media.wanted(queries.library().spec(form_id, version))
    if name not in wanted:
        args = {"file": name, "known": ", ".join(wanted)}
        raise Problems([Problem("forms.file_not_asked_for", args=args)])
    if len(content) > media.MOST_BYTES:
        args = {"file": name, "most": str(media.MOST_BYTES // 1_000_000)}
        raise Problems([Problem("forms.file_too_large", args=args)])
    digest = kept.keep(content)
    with db.transaction():
        connection = db.current()
        one = "WHERE form_id = ? AND version = ?"
        use = json.loads(connection.value(f"SELECT use FROM form_version {one}", [form_id, version]))
        use["files"] = {**use.get("files", {}), name: digest}
        stated = json.dumps(use, ensure_ascii=False, sort_keys=True)
        connection.run(f"UPDATE form_version SET use = ? {one}", [stated, form_id, version])
        settings_changed(connection)


def set_open(form_id: str, open_to: str) -> None:
    """``open``, ``closing`` (sent entries are still taken, the form is listed no more) or ``closed``."""
    connection = db.current()
    connection.run("UPDATE form SET open_to = ? WHERE form_id = ?", [open_to, form_id])
    settings_changed(connection)


def new_nonce() -> bytes:
    return os.urandom(16)


_ENTRY = (
    "INSERT INTO entry (seq, form_id, form_version, instance_id, variant, deprecates, person_id, household_id,"
    " occurred_on, received_on, received_at, counter, author_id, answers, faults, state, problem)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_BODY = "INSERT INTO entry_body (seq, body, nonce, digest, device_id, device_label, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?)"
_ENTITY = (
    "INSERT INTO entry_entity (seq, ord, dataset, entity_id, creates, updates, base_version, label, properties,"
    " trunk_version, branch_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def store(
    connection: db.Db,
    entries: Sequence[Sequence[Any]],
    bodies: Sequence[Sequence[Any]],
    entities: Sequence[Sequence[Any]],
) -> None:
    """Append entries, their bytes (sealed here) and what they say about entity lists. Column order is that of the tables."""
    connection.many(_ENTRY, entries)
    connection.many(_BODY, [(seq, sealed.seal_bytes(body), *rest) for seq, body, *rest in bodies])
    connection.many(_ENTITY, entities)


def set_states(connection: db.Db, states: Sequence[tuple[int, str, int]]) -> None:
    """Write derived (state, problem) by seq: rows of (state, problem, seq)."""
    connection.many("UPDATE entry SET state = ?, problem = ? WHERE seq = ?", states)


def point_at(connection: db.Db, moves: Sequence[tuple[str, str]]) -> None:
    """Entries that name one person are about another from now on: (named, about). What each names stays with it."""
    for table, column, where in (("entry", "person_id", ""), ("entry_entity", "entity_id", " AND dataset = 'person'")):
        away = [(about, named) for named, about in moves if named != about]
        back = [(named, named) for named, about in moves if named == about]
        connection.many(
            f"UPDATE {table} SET named_id = {column}, {column} = ? WHERE named_id IS NULL AND {column} = ?{where}", away
        )
        connection.many(f"UPDATE {table} SET {column} = ? WHERE named_id = ?", away)
        connection.many(f"UPDATE {table} SET {column} = ?, named_id = NULL WHERE named_id = ?", back)


def name_again(connection: db.Db) -> None:
    """Every entry is about whom it names."""
    for table, column in (("entry", "person_id"), ("entry_entity", "entity_id")):
        connection.run(f"UPDATE {table} SET {column} = named_id, named_id = NULL WHERE named_id IS NOT NULL")


def write_notes(
    connection: db.Db, seqs: Sequence[int], notes: Sequence[tuple[int, str, str]], codes: frozenset[str]
) -> None:
    """Make the derived notes of these kinds of these entries exactly ``notes``: rows of (seq, code, args as JSON)."""
    found = connection.rows_in("SELECT seq, code, args FROM entry_note WHERE seq IN (?*)", seqs)
    had = {row for row in found if row[1] in codes}
    wanted = set(notes)
    connection.many("DELETE FROM entry_note WHERE seq = ? AND code = ? AND args = ?", sorted(had - wanted))
    connection.many("INSERT INTO entry_note (seq, code, args) VALUES (?, ?, ?)", sorted(wanted - had))


def write_held(connection: db.Db, seqs: Iterable[int], held: Sequence[Sequence[Any]]) -> None:
    """Make what is known of these entries about places exactly ``held``: (seq, form, place, day)."""
    known = {row[0] for row in connection.rows_in("SELECT seq FROM place_entry WHERE seq IN (?*)", seqs)}
    connection.many("DELETE FROM place_entry WHERE seq = ?", [(seq,) for seq in sorted(known)])
    connection.many("INSERT INTO place_entry (seq, form_id, place_id, occurred_on) VALUES (?, ?, ?, ?)", held)


def keep_anonymous(form_id: str, place_id: int, day: date, answers: Mapping[str, Any]) -> None:
    """Keep what somebody said, and nothing that tells who, by whose phone or on which day."""
    db.current().run(
        "INSERT INTO anonymous_answer (id, form_id, place_id, month, answers) VALUES (?, ?, ?, ?, ?)",
        [
            uuid.uuid4().hex,
            form_id,
            place_id,
            day.replace(day=1),
            json.dumps(dict(answers), ensure_ascii=False, sort_keys=True),
        ],
    )
