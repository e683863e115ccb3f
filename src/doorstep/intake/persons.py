"""Persons worked out from their entries: whole, or only what a plain new entry touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

import orjson

from doorstep.access import actions as access
from doorstep.access.queries import consents_stored
from doorstep.forms import actions as forms
from doorstep.forms import queries as form_queries
from doorstep.forms.asides import TWO
from doorstep.forms.chains import standings
from doorstep.forms.queries import APPLIED, SUPERSEDED, StoredEntry
from doorstep.forms.sayings import sayings, with_chains, words_about
from doorstep.intake.branches import in_order
from doorstep.intake.clashing import Note, of_register
from doorstep.intake.follow import UNPLACED, Followed, follow
from doorstep.intake.homes import as_known as homes_then
from doorstep.intake.homes import clashes, letting_count
from doorstep.intake.life import (
    About,
    Life,
    Wishes,
    World,
    care_named,
    care_questions,
    in_care_team,
    live,
    offered_forms,
    order_of,
    own_fault,
    reached,
)
from doorstep.intake.sources import world
from doorstep.lib import db
from doorstep.programmes import actions as programmes
from doorstep.programmes.library import Programme
from doorstep.programmes.moment import Moment
from doorstep.register import actions as register
from doorstep.register import changes
from doorstep.register import queries as people
from doorstep.register.changes import Left
from doorstep.register.fold import PersonRow
from doorstep.register.whereabouts import typed_properties
from doorstep.visits import actions as visits

UNSEEN = "person_changed_elsewhere"  # a mark: a phone changed what somebody else had changed meanwhile


def lives(connection: db.Db, person_ids: Iterable[str], moment: Moment | None = None) -> tuple[dict[str, Life], World]:
    """These persons' whole lives from all their entries, and the settings they were worked out under: as they are known
    now, or as they were known at a moment, under what each wishes today."""
    ids = sorted(set(person_ids))
    told = sayings(connection, "person", ids)
    rows = {r.seq: r for r in form_queries.entries("person_id IN (?*)", ids)}
    rows |= {
        r.seq: r for r in form_queries.entries("seq IN (?*)", {s for of in told.values() for s in of} - rows.keys())
    }
    if moment is not None:
        rows = {seq: row for seq, row in rows.items() if moment.knows(row)}
        told = {i: {seq: said for seq, said in of.items() if seq in rows} for i, of in told.items()}
    standing = with_chains(connection, rows, moment.knows if moment else None)
    of_person: dict[str, list[StoredEntry]] = {i: [] for i in ids}
    for row in rows.values():
        for person_id in {row.person_id, *_named_by(row.seq, told)} & of_person.keys():
            of_person[str(person_id)].append(row)
    homes = {
        said.properties["household"] for of in told.values() for said in of.values() if "household" in said.properties
    }
    if moment is None:
        settings = world(connection, homes)
    else:
        then = homes_then(connection, homes, moment)
        at = {i: row.place_id for i, row in then.items() if row is not None}
        settings = replace(world(connection, moment=moment), household_place=at, wishes=wishes(connection, ids))
    settings = replace(settings, joined=people.joined(ids))
    found = {}
    for person_id in ids:
        said = told.get(person_id, {})
        about = [About(row, standing[row.seq], said.get(row.seq)) for row in of_person[person_id]]
        found[person_id] = live(person_id, in_order(about, letting_count(connection, moment)), settings)
    return found, settings


def wishes(connection: db.Db, person_ids: Iterable[str]) -> dict[str, Wishes]:
    """What these persons wish today, as it is stored."""
    known = people.people(person_ids)
    ended: dict[str, dict[str, date]] = {i: {} for i in known}
    sql = "SELECT person_id, service, ended_on FROM service_end WHERE person_id IN (?*)"
    for person_id, service, on in connection.rows_in(sql, known):
        ended[person_id][service] = on
    consents = consents_stored(known)
    return {i: Wishes(consents.get(i, {}), ended[i], row.listed, row.reach) for i, row in known.items()}


def _named_by(seq: int, told: Mapping[str, Mapping[int, object]]) -> set[str]:
    return {person_id for person_id, of_person in told.items() if seq in of_person}


def work_out(connection: db.Db, person_ids: Iterable[str]) -> None:
    """Work these persons out from nothing but their entries, and write every derived row."""
    ids = sorted(set(person_ids))
    if not ids:
        return
    found, settings = lives(connection, ids)
    had = people.people(ids)
    register.write_people(connection, {i: life.person for i, life in found.items()}, had)
    followed = {i: follow(life, settings) for i, life in found.items()}
    _write_states(connection, found)
    access.write_consents(connection, ids, _consents(found))
    gone = _write(connection, followed, lambda _person, _pack: True)
    changes.note(connection, changes.PERSON, ids, [*_moved(found, had), *gone])
    seqs = [a for life in found.values() for a in life.states]
    notes = [note for one in followed.values() for note in one.notes]
    notes += [clash for life in found.values() for clash in clashes(UNSEEN, life.stating)]
    notes += [clash for life in found.values() for clash in of_register(life.stating)]
    forms.write_notes(connection, seqs, _unsettled(connection, notes, found), frozenset({UNPLACED, UNSEEN, TWO}))


def _unsettled(connection: db.Db, notes: Iterable[Note], found: Mapping[str, Life]) -> list[Note]:
    """These marks, each once, without those of two records about which somebody said which is right, or that both are."""
    marks = list(dict.fromkeys(notes))
    two = {seq for seq, code, _ in marks if code == TWO}
    if not two:
        return marks
    root = {
        a.row.seq: a.standing.root.instance_id for life in found.values() for a in life.in_force if a.row.seq in two
    }
    root |= {
        a.row.seq: a.standing.root.instance_id for life in found.values() for a in life.stating if a.row.seq in two
    }
    said = {word.pair for word in words_about(connection, root.values())}
    return [
        (seq, code, args)
        for seq, code, args in marks
        if code != TWO or frozenset((root[seq], orjson.loads(args)["with"])) not in said
    ]


def _consents(found: Mapping[str, Life]) -> set[access.ConsentRow]:
    return {
        (i, c.purpose, c.yes, c.by, c.since, c.until)
        for i, life in found.items()
        if life.person is not None
        for c in life.consents.values()
    }


def _write_states(connection: db.Db, found: Mapping[str, Life]) -> None:
    """An entry's state is that under its own subject; where it also names others (a birth), they do not change it."""
    seqs = [seq for life in found.values() for seq in life.states]
    sql = "SELECT seq, state, problem, person_id FROM entry WHERE seq IN (?*)"
    changes = []
    for seq, state, problem, person_id in connection.rows_in(sql, seqs):
        life = found.get(person_id)
        if life is not None and life.states[seq] != (state, problem):
            changes.append((*life.states[seq], seq))
    forms.set_states(connection, changes)


