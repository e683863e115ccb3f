"""An order, and two supervisors of one township who sign it."""

from __future__ import annotations

from datetime import date, timedelta

from doorstep.access import actions as access
from doorstep.access import queries as people
from doorstep.access.permissions import Actor
from doorstep.disclosures import actions
from doorstep.disclosures.acts import Asked, Order
from tests.cast import PASSWORD, STARTED, Township
from tests.web.worker.conftest import TODAY

ORDER = Order("青石县人民法院", "(2026)青01号", date(2026, 6, 1), "民事诉讼法 第七十条", "", ("anc_visit",))
FIELDS = {"anc_visit": ("systolic", "diastolic", "weight")}
ASKED = Asked(date(2026, 1, 1), TODAY, FIELDS)
GIVEN = {"anc_visit": ("systolic",)}


def second_supervisor(township: Township, name: str = "second", area: str = "township") -> Actor:
    township.users[name] = access.add_user(name, name, "supervisor", PASSWORD)
    access.serve(township.users[name], township.places[area], STARTED)
    return people.actor(township.users[name])


def begun(township: Township, person: str, **more: object) -> int:
    first = people.actor(township.users["supervisor"])
    told = {"kind": "court", "order": ORDER, "hidden_until": None} | more
    return actions.begin(first, person, township.places["east"], **told)  # type: ignore[arg-type]


def handed(township: Township, person: str, **more: object) -> int:
    """An order taken down and signed by the first of two."""
    first, act_id = people.actor(township.users["supervisor"]), begun(township, person, **more)
    actions.ask(first, act_id, ASKED)
    actions.hand(first, act_id, GIVEN)
    return act_id


def given(township: Township, person: str, second: Actor, **more: object) -> int:
    """One that went its whole way."""
    act_id = handed(township, person, **more)
    actions.decide(second, act_id, agrees=True)
    actions.give(second, act_id)
    return act_id


def in_days(n: int) -> date:
    return TODAY + timedelta(days=n)
