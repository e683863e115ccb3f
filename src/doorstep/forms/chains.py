"""Which entries are in force: corrections followed, two versions kept apart until a person chooses.

Pure: a function of the rows, so that a rebuild gives the same, whatever order they arrived in. The one thing that
rests on arrival (``seq``) is which of two clashing versions stands while nobody has chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from doorstep.forms.queries import APPLIED, CONFLICT, HELD, SUPERSEDED, StoredEntry

TAKEN_BACK = -1  # the variant of a choice that keeps none


class Choice(NamedTuple):
    """A person's choice between versions: keep this variant of this instance, or, by who wrote it, none of them."""

    form_id: str
    instance_id: str
    variant: int
    by: int = 0  # user id


class Standing(NamedTuple):
    """What became of an entry, and the first entry of its chain (whose place it keeps in the order)."""

    state: int
    root: StoredEntry
    problem: str = ""


def standings(rows: Iterable[StoredEntry], choices: Iterable[Choice] = ()) -> dict[int, Standing]:
    """The standing of every entry by seq. ``choices`` in the order they were made; a later one undoes an earlier."""
    by_form: dict[str, list[StoredEntry]] = {}
    for row in rows:
        by_form.setdefault(row.form_id, []).append(row)
    chosen = list(choices)
    found: dict[int, Standing] = {}
    for form_id, of_form in by_form.items():
        if all(row.deprecates is None and row.variant == 0 for row in of_form) and not any(
            row.instance_id == choice.instance_id for choice in chosen for row in of_form
        ):
            found.update((row.seq, Standing(APPLIED, row)) for row in of_form)  # the usual case
        else:
            found.update(_form_standings(of_form, [c for c in chosen if c.form_id == form_id]))
    return found


def _form_standings(rows: list[StoredEntry], choices: list[Choice]) -> dict[int, Standing]:
    found: dict[int, Standing] = {}
    heads = _one_variant_each(rows, choices, found)
    successors: dict[str, list[StoredEntry]] = {}
    for row in heads.values():
        if row.deprecates is not None and row.deprecates in heads and row.deprecates != row.instance_id:
            successors.setdefault(row.deprecates, []).append(row)
    for row in heads.values():
        if row.deprecates is None:
            _follow(row, row, successors, choices, found)
    for row in heads.values():
        found.setdefault(row.seq, Standing(HELD, row))  # its original is not here, or it points at itself
    return found


def _one_variant_each(
    rows: list[StoredEntry], choices: list[Choice], found: dict[int, Standing]
) -> Mapping[str, StoredEntry]:
    """The variant of each instance that stands; the others are told what they are."""
    variants: dict[str, list[StoredEntry]] = {}
    for row in rows:
        variants.setdefault(row.instance_id, []).append(row)
    heads = {}
    for instance, several in variants.items():
        several.sort(key=lambda row: row.variant)
        picked = [c.variant for c in choices if c.instance_id == instance and _may_choose(c, several[0])]
        if picked and picked[-1] == TAKEN_BACK:
            found.update((row.seq, Standing(SUPERSEDED, several[0])) for row in several)
            continue
        kept = next((row for row in several if picked and row.variant == picked[-1]), several[0])
        heads[instance] = kept
        for row in several:
            if row is not kept:
                found[row.seq] = Standing(SUPERSEDED if picked else CONFLICT, several[0])
    return heads


def _may_choose(choice: Choice, first: StoredEntry) -> bool:
    """Taking an entry back is for who wrote it alone: it leaves nothing standing."""
    return choice.variant != TAKEN_BACK or choice.by == first.author_id


def _follow(
    row: StoredEntry,
    root: StoredEntry,
    successors: Mapping[str, list[StoredEntry]],
    choices: list[Choice],
    found: dict[int, Standing],
) -> None:
    """Walk a chain of corrections from its root; where it forks, one branch stands and the others wait."""
    current = row
    while following := sorted(successors.get(current.instance_id, ()), key=lambda r: r.seq):
        found[current.seq] = Standing(SUPERSEDED, root)
        kept = _kept(following, choices)
        settled = len(following) > 1 and any(c.instance_id in {r.instance_id for r in following} for c in choices)
        for other in following:
            if other is not kept:
                _set_aside(other, root, SUPERSEDED if settled else CONFLICT, successors, found)
        current = kept
    found[current.seq] = Standing(APPLIED, root)


def _kept(following: list[StoredEntry], choices: list[Choice]) -> StoredEntry:
    for choice in reversed(choices):
        for row in following:
            if row.instance_id == choice.instance_id:
                return row
    return following[0]


def _set_aside(
    row: StoredEntry,
    root: StoredEntry,
    state: int,
    successors: Mapping[str, list[StoredEntry]],
    found: dict[int, Standing],
) -> None:
    """A branch that does not stand, with everything that corrects it."""
    found[row.seq] = Standing(state, root)
    for later in successors.get(row.instance_id, ()):
        _set_aside(later, root, state, successors, found)
