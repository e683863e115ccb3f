"""What is for those who ask: nothing planned but on a day asked for, nothing counted but talks, everything tagged."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.engine.model.pack import Pack
from doorstep.engine.packs import load

PACKS = Path(__file__).resolve().parents[2] / "packs"
NAMES = ("adolescent", "contraception", "infertility_support", "preconception")
PLANNED = {"adolescent": {"look_in_young"}, "contraception": {"look_in"}}
COUNTED = {"contraception": {"all_shown_share"}}


@pytest.fixture(scope="module", params=NAMES)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load(PACKS / request.param)


def test_every_answer_is_choice(pack: Pack) -> None:
    for form, spec in pack.forms.items():
        use = pack.uses[form]
        loose = {use.who: "identity", use.occurred_on: "service"}
        assert {q.key: q.tag for q in spec.questions if q.tag != "choice"} == loose


def test_only_what_was_asked_for_is_planned_and_nothing_chosen_is_counted(pack: Pack) -> None:
    contacts = [contact for schedule in pack.schedules.values() for contact in schedule]
    assert {c.id for c in contacts} == PLANNED.get(pack.id, set())
    assert set(pack.indicators) == COUNTED.get(pack.id, set())
    for contact in contacts:
        assert contact.while_ is not None and contact.while_.text == "not is_missing(come_again_on)"
        asked_for = [q for spec in pack.forms.values() for q in spec.questions if q.key == "come_again_on"]
        assert asked_for and not any(q.required for q in asked_for)
        alone = [form for form, use in pack.uses.items() if use.service == contact.service]
        assert alone == [] or contact.form in alone  # one press ends the visits and leaves the rest


def test_the_person_names_who_may_see_it(pack: Pack) -> None:
    for service in pack.services.values():
        form, _, question = service.care.partition(".")
        assert question == "care_by"
        assert [c.name for c in pack.forms[form].choices["care"]] == ["worker", "clinic", "both"]


def test_nothing_is_asked_about_others(pack: Pack) -> None:
    """No partner, husband, parent or official says yes; only for the youngest a guardian does."""
    said = [
        word.lower()
        for spec in pack.forms.values()
        for q in spec.questions
        for word in (*q.labels.values(), *q.hints.values())
    ]
    for word in ("husband", "marri", "permit", "丈夫", "结婚", "证明", "第几", "孩次", "why"):
        assert [one for one in said if word in one] == []
