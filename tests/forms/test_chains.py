"""Which entries are in force: corrections followed, forks kept apart, whatever the order of arrival."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from doorstep.forms.chains import Choice, standings
from doorstep.forms.queries import APPLIED, CONFLICT, HELD, SUPERSEDED, StoredEntry

PLAIN = StoredEntry(
    1, "f", "1", "a", 0, None, "p", None, date(2026, 1, 1), date(2026, 1, 1),
    datetime(2026, 1, 1, tzinfo=UTC), 0, 1, "{}", "", 0, "",
)  # fmt: skip


def entry(seq: int, instance: str, corrects: str | None = None, *, variant: int = 0) -> StoredEntry:
    return replace(PLAIN, seq=seq, instance_id=instance, deprecates=corrects, variant=variant)


def states(rows: list[StoredEntry], choices: tuple[Choice, ...] = ()) -> dict[int, int]:
    return {seq: s.state for seq, s in standings(rows, choices).items()}


def test_an_entry_alone_is_in_force() -> None:
    assert states([entry(1, "a")]) == {1: APPLIED}


def test_the_last_of_a_chain_is_in_force_and_keeps_the_first_ones_place() -> None:
    rows = [entry(1, "a"), entry(2, "b", "a"), entry(3, "c", "b")]
    found = standings(rows)
    assert {seq: s.state for seq, s in found.items()} == {1: SUPERSEDED, 2: SUPERSEDED, 3: APPLIED}
    assert found[3].root.instance_id == "a"


def test_a_correction_without_its_original_waits() -> None:
    assert states([entry(2, "b", "a")]) == {2: HELD}


def test_two_corrections_of_one_entry_wait_for_a_person_and_the_first_stands() -> None:
    rows = [entry(1, "a"), entry(2, "b", "a"), entry(3, "c", "a"), entry(4, "d", "c")]
    assert states(rows) == {1: SUPERSEDED, 2: APPLIED, 3: CONFLICT, 4: CONFLICT}


def test_a_person_chooses_the_other_branch_and_can_take_it_back() -> None:
    rows = [entry(1, "a"), entry(2, "b", "a"), entry(3, "c", "a")]
    assert states(rows, (Choice("f", "c", 0),)) == {1: SUPERSEDED, 2: SUPERSEDED, 3: APPLIED}
    assert states(rows, (Choice("f", "c", 0), Choice("f", "b", 0))) == {1: SUPERSEDED, 2: APPLIED, 3: SUPERSEDED}


def test_other_content_under_the_same_id_waits_for_a_person() -> None:
    rows = [entry(1, "a"), entry(2, "a", variant=1)]
    assert states(rows) == {1: APPLIED, 2: CONFLICT}
    assert states(rows, (Choice("f", "a", 1),)) == {1: SUPERSEDED, 2: APPLIED}


def test_entries_that_point_at_themselves_or_at_each_other_wait() -> None:
    assert states([entry(1, "a", "a")]) == {1: HELD}
    assert states([entry(1, "a", "b"), entry(2, "b", "a")]) == {1: HELD, 2: HELD}


def test_the_same_instance_id_in_two_forms_is_two_entries() -> None:
    other = replace(entry(2, "a"), form_id="g")
    assert states([entry(1, "a"), other]) == {1: APPLIED, 2: APPLIED}


@given(st.integers(1, 12), st.randoms(use_true_random=False))
def test_a_chain_gives_the_same_in_any_order_of_arrival(length: int, random: Random) -> None:
    names = [f"i{n}" for n in range(length)]
    chain = [(name, names[n - 1] if n else None) for n, name in enumerate(names)]
    arrived = random.sample(chain, length)
    rows = [entry(seq, name, corrects) for seq, (name, corrects) in enumerate(arrived, 1)]
    in_force = {rows[seq - 1].instance_id for seq, state in states(rows).items() if state == APPLIED}
    assert in_force == {names[-1]}
