"""Pushing records from a phone: a receipt for each, nothing lost, nothing doubled, nothing let in that may not be."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.api.conftest import Served
from tests.api.test_submission import count, new_id, stored, visit


def entry(id_: str, xml: bytes) -> dict[str, str]:
    return {"id": id_, "xml": xml.decode(), "sha256": hashlib.sha256(xml).hexdigest()}


def pushed(served: Served, body: bytes | dict[str, Any], who: str = "wang") -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {served.tokens.get(who, who)}", "Accept-Language": "en"}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = served.server.request("POST", "/sync/push", {**headers, "Content-Type": "application/json"}, sent)
    return answer.status, json.loads(answer.body)


def results(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["result"], one["why"]["code"] if one["why"] else "") for one in answer["receipts"]]


def quarantined(served: Served, instance: str) -> list[tuple[bytes, str]]:
    sql = "SELECT body, code FROM quarantined WHERE instance_id = ?"
    return [(served.store.opened(body), code) for body, code in served.store.rows(sql, [instance])]


def test_every_record_has_its_receipt_and_the_same_again_stands_once(served: Served) -> None:
    ids = [new_id() for _ in range(3)]
    entries = [entry(i, visit(i, f"note {n} 走访")) for n, i in enumerate(ids)]
    before = count(served)
    status, first = pushed(served, {"entries": entries, "sent": 3, "unsent": 2})
    assert (status, results(first)) == (200, [("applied", "")] * 3)
    assert [one["id"] for one in first["receipts"]] == ids
    assert pushed(served, {"entries": entries, "sent": 3, "unsent": 0})[1]["receipts"] == first["receipts"]
    assert count(served) == before + 3
    assert [stored(served, i) for i in ids] == [[(0, one["xml"].encode())] for one in entries]
    device = served.store.rows("SELECT sent, unsent FROM device WHERE user_id = ? ORDER BY id", [served.users["wang"]])[
        0
    ]
    assert device == (3, 0)


def test_two_contents_under_one_id_are_both_kept(served: Served) -> None:
    id_ = new_id()
    _, answer = pushed(served, {"entries": [entry(id_, visit(id_, "one")), entry(id_, visit(id_, "two"))]})
    assert results(answer)[1] == ("review", "intake.other_content")
    assert [xml for _, xml in stored(served, id_)] == [visit(id_, "one"), visit(id_, "two")]


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"<data", "intake.not_xml"),
        (visit("{id}", form="nobody's form"), "intake.unknown_form"),
        (visit("{id}", version="99"), "intake.unknown_version"),
        (b'<data id="home visit" version="2"><note>x</note></data>', "intake.no_instance_id"),
    ],
)
def test_what_the_door_cannot_take_waits_whole_beside_it(served: Served, xml: bytes, code: str) -> None:
    good, bad = new_id(), new_id()
    told = xml.replace(b"{id}", bad.encode())
    entries = [entry(bad, told), entry(good, visit(good))]
    for _ in range(2):
        status, answer = pushed(served, {"entries": entries})
        assert (status, results(answer)) == (200, [("quarantined", code), ("applied", "")])
        assert answer["receipts"][0]["why"]["text"] != code
    assert quarantined(served, bad) == [(told, code)]
    assert len(stored(served, good)) == 1


def test_a_phone_taken_back_loses_nothing_and_lets_nothing_in(served: Served) -> None:
    for who, code in (("taken_back", "sync.taken_back"), ("run_out", "sync.taken_back"), ("chen", "sync.may_not_send")):
        id_ = new_id()
        status, answer = pushed(served, {"entries": [entry(id_, visit(id_))]}, who)
        assert (status, results(answer)) == (200, [("quarantined", code)])
        assert (stored(served, id_), quarantined(served, id_)) == ([], [(visit(id_), code)])


def test_a_stranger_and_what_is_not_whole_leave_nothing(served: Served) -> None:
    id_ = new_id()
    whole = json.dumps({"entries": [entry(id_, visit(id_))]}).encode()
    damaged = {"entries": [entry(id_, visit(id_)) | {"xml": visit(id_, "other").decode()}]}
    held = served.store.rows("SELECT COUNT(*) FROM quarantined"), count(served)
    for body, who, status, code in (
        (whole, "a stranger's key", 401, "sync.unknown_phone"),
        (whole[:-20], "wang", 400, "sync.not_whole"),
        (b"[]", "wang", 400, "sync.not_whole"),
        (b'{"entries": [7]}', "wang", 400, "sync.not_whole"),
        (json.dumps(damaged).encode(), "wang", 400, "sync.not_whole"),
        (json.dumps({"entries": [entry(id_, visit(id_))] * 501}).encode(), "wang", 413, "sync.too_large"),
    ):
        answered, told = pushed(served, body, who)
        assert (answered, told["problem"]["code"]) == (status, code)
    assert (served.store.rows("SELECT COUNT(*) FROM quarantined"), count(served)) == held
    assert served.server.get("/sync/push").status in (401, 405)
