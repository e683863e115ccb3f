"""Sending, over real HTTP and on both databases. Numbers are the rows of docs/openrosa.md."""

from __future__ import annotations

import hashlib
import http.client
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest

from tests.api.conftest import Served, wait_for_settings
from tests.server import OPENROSA, Reply, filled, multipart

RESPONSE = "{http://openrosa.org/http/response}"
LIMIT = 20_000_000


def new_id() -> str:
    return f"uuid:{uuid.uuid4()}"


def visit(
    instance: str,
    note: str = "well",
    *,
    corrects: str = "",
    photos: tuple[str, ...] = (),
    version: str = "2",
    form: str = "home visit",
) -> bytes:
    deprecated = f"<orx:deprecatedID>{corrects}</orx:deprecatedID>" if corrects else ""
    named = "".join(f"<photo{'_2' * n}>{name}</photo{'_2' * n}>" for n, name in enumerate(photos))
    return (
        f"<?xml version='1.0' ?><data id=\"{form}\" version=\"{version}\" xmlns:orx=\"http://openrosa.org/xforms\">"
        f"<note>{note}</note>{named}<orx:meta>{deprecated}<orx:instanceID>{instance}</orx:instanceID></orx:meta></data>"
    ).encode()  # fmt: skip


def send(
    served: Served, xml: bytes, *files: tuple[str, bytes], query: str = "", who: str = "wang", **more: str
) -> Reply:
    headers, body = filled(xml, *files)
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return served.server.request("POST", served.path(f"submission{query}", who), {**headers, **named}, body)


def stored(served: Served, instance: str) -> list[tuple[int, bytes]]:
    """(variant, bytes) of everything kept under an instance id."""
    sql = "SELECT e.variant, b.body FROM entry e JOIN entry_body b ON b.seq = e.seq WHERE e.instance_id = ? ORDER BY 1"
    return [(variant, served.store.opened(body)) for variant, body in served.store.rows(sql, [instance])]


def count(served: Served) -> int:
    return int(served.store.rows("SELECT COUNT(*) FROM entry")[0][0])


def attachments(served: Served, instance: str) -> dict[str, bytes | None]:
    """Name → bytes (None: expected, not here) of the files of the entries under an instance id."""
    sql = "SELECT a.name, a.digest FROM attachment a JOIN entry e ON e.seq = a.seq WHERE e.instance_id = ?"
    folder = served.store.folder / "attachments"
    return {
        name: served.store.opened((folder / digest[:2] / digest).read_bytes()) if digest else None
        for name, digest in served.store.rows(sql, [instance])
    }


def message(reply: Reply) -> tuple[str, str]:
    """(nature, sentence) of an OpenRosa answer."""
    root = ET.fromstring(reply.body)
    assert root.tag == f"{RESPONSE}OpenRosaResponse"
    return root[0].get("nature", ""), root[0].text or ""


def test_18_head(served: Served) -> None:
    reply = served.server.request("HEAD", served.path("submission"), OPENROSA)
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["x-openrosa-version"] == "1.0"
    assert reply.headers["x-openrosa-accept-content-length"] == str(LIMIT)
    assert reply.headers["date"].endswith(" GMT")
    assert "content-length" not in reply.headers


def test_19_head_without_version_or_with_a_bad_token(served: Served) -> None:
    assert served.server.request("HEAD", served.path("submission")).status == 400
    assert served.server.request("HEAD", "/odk/submission", OPENROSA).status == 401
    assert served.server.request("HEAD", f"/odk/{'A' * 43}/submission", OPENROSA).status == 403


def test_20_a_new_record_is_kept_byte_for_byte(served: Served) -> None:
    instance = new_id()
    xml = visit(instance, "  kept\r\n  as it came ✓ <!-- a remark -->")
    reply = send(served, xml, Accept_Language="en")
    assert (reply.status, reply.headers["content-type"]) == (201, "text/xml; charset=utf-8")
    assert reply.headers["x-openrosa-version"] == "1.0"
    assert reply.headers["x-openrosa-accept-content-length"] == str(LIMIT)
    assert message(reply) == ("submit_success", "Saved.")
    assert stored(served, instance) == [(0, xml)]


def test_20_the_answer_speaks_the_readers_language(served: Served) -> None:
    assert message(send(served, visit(new_id()), Accept_Language="zh-CN")) == ("submit_success", "已保存。")


def test_21_the_same_bytes_again(served: Served) -> None:
    instance = new_id()
    assert [send(served, visit(instance)).status for _ in range(3)] == [201, 201, 201]
    assert stored(served, instance) == [(0, visit(instance))]


