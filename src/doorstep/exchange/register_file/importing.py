"""Taking in a register file: first only looked at (``dry_run``), then written through the one door (``run``)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from doorstep.access.consent import grown_up_on
from doorstep.access.permissions import Actor, may
from doorstep.engine.charter.columns import Refused
from doorstep.exchange.problems import at, refuse
from doorstep.exchange.register_file.known import Known, Shown, show
from doorstep.exchange.register_file.mapping import Columns
from doorstep.exchange.register_file.people import Person, Reader
from doorstep.exchange.register_file.reading import Table
from doorstep.exchange.register_file.where import Finder
from doorstep.forms import queries as forms
from doorstep.forms.filling import Filler, Item
from doorstep.intake import door
from doorstep.intake.consents import NOT_ASKED
from doorstep.intake.parse import Sender
from doorstep.lib import days, db
from doorstep.lib.problems import Problem, Problems
from doorstep.places import queries as places

HOUSEHOLD_FORM, PERSON_FORM = "household", "person"  # the register's own
CHILD_YEARS = 14  # the register's own number says what the law sets; a file is read before any pack is asked
BATCH = 400  # submissions in one transaction
Advance = Callable[[int, int], None]  # (done, of)


def unseen(done: int, of: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A row of the file beside people of the register it may mean."""

    row: int
    name: str
    people: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. Nobody is written."""

    rows: int
    new_households: int
    new_people: int
    here: int  # rows about people who are here already
    alike: tuple[Alike, ...]  # left out unless they are said to be others
    problems: tuple[Problem, ...]  # rows that cannot be read
    refused: tuple[Refused, ...]  # columns that are never imported
    not_taken: tuple[str, ...]  # columns no field holds

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """For ``--json`` and for what is kept of a run: counts and columns, no names."""
        return {
            "rows": self.rows,
            "new_households": self.new_households,
            "new_people": self.new_people,
            "here": self.here,
            "alike": [one.row for one in self.alike],
            "unreadable": [p.as_dict(language) for p in self.problems],
            "refused": [
                {"column": r.column, "clause": r.clause, "meaning": dict(r.meaning)} for r in self.refused
            ],
            "not_taken": list(self.not_taken),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import did. ``run_id`` takes it back (``undoing.undo``)."""

    run_id: int
    preview: Preview
    waiting: int  # entries that were kept for repair


