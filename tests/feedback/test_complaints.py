"""Complaints as they are kept: sealed, to one reader, linked to nobody (charter C11, C19)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import models

from doorstep.access import actions as access
from doorstep.access import codes
from doorstep.access.permissions import ROLES, Actor
from doorstep.access.queries import staff
from doorstep.feedback import actions, queries
from doorstep.feedback.problems import CodeTaken, Empty, TooLong
from doorstep.feedback.queries import Counted, NotYours
from doorstep.lib import db
from tests.cast import STARTED, Township

CAME = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
REVIEWER = Actor(77, "reviewer")
WORDS = "村医王某大声骂我"


def texts(code: str) -> list[tuple[bool, str]]:
    found = queries.by_code(code)
    assert found is not None
    return [(word.of_reviewer, word.text) for word in found[1]]


def test_what_is_written_is_read_by_its_author_and_the_reviewer_alone(store: None) -> None:
    code = actions.take_in("conduct", f"  {WORDS}\n", "web", at=CAME)
    other = actions.take_in("service", "等了三个小时", "paper", at=CAME)
    assert len(code) == 16 and code != other
    assert texts(code) == [(False, WORDS)]
    assert texts(other) == [(False, "等了三个小时")]
    assert queries.by_code(codes.new(4)) is None
    line = queries.listed(REVIEWER)[0]
    assert queries.one(REVIEWER, line.id) == queries.by_code(code)
    for role in set(ROLES) - {"reviewer"} | {"resident"}:
        for asked in (lambda a: queries.listed(a), lambda a: queries.one(a, line.id)):
            with pytest.raises(NotYours):
                asked(Actor(1, role))
        with pytest.raises(NotYours):
            actions.answer(Actor(1, role), line.id, "x")
        with pytest.raises(NotYours):
            actions.acknowledge(Actor(1, role), line.id)


def test_neither_words_nor_code_stand_in_the_store(store: None) -> None:
    code = actions.take_in("conduct", WORDS, "phone", at=CAME)
    for table in ("complaint", "complaint_word"):
        kept = " ".join(repr(value) for row in db.current().rows(f"SELECT * FROM {table}") for value in row)
        assert WORDS not in kept and WORDS.encode().hex() not in kept and code not in kept
        assert repr(WORDS.encode()) not in kept
    first, second = (bytes(row[0]) for row in _sealed(WORDS, twice=True))
    assert first != second, "the same words read alike"


def _sealed(text: str, *, twice: bool) -> list[tuple[bytes]]:
    actions.take_in("other", text, "web", at=CAME)
    return db.current().rows("SELECT sealed FROM complaint_word ORDER BY id DESC LIMIT 2")  # type: ignore[return-value]


def test_answering_and_writing_again(store: None) -> None:
    code = actions.take_in("service", "药没有了", "web", at=CAME)
    line = queries.listed(REVIEWER)[0]
    day = timedelta(days=1)
    actions.acknowledge(REVIEWER, line.id, at=CAME + day)
    actions.answer(REVIEWER, line.id, "周五到货", at=CAME + 3 * day)
    answered = queries.listed(REVIEWER)[0]
    assert (answered.acknowledged_at, answered.answered_at, answered.waits) == (CAME + day, CAME + 3 * day, False)
    assert answered.state(CAME + 400 * day) == "answered"
    assert actions.write_more(code, "还是没有", at=CAME + 20 * day)
    again = queries.listed(REVIEWER)[0]
    assert again.waits and again.state(CAME + 21 * day) == "acknowledged" and again.state(CAME + 60 * day) == "overdue"
    actions.answer(REVIEWER, line.id, "今天到了", at=CAME + 22 * day)
    assert not queries.listed(REVIEWER)[0].waits
    assert texts(code) == [(False, "药没有了"), (True, "周五到货"), (False, "还是没有"), (True, "今天到了")]
    assert queries.listed(REVIEWER)[0].answered_at == CAME + 3 * day, "the first answer is what the clock is about"
    assert not actions.write_more(codes.new(4), "x")


def test_what_waits_stands_by_its_clock_coercion_first(store: None) -> None:
    for kind in ("service", "coercion", "data"):
        actions.take_in(kind, kind, "web", at=CAME)
    actions.take_in("coercion", "later", "web", at=CAME + timedelta(days=5))
    assert [one.kind for one in queries.listed(REVIEWER)] == ["coercion", "service", "data", "coercion"]


def test_a_code_printed_on_paper_is_typed_in_once(store: None) -> None:
    code = codes.new(4)
    assert actions.take_in("data", "一", "paper", code=code) == code
    with pytest.raises(CodeTaken):
        actions.take_in("data", "二", "paper", code=code)
    assert texts(code) == [(False, "一")]


@pytest.mark.parametrize(("text", "why"), [(" \n", Empty), ("x" * 2001, TooLong)])
def test_nothing_and_too_much_are_not_taken(store: None, text: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        actions.take_in("data", text, "web")
    assert queries.listed(REVIEWER) == []


def test_counts_are_of_what_came_in_the_span_and_was_in_time(store: None) -> None:
    day = timedelta(days=1)
    for n in range(4):
        actions.take_in("service", str(n), "web", at=CAME)
    actions.take_in("service", "after", "web", at=CAME + 40 * day)
    first, second, third, *_ = sorted(line.id for line in queries.listed(REVIEWER))
    actions.answer(REVIEWER, first, "x", at=CAME + day)
    actions.acknowledge(REVIEWER, second, at=CAME + day)
    actions.answer(REVIEWER, second, "x", at=CAME + 30 * day)
    actions.answer(REVIEWER, third, "x", at=CAME + 5 * day)
    assert queries.counted(date(2026, 6, 1), date(2026, 6, 30)) == Counted(4, 2, 2)


def test_the_schema_names_nobody_but_the_author() -> None:
    """Charter C11: no table of this room can hold whom a complaint is about."""
    known = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_app_config("feedback").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
    }
    assert known == {
        *(f"complaint.{c}" for c in ("id", "code_hash", "kind", "way")),
        *(f"complaint.{c}_at" for c in ("received", "acknowledged", "answered", "reopened")),
        *(f"complaint_author.{c}" for c in ("id", "complaint_id", "person_id")),
        *(f"complaint_word.{c}" for c in ("id", "complaint_id", "at", "reviewer_id", "sealed")),
        *(f"resident_card.{c}" for c in ("id", "front", "secret", "person_id", "holder", "services", "givers")),
        *(f"resident_card.{c}" for c in ("given_at", "by_id", "ended_at")),
        *(f"outside_body.{c}" for c in ("id", "position", "name", "how")),
        *(f"day_off.{c}" for c in ("id", "day", "works")),
    }
    foreign = {
        model._meta.db_table: field.related_model._meta.db_table
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and "complaint" in field.related_model._meta.db_table
    }
    assert foreign == {"complaint_word": "complaint", "complaint_author": "complaint"}


def test_a_reviewer_belongs_to_nobodys_line_of_work(township: Township) -> None:
    reviewer = access.add_user("independent", "independent", "reviewer", None)
    with pytest.raises(ValueError):
        access.serve(reviewer, township.places["east"], STARTED)
    assert staff().by_id[reviewer].serves == ()
    with pytest.raises(ValueError):
        access.add_user("second", "second", "reviewer", None, clinic_id=township.places["clinic"])
    with pytest.raises(ValueError):
        access.set_role(township.users["supervisor"], "reviewer")
    assert staff().by_id[township.users["supervisor"]].role == "supervisor"
