"""The pages of complaints: anybody writes, the holder of the code and the reviewer read, nobody else (charter C19)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from doorstep.access import actions as access
from doorstep.access import codes
from doorstep.access.permissions import ROLES
from doorstep.feedback import actions, queries
from doorstep.lib import days, db
from tests.cast import Township
from tests.web.worker.conftest import Reader

WORDS = "The worker of East Slope shouted at me, says Li Mei"


def anybody() -> Client:
    return Client(headers={"accept-language": "en"})


def code_on(page: bytes) -> str:
    return re.search(r"<strong>([A-Z0-9]{4}(?:-[A-Z0-9]{4}){3})</strong>", page.decode())[1]  # type: ignore[index]


def of_role(role: str) -> Client:
    user_id = access.add_user(f"some-{role}", role, role, None)
    client = anybody()
    client.force_login(get_user_model().objects.get(pk=user_id))
    return client


def test_anybody_writes_reads_the_answer_and_writes_more(township: Township) -> None:
    person = anybody()
    page = person.get("/complain")
    assert page.status_code == 200 and b"ask at the county" in page.content
    sent = person.post("/complain", {"kind": "conduct", "text": WORDS})
    code = code_on(sent.content)
    assert WORDS.encode() not in sent.content
    reviewer = of_role("reviewer")
    (line,) = queries.listed(_actor(reviewer))
    assert WORDS.encode() not in reviewer.get("/complaints").content
    opened = reviewer.get(f"/complaints/{line.id}")
    assert WORDS.encode() in opened.content and code.encode() not in opened.content
    reviewer.post(f"/complaints/{line.id}/reply", {"text": "We spoke with her."})
    read = person.post("/complain/read", {"code": code.lower().replace("-", " ")}).content
    assert WORDS.encode() in read and b"We spoke with her." in read
    more = person.post("/complain/read", {"code": code, "text": "Thank you."}).content
    assert b"Thank you." in more
    assert [word.text for word in queries.by_code(codes.typed(code, 4))[1]] == [
        WORDS,
        "We spoke with her.",
        "Thank you.",
    ]  # type: ignore[index]


def _actor(client: Client):  # type: ignore[no-untyped-def]
    from doorstep.access.queries import actor

    return actor(int(client.session["_auth_user_id"]))


def test_nobody_but_the_reviewer_opens_a_complaint(township: Township) -> None:
    actions.take_in("conduct", WORDS, "web")
    complaint_id = int(db.current().value("SELECT id FROM complaint"))
    addresses = ("/complaints", f"/complaints/{complaint_id}")
    for role in ROLES:
        client = of_role(role)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == (200 if role == "reviewer" else 404), (role, address)
            assert (WORDS.encode() in answer.content) == (role == "reviewer" and address != "/complaints")
        reply = client.post(f"/complaints/{complaint_id}/reply", {"text": role})
        assert reply.status_code == (302 if role == "reviewer" else 404)
    for address in addresses:
        answer = anybody().get(address)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/login")
    opened = db.current().value("SELECT COUNT(*) FROM access_log WHERE output = 'complaints'")
    assert opened == 2, "each reading and answering is in the log"


def test_who_took_it_down_is_not_kept_and_sees_it_no_more(township: Township, as_: Reader) -> None:
    code = codes.spoken(codes.new(4))
    page = as_("worker").post("/complaints/take-down", {"kind": "data", "text": WORDS, "way": "paper", "code": code})
    assert code_on(page.content) == code and WORDS.encode() not in page.content
    again = as_("worker").post("/complaints/take-down", {"kind": "data", "text": "x", "way": "paper", "code": code})
    assert again.status_code == 422 and b"typed in before" in again.content
    assert db.current().rows("SELECT kind, way FROM complaint") == [("data", "paper")]
    assert db.current().rows("SELECT * FROM complaint_author") == []
    assert db.current().rows("SELECT reviewer_id FROM complaint_word") == [(None,)]
    assert of_role("hospital").get("/complaints/take-down").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "none such", "text": "x"},
        {"kind": "service", "text": " "},
        {"text": "x"},
        {"kind": "service", "text": "y" * 2001},
    ],
)
def test_what_is_not_taken_stays_in_the_page(township: Township, sent: dict[str, str]) -> None:
    page = anybody().post("/complain", sent)
    assert page.status_code == 422 and b'role="alert"' in page.content
    assert sent["text"].strip().encode() in page.content
    assert db.current().value("SELECT COUNT(*) FROM complaint") == 0


def test_a_wrong_code_opens_nothing(township: Township) -> None:
    actions.take_in("conduct", WORDS, "web")
    for code in ("", "AAAA-AAAA-AAAA-AAAA", "A" * 200, "O0I1"):
        page = anybody().post("/complain/read", {"code": code, "text": "x"})
        assert page.status_code == 422 and WORDS.encode() not in page.content
    assert db.current().value("SELECT COUNT(*) FROM complaint_word") == 1


def test_late_ones_stand_out_for_the_reviewer(township: Township) -> None:
    now = days.now()
    actions.take_in("coercion", "a", "web", at=now - timedelta(hours=25))
    actions.take_in("coercion", "b", "web", at=now - timedelta(hours=1))
    page = of_role("reviewer").get("/complaints").content.decode()
    assert re.findall(r'complaint-line (\w+)"', page) == ["overdue", "soon"]


def test_counts_of_a_quarter_are_rounded_and_small_ones_hidden(township: Township, as_: Reader) -> None:
    """It is 15 June 2026: the quarter from January to March is settled, the running one is not shown."""
    for n in range(23):
        actions.take_in("service", str(n), "web", at=datetime(2026, 2, 3, 4, tzinfo=UTC))
    reviewer = of_role("reviewer")
    for line in queries.listed(_actor(reviewer))[:9]:
        actions.answer(_actor(reviewer), line.id, "x", at=datetime(2026, 2, 4, 4, tzinfo=UTC))
    for n in range(11):
        actions.take_in("service", str(n), "web", at=datetime(2026, 5, 3, 4, tzinfo=UTC))
    page = as_("manager").get("/complaints/counts").content.decode()
    assert re.findall(r"<dd>(.*?)</dd>", page)[:3] == ["25", "–", "–"]
    assert page.count("<h2>") == 4
    assert as_("worker").get("/complaints/counts").status_code == 404


def test_the_installer_enters_bodies_outside_and_days(township: Township, as_: Reader) -> None:
    sent = {"bodies": "County health office | 0000 000 000\n", "days": "- 2026-10-01\n+ 2026-10-10"}
    assert as_("installer").post("/complaints/outside", sent).status_code == 302
    assert queries.bodies() == [("County health office", "0000 000 000")]
    assert queries.differing() == {datetime(2026, 10, 1).date(): False, datetime(2026, 10, 10).date(): True}
    assert b"County health office" in anybody().get("/complain").content
    bad = as_("installer").post("/complaints/outside", {"bodies": "no bar", "days": ""})
    assert b"no bar" in bad.content and len(queries.bodies()) == 1
    assert as_("supervisor").get("/complaints/outside").status_code == 404


def test_the_paper_form_has_a_code_of_its_own(township: Township) -> None:
    first, second = anybody().get("/complain/paper.pdf"), anybody().get("/complain/paper.pdf")
    assert first.content.startswith(b"%PDF") and first.content != second.content
    assert db.current().value("SELECT COUNT(*) FROM complaint") == 0


def test_no_address_and_no_lasting_cookie(township: Township) -> None:
    page = anybody().post("/complain", {"kind": "other", "text": WORDS}, REMOTE_ADDR="203.0.113.77")
    assert all(not cookie["max-age"] and not cookie["expires"] for cookie in page.cookies.values())
    for table in connection.introspection.table_names():
        assert "203.0.113.77" not in repr(db.current().rows(f'SELECT * FROM "{table}"')), table