@dataclass(slots=True)
class _Work:
    """A file compared with the register."""

    new: list[Person] = field(default_factory=list)
    here: int = 0
    alike: list[tuple[Person, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    homes: dict[tuple[int, str], str] = field(default_factory=dict)  # door → id of a household here already
    new_homes: dict[tuple[int, str], str] = field(default_factory=dict)  # door → id of one to be made


def dry_run(table: Table, columns: Columns, actor: Actor, *, place_id: int | None = None) -> Preview:
    """What importing ``table`` into the places below ``place_id`` (else all of the actor's) would do.

    People who look alike are shown, which is put on record first. Raises Problems when the actor may not import there.
    """
    work, _ = _compare(table, columns, actor, place_id, take_alike=())
    return _preview(table, columns, work, actor)


def run(
    table: Table,
    columns: Columns,
    actor: Actor,
    *,
    place_id: int | None = None,
    take_alike: Collection[int] = (),
    advance: Advance = unseen,
) -> Summary:
    """Import. ``take_alike``: rows whose look-alikes were found to be other people. Raises Problems as ``dry_run``."""
    work, known = _compare(table, columns, actor, place_id, take_alike)
    preview = _preview(table, columns, work, actor)
    run_id = _begin(table, actor)
    seqs = [seq for seq, _ in _hand_in(work, known, Sender(actor.user_id, device_label=label_of(run_id)), advance)]
    waiting = _waiting(seqs)
    kept = preview.as_dict() | {"columns": {f: table.headers[n] for f, n in columns.columns.items()}}
    kept |= {"first_seq": min(seqs, default=0), "last_seq": max(seqs, default=-1), "waiting": waiting}
    db.current().run("UPDATE import_run SET summary = ? WHERE id = ?", [json.dumps(kept, ensure_ascii=False), run_id])
    return Summary(run_id, preview, waiting)


def label_of(run_id: int) -> str:
    """What the entries of a run carry as the label of their device."""
    return f"import:{run_id}"


def _compare(
    table: Table, columns: Columns, actor: Actor, place_id: int | None, take_alike: Collection[int]
) -> tuple[_Work, Known]:
    tree = places.tree()
    inside = actor.places & tree.below(place_id) if place_id is not None else actor.places
    if not may(actor, "register.import") or not inside:
        raise refuse("exchange.not_allowed", file=table.file)
    reader = Reader(table, columns, Finder(tree, inside).find, days.today())
    known = Known(tree, inside)
    work = _Work()
    rows_of: dict[tuple[str, Any, int], int] = {}
    for row in table.rows:
        try:
            one = reader.read(row)
        except Problems as unreadable:
            work.problems += unreadable.problems
            continue
        key = (one.name, one.born, known.village_of(one.place))
        if key in rows_of:
            work.problems.append(
                at("exchange.person_twice", table.file, row.number, sheet=table.sheet, other=rows_of[key])
            )
            continue
        rows_of[key] = row.number
        _sort(work, known, one, take_alike)
    return work, known


def _sort(work: _Work, known: Known, one: Person, take_alike: Collection[int]) -> None:
    if known.person(one):
        work.here += 1
        return
    alike = known.alike(one)
    if alike and one.row not in take_alike:
        work.alike.append((one, alike))
        return
    at_door = (known.village_of(one.place), one.number)
    if at_door not in work.homes and at_door not in work.new_homes:
        home = known.household(one)
        (work.homes if home else work.new_homes)[at_door] = home or str(uuid.uuid4())
    work.new.append(one)


def _preview(table: Table, columns: Columns, work: _Work, actor: Actor) -> Preview:
    shown = show(actor, [i for _, ids in work.alike for i in ids])
    alike = [
        Alike(one.row, one.name, tuple(shown[i] for i in ids if i in shown)) for one, ids in work.alike
    ]  # fmt: skip
    return Preview(
        len(table.rows), len(work.new_homes), len(work.new), work.here, tuple(alike), tuple(work.problems),
        columns.refused, columns.not_taken,
    )  # fmt: skip


def _begin(table: Table, actor: Actor) -> int:
    with db.transaction():
        sql = "INSERT INTO import_run (at, user_id, file_name, summary) VALUES (?, ?, ?, ?) RETURNING id"
        return int(db.current().value(sql, [days.now(), actor.user_id, table.file[:200], "{}"]))


def _hand_in(work: _Work, known: Known, sender: Sender, advance: Advance) -> Iterator[tuple[int, str]]:
    """(sequence number, form) of every entry, handed in some hundred at a time."""
    waiting: list[bytes] = []
    done = 0
    for n, one in enumerate(work.new, start=1):
        waiting += _entries(work, known, one)
        if len(waiting) >= BATCH or n == len(work.new):
            for receipt in door.accept_many([(content, sender, None) for content in waiting]):
                yield receipt.seq, receipt.form_id
            waiting.clear()
            done = n
            advance(done, len(work.new))


def _entries(work: _Work, known: Known, one: Person) -> Iterator[bytes]:
    """The forms that register this person: the household's first, when it is new."""
    today = days.today().isoformat()
    at_door = (known.village_of(one.place), one.number)
    home = work.homes.get(at_door, "")
    if not home:
        home = work.homes[at_door] = work.new_homes[at_door]
        told: Mapping[str, Any] = {
            "registered_on": today, "place": one.place, "number": one.number, "address": one.address,
        }  # fmt: skip
        yield _filled(HOUSEHOLD_FORM, told, Item(home, one.number))
    small = (grown_up_on(one.born, CHILD_YEARS) or days.today()) > days.today()  # of a child as little as can be (C13)
    told = {
        "household": home, "registered_on": today, "agreed_by": NOT_ASKED,  # a file cannot prove a yes
        "name": one.name, "sex": one.sex, "birth_date": one.born.isoformat(),
        "reach": one.reach, "phone": None if small else one.phone,
        "moved_in_on": one.moved_in_on.isoformat() if one.moved_in_on else None,
    }  # fmt: skip
    yield _filled(PERSON_FORM, told, Item(str(uuid.uuid4()), one.name))


def _filled(form_id: str, answers: Mapping[str, Any], item: Item) -> bytes:
    return filler(form_id).fill(answers, instance=f"uuid:{uuid.uuid4()}", item=item)


_fillers: dict[tuple[str, str], Filler] = {}


def filler(form_id: str) -> Filler:
    """What fills the form's current version. Raises Problems when no such form is published here."""
    published = forms.library().current.get(form_id)
    if published is None:
        raise refuse("exchange.no_register_form", file=form_id)
    key = (form_id, published.md5)
    if key not in _fillers:
        _fillers[key] = Filler(forms.library().spec(form_id, published.version))
    return _fillers[key]


def _waiting(seqs: list[int]) -> int:
    """How many of these entries are not in force."""
    return sum(n for (n,) in db.current().rows_in("SELECT COUNT(*) FROM entry WHERE state <> 0 AND seq IN (?*)", seqs))
