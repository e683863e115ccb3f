"""Form list, forms, manifests and lists, over real HTTP. Numbers are the rows of docs/openrosa.md."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from tests.api.conftest import Served, wait_for_settings
from tests.server import OPENROSA, Reply

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"


@pytest.fixture
def served(sqlite_served: Served) -> Served:
    return sqlite_served


def forms_in(reply: Reply) -> list[dict[str, str]]:
    assert reply.status == 200, reply.body
    root = ET.fromstring(reply.body)
    assert root.tag == f"{LIST}xforms"
    return [{e.tag.removeprefix(LIST): e.text or "" for e in one} for one in root]


def path_of(url: str, served: Served) -> str:
    """The path of an absolute address, which must be that of this server."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == served.server.url
    return parts.path + (f"?{parts.query}" if parts.query else "")


def form_list(served: Served, query: str = "", who: str = "wang") -> list[dict[str, str]]:
    return forms_in(served.server.get(served.path(f"formList{query}", who)))


def test_1_the_list_names_every_open_form_with_the_hash_of_its_bytes(served: Served) -> None:
    reply = served.server.get(served.path("formList"))
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert reply.headers["x-openrosa-version"] == "1.0"
    assert reply.headers["date"].endswith(" GMT")
    found = forms_in(reply)
    assert [(f["formID"], f["version"]) for f in found] == [("at_a_place", "1"), ("home visit", "2"), ("well", "1")]
    for form in found:
        assert set(form) - {"manifestUrl"} == {"formID", "name", "version", "hash", "downloadUrl"}
        xml = served.server.get(path_of(form["downloadUrl"], served))
        assert (xml.status, xml.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        assert form["hash"] == "md5:" + hashlib.md5(xml.body).hexdigest()


def test_2_addresses_keep_the_token(served: Served) -> None:
    for form in form_list(served):
        for key in ("downloadUrl", "manifestUrl"):
            if key in form:
                assert form[key].startswith(f"{served.server.url}/odk/{served.tokens['wang']}/forms/")


@pytest.mark.parametrize("path", ["/odk/formList", "/odk/submission"])
def test_3_without_a_token_401_and_no_question_for_a_password(served: Served, path: str) -> None:
    reply = served.server.get(path)
    assert reply.status == 401
    assert "www-authenticate" not in reply.headers
    assert ET.fromstring(reply.body)[0].get("nature") == "error"


@pytest.mark.parametrize("who", ["unknown", "taken_back", "run_out", "app", "chen"])
def test_4_a_token_that_is_not_good_gives_403(served: Served, who: str) -> None:
    token = served.tokens.get(who, "A" * 43)
    for rest in ("formList", "forms/well.xml", "forms/well/manifest", "lists/place.csv", "lists/person/integrity?id=a"):
        assert served.server.get(f"/odk/{token}/{rest}").status == 403, rest


@pytest.mark.parametrize("headers", [{}, {"X-OpenRosa-Version": "2.0"}])
def test_5_without_the_protocols_version_400(served: Served, headers: dict[str, str]) -> None:
    assert served.server.request("GET", served.path("formList"), headers).status == 400


def test_6_a_worker_without_forms_gets_an_empty_list(served: Served) -> None:
    assert form_list(served, who="zhao") == []


def test_6_and_cannot_fetch_the_form_of_another(served: Served) -> None:
    assert served.server.get(served.path("forms/well.xml")).status == 200
    assert served.server.get(served.path("forms/well.xml", "zhao")).status == 404
    assert served.server.get(served.path("forms/at_a_place/manifest", "zhao")).status == 404


def test_7_the_list_of_one_form(served: Served) -> None:
    assert [f["formID"] for f in form_list(served, "?formID=well")] == ["well"]
    assert form_list(served, "?formID=nothing") == []


def test_7_all_versions_and_descriptions_when_asked_for(served: Served) -> None:
    found = form_list(served, "?formID=home%20visit&listAllVersions=true&verbose=true")
    assert [f["version"] for f in found] == ["1", "2"]
    assert {f["descriptionText"] for f in found} == {"Home & yard visit"}
    for form in found:
        xml = served.server.get(path_of(form["downloadUrl"], served)).body
        assert form["hash"] == "md5:" + hashlib.md5(xml).hexdigest()
        assert f'version="{form["version"]}"' in xml.decode()


def test_8_a_title_is_escaped_once(served: Served) -> None:
    body = served.server.get(served.path("formList?formID=home%20visit")).text
    assert body.count("<name>Home &amp; yard visit</name>") == 1


def test_9_a_form_id_with_a_space_is_encoded_in_addresses(served: Served) -> None:
    (form,) = form_list(served, "?formID=home%20visit")
    assert form["downloadUrl"].endswith("/forms/home%20visit.xml?version=2")


def test_10_a_form_that_is_closing_or_closed_is_not_listed(served: Served) -> None:
    change = "from doorstep.forms import actions\nactions.set_open('well', '{}')"
    try:
        for state in ("closing", "closed"):
            served.store.python(change.format(state))
            wait_for_settings()
            assert [f["formID"] for f in form_list(served)] == ["at_a_place", "home visit"]
    finally:
        served.store.python(change.format("open"))
        wait_for_settings()


def test_12_only_a_form_that_needs_files_has_a_manifest(served: Served) -> None:
    assert {f["formID"]: "manifestUrl" in f for f in form_list(served)} == {
        "at_a_place": True, "home visit": False, "well": False,
    }  # fmt: skip


def test_13_a_manifest_of_a_form_without_files_is_empty(served: Served) -> None:
    reply = served.server.get(served.path("forms/well/manifest"))
    assert (reply.status, reply.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert list(ET.fromstring(reply.body)) == []


def manifest(served: Served) -> dict[str, dict[str, str]]:
    (form,) = form_list(served, "?formID=at_a_place")
    reply = served.server.get(path_of(form["manifestUrl"], served))
    assert reply.status == 200
    found = [
        {"type": file.get("type", ""), **{e.tag.removeprefix(MANIFEST): e.text or "" for e in file}}
        for file in ET.fromstring(reply.body)
    ]
    return {file["filename"]: file for file in found}


def test_14_a_manifest_names_only_files_there_are(served: Served) -> None:
    files = manifest(served)
    assert sorted(files) == ["person.csv", "place.csv"]
    for file in files.values():
        content = served.server.get(path_of(file["downloadUrl"], served))
        assert (content.status, content.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert file["hash"] == "md5:" + hashlib.md5(content.body).hexdigest()


def test_15_an_entity_list_is_marked_and_has_an_integrity_address(served: Served) -> None:
    files = manifest(served)
    assert (files["person.csv"]["type"], files["place.csv"]["type"]) == ("entityList", "")
    assert files["person.csv"]["integrityUrl"] == f"{served.server.url}{served.path('lists/person/integrity')}"
    assert "integrityUrl" not in files["place.csv"]


PEOPLE_HEADER = "name,label,__version,household_number,birth_year\n"


def test_15_the_list_of_people_holds_four_things_of_ones_own_area(served: Served) -> None:
    person = add_person(served)
    assert served.server.get(served.path("lists/person.csv")).text == (PEOPLE_HEADER + f"{person},王秀英,1,12,1996\n")
    assert served.server.get(served.path("lists/household.csv")).text == (
        f"name,label,__version,number\n{HOME},12,1,12\n"
    )
    assert served.server.get(served.path("lists/person.csv", "zhao")).text == PEOPLE_HEADER
    assert served.server.get(served.path("lists/household.csv", "zhao")).text == "name,label,__version,number\n"


def test_15_who_was_sent_is_logged_and_nobody_when_nothing_is_sent(served: Served) -> None:
    person = add_person(served)
    first = served.server.get(served.path("lists/person.csv"))
    before = shown(served)
    assert before[-1] == (served.users["wang"], f'["{person}"]')
    again = served.server.get(served.path("lists/person.csv"), If_None_Match=first.headers["etag"])
    assert (again.status, shown(served)) == (304, before)


def shown(served: Served) -> list[tuple[int, str]]:
    return served.store.rows("SELECT user_id, persons FROM access_log WHERE output = 'device.people' ORDER BY id")


GONE = {
    "she died": "died_on = '2026-01-02'",
    "she moved away": "left_on = '2026-01-02'",
    "she asked not to be listed": "listed = 0",
    "she lives elsewhere now": "place_id = {west}",
}


@pytest.mark.parametrize("why", GONE)
def test_16_someone_who_is_no_longer_listed_changes_list_and_hash_and_is_told_as_gone(served: Served, why: str) -> None:
    person = add_person(served)
    before, first = manifest(served)["person.csv"]["hash"], served.server.get(served.path("lists/person.csv"))
    assert gone(served, person) == {person: "false", "other": "true"}
    change(served, GONE[why].format(**served.places))
    try:
        changed = served.server.get(served.path("lists/person.csv"), If_None_Match=first.headers["etag"])
        assert (changed.status, changed.text) == (200, PEOPLE_HEADER)
        assert changed.headers["etag"] != first.headers["etag"]
        assert manifest(served)["person.csv"]["hash"] == "md5:" + hashlib.md5(changed.body).hexdigest() != before
        assert gone(served, person) == {person: "true", "other": "true"}
    finally:
        change(served, f"died_on = NULL, left_on = NULL, listed = 1, place_id = {served.places['east']}")
    assert served.server.get(served.path("lists/person.csv")).body == first.body


def gone(served: Served, person: str) -> dict[str, str | None]:
    reply = served.server.get(served.path(f"lists/person/integrity?id={person},other"))
    return {str(e.get("id")): e[0].text for e in ET.fromstring(reply.body).iter("entity")}


def change(served: Served, to: str) -> None:
    served.store.python(f"from doorstep.lib import db\ndb.current().run({('UPDATE person SET ' + to)!r})")


def test_16_304_while_nothing_changed(served: Served) -> None:
    first = served.server.get(served.path("lists/place.csv"), Accept_Language="en")
    assert first.body == b"name,label\nc1-v1,East Slope\n"
    again = served.server.get(served.path("lists/place.csv"), Accept_Language="en", If_None_Match=first.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])


def test_16_a_new_etag_and_hash_after_a_change(served: Served) -> None:
    before, etag = manifest(served), served.server.get(served.path("lists/place.csv")).headers["etag"]
    served.store.python(
        "from doorstep.places import actions, queries\n"
        "actions.add('c1-v1-g1', 'group', {'en': 'First group', 'zh': '一组'}, queries.tree().by_code['c1-v1'].id)"
    )
    try:
        wait_for_settings()
        changed = served.server.get(served.path("lists/place.csv"), If_None_Match=etag)
        assert (changed.status, changed.text) == (200, "name,label\nc1-v1,东坡村\nc1-v1-g1,一组\n")
        assert changed.headers["etag"] != etag
        assert manifest(served)["place.csv"]["hash"] != before["place.csv"]["hash"]
        assert manifest(served)["person.csv"]["hash"] == before["person.csv"]["hash"]
    finally:
        served.store.python(
            "from doorstep.lib import db\nfrom doorstep.places.counters import settings_changed\n"
            "db.current().run(\"DELETE FROM place WHERE code = 'c1-v1-g1'\")\nsettings_changed(db.current())"
        )
        wait_for_settings()


HOME = "5d0c1c6a-3f0e-4a41-8d0b-0a1b2c3d4e5f"


def add_person(served: Served) -> str:
    """A person in the east village, put straight into the register: the shipped forms are not needed here."""
    person = "0b7e2a52-7c5e-4a0f-9d0e-5f3f6a1c2d3e"
    if served.store.rows("SELECT 1 FROM person"):
        return person
    served.store.python(
        "from doorstep.lib import db\n"
        'db.current().run("INSERT INTO household (id, number, place_id, address, dwelling, listed, visits, label, version,'
        f" properties) VALUES ('{HOME}', '12', {served.places['east']}, 'CANARY', '', TRUE, TRUE, '', 1, '{{}}')\")\n"
        'db.current().run("INSERT INTO person (id, household_id, place_id, name, sex, birth_date, phone, reach, listed,'
        f" label, version, properties) VALUES ('{person}', '{HOME}', {served.places['east']}, '王秀英', 'female',"
        " '1996-04-02', 'CANARY', '', TRUE, '', 1, '{}')\")"
    )
    return person


def test_17_integrity_answers_for_every_id_asked_about(served: Served) -> None:
    person = add_person(served)
    reply = served.server.get(served.path(f"lists/person/integrity?id={person},gone"))
    assert (reply.status, reply.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert {e.get("id"): e[0].text for e in ET.fromstring(reply.body).iter("entity")} == {
        person: "false",
        "gone": "true",
    }


def test_17_someone_elses_area_is_as_good_as_gone_and_asking_is_logged(served: Served) -> None:
    person = add_person(served)
    reply = served.server.get(served.path(f"lists/person/integrity?id={person}", "zhao"))
    assert [e[0].text for e in ET.fromstring(reply.body).iter("entity")] == ["true"]
    logged = served.store.rows("SELECT user_id, persons FROM access_log WHERE output = 'device.still_mine' ORDER BY id")
    assert logged[-1] == (served.users["zhao"], f'["{person}"]')


def test_17_an_unknown_list_404(served: Served) -> None:
    assert served.server.get(served.path("lists/elephant/integrity?id=a")).status == 404
    assert served.server.get(served.path("lists/elephant.csv")).status == 404


@pytest.mark.parametrize(
    "path", ["forms/..%2F..%2Fsecret.key.xml", "lists/..%2Fsecret.key", "forms/well.xml?version=9"]
)
def test_nothing_else_is_served(served: Served, path: str) -> None:
    assert served.server.get(served.path(path)).status == 404


def test_errors_are_told_in_the_readers_language(served: Served) -> None:
    told = {
        language: ET.fromstring(served.server.get("/odk/formList", Accept_Language=language).body)[0].text
        for language in ("en-GB", "zh-CN", "fr")
    }
    assert told["en-GB"] == (
        "This address lacks the device's own part."
        " Use the whole address that was given for this phone, or scan its code again."
    )
    assert told["zh-CN"] == told["fr"] == "这个地址里少了设备自己的那一段。 请填给这部手机的完整地址，或者重新扫码。"


def test_head_of_what_is_fetched(served: Served) -> None:
    for rest in ("formList", "forms/well.xml"):
        whole = served.server.get(served.path(rest))
        reply = served.server.request("HEAD", served.path(rest), OPENROSA)
        assert (reply.status, reply.body) == (200, b"")
        assert reply.headers["content-length"] == str(len(whole.body))
