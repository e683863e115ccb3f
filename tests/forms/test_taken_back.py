"""Who wrote an entry may take it back; nobody else can."""

from __future__ import annotations

from dataclasses import replace

from doorstep.forms.chains import TAKEN_BACK, Choice, standings
from doorstep.forms.queries import APPLIED, CONFLICT, HELD, SUPERSEDED
from tests.forms.test_chains import PLAIN, entry, states

AUTHOR = PLAIN.author_id
BACK = Choice("f", "a", TAKEN_BACK, AUTHOR)


def test_who_wrote_an_entry_takes_it_back() -> None:
    assert states([entry(1, "a"), entry(2, "b")], (BACK,)) == {1: SUPERSEDED, 2: APPLIED}


def test_nobody_else_can() -> None:
    assert states([entry(1, "a")], (BACK._replace(by=AUTHOR + 1),)) == {1: APPLIED}


def test_it_can_be_put_back() -> None:
    assert states([entry(1, "a")], (BACK, Choice("f", "a", 0, AUTHOR))) == {1: APPLIED}


def test_a_wish_of_someone_else_does_not_undo_a_choice() -> None:
    rows = [entry(1, "a"), replace(entry(2, "a", variant=1), author_id=AUTHOR + 1)]
    chosen = Choice("f", "a", 1, AUTHOR + 2)
    assert states(rows, (chosen, BACK._replace(by=AUTHOR + 1))) == {1: SUPERSEDED, 2: APPLIED}


def test_both_versions_go_when_the_first_ones_author_takes_it_back() -> None:
    rows = [entry(1, "a"), entry(2, "a", variant=1)]
    assert states(rows) == {1: APPLIED, 2: CONFLICT}
    assert states(rows, (BACK,)) == {1: SUPERSEDED, 2: SUPERSEDED}


def test_a_correction_taken_back_leaves_what_it_corrected() -> None:
    rows = [entry(1, "a"), entry(2, "b", "a")]
    assert states(rows, (Choice("f", "b", TAKEN_BACK, AUTHOR),)) == {1: APPLIED, 2: SUPERSEDED}


def test_a_correction_of_what_was_taken_back_waits() -> None:
    assert states([entry(1, "a"), entry(2, "b", "a")], (BACK,)) == {1: SUPERSEDED, 2: HELD}


def test_the_order_of_arrival_changes_nothing() -> None:
    rows = [entry(1, "a"), entry(2, "b", "a"), entry(3, "c")]
    assert standings(rows, (BACK,)) == standings(reversed(rows), (BACK,))
