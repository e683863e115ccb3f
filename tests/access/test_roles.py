"""Roles as they are listed: each has a name and a sentence in both languages, and a page to begin on."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import override

from doorstep.access import actions as access
from doorstep.access.permissions import ROLE_NAMES, ROLES, Verb
from doorstep.access.words import ROLE_SAYS, VERB_SAYS
from tests.cast import PASSWORD, STARTED, Township

SEES_PEOPLE: frozenset[Verb] = frozenset(
    {"register.read", "register.pick", "family.invite", "care.read", "clinic.care", "today.read"}
)
SEES_CARE: frozenset[Verb] = frozenset({"care.read", "clinic.care", "today.read", "notice.read", "own.figures"})


def test_every_role_and_verb_has_words_in_both_languages() -> None:
    assert list(ROLE_NAMES) == list(ROLES) == list(ROLE_SAYS)
    assert set(VERB_SAYS) == set(Verb.__args__)  # type: ignore[attr-defined]
    for said in (*ROLE_NAMES.values(), *ROLE_SAYS.values(), *VERB_SAYS.values()):
        with override("en"):
            english = str(said)
        with override("zh-hans"):
            assert str(said) != english, english


def test_every_verb_is_somebodys() -> None:
    assert {verb for verbs in ROLES.values() for verb in verbs} == set(VERB_SAYS)


def test_who_sees_nobody_and_who_sees_no_care() -> None:
    assert {role for role, verbs in ROLES.items() if not verbs & SEES_PEOPLE} == {
        "benefits_clerk", "manager", "reviewer", "auditor", "hospital", "installer",
    }  # fmt: skip
    assert {role for role, verbs in ROLES.items() if verbs & SEES_CARE} == {"worker", "clinician"}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_begins_on_a_page_that_is_there(role: str, township: Township) -> None:
    user_id = access.add_user(f"new_{role}", role, role, PASSWORD)
    if role not in access.OUTSIDE:
        access.serve(user_id, township.places["east"], STARTED)
    browser = Client()
    assert browser.login(username=f"new_{role}", password=PASSWORD)
    answer = browser.get("/", follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    for link in {one.split('"')[0] for one in page.split('class="tab" href="')[1:]}:
        assert browser.get(link, follow=True).status_code == 200, link
    assert browser.get("/role").status_code == 200
