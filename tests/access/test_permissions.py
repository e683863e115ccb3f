"""Default deny: every answer of ``may`` with its role, place and care team."""

from __future__ import annotations

import pytest

from doorstep.access.permissions import ROLES, Actor, Thing, Verb, may

EAST, WEST, CLINIC = 4, 5, 3
WORKER = Actor(1, "worker", frozenset({EAST}), CLINIC)
NEIGHBOUR = Actor(2, "worker", frozenset({WEST}), CLINIC)
CLINICIAN = Actor(3, "clinician", frozenset(), CLINIC)
SUPERVISOR = Actor(4, "supervisor", frozenset({EAST, WEST}))
INSTALLER = Actor(6, "installer")

AT_HOME = Thing(place_ids=frozenset({EAST}))
IN_CARE = Thing(frozenset({EAST}), care_users=frozenset({1}), care_clinics=frozenset({CLINIC}), needs_care=True)
CLINIC_ONLY = Thing(frozenset({EAST}), care_clinics=frozenset({CLINIC}), needs_care=True)


@pytest.mark.parametrize(
    ("actor", "verb", "thing", "allowed"),
    [
        (WORKER, "register.read", AT_HOME, True),
        (NEIGHBOUR, "register.read", AT_HOME, False),
        (SUPERVISOR, "register.read", AT_HOME, True),
        (CLINICIAN, "register.read", AT_HOME, False),
        (INSTALLER, "register.read", AT_HOME, False),
        (WORKER, "care.read", IN_CARE, True),
        (NEIGHBOUR, "care.read", IN_CARE, False),
        (CLINICIAN, "care.read", IN_CARE, True),
        (SUPERVISOR, "care.read", IN_CARE, False),
        (WORKER, "care.read", CLINIC_ONLY, False),
        (NEIGHBOUR, "care.read", CLINIC_ONLY, False),
        (CLINICIAN, "care.read", CLINIC_ONLY, True),
        (WORKER, "entry.write", Thing(owner_id=1), True),
        (WORKER, "entry.write", Thing(owner_id=2), False),
        (WORKER, "user.manage", None, False),
    ],
)
def test_who_may(actor: Actor, verb: Verb, thing: Thing | None, allowed: bool) -> None:
    assert bool(may(actor, verb, thing)) is allowed


def test_a_refusal_does_not_tell_whether_there_is_anyone() -> None:
    refusals = {may(NEIGHBOUR, "register.read", thing).reason for thing in (AT_HOME, Thing(), IN_CARE)}
    assert len(refusals) == 1


def test_nobody_looks_after_the_machine_and_sees_people() -> None:
    assert ROLES["installer"].isdisjoint({"register.read", "care.read", "today.read", "entry.write", "problem.settle"})


def test_an_unknown_role_may_nothing() -> None:
    assert not any(may(Actor(9, "visitor"), verb) for verbs in ROLES.values() for verb in verbs)