def _moved(found: Mapping[str, Life], had: Mapping[str, PersonRow]) -> list[Left]:
    """The places these persons are not served at any more."""
    now = {i: life.person.place_id if life.person else None for i, life in found.items()}
    return [
        Left(changes.PERSON, i, place_id=row.place_id)
        for i, row in had.items()
        if row.place_id is not None and row.place_id != now[i]
    ]


def _write(connection: db.Db, followed: Mapping[str, Followed], touched: Callable[[str, str], bool]) -> list[Left]:
    """Write what follows; gives whose care these persons are not in any more."""
    ids = list(followed)
    gone = access.write_care(connection, ids, {row for one in followed.values() for row in one.care})
    programmes.write_service_ends(connection, ids, {row for one in followed.values() for row in one.ends})
    programmes.write_episodes(connection, ids, {row for one in followed.values() for row in one.episodes}, touched)
    wanted = {key: values for one in followed.values() for key, values in one.visits.items()}
    visits.write(connection, ids, wanted, touched)
    return [Left(changes.PERSON, i, user_id=user, clinic_id=clinic) for i, _, user, clinic in gone]


def add_plain(connection: db.Db, new: Mapping[str, list[int]]) -> set[str]:
    """The short way for plain entries (about known persons, correcting nothing, saying nothing for the register).

    ``new``: person id → seqs of the new entries. Gives the persons that must be worked out whole after all.
    """
    had = people.people(new)
    rows: dict[str, list[StoredEntry]] = {}
    for row in form_queries.entries("person_id IN (?*)", new):
        rows.setdefault(str(row.person_id), []).append(row)
    settings = world(connection, {p.household_id for p in had.values() if p.household_id})
    whole: set[str] = set()
    followed: dict[str, Followed] = {}
    short: dict[str, Life] = {}
    for person_id, seqs in new.items():
        person = had.get(person_id)
        life = _plain_life(person, rows[person_id], set(seqs), settings) if person else None
        if life is None:
            whole.add(person_id)
            continue
        short[person_id] = life
        forms_touched = {r.form_id for r in rows[person_id] if r.seq in set(seqs)}
        followed[person_id] = follow(life, settings, _touching(forms_touched))
    packs = {i: one.packs for i, one in followed.items()}
    gone = _write(connection, followed, lambda person_id, pack_id: pack_id in packs[person_id])
    changes.note(connection, changes.PERSON, followed, gone)
    seqs_of = [row.seq for i, one in followed.items() for row in rows[i] if row.form_id in one.forms]
    notes = [note for one in followed.values() for note in one.notes]
    notes = _unsettled(connection, notes, short)
    forms.write_notes(connection, seqs_of, notes, frozenset({UNPLACED, TWO}))
    return whole