def test_22_the_same_id_with_other_bytes_is_told_and_kept(served: Served) -> None:
    instance = new_id()
    assert send(served, visit(instance, "one")).status == 201
    reply = send(served, visit(instance, "two"), Accept_Language="en")
    assert (reply.status, message(reply)[0]) == (409, "error")
    assert send(served, visit(instance, "one")).status == 201
    assert stored(served, instance) == [(0, visit(instance, "one")), (1, visit(instance, "two"))]


def test_23_a_further_attachment_with_the_same_xml(served: Served) -> None:
    instance = new_id()
    xml = visit(instance, photos=("a.jpg", "b.jpg"))
    assert send(served, xml, ("a.jpg", b"AAA")).status == 201
    assert attachments(served, instance) == {"a.jpg": b"AAA", "b.jpg": None}
    assert send(served, xml, ("b.jpg", b"BBB")).status == 201
    assert attachments(served, instance) == {"a.jpg": b"AAA", "b.jpg": b"BBB"}


def test_24_an_attachment_nobody_named_is_not_kept(served: Served) -> None:
    instance = new_id()
    assert (
        send(
            served, visit(instance, photos=("a.jpg",)), ("a.jpg", b"AAA"), ("b.jpg", b"stray" + instance.encode())
        ).status
        == 201
    )
    assert attachments(served, instance) == {"a.jpg": b"AAA"}
    digest = hashlib.sha256(b"stray" + instance.encode()).hexdigest()
    assert not (served.store.folder / "attachments" / digest[:2] / digest).exists()


def test_25_an_attachment_that_has_not_come_is_known_to_be_missing(served: Served) -> None:
    instance = new_id()
    assert send(served, visit(instance, photos=("a.jpg",))).status == 201
    assert attachments(served, instance) == {"a.jpg": None}


def test_26_identical_attachments_and_one_file_named_twice(served: Served) -> None:
    twins, shared = new_id(), new_id()
    assert send(served, visit(twins, photos=("a.jpg", "b.jpg")), ("a.jpg", b"same"), ("b.jpg", b"same")).status == 201
    assert attachments(served, twins) == {"a.jpg": b"same", "b.jpg": b"same"}
    assert send(served, visit(shared, photos=("a.jpg", "a.jpg")), ("a.jpg", b"AAA")).status == 201
    assert attachments(served, shared) == {"a.jpg": b"AAA"}


def test_27_a_file_name_in_any_script(served: Served) -> None:
    instance, name = new_id(), "房子 照片é.jpg"
    assert send(served, visit(instance, photos=(name,)), (name, b"AAA")).status == 201
    assert attachments(served, instance) == {name: b"AAA"}


def refuse(served: Served, headers: dict[str, str], body: bytes) -> int:
    """The status of a POST after which nothing more may be stored."""
    before = count(served)
    reply = served.server.request("POST", served.path("submission"), headers, body)
    assert message(reply)[0] == "error"
    assert count(served) == before
    return reply.status


def test_28_no_form_in_it_or_not_in_parts(served: Served) -> None:
    assert refuse(served, *multipart(("something", "a.xml", "text/xml", visit(new_id())))) == 400
    assert refuse(served, *multipart(*[("xml_submission_file", "a.xml", "text/xml", visit(new_id()))] * 2)) == 400
    assert refuse(served, {**OPENROSA, "Content-Type": "text/xml"}, visit(new_id())) == 400
    assert refuse(served, {**OPENROSA}, visit(new_id())) == 400


