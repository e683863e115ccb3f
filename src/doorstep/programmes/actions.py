"""Installing packs and switching them on: dated decisions in one sequence with the entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from doorstep.engine import charter, packs
from doorstep.engine.derived.kept import to_keep
from doorstep.engine.model.pack import EpisodeDef, Pack
from doorstep.engine.outputs import tag_of_form
from doorstep.forms import actions as forms
from doorstep.forms import queries as form_queries
from doorstep.lib import days, db
from doorstep.lib.problems import Problems
from doorstep.places.counters import advance_journal, lock_journal, settings_changed
from doorstep.programmes import library, tags
from doorstep.programmes.folder import pack_up


class OtherContent(Exception):
    """This version of the pack is installed with other content: give the new content a new version."""


def install(folder: Path, *, by: int) -> Pack:
    """Install a pack version and publish its forms. Raises Problems when the pack does not load or breaks the charter,
    OtherContent when the same version is there with other content, and what ``forms.publish`` raises; nothing is
    changed then."""
    pack = packs.load(folder)
    _hold_to_charter(pack)
    with db.transaction():
        connection = db.current()
        sql = "SELECT digest FROM pack_version WHERE pack_id = ? AND version = ?"
        had = connection.value(sql, [pack.id, pack.version])
        if had is not None and had != pack.digest:
            raise OtherContent(f"{pack.id} {pack.version}")
        if had is None:
            connection.run(
                "INSERT INTO pack_version (pack_id, version, digest, files, installed_at, by_id) VALUES (?, ?, ?, ?, ?, ?)",
                [pack.id, pack.version, pack.digest, _packed(folder, pack.digest), days.now(), by],
            )
        for form_id, spec in pack.forms.items():
            forms.publish(spec, use_of(pack, form_id), pack_id=pack.id)
        settings_changed(connection)
    library.keep(pack)
    return pack


@lru_cache(maxsize=16)
def _packed(folder: Path, _digest: str) -> bytes:
    return pack_up(folder)


_held: set[tuple[object, ...]] = set()  # packs that hold, by digest and the tags accepted: nothing else changes them


def _hold_to_charter(pack: Pack) -> None:
    """Raises Problems when the pack breaks the charter: whoever installs it, it does not come in."""
    accepted = tags.acceptances()
    if (pack.digest, accepted) in _held:
        return
    others = [one for one in library.latest_packs() if one.id != pack.id]
    broken = [p for p in charter.check_pack(pack, others=others, acceptances=accepted) if p.severity == "error"]
    if broken:
        raise Problems(broken)
    _held.add((pack.digest, accepted))


def use_of(pack: Pack, form_id: str) -> dict[str, Any]:
    """What is stored with a form version about its use: subject, the questions that give who and when, its place in
    the order of entries, and its strictest data tag."""
    use = pack.uses.get(form_id)
    spec = pack.forms[form_id]
    found: dict[str, Any] = {"tag": tag_of_form(spec, tags.dictionary(), pack.id), "rank": rank_of(pack, form_id)}
    if use is not None:
        found |= {"subject": use.subject, "who": use.who, "occurred_on": use.occurred_on, "service": use.service}
        found |= {"anonymous": True} if use.anonymous else {}
    return found | to_keep(pack, form_id)


def retag(pack: Pack) -> bool:
    """Publish the forms of a pack with the tags that count now. Gives whether one of them counts otherwise than before;
    then the caller works out anew what follows (who may settle a record rests on its form's tag)."""
    before = {f: p.use.get("tag") for f, p in form_queries.library().current.items() if p.pack_id == pack.id}
    with db.transaction():
        for form_id, spec in pack.forms.items():
            forms.publish(spec, use_of(pack, form_id), pack_id=pack.id)
    return any(
        p.use.get("tag") != before.get(f) for f, p in form_queries.library().current.items() if p.pack_id == pack.id
    )


def rank_of(pack: Pack, form_id: str) -> int:
    """0 for a form that opens care, 2 for one that closes it, 1 for all others (order of entries on one day)."""
    episodes: Iterable[EpisodeDef] = pack.episodes.values()
    if any(e.opens == form_id for e in episodes):
        return 0
    return 2 if any(form_id in e.closes for e in episodes) else 1


def switch(place_id: int, pack_id: str, version: str, *, schedule: str = "", is_on: bool = True, by: int) -> int:
    """Decide that a pack version (with a schedule) is in force at a place and below, or off. Gives the decision's seq.

    The caller works out anew what follows for the people there (``intake.decisions``).
    """
    connection = db.current()
    seq = lock_journal(connection) + 1
    connection.run(
        "INSERT INTO pack_switch (seq, place_id, pack_id, version, schedule, is_on, at, by_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [seq, place_id, pack_id, version, schedule, is_on, days.now(), by],
    )
    advance_journal(connection, seq)
    settings_changed(connection)
    return seq


EpisodeRow = tuple[str, str, str, str, Any, Any, Any, int | None]
EPISODE_COLUMNS = "person_id, pack_id, kind, key, opened_on, closed_on, ended_on, place_id"


def write_episodes(
    connection: db.Db, persons: Iterable[str], wanted: set[EpisodeRow], touched: Callable[[str, str], bool]
) -> None:
    """Make the courses of care of these persons exactly ``wanted``, for the (person, pack) pairs that are ``touched``."""
    rows = connection.rows_in(f"SELECT {EPISODE_COLUMNS} FROM episode WHERE person_id IN (?*)", persons)
    had: set[Any] = {tuple(row) for row in rows if touched(row[0], row[1])}
    gone: Sequence[Any] = sorted(row[:4] for row in had - wanted)
    connection.many("DELETE FROM episode WHERE person_id = ? AND pack_id = ? AND kind = ? AND key = ?", gone)
    connection.many(
        f"INSERT INTO episode ({EPISODE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        sorted(wanted - had, key=lambda row: tuple(row[:4])),
    )


def write_service_ends(connection: db.Db, persons: Iterable[str], wanted: set[tuple[str, str, Any]]) -> None:
    """Make the ended services of these persons exactly ``wanted``: (person, service, day)."""
    sql = "SELECT person_id, service, ended_on FROM service_end WHERE person_id IN (?*)"
    had = {tuple(row) for row in connection.rows_in(sql, persons)}
    connection.many("DELETE FROM service_end WHERE person_id = ? AND service = ?", sorted(r[:2] for r in had - wanted))
    connection.many("INSERT INTO service_end (person_id, service, ended_on) VALUES (?, ?, ?)", sorted(wanted - had))
