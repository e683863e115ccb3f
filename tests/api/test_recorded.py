"""Whole requests as ODK Collect makes them, replayed byte for byte over real HTTP and on both databases."""

from __future__ import annotations

import http.client
import re
import socket
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.api.conftest import Served
from tests.api.test_entities import wells
from tests.api.test_lists import HOME, PEOPLE_HEADER, add_person
from tests.api.test_submission import attachments, message, stored
from tests.server import Reply

RECORDED = Path(__file__).parent / "recorded"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
VISIT, EDITED = (f"uuid:2f1e4c70-000{n}-4b6e-8d3b-5b1f0e9a7c01" for n in (1, 2))
WELL = "7c9a2d10-2a54-4a7e-9a44-0c5f6a1b2c3d"


def replay(served: Served, name: str) -> Reply:
    """Send one recorded request as it stands, with the address it goes to, and read the answer."""
    port = served.server.port
    put_in = {b"{HOST}": f"127.0.0.1:{port}".encode(), b"{TOKEN}": served.tokens["wang"].encode()}
    head, blank, body = (RECORDED / f"{name}.http").read_bytes().partition(b"\r\n\r\n")
    for mark, value in put_in.items():
        assert mark in head
        head = head.replace(mark, value)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head + blank + body)
        answer = http.client.HTTPResponse(connection, method=head.split()[0].decode())
        answer.begin()
        reply = Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    assert reply.headers["x-openrosa-version"] == "1.0"
    parsedate_to_datetime(reply.headers["date"])
    return reply


def xml_of(name: str) -> bytes:
    """The filled form inside a recorded request that is not chunked."""
    body = (RECORDED / f"{name}.http").read_bytes()
    found = re.search(rb'name="xml_submission_file".*?Content-Length: (\d+)\r\n\r\n', body, re.DOTALL)
    assert found
    return body[found.end() : found.end() + int(found[1])]


def test_every_recorded_request_is_replayed() -> None:
    said = Path(__file__).read_text(encoding="utf-8")
    assert [file.stem for file in sorted(RECORDED.glob("*.http")) if f'"{file.stem}"' not in said] == []


def test_fetching(served: Served) -> None:
    person = add_person(served)
    listed = replay(served, "01_form_list")
    assert (listed.status, listed.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert len(ET.fromstring(listed.body)) == 3
    form = replay(served, "02_form")
    assert (form.status, b'<data id="well" version="1"' in form.body) == (200, True)
    manifest = replay(served, "03_manifest")
    assert [(file.get("type"), file[0].text) for file in ET.fromstring(manifest.body)] == [
        (None, "place.csv"), ("entityList", "person.csv"),
    ]  # fmt: skip
    people = replay(served, "04_people")
    assert (people.status, people.text) == (200, PEOPLE_HEADER + f"{person},王秀英,1,12,1996\n")
    gone = ET.fromstring(replay(served, "05_integrity").body)
    assert [(e.get("id") == person, e[0].text) for e in gone.iter("entity")] == [(True, "false"), (False, "true")]
    assert HOME


def test_a_visit_with_photos_in_two_requests_again_and_edited(served: Served) -> None:
    head = replay(served, "06_head")
    assert (head.status, head.body, int(head.headers["x-openrosa-accept-content-length"]) > 1_000_000) == (
        204,
        b"",
        True,
    )
    for name in ("07_visit_first_photo", "08_visit_second_photo", "09_visit_again_chunked"):
        reply = replay(served, name)
        assert (reply.status, message(reply)[0]) == (201, "submit_success"), name
    assert stored(served, VISIT) == [(0, xml_of("07_visit_first_photo"))]
    assert attachments(served, VISIT) == {
        "1773130364512.jpg": JPEG,
        "照片 2.jpg": JPEG,
    }  # nothing after a picture stays
    assert replay(served, "10_visit_edited").status == 201
    assert attachments(served, EDITED) == {"1773130364512.jpg": JPEG}
    sql = "SELECT instance_id, state FROM entry WHERE instance_id IN (?, ?) ORDER BY instance_id"
    assert served.store.rows(sql, [VISIT, EDITED]) == [(VISIT, 1), (EDITED, 0)]
    sql = "SELECT b.device_label FROM entry_body b JOIN entry e ON e.seq = b.seq WHERE e.instance_id = ?"
    assert served.store.rows(sql, [VISIT]) == [("collect:0aBcDeFgHiJkLmNo",)]


def test_a_well_made_and_changed_without_network_sent_out_of_order(served: Served) -> None:
    had = []
    for name in ("11_well_third", "12_well_made", "13_well_second", "14_well_first"):
        assert replay(served, name).status == 201, name
        had.append([(label, version, told["depth"]) for label, version, told in wells(served, WELL)])
    assert had == [[], [("李", 1, "12")], [("李", 1, "12")], [("李二", 4, "30")]]
