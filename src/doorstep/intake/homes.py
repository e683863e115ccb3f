"""Households, and items of any other entity list, worked out from what entries say about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import orjson

from doorstep.forms import actions as forms
from doorstep.forms import queries as form_queries
from doorstep.forms.queries import APPLIED, HELD, REVIEW
from doorstep.forms.sayings import released, sayings, with_chains
from doorstep.intake.branches import WAITS, changed_elsewhere, in_order
from doorstep.intake.life import About, World, order_of, own_fault, statement
from doorstep.intake.rounds import calls_of
from doorstep.intake.sources import world
from doorstep.lib import db
from doorstep.programmes.moment import Moment
from doorstep.register import actions as register
from doorstep.register import changes
from doorstep.register import queries as people
from doorstep.register.changes import Left
from doorstep.register.fold import HouseholdRow, Item, Statement, fold, household_row
from doorstep.register.rounds import Call

UNKNOWN = "household_unknown"
UNSEEN = "household_changed_elsewhere"  # a mark: a phone changed what somebody else had changed meanwhile


def households(connection: db.Db, household_ids: Iterable[str]) -> set[str]:
    """Work these households out anew; gives the ids of persons for whom something may follow from that."""
    ids = sorted(set(household_ids))
    if not ids:
        return set()
    about = _about(connection, ids)
    settings = world(connection)
    had = people.households(ids)
    wanted: dict[str, HouseholdRow | None] = {}
    states: list[tuple[int, str, int]] = []
    calls: list[Call] = []
    notes: list[Note] = []
    for household_id in ids:
        of_home = about.get(household_id, [])
        wanted[household_id] = _household(household_id, of_home, settings, states, calls, notes)
    forms.set_states(connection, states)
    forms.write_notes(
        connection, [a.row.seq for of_home in about.values() for a in of_home], notes, frozenset({UNSEEN})
    )
    register.write_households(connection, wanted, had)
    register.write_calls(connection, ids, calls)
    changed = [i for i in ids if had.get(i) != wanted[i]]
    touched = [i for i in changed if _place(had.get(i)) != _place(wanted[i])]
    left = [Left(changes.FAMILY, i, place_id=row.place_id) for i in touched if (row := had.get(i)) and row.place_id]
    changes.note(connection, changes.FAMILY, changed, left)
    # whether a family is listed and how it is found is told with each of its people
    living = connection.rows_in("SELECT id FROM person WHERE household_id IN (?*)", changed)
    changes.note(connection, changes.PERSON, [i for (i,) in living])
    return living_or_waiting(connection, touched)


def as_known(connection: db.Db, household_ids: Iterable[str], moment: Moment) -> dict[str, HouseholdRow | None]:
    """These households as they were known at a moment; whether one wants to be listed and visited is as it is today."""
    ids = sorted(set(household_ids))
    if not ids:
        return {}
    about, settings, today = _about(connection, ids, moment), world(connection, moment=moment), people.households(ids)
    found = {i: _household(i, about.get(i, []), settings, [], [], []) for i in ids}
    for i, row in found.items():
        if row is not None and i in today:
            found[i] = replace(row, listed=today[i].listed, visits=today[i].visits)
    return found


def _place(row: HouseholdRow | None) -> int | None:
    return row.place_id if row else None


def living_or_waiting(connection: db.Db, household_ids: Iterable[str]) -> set[str]:
    """Persons whose household this is, and persons whose registration waits for it."""
    ids = list(household_ids)
    found = {row[0] for row in connection.rows_in("SELECT id FROM person WHERE household_id IN (?*)", ids)}
    sql = "SELECT person_id FROM entry WHERE household_id IN (?*) AND person_id IS NOT NULL"
    return found | {row[0] for row in connection.rows_in(sql, ids)}


def _about(connection: db.Db, ids: list[str], moment: Moment | None = None) -> Mapping[str, list[About]]:
    told = sayings(connection, "household", ids)
    rows = {r.seq: r for r in form_queries.entries("household_id IN (?*) AND person_id IS NULL", ids)}
    rows |= {
        r.seq: r for r in form_queries.entries("seq IN (?*)", {s for of in told.values() for s in of} - rows.keys())
    }
    if moment is not None:
        rows = {seq: row for seq, row in rows.items() if moment.knows(row)}
    standing = with_chains(connection, rows, moment.knows if moment else None)
    found: dict[str, list[About]] = {i: [] for i in ids}
    for row in rows.values():
        for household_id in {row.household_id, *(i for i in ids if row.seq in told.get(i, ()))}:
            if household_id in found:
                said = told.get(household_id, {}).get(row.seq)
                found[household_id].append(About(row, standing[row.seq], said))
    return {i: in_order(of_home, letting_count(connection, moment)) for i, of_home in found.items()}


Note = tuple[int, str, str]  # seq, code, args as JSON


def clashes(code: str, accepted: Sequence[About]) -> list[Note]:
    """Marks on changes made on a phone that had not seen what somebody else changed meanwhile."""
    return [(seq, code, orjson.dumps({"what": what}).decode()) for seq, what in changed_elsewhere(accepted).items()]


def letting_count(connection: db.Db, moment: Moment | None = None) -> Callable[[Iterable[About]], frozenset[int]]:
    """Which of these held entries shall count without what they wait for."""
    return lambda waiting: released(connection, [a.row for a in waiting], moment.knows if moment else None)


def _household(
    household_id: str,
    about: list[About],
    settings: World,
    states: list[tuple[int, str, int]],
    calls: list[Call],
    notes: list[Note],
) -> HouseholdRow | None:
    """The household as its entries state it, each only from someone who reaches its place. Adds to ``states``, to
    ``calls`` on rounds and to ``notes``."""
    accepted: list[tuple[About, Statement]] = []
    places_had: set[int] = set()
    verdicts: dict[int, tuple[int, str]] = {}
    ordered = sorted(about, key=lambda a: (not (a.said and a.said.creates), order_of(a, settings.library)))
    for a in ordered:
        verdict = _verdict(a, places_had, settings)
        verdicts[a.row.seq] = verdict
        if verdict[0] == APPLIED and a.said is not None:
            place = settings.tree.by_code.get(a.said.properties.get("place", ""))
            if place is not None:
                places_had.add(place.id)
            accepted.append((a, statement(a, a.said, settings.library)))
    item = fold(household_id, [said for _, said in accepted])
    notes += clashes(UNSEEN, [a for a, _ in accepted])
    for a in about:
        state, problem = verdicts[a.row.seq]
        if item is None and state == APPLIED:
            state, problem = REVIEW, UNKNOWN
        if a.row.person_id is None and (a.row.state, a.row.problem) != (state, problem):
            states.append((state, problem, a.row.seq))
    if item is None:
        return None
    in_force = [a for a in ordered if verdicts[a.row.seq][0] == APPLIED]
    calls += calls_of(household_id, in_force)
    node = settings.tree.by_code.get(item.properties.get("place", ""))
    return household_row(item, node.id if node else None)


def _verdict(a: About, places_had: set[int], settings: World) -> tuple[int, str]:
    if a.standing.state != APPLIED:
        return (a.standing.state, a.standing.problem)
    if fault := own_fault(a.row):
        return (REVIEW, fault)
    reach = settings.staff.reach_of(a.row.author_id, a.row.occurred_on, a.row.received_on)
    if a.said is not None and a.said.creates:
        place = settings.tree.by_code.get(a.said.properties.get("place", ""))
        return (APPLIED, "") if place is not None and place.id in reach else (REVIEW, "place_unknown")
    return (APPLIED, "") if places_had & reach else (REVIEW, UNKNOWN)


def items(connection: db.Db, keys: Iterable[tuple[str, str]]) -> None:
    """Items of lists that only forms know: whatever their entries in force say."""
    settings = world(connection)
    wanted: dict[tuple[str, str], Item | None] = {}
    by_list: dict[str, set[str]] = {}
    held: set[int] = set()
    freed: set[int] = set()
    for dataset, item_id in keys:
        by_list.setdefault(dataset, set()).add(item_id)
    for dataset, item_ids in by_list.items():
        told = sayings(connection, dataset, item_ids)
        seqs = {seq for of_item in told.values() for seq in of_item}
        rows = {r.seq: r for r in form_queries.entries("seq IN (?*)", seqs)}
        standing = with_chains(connection, rows)
        for item_id in item_ids:
            about = [About(rows[seq], standing[seq], said) for seq, said in told.get(item_id, {}).items()]
            about = in_order(about, letting_count(connection))
            held |= {a.row.seq for a in about if a.standing.problem == WAITS}
            freed |= {a.row.seq for a in about if a.row.problem == WAITS}
            statements = [
                statement(a, a.said, settings.library)
                for a in about
                if a.said and a.standing.state == APPLIED and not own_fault(a.row)
            ]
            wanted[(dataset, item_id)] = fold(item_id, statements)
    register.write_entities(connection, wanted)
    loose(connection, freed - held)
    sql = "SELECT seq FROM entry WHERE person_id IS NULL AND household_id IS NULL AND seq IN (?*)"
    forms.set_states(connection, [(HELD, WAITS, seq) for (seq,) in connection.rows_in(sql, held)])


def loose(connection: db.Db, seqs: Iterable[int]) -> None:
    """Entries about no person and no household: their standing, their own faults, and for one about a place whether its
    author reaches it."""
    found = form_queries.entries("seq IN (?*)", seqs)
    # sifted here: asked for in SQL, SQLite goes through every entry that is about nobody
    rows = {r.seq: r for r in found if r.person_id is None and r.household_id is None}
    if not rows:
        return
    standing = with_chains(connection, rows)
    settings = world(connection)
    states, held = [], []
    for row in rows.values():
        state, problem = standing[row.seq].state, ""
        use = settings.library.versions[(row.form_id, row.form_version)].use
        place = settings.tree.by_code.get(str(orjson.loads(row.answers).get(use.get("who", ""), "")))
        about_place = use.get("subject") == "place" and bool(use.get("who"))
        if state == APPLIED and (fault := own_fault(row)):
            state, problem = REVIEW, fault
        elif state == APPLIED and about_place:
            reach = settings.staff.reach_of(row.author_id, row.occurred_on, row.received_on)
            if place is None or place.id not in reach:
                state, problem = REVIEW, "place_unknown"
            else:
                held.append((row.seq, row.form_id, place.id, row.occurred_on))
        if (row.state, row.problem) != (state, problem):
            states.append((state, problem, row.seq))
    forms.set_states(connection, states)
    forms.write_held(connection, rows, held)