def _touching(form_ids: set[str]) -> Callable[[Programme], bool]:
    return lambda programme: not form_ids.isdisjoint(programme.rules.forms)


def _plain_life(person: PersonRow, rows: list[StoredEntry], new: set[int], settings: World) -> Life | None:
    """The person's life with plain new entries; None when it takes the whole work to be sure."""
    if any(r.deprecates or r.variant for r in rows):
        return None
    programmes_here = settings.programmes.at(person.place_id)
    naming = {form for _, form, _ in care_questions(programmes_here)}
    offering = offered_forms(programmes_here)
    if any(r.seq in new and r.form_id in naming for r in rows):
        return None  # whom she names decides whose earlier entries count
    waited = any(r.state not in (APPLIED, SUPERSEDED) and r.seq not in new for r in rows)
    if waited and any(r.seq in new and r.form_id in offering for r in rows):
        return None  # who writes for an offered service joins its care team: what waited may count now
    life = Life(person.id, person, properties=typed_properties(orjson.loads(person.properties)))
    places = frozenset({person.place_id}) if person.place_id is not None else frozenset()
    standing = standings(rows)
    far = []
    for row in rows:
        if row.seq in new:
            if own_fault(row) or (person.birth_date and row.occurred_on < person.birth_date):
                return None
            if not reached(row, places, frozenset(), settings):
                far.append(row.author_id)
        elif row.state != APPLIED:
            continue
        life.in_force.append(About(row, standing[row.seq]))
    life.in_force.sort(key=lambda a: order_of(a, settings.library))
    return life if not far or _named_near(life, far, places, naming | offering.keys(), settings) else None


def _named_near(life: Life, far: list[int], places: frozenset[int], naming: set[str], settings: World) -> bool:
    """Whether those who reach the person only through her care were named by entries whose own authors live near:
    then the whole work would say the same."""
    told = [a for a in life.in_force if a.row.form_id in naming]
    if not all(reached(a.row, places, frozenset(), settings) for a in told):
        return False
    named = care_named(life, told, settings)
    return all(in_care_team(author, named, settings) for author in far)