def test_29_broken_parts(served: Served) -> None:
    headers, body = filled(visit(new_id()))
    boundary = headers["Content-Type"].partition("boundary=")[2].encode()
    assert refuse(served, {**headers, "Content-Type": "multipart/form-data"}, body) == 400
    assert refuse(served, headers, body[:-20]) == 400
    assert refuse(served, headers, body[: len(body) // 2]) == 400
    assert refuse(served, headers, body.replace(b"Content-Type: text", b"\x00bad\x01header text")) == 400
    assert refuse(served, headers, body.replace(boundary, b"other")) == 400
    assert refuse(served, headers, b"") == 400


def test_29_cut_off_after_the_form_and_inside_a_photo(served: Served) -> None:
    headers, body = filled(visit(new_id(), photos=("a.jpg",)), ("a.jpg", b"x" * 500))
    for cut in (4, 100, 560):
        assert refuse(served, headers, body[:-cut]) == 400


def test_29_a_sender_that_hangs_up(served: Served) -> None:
    before = count(served)
    headers, body = filled(visit(new_id()))
    connection = http.client.HTTPConnection("127.0.0.1", served.server.port, timeout=10)
    connection.putrequest("POST", served.path("submission"))
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders(body[:-30])
    connection.close()
    assert send(served, visit(new_id())).status == 201  # the server goes on
    assert count(served) == before + 1


def test_30_no_form_id(served: Served) -> None:
    assert refuse(served, *filled(visit(new_id()).replace(b' id="home visit"', b""))) == 400


def test_31_an_unknown_form_or_version(served: Served) -> None:
    assert refuse(served, *filled(visit(new_id(), form="nothing"))) == 404
    assert refuse(served, *filled(visit(new_id(), version="9"))) == 404


def test_31_the_form_of_another_is_unknown(served: Served) -> None:
    assert send(served, visit(new_id()), who="zhao").status == 404


def test_32_an_older_version_is_still_taken(served: Served) -> None:
    instance = new_id()
    assert send(served, visit(instance, version="1")).status == 201
    assert served.store.rows("SELECT form_version FROM entry WHERE instance_id = ?", [instance]) == [("1",)]


def test_33_closing_and_closed(sqlite_served: Served) -> None:
    served, change = sqlite_served, "from doorstep.forms import actions\nactions.set_open('well', '{}')"
    try:
        statuses = []
        for state in ("closing", "closed"):
            served.store.python(change.format(state))
            wait_for_settings()
            statuses.append(send(served, visit(new_id(), form="well", version="1")).status)
        assert statuses == [201, 409]
    finally:
        served.store.python(change.format("open"))
        wait_for_settings()


def test_34_no_token_and_bad_tokens(served: Served) -> None:
    headers, body = filled(visit(new_id()))
    before = count(served)
    assert served.server.request("POST", "/odk/submission", headers, body).status == 401
    for token in ("A" * 43, served.tokens["taken_back"], served.tokens["run_out"], served.tokens["chen"]):
        assert served.server.request("POST", f"/odk/{token}/submission", headers, body).status == 403
    assert count(served) == before


def test_35_what_the_app_and_device_call_themselves(served: Served) -> None:
    said, silent = new_id(), new_id()
    send(served, visit(said), query="?deviceID=collect%3A%C3%A9", User_Agent="collect/2026.1")
    send(served, visit(silent), query="?deviceID=")
    sql = "SELECT b.device_label, b.user_agent, b.device_id FROM entry_body b JOIN entry e ON e.seq = b.seq WHERE e.instance_id = ?"
    device = served.store.rows("SELECT id FROM device WHERE label = 'phone' AND user_id = ?", [served.users["wang"]])
    assert served.store.rows(sql, [said]) == [("collect:é", "collect/2026.1", device[0][0])]
    assert served.store.rows(sql, [silent]) == [("", "", device[0][0])]


def test_37_the_same_id_in_another_form(served: Served) -> None:
    instance = new_id()
    assert send(served, visit(instance)).status == 201
    assert send(served, visit(instance, form="well", version="1")).status == 201
    assert len(stored(served, instance)) == 2


def states(served: Served, *instances: str) -> list[int]:
    """0 in force, 1 replaced, 3 waits for its original (see forms.queries)."""
    return [served.store.rows("SELECT state FROM entry WHERE instance_id = ?", [one])[0][0] for one in instances]


def test_38_an_edit_replaces_and_the_old_bytes_stay(served: Served) -> None:
    first, second = new_id(), new_id()
    assert send(served, visit(first)).status == 201
    assert send(served, visit(second, "better", corrects=first)).status == 201
    assert states(served, first, second) == [1, 0]
    assert stored(served, first) == [(0, visit(first))]


def test_39_an_edit_of_an_unknown_record_is_told_and_waits(served: Served) -> None:
    first, second = new_id(), new_id()
    edit = visit(second, "better", corrects=first)
    assert [send(served, edit).status for _ in range(2)] == [404, 404]
    assert states(served, second) == [3]
    assert send(served, visit(first)).status == 201
    assert states(served, first, second) == [1, 0]
    assert send(served, edit).status == 201


def test_40_two_people_edited(served: Served) -> None:
    first, mine, yours = new_id(), new_id(), new_id()
    assert send(served, visit(first)).status == 201
    assert send(served, visit(mine, "mine", corrects=first)).status == 201
    assert send(served, visit(yours, "yours", corrects=first)).status == 409
    assert stored(served, yours) == [(0, visit(yours, "yours", corrects=first))]


def test_41_an_edit_under_an_id_that_is_taken(served: Served) -> None:
    first, taken = new_id(), new_id()
    assert [send(served, visit(i)).status for i in (first, taken)] == [201, 201]
    assert send(served, visit(taken, "better", corrects=first)).status == 409


def test_42_the_same_edit_again(served: Served) -> None:
    first, second = new_id(), new_id()
    send(served, visit(first))
    edit = visit(second, "better", corrects=first)
    assert [send(served, edit).status for _ in range(2)] == [201, 201]
    assert stored(served, second) == [(0, edit)]


def test_43_an_edit_keeps_the_photo_it_still_names(served: Served) -> None:
    first, second, third = new_id(), new_id(), new_id()
    send(served, visit(first, photos=("a.jpg", "b.jpg")), ("a.jpg", b"AAA"), ("b.jpg", b"BBB"))
    edit = visit(second, "better", corrects=first, photos=("a.jpg", "c.jpg"))
    assert send(served, edit, ("c.jpg", b"CCC")).status == 201
    assert attachments(served, second) == {"a.jpg": b"AAA", "c.jpg": b"CCC"}
    assert send(served, visit(third, "best", corrects=second, photos=("a.jpg",)), ("a.jpg", b"new")).status == 201
    assert attachments(served, third) == {"a.jpg": b"new"}
    assert attachments(served, first) == {"a.jpg": b"AAA", "b.jpg": b"BBB"}


def test_44_a_password_is_never_asked_for_nor_read(served: Served) -> None:
    headers, body = filled(visit(new_id()))
    basic = {**headers, "Authorization": "Basic d2FuZzphIGdvb2QgbG9uZyB3b3Jk"}
    assert served.server.request("POST", "/odk/submission", basic, body).status == 401


def test_a_the_same_record_sixteen_times_at_the_same_moment(served: Served) -> None:
    for _ in range(3):
        instance = new_id()
        with ThreadPoolExecutor(16) as senders:
            statuses = list(senders.map(lambda _, i=instance: send(served, visit(i)).status, range(16)))
        assert statuses == [201] * 16
        assert stored(served, instance) == [(0, visit(instance))]


def test_a_two_contents_under_one_id_at_the_same_moment(served: Served) -> None:
    instance = new_id()
    with ThreadPoolExecutor(16) as senders:
        statuses = list(senders.map(lambda n: send(served, visit(instance, f"note {n % 2}")).status, range(16)))
    assert sorted(statuses) == [201] * 15 + [409]  # told once; after that those bytes are held, too
    assert sorted(body for _, body in stored(served, instance)) == [visit(instance, f"note {n}") for n in (0, 1)]


def test_b_the_original_again_after_an_edit(served: Served) -> None:
    first, second = new_id(), new_id()
    send(served, visit(first))
    send(served, visit(second, "better", corrects=first))
    assert send(served, visit(first)).status == 201
    assert states(served, first, second) == [1, 0]


def test_c_xml_cut_off(served: Served) -> None:
    xml = visit(new_id())
    for length in (len(xml) - 1, len(xml) // 2, 60, 1, 0):
        assert refuse(served, *filled(xml[:length])) == 400


def test_d_no_instance_id(served: Served) -> None:
    xml = visit("X")
    assert refuse(served, *filled(xml.replace(b"<orx:instanceID>X</orx:instanceID>", b""))) == 400
    assert refuse(served, *filled(visit(" "))) == 400


def test_a_document_type_is_refused(served: Served) -> None:
    bomb = b'<!DOCTYPE data [<!ENTITY a "aaaaaaaaaa">]>' + visit(new_id(), "&a;").partition(b"?>")[2]
    assert refuse(served, *filled(bomb)) == 400


def test_chunked_sending(served: Served) -> None:
    instance = new_id()
    headers, body = filled(visit(instance))
    pieces = iter([body[:100], body[100:101], body[101:]])
    reply = served.server.request(
        "POST", served.path("submission"), {**headers, "Transfer-Encoding": "chunked"}, pieces, chunked=True
    )
    assert reply.status == 201
    assert stored(served, instance) == [(0, visit(instance))]


def test_a_large_photo(served: Served) -> None:
    instance, photo = new_id(), bytes(range(256)) * 40_000
    assert send(served, visit(instance, photos=("a.jpg",)), ("a.jpg", photo)).status == 201
    assert attachments(served, instance) == {"a.jpg": photo}


@pytest.mark.parametrize("chunked", [False, True])
def test_more_than_may_be_sent_at_once(served: Served, chunked: bool) -> None:
    before = count(served)
    headers, body = filled(visit(new_id(), photos=("a.jpg",)), ("a.jpg", b"x" * (LIMIT + 1)))
    connection = http.client.HTTPConnection("127.0.0.1", served.server.port, timeout=60)
    with suppress(BrokenPipeError, ConnectionResetError):  # the server need not read on once it knows
        connection.request(
            "POST", served.path("submission"), iter([body]) if chunked else body, headers, encode_chunked=chunked
        )
    answer = connection.getresponse()
    assert answer.status == 413
    assert answer.getheader("X-OpenRosa-Accept-Content-Length") == str(LIMIT)
    connection.close()
    assert count(served) == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods(served: Served, method: str) -> None:
    reply = served.server.request(method, served.path("submission"), OPENROSA)
    assert (reply.status, reply.headers["allow"]) == (405, "HEAD, POST")
