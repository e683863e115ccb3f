"""The card for one's own page: what opens it, and what ends it (charter C13, C14)."""

from __future__ import annotations

import pytest

from doorstep.access import codes
from doorstep.access.permissions import Actor
from doorstep.feedback import cards
from doorstep.feedback.cards import WordTooShort
from doorstep.lib import db

GIVER = Actor(5, "worker")


def given(word: str = "yellow boat", person: str = "p1", services: tuple[str, ...] = ("antenatal",)) -> str:
    return cards.give(GIVER, person, word, "self", services)


def test_the_code_and_the_word_open_it_together(store: None) -> None:
    code = given()
    card = cards.opened_by(code, "yellow boat")
    assert card is not None
    assert (card.person_id, card.holder, card.services, card.givers) == ("p1", "self", {"antenatal"}, {5})
    assert cards.opened_by(code, "Ｙellow  BOAT") == card, "however it is typed"
    for wrong in ("yellow goat", "", "yellow boat!"):
        assert cards.opened_by(code, wrong) is None
    last = "A" if code[-1] != "A" else "B"
    assert cards.opened_by(code[:-1] + last, "yellow boat") is None
    assert cards.opened_by(codes.new(3), "yellow boat") is None


def test_a_new_card_ends_the_one_before(store: None) -> None:
    first, other = given(), given(person="p2")
    second = given("green boat")
    assert cards.opened_by(first, "yellow boat") is None
    assert cards.opened_by(second, "green boat") is not None
    assert cards.opened_by(other, "yellow boat") is not None, "somebody else's"
    assert [bool(cards.by_id(one.id)) for one in cards.of_person(["p1"])] == [True, False]
    cards.end(["p1"])
    assert cards.opened_by(second, "green boat") is None


def test_neither_code_nor_word_is_kept(store: None) -> None:
    code = given("yellow boat")
    kept = repr(db.current().rows("SELECT * FROM resident_card"))
    assert code[:6] in kept and code[6:] not in kept and "yellow" not in kept


def test_adding_opens_what_the_second_giver_may_see(store: None) -> None:
    code = given()
    card = cards.opened_by(code, "yellow boat")
    assert card is not None
    cards.add(Actor(9, "clinician"), card, {"contraception"})
    again = cards.opened_by(code, "yellow boat")
    assert again is not None
    assert (again.services, again.givers) == ({"antenatal", "contraception"}, {5, 9})


@pytest.mark.parametrize("word", ["", "abc", "a b c", "x" * 61])
def test_a_word_is_a_word(store: None, word: str) -> None:
    with pytest.raises(WordTooShort):
        given(word)


def test_codes_have_no_signs_that_look_alike() -> None:
    assert not set("0O1IL") & set(codes.SIGNS)
    code = codes.new(3)
    assert codes.typed(codes.spoken(code).lower(), 3) == code
    assert [codes.typed(text, 3) for text in ("", code[:-1], code + "2", "0" + code[1:], "é" + code[1:])] == [""] * 5
