"""One worker in the place of another, from a day to a day: who decides it, and what follows for records that came in since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from doorstep.access import actions as access
from doorstep.access.permissions import Actor
from doorstep.access.queries import Member, staff
from doorstep.intake import homes, persons
from doorstep.intake.problems import Refused
from doorstep.lib import days, db
from doorstep.places import queries as places
from doorstep.register import queries as register

LONGEST_BACK = 31  # days: who fell ill last week is covered from then


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody who covers: whom, where, from when to when. ``ids``: the rows of it."""

    member_id: int
    covered_id: int
    from_on: date
    to_on: date | None
    place_ids: tuple[int, ...]
    ids: tuple[int, ...]


def covers(member: Member, since: date) -> list[Cover]:
    """Whom a member covers, or will, and has not ceased to before a day."""
    found: dict[tuple[int, date, date | None], list[tuple[int, int]]] = {}
    for one in member.serves:
        if one.covers is not None and (one.to_on is None or one.to_on >= since):
            found.setdefault((one.covers, one.from_on, one.to_on), []).append((one.place_id, one.id))
    return [
        Cover(member.id, covered, from_on, to_on, tuple(p for p, _ in rows), tuple(i for _, i in rows))
        for (covered, from_on, to_on), rows in sorted(found.items(), key=lambda one: (one[0][1], one[0][0]))
    ]


def own_places(member: Member, day: date, within: frozenset[int]) -> list[int]:
    """The places a member serves on a day on her own account, or served last, as far as they lie within an area."""
    own = [s for s in member.serves if s.covers is None and s.place_id in within]
    last = max((s.to_on or date.max for s in own), default=None)
    there = [s for s in own if s.on(day)] or [s for s in own if (s.to_on or date.max) == last]
    return list(dict.fromkeys(s.place_id for s in there))


def begin(covered_id: int, member_id: int, from_on: date, to_on: date | None, by: Actor) -> list[int]:
    """``member_id`` serves what ``covered_id`` serves, from a day to a day. Without a last day she has left: her own work
    there ends the day before. Gives the places. Raises Refused in words."""
    everyone, today = staff().by_id, days.today()
    covered, member = everyone.get(covered_id), everyone.get(member_id)
    if (
        covered is None
        or member is None
        or not member.is_active
        or member.role != covered.role
        or covered_id == member_id
    ):
        raise Refused("intake.cover_nobody", 400)
    if from_on < today - timedelta(days=LONGEST_BACK) or (to_on is not None and (to_on < from_on or to_on < today)):
        raise Refused("intake.cover_days", 400, back=LONGEST_BACK)
    mine = own_places(covered, from_on, by.places)
    if not mine:
        raise Refused("intake.cover_nothing", 400)
    with db.transaction():
        for place_id in mine:
            access.serve(member_id, place_id, from_on, to_on, covers=covered_id, by=by.user_id)
        if to_on is None:
            ending = [s.id for s in covered.serves if s.covers is None and s.place_id in mine and s.on(from_on)]
            access.serve_until(ending, from_on - timedelta(days=1))
        _work_out_since((covered_id, member_id), from_on)
    return mine


def end(cover: Cover, by: Actor) -> None:
    """The cover ends with yesterday; where it had no last day, the work goes back to whose it was. What was written while
    it lasted stays."""
    today = days.today()
    with db.transaction():
        access.serve_until(cover.ids, today - timedelta(days=1))
        if cover.to_on is None:
            for place_id in cover.place_ids:
                access.serve(cover.covered_id, place_id, today, by=by.user_id)
        _work_out_since((cover.member_id, cover.covered_id), today - timedelta(days=1))


def _work_out_since(author_ids: Iterable[int], since: date) -> None:
    """Whose records came in since a day, today's too, by then under other rights: everybody named in them anew."""
    if since > days.today():
        return
    connection = db.current()
    sql = "SELECT seq, person_id, household_id FROM entry WHERE received_on >= ? AND author_id IN (?*)"
    rows = connection.rows_in(sql, author_ids, [since])
    people = {person_id for _, person_id, _ in rows if person_id}
    people |= homes.households(connection, {home for _, person_id, home in rows if home and not person_id})
    persons.work_out(connection, people)
    homes.loose(connection, [seq for seq, person_id, home in rows if not person_id and not home])


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What somebody takes over at one place: how many families and people of the register."""

    place_id: int
    families: int
    people: int


def taken_over(place_ids: Iterable[int]) -> list[TakenOver]:
    """What there is at these places and below, place by place. No name, no service: whom a person named for her care is
    hers to say, and no supervisor passes that on (charter C15)."""
    tree = places.tree()
    below = sorted({i for place_id in place_ids for i in tree.below(place_id)}, key=lambda i: tree.by_id[i].code)
    families, people = register.family_counts(below), register.people_counts(below)
    return [TakenOver(i, families.get(i, 0), people.get(i, 0)) for i in below if families.get(i) or people.get(i)]
