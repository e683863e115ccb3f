"""The desk: which pages are whose, what a supervisor must never read there, phones, programmes, taking in a register."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

from doorstep.access import actions as access
from doorstep.access import queries as access_queries
from doorstep.intake import batch
from doorstep.intake.parse import Sender
from doorstep.lib import days, db
from doorstep.lib.problems import Problem
from doorstep.places import actions as places
from doorstep.places import counters
from doorstep.programmes.library import programmes
from tests.cast import STARTED, Township, fill, new_id, version_of
from tests.intake.test_branches import change, phone_of, send
from tests.web.worker.conftest import Reader

EVERYBODY = ("worker", "neighbour", "clinician", "supervisor", "manager", "installer")
PAGES = {
    "/desk/": {"supervisor", "manager"},
    "/desk/problems": {"supervisor"},
    "/desk/workers": {"supervisor", "installer"},
    "/desk/packs": {"supervisor", "manager", "installer"},
    "/desk/packs/of/maternal": {"supervisor", "manager", "installer"},
    "/desk/import": {"supervisor"},
    "/desk/import/register.xlsx": {"supervisor"},
    "/repair": {"worker", "neighbour", "clinician"},
    "/reports/": {"manager"},
}
CANARY = "欧阳金丝雀"
LMP = date(2026, 2, 1)


def test_each_page_is_for_its_roles(as_: Reader) -> None:
    found = {page: {who for who in EVERYBODY if as_(who).get(page).status_code == 200} for page in PAGES}
    assert found == PAGES
    assert {as_(who).get("/desk/export").status_code for who in EVERYBODY} == {404, 405}


def test_who_may_only_read_changes_nothing(as_: Reader, township: Township) -> None:
    access.add_collect_device(township.users["worker"], "odk")
    collect = access_queries.devices([township.users["worker"]])[0].id
    access.add_device(township.users["worker"], "old")
    device = access_queries.devices([township.users["worker"]])[0].id
    addresses = {
        f"/desk/workers/{township.users['worker']}/phone": {"installer"},
        f"/desk/phones/{collect}/renew": {"installer"},
        f"/desk/phones/{device}/take-back": {"supervisor", "installer"},
        f"/desk/phones/{device}/sign-out": {"supervisor", "installer"},
        "/desk/packs/of/maternal/switch": {"installer"},
        "/desk/packs/of/maternal/look": {"installer"},
        "/desk/import/run": {"supervisor"},
        "/desk/export": {"supervisor"},
    }
    told = {"place": str(township.places["east"]), "version": version_of("maternal"), "say": "off"}
    opened = {a: {who for who in EVERYBODY if as_(who).post(a, told).status_code < 400} for a in addresses}
    assert opened == addresses


def canary(township: Township) -> dict[str, int]:
    """A pregnant woman whose care records are in every kind of trouble; gives the seq of each."""
    person = township.person(CANARY)
    township.pregnancy(person, LMP, on=date(2026, 4, 10))
    visit = {"person": person, "visit_date": date(2026, 5, 2), "weight": 61, "systolic": 118, "diastolic": 76, "danger_signs": "none", "referred": "no"}  # fmt: skip
    one = "uuid:" + new_id()
    on = date(2026, 5, 2)
    township.write("worker", "anc_visit", visit | {"remark": CANARY}, on=on, instance=one)
    return {
        "conflict": township.write(
            "worker", "anc_visit", visit | {"weight": 77, "remark": CANARY}, on=on, instance=one
        ).seq,
        "review": township.write("worker", "anc_visit", {**visit, "weight": "", "remark": CANARY}, on=on).seq,
        "unknown": township.write("worker", "anc_visit", {**visit, "person": new_id(), "remark": CANARY}, on=on).seq,
        "held": township.write("worker", "anc_visit", visit | {"remark": CANARY}, on=on, corrects="uuid:nowhere").seq,
    }


def test_the_supervisor_reads_no_name_of_a_pregnant_woman(as_: Reader, township: Township) -> None:
    troubles = canary(township)
    for who in ("supervisor", "manager", "installer"):
        for page in PAGES:
            html = as_(who).get(page).content.decode(errors="replace")
            assert CANARY not in html, (who, page)
            assert "Pregnancy visit" not in html, (who, page)
    for seq in troubles.values():
        for address in (f"/desk/problems/{seq}", f"/repair/{seq}"):
            for more in ("", "/correct", "/record.xml"):
                assert as_("supervisor").get(address + more).status_code == 404, address + more
            assert as_("supervisor").post(address + "/keep").status_code == 404
            assert as_("supervisor").post(address + "/send").status_code == 404
    mine = {
        kind: as_("worker").get(f"/repair/{seq}").content.decode().count(CANARY) > 0 for kind, seq in troubles.items()
    }
    assert mine == dict.fromkeys(troubles, True)
    assert {as_("neighbour").get(f"/repair/{seq}").status_code for seq in troubles.values()} == {404}
    listed = as_("worker").get("/repair").content.decode()
    assert listed.count("Pregnancy visit") == len(troubles)
    assert "Pregnancy visit" not in as_("neighbour").get("/repair").content.decode()


def test_how_many_records_of_care_wait_is_hidden_while_few(as_: Reader, township: Township) -> None:
    def said() -> str:
        found = re.search(
            r"Waiting for those who wrote them:\s*<strong>(.*?)</strong>",
            as_("supervisor").get("/desk/problems").content.decode(),
            re.S,
        )
        assert found
        return re.sub(r"<[^>]+>", "", found[1])

    unknown = {"registered_on": LMP, "asked": "yes", "care_by": "worker"}
    for _ in range(9):
        township.write("worker", "htn_registration", unknown | {"person": new_id()}, on=LMP)
    assert said() == "hidden"
    township.write("neighbour", "htn_registration", unknown | {"person": new_id()}, on=LMP)
    assert said() == "hidden"  # one more moves nothing
    for _ in range(9):
        township.write("neighbour", "htn_registration", unknown | {"person": new_id()}, on=LMP)
    assert said() == "20"


def test_small_counts_stay_hidden_on_the_board(as_: Reader, township: Township) -> None:
    township.person(CANARY)
    html = as_("supervisor").get("/desk/").content.decode()
    tiles = re.findall(r'<section class="sheet tile">.*?<strong>(.*?)</strong>', html)
    cells = re.findall(r'<td class="number"[^>]*>(.*?)</td>', html)
    assert {re.sub(r"<[^>]+>", "", one) for one in tiles + cells} == {"hidden"}
    assert len(tiles + cells) == 2 + 2 * 3 + 2 * 2


def test_the_desk_holds_no_inline_script_or_style(as_: Reader, township: Township) -> None:
    phone = as_("installer").post(f"/desk/workers/{township.users['worker']}/phone", {"label": "x"}).content.decode()
    pages = [as_("supervisor").get(page).content.decode() for page in PAGES if "xlsx" not in page]
    for html in [phone, as_("manager").get("/reports/maternal_quarter").content.decode(), *pages]:
        scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html)
        assert [s for s in scripts if "application/json" not in s] == []
        assert re.findall(r"\sstyle=|<style|\son\w+=", html) == []


# ---------------------------------------------------------------- workers and phones


def test_a_phone_is_shown_once_and_stops_when_taken_back(as_: Reader, township: Township) -> None:
    supervisor, installer, worker = as_("supervisor"), as_("installer"), township.users["worker"]
    html = installer.post(f"/desk/workers/{worker}/phone", {"label": "red one"}).content.decode()
    token = re.search(r"http://testserver/odk/([\w-]+)", html)
    (picture,) = re.findall(r'<div class="qr-code".*?<svg([^>]*)>', html, re.DOTALL)
    assert token and ("viewBox" in picture, " width" in picture) == (True, False)  # narrow screens must not cut it off
    device = access_queries.device(token[1])
    assert device and (device.user_id, device.label) == (worker, "red one")
    assert (device.expires_on, device.collect_until) == (days.today() + timedelta(30),) * 2
    page = supervisor.get("/desk/workers").content.decode()
    assert (token[1] in page, "Let ODK Collect be used" in page, "Renew for" in page) == (False, False, False)
    assert "Renew for" in installer.get("/desk/workers").content.decode()
    db.current().run("UPDATE device SET expires_on = ?, collect_until = ?", [days.today() - timedelta(1)] * 2)
    counters.forget()
    assert access_queries.device(token[1]) is None
    assert installer.post(f"/desk/phones/{device.id}/renew").status_code == 302
    renewed = access_queries.device(token[1])
    assert renewed and (renewed.expires_on, renewed.collect_until) == (days.today() + timedelta(30),) * 2
    assert supervisor.post(f"/desk/phones/{device.id}/take-back").status_code == 302
    assert access_queries.device(token[1]) is None


def test_other_townships_are_not_there(as_: Reader, township: Township) -> None:
    elsewhere = places.add("c1-t2", "township", {"en": "Elsewhere", "zh": "别处乡"}, township.places["county"])
    stranger = access.add_user("stranger", "Stranger", "worker", None)
    access.serve(stranger, elsewhere, STARTED)
    access.add_device(stranger, "theirs")
    device = access_queries.devices([stranger])[0].id
    supervisor = as_("supervisor")
    assert "Stranger" not in supervisor.get("/desk/workers").content.decode()
    assert "Stranger" in as_("installer").get("/desk/workers").content.decode()
    assert supervisor.post(f"/desk/workers/{stranger}/phone").status_code == 404
    assert supervisor.post(f"/desk/phones/{device}/take-back").status_code == 404
    assert supervisor.get(f"/desk/?place={elsewhere}").status_code == 404
    assert supervisor.post("/desk/export", {"place": elsewhere}).status_code == 404
    assert access_queries.devices([stranger])[0].revoked_at is None


# ---------------------------------------------------------------- programmes


def test_what_a_phone_sent_and_the_door_refused_is_seen_and_let_in(as_: Reader, township: Township) -> None:
    worker = township.users["worker"]
    with db.transaction():
        access.add_device(worker, "lost phone")
    device = access_queries.devices([worker])[0]
    home, person = township.household(), new_id()
    told = {
        "household": home,
        "registered_on": LMP,
        "agreed_by": "self",
        "name": CANARY,
        "sex": "female",
        "birth_date": date(1996, 4, 2),
        "phone": "13800001234",
        "reach": "any",
    }
    good = fill(township.spec("person"), told, entity=person, label=CANARY)
    for body, id_ in ((good, "uuid:good"), (b"<data", "uuid:bad")):
        batch.take([batch.Sent(id_, body)], Sender(worker, device.id), Problem("sync.taken_back"))
    page = as_("supervisor").get("/desk/workers").content.decode()
    assert (page.count("waits beside the door"), CANARY in page) == (2, False)
    assert "arrived 2 · in force 0 · looked at 0" in page
    first, second = re.findall(r'action="(/desk/phones/held/\d+/let-in)"', page)
    assert {
        who: as_(who).post(first).status_code for who in EVERYBODY if who not in ("supervisor", "installer")
    } == dict.fromkeys(("worker", "neighbour", "clinician", "manager"), 404)
    assert "The record is let in." in as_("supervisor").post(first, follow=True).content.decode()
    after = as_("supervisor").post(second, follow=True).content.decode()
    assert (after.count("waits beside the door"), "arrived 2 · in force 1 · looked at 0" in after) == (1, True)
    assert db.current().value("SELECT COUNT(*) FROM person WHERE name = ?", [CANARY]) == 1
    assert as_("supervisor").post(first).status_code == 404


def test_the_installer_switches_a_programme_off_and_on(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, on=date(2026, 4, 10))
    east = township.places["east"]

    def waiting() -> int:
        return int(db.current().value("SELECT COUNT(*) FROM due_visit WHERE person_id = ?", [person]))

    before = waiting()
    told = {"place": str(east), "version": version_of("maternal")}
    page = as_("installer").post("/desk/packs/of/maternal/switch", told | {"say": "off"}, follow=True).content.decode()
    assert "Switched off at East Slope. Worked out anew for 1 person." in page
    assert [p.pack.id for p in programmes().at(east)] == ["hypertension", "register"]
    assert (before > 0, waiting()) == (True, 0)
    as_("installer").post("/desk/packs/of/maternal/switch", told | {"say": "on", "schedule": "who_2016"})
    assert [(p.pack.id, p.schedule) for p in programmes().at(east)][1] == ("maternal", "who_2016")
    assert waiting() > 0
    for wrong in ({"place": "0"}, {"version": "1"}, {"schedule": "nothing"}):
        assert as_("installer").post("/desk/packs/of/maternal/switch", told | wrong).status_code == 404


def test_what_a_switch_would_change_is_seen_before_it_is_on(as_: Reader, township: Township) -> None:
    known = [(p.pack.id, p.schedule) for p in programmes().at(township.places["township"])]
    told = {"place": str(township.places["township"]), "version": version_of("maternal"), "schedule": "who_2016"}
    page = as_("installer").post("/desk/packs/of/maternal/look", told).content.decode()
    assert f"What version {version_of('maternal')} would change at Liulin township" in page
    assert page.count("No visit due would change.") == 1  # nothing of this test is written down for good
    assert [(p.pack.id, p.schedule) for p in programmes().at(township.places["township"])] == known
    narrow = as_("installer").post("/desk/packs/of/maternal/look", told | {"place": str(township.places["east"])})
    assert narrow.status_code == 200
    assert re.findall(r"<p>(.*?)</p>", unescape(narrow.content.decode())) == [
        Problem("indicators.too_narrow", args={"place": "c1-t1-v1"}).text("en")
    ]
    for wrong in ({"place": "0"}, {"version": "1"}, {"schedule": "nothing"}):
        assert as_("installer").post("/desk/packs/of/maternal/look", told | wrong).status_code == 404


# ---------------------------------------------------------------- taking in a register

TABLE = "村,户号,姓名,性别,出生日期,准生证\n东坡村,31,新来一,女,1990-03-04,x\n东坡村,31,新来二,男,1988-01-02,x\n东坡村,32,王秀英,女,1996-04-02,x\n东坡村,33,坏行,女,不知道,x\n"


def people() -> set[str]:
    return {name for (name,) in db.current().rows("SELECT name FROM person WHERE name LIKE '新来%' OR name = '王秀英'")}


def test_a_register_is_looked_at_taken_in_and_taken_back(as_: Reader, township: Township) -> None:
    township.person("王秀英", home=township.household("neighbour", "c1-t1-v2", "3"), who="neighbour")
    client = as_("supervisor")
    begun = client.post("/desk/import", {"file": SimpleUploadedFile("花名册.csv", TABLE.encode())}, follow=True)
    html = begun.content.decode()
    tiles = re.findall(r'tile-word">([^<]+)</span><strong>(\d+)', html)
    assert dict(tiles) == {
        "New people": "2",
        "New families": "1",
        "Here already": "0",
        "Look alike": "1",
        "Cannot be read": "1",
    }
    assert ("never taken in" in html, people()) == (True, {"王秀英"})
    assert as_("manager").get("/desk/import/check").status_code == 404
    done = client.post("/desk/import/run", follow=True).content.decode()
    assert "Taken in: 2 people and 1 families." in done
    assert "准生证 (C10)" in done
    assert people() == {"王秀英", "新来一", "新来二"}
    run = re.search(r"/desk/import/(\d+)/undo", done)
    assert run
    assert "Taken back: 2 people." in client.post(run[0], follow=True).content.decode()
    assert people() == {"王秀英"}
    assert client.get("/desk/import/check").status_code == 302  # the file is gone


def test_a_file_that_is_no_table_is_refused_in_words(as_: Reader) -> None:
    client = as_("supervisor")
    for file in (SimpleUploadedFile("a.pdf", b"x"), None):
        answer = client.post("/desk/import", {"file": file} if file else {})
        assert (answer.status_code, "Choose a table" in answer.content.decode()) == (422, True)
    client.post("/desk/import", {"file": SimpleUploadedFile("a.csv", "你好,再见\n1,2\n".encode())})
    assert client.get("/desk/import/check").status_code == 422


def test_the_register_goes_out_as_it_comes_in(as_: Reader, township: Township) -> None:
    import openpyxl

    person = township.person("王秀英")
    client = as_("supervisor")
    logged = "SELECT output, persons FROM access_log WHERE output = 'export.register'"
    assert db.current().rows(logged) == []
    answer = client.post("/desk/export", {"place": township.places["township"]})
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    assert [row[4] for row in rows] == ["Name", "王秀英"]
    assert [name for (_, persons) in db.current().rows(logged) for name in (persons,)] == [f'["{person}"]']
    empty = list(openpyxl.load_workbook(BytesIO(client.get("/desk/import/register.xlsx").content)).active.values)  # type: ignore[union-attr]
    assert empty == rows[:1]


def test_what_waits_for_an_earlier_change_is_let_count_by_the_desk(as_: Reader, township: Township) -> None:
    person = township.person(CANARY, phone="1")
    early, later = (send(township, change(township, person, n, phone=f"1380000000{n}")).seq for n in (3, 4))
    supervisor = as_("supervisor")
    assert (
        "An earlier change made on the same phone has not arrived yet."
        in supervisor.get("/desk/problems").content.decode()
    )
    assert "Let it count now" in supervisor.get(f"/desk/problems/{early}").content.decode()
    refused = {who: as_(who).post(f"/desk/problems/{early}/release").status_code for who in EVERYBODY}
    assert {who for who, status in refused.items() if status == 302} == {"supervisor"}
    assert phone_of(person) == "13800000004"  # the next one follows by itself
    assert supervisor.post(f"/desk/problems/{early}/release").status_code == 404
    assert later > early


def test_a_worker_lets_an_own_change_count(as_: Reader, township: Township) -> None:
    person = township.person(CANARY, phone="1")
    early = send(township, change(township, person, 3, phone="13800000003")).seq
    assert as_("neighbour").post(f"/repair/{early}/release").status_code == 404
    assert as_("worker").post(f"/repair/{early}/release").status_code == 302
    assert phone_of(person) == "13800000003"


def test_what_two_changed_at_once_is_on_the_desk_until_it_is_said_anew(as_: Reader, township: Township) -> None:
    person = township.person(CANARY, phone="1")
    send(township, change(township, person, 1, branch="", phone="13900000000"), who="supervisor")
    on_phone = send(township, change(township, person, 1, phone="13800000001")).seq
    desk, page = as_("supervisor"), f"/desk/problems/{on_phone}"
    assert f'href="{page}"' in desk.get("/desk/problems").content.decode()
    assert "A phone without network changed this" in desk.get(page).content.decode()
    send(township, change(township, person, 3, branch="", phone="13900000001"), who="supervisor")
    assert f'href="{page}"' not in desk.get("/desk/problems").content.decode()
    assert desk.get(page).status_code == 404
