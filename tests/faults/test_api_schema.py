"""What a phone may ask, as described for programs, asked by every role, a stranger and a lost phone with whatever fits the
description and much that does not: the answer is always one that is described, and no fault of ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import orjson
import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.access import actions as access
from doorstep.access import queries
from doorstep.access.permissions import ROLES
from doorstep.site.description import description
from tests.cast import Township
from tests.conftest import ROOT
from tests.faults.shares import SHARES

sys.path.insert(0, str(ROOT / "tools"))
import openapi

DESCRIBED = description()
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(DESCRIBED).get_all_operations()]
STRANGER, LOST, NOBODY = "a stranger", "a lost phone", "nobody"
ODD = st.sampled_from(
    ["", "\0", "²", "-1", "9" * 400, "x" * 5000, "\u202e", "%00", "{}", "[]", "null", "..", "a\r\nX: y"]
)


@dataclass(frozen=True)
class Asker:
    """Somebody's phone, and a browser in which they are logged in."""

    token: str
    browser: Client


@pytest.fixture
def askers(township: Township) -> Iterator[dict[str, Asker]]:
    """One of each role, and those who should get nothing."""
    found = {NOBODY: Asker("", Client()), STRANGER: Asker("x" * 43, Client())}
    for role in sorted(ROLES):
        user = access.add_user(f"of-{role}", role, role, "a good long word")
        found[role] = Asker(access.add_device(user, "phone"), Client())
        found[role].browser.login(username=f"of-{role}", password="a good long word")
    lost = access.add_device(township.users["worker"], "lost")
    known = queries.known_device(lost)
    assert known is not None
    access.revoke_device(known.id)
    yield found | {LOST: Asker(lost, Client())}


def answered(case: Any, asker: Asker, odd: dict[str, str]) -> Any:
    """The answer to what was drawn, with odd things in place of some of it."""
    query = {**(case.query or {}), **odd}
    body = case.body if isinstance(case.body, bytes) else orjson.dumps(case.body) if _is_json(case.body) else b""
    kind = case.media_type or "application/octet-stream"
    headers = {"authorization": f"Bearer {asker.token}"} if asker.token else {}
    asked: Any = asker.browser.generic(case.method, case.path, body, kind, query_params=query, headers=headers)
    return asked


def unreadable(case: Any, changed: dict[str, str]) -> bool:
    """Whether signs no store can hold stand in what is asked."""
    return "\0" in "".join(f"{name}{value}" for name, value in {**(case.query or {}), **changed}.items())


def _is_json(body: Any) -> bool:
    try:
        orjson.dumps(body)
    except TypeError:
        return False
    return True


def assert_described(operation: Any, answer: Any) -> None:
    told = DESCRIBED["paths"][operation.path][operation.method]["responses"]
    assert str(answer.status_code) in told, (answer.status_code, answer.content[:300])
    schema = told[str(answer.status_code)].get("content", {}).get("application/json", {}).get("schema")
    if schema:
        whole = {**schema, "components": DESCRIBED["components"]}
        jsonschema_rs.validator_for(whole).validate(orjson.loads(answer.content))


@pytest.mark.marked_address  # figures drawn by chance may look like a telephone's
@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_every_answer_is_one_that_is_described(operation: Any, askers: dict[str, Asker]) -> None:
    @settings(max_examples=SHARES["api_schema"].count, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), who=st.sampled_from(sorted(askers)), odd=st.data())
    def ask(case: Any, who: str, odd: Any) -> None:
        names = [p["name"] for p in DESCRIBED["paths"][operation.path][operation.method].get("parameters", ())]
        changed = odd.draw(st.dictionaries(st.sampled_from(names), ODD, max_size=2)) if names else {}
        answer = answered(case, askers[who], changed)
        assert_described(operation, answer)
        if who in (NOBODY, STRANGER):  # what cannot be read is answered before anybody looks who asks
            assert answer.status_code == (400 if unreadable(case, changed) else 401)

    ask()


@pytest.mark.usefixtures("store")
def test_each_role_is_answered_as_described(askers: dict[str, Asker]) -> None:
    """Who is no member, or has lost the phone, reads nothing; who has no care reads nobody."""
    pulled = {
        who: one.browser.get("/sync/pull", headers={"authorization": f"Bearer {one.token}"})
        for who, one in askers.items()
    }
    assert {who: answer.status_code for who, answer in pulled.items()} == {
        **dict.fromkeys(ROLES, 200), NOBODY: 401, STRANGER: 401, LOST: 403,
    }  # fmt: skip
    assert {who: orjson.loads(answer.content)["people"] for who, answer in pulled.items() if who in ROLES} == {
        role: [] for role in ROLES
    }
    enrolled = {
        who: one.browser.post("/sync/enrol", {"label": "x"}, content_type="application/json").status_code
        for who, one in askers.items()
    }
    fills = {role for role, verbs in ROLES.items() if "entry.write" in verbs}
    assert enrolled == {who: 201 if who in fills else 403 if who in ROLES else 401 for who in askers}


def test_the_file_for_programs_says_what_the_code_says() -> None:
    assert openapi.TARGET.read_text(encoding="utf-8") == openapi.text()
