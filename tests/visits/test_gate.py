"""The built-in gate only removes, and forgets why (charter C3, C4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from doorstep.engine.model.history import Window
from doorstep.visits.gate import Ending, ServiceWord, endings, passes

DAY = date(2026, 5, 1)
WINDOW = Window("anc_2", 0, "e", "anc_visit", "antenatal", DAY, DAY + timedelta(7), DAY + timedelta(14))


def word(days: int, ends: bool, service: str = "antenatal") -> ServiceWord:
    return ServiceWord(DAY + timedelta(days), service, ends)


def test_nothing_is_removed_when_nothing_was_said() -> None:
    assert passes(WINDOW, {}, here=True)


def test_an_ended_service_has_no_visit_waiting() -> None:
    assert not passes(WINDOW, endings([word(0, True)]), here=True)


def test_another_service_goes_on() -> None:
    assert passes(WINDOW, endings([word(0, True, "hypertension")]), here=True)


def test_a_visit_that_took_place_stays() -> None:
    met = replace(WINDOW, met_by="i", met_on=DAY)
    assert passes(met, endings([word(0, True)]), here=False)


def test_no_visit_waits_for_someone_who_is_not_here() -> None:
    assert not passes(WINDOW, {}, here=False)


def test_wanting_it_again_brings_back_only_what_can_still_be_met() -> None:
    again = endings([word(0, True), word(10, False)])
    assert again == {"antenatal": Ending(wanted_again_on=DAY + timedelta(10))}
    assert passes(WINDOW, again, here=True)
    assert not passes(replace(WINDOW, until_on=DAY + timedelta(9)), again, here=True)


def test_on_one_day_the_ending_comes_last() -> None:
    assert endings([word(3, True), word(3, False)]) == {"antenatal": Ending(ended_on=DAY + timedelta(3))}


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(said: list[tuple[int, bool]], random: Random) -> None:
    words = [word(days, ends) for days, ends in said]
    shuffled = random.sample(words, len(words))
    assert endings(shuffled) == endings(words)


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=8))
def test_after_the_last_day_said_no_nothing_waits(said: list[tuple[int, bool]]) -> None:
    last = max(days for days, _ in said)
    ended = any(ends for days, ends in said if days == last)
    result = endings([word(days, ends) for days, ends in said])
    if ended:
        assert result == {"antenatal": Ending(ended_on=DAY + timedelta(last))}
    else:
        assert result.get("antenatal", Ending()).ended_on is None
