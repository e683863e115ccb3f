"""Files of records from a phone: piece by piece, before or after the record, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.api.conftest import Served
from tests.api.test_push import entry, pushed, results
from tests.api.test_submission import new_id

PHOTO = bytes(range(256)) * 40
TIDY = "from doorstep.intake import uploads; print(uploads.tidy())"


def with_photo(id_: str, name: str = "yard.jpg", more: str = "") -> bytes:
    return (
        f'<data id="home visit" version="2"><note>x</note><photo>{name}</photo>{more}'
        f"<meta><instanceID>{id_}</instanceID></meta></data>"
    ).encode()


def asked(served: Served, method: str, who: str = "wang", content: bytes = b"", **query: object) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {served.tokens[who]}", "Content-Type": "application/octet-stream"}
    answer = served.server.request(method, "/sync/file?" + urlencode(query), headers, content)
    return answer.status, json.loads(answer.body)


def piece(served: Served, id_: str, start: int, end: int, content: bytes = PHOTO, **more: Any) -> tuple[int, Any]:
    told = {"entry": id_, "name": "yard.jpg", "from": start, "size": len(content), **more}
    told.setdefault("sha256", hashlib.sha256(content).hexdigest())
    who = told.pop("who", "wang")
    return asked(served, "POST", who, content[start:end], **told)


def kept(served: Served, id_: str) -> list[str]:
    sql = "SELECT a.digest FROM attachment a JOIN entry e ON e.seq = a.seq WHERE e.instance_id = ?"
    return [digest for (digest,) in served.store.rows(sql, [id_])]


def push(served: Served, id_: str, xml: bytes) -> list[tuple[str, str]]:
    return results(pushed(served, {"entries": [entry(id_, xml)]})[1])


def waiting(served: Served) -> list[Path]:
    return sorted((served.store.folder / "uploads").glob("*/*.part"))


def test_a_file_comes_in_pieces_after_its_record(served: Served) -> None:
    id_ = new_id()
    push(served, id_, with_photo(id_))
    assert asked(served, "GET", entry=id_, name="yard.jpg") == (200, {"have": 0, "size": 0, "done": False})
    assert piece(served, id_, 0, 4000) == (200, {"have": 4000, "size": len(PHOTO), "done": False})
    status, told = piece(served, id_, 5000, 6000)
    assert (status, told["have"], told["problem"]["code"]) == (409, 4000, "sync.file_elsewhere")
    assert piece(served, id_, 0, 4000)[0] == 409  # the same piece twice is not written twice
    assert kept(served, id_) == [""]
    whole = {"have": len(PHOTO), "size": len(PHOTO), "done": True}
    assert piece(served, id_, 4000, len(PHOTO)) == (200, whole)
    assert (kept(served, id_), waiting(served)) == ([hashlib.sha256(PHOTO).hexdigest()], [])
    assert piece(served, id_, 0, 10) == (200, whole)
    assert asked(served, "GET", entry=id_, name="yard.jpg") == (200, whole)


def test_a_file_may_come_before_its_record(served: Served) -> None:
    id_ = new_id()
    assert piece(served, id_, 0, len(PHOTO))[1]["done"] is True
    assert len(waiting(served)) == 1
    assert push(served, id_, with_photo(id_)) == [("applied", "")]
    assert (kept(served, id_), waiting(served)) == ([hashlib.sha256(PHOTO).hexdigest()], [])


def test_only_a_file_the_record_names_and_only_its_author_brings_it(served: Served) -> None:
    id_ = new_id()
    push(served, id_, with_photo(id_))
    assert asked(served, "GET", entry=id_, name="other.jpg")[1]["problem"]["code"] == "sync.no_such_file"
    assert piece(served, id_, 0, 10, name="other.jpg")[0] == 404
    assert piece(served, id_, 0, len(PHOTO), who="zhao")[0] == 200  # waits for a record of hers under this id
    assert kept(served, id_) == [""]
    assert asked(served, "GET", entry=id_, name="yard.jpg")[1]["have"] == 0


def test_what_is_wrong_or_too_large_leaves_nothing(served: Served) -> None:
    id_ = new_id()
    push(served, id_, with_photo(id_))
    before = waiting(served)
    status, told = piece(served, id_, 0, len(PHOTO), sha256="0" * 64)
    assert (status, told["problem"]["code"]) == (400, "sync.not_whole")
    status, told = piece(served, id_, 0, 10, size=6 * 1024 * 1024)
    assert (status, told["problem"]["code"]) == (413, "sync.file_too_large")
    assert piece(served, id_, 0, 10, sha256="zz")[0] == 400
    assert asked(served, "POST", entry=id_, name="yard.jpg")[0] == 400
    assert (waiting(served), kept(served, id_)) == (before, [""])
    assert asked(served, "GET", entry=id_, name="yard.jpg")[1] == {"have": 0, "size": 0, "done": False}


def test_what_nobody_asks_for_is_cleaned_away_after_its_days(served: Served) -> None:
    old, new = new_id(), new_id()
    piece(served, old, 0, 100)
    before = waiting(served)
    piece(served, new, 0, 100)
    then = time.time() - 36 * 86_400
    for part in before:
        os.utime(part.with_suffix(".json"), (then, then))
    assert int(served.store.python(TIDY).splitlines()[-1]) == len(before)
    assert len(waiting(served)) == 1
    assert asked(served, "GET", entry=old, name="yard.jpg")[1]["have"] == 0
    assert asked(served, "GET", entry=new, name="yard.jpg")[1]["have"] == 100
