"""Forms of one's own: published, filled, corrected and exported by their owner; to everybody else there is nothing."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from doorstep.access import actions as access
from doorstep.access.showing import declared
from doorstep.engine import charter
from doorstep.forms import own
from doorstep.forms import queries as forms
from doorstep.forms.queries import APPLIED, CONFLICT, REVIEW, SUPERSEDED, library
from doorstep.lib import db
from doorstep.programmes.library import programmes
from tests.cast import STARTED, Township, fill, new_id
from tests.web.forms.conftest import EVERYBODY_ELSE, config_of, publish, send, upload, well, zip_of
from tests.web.worker.conftest import Reader

ANSWERS = {
    "owner": "=Li",
    "depth": "-12.5",
    "uses": "drink field",
    "repair": [{"day": "2026-03-01", "part": [{"what": "rope"}, {"what": "bucket"}]}, {"day": "2026-04-01"}],
}


def spec_of(township: Township, form_id: str = "wells", version: str = "") -> Any:
    return library().spec(form_id, version) if version else township.spec(form_id)


def seq_of(instance: str) -> int:
    return int(db.current().value("SELECT MAX(seq) FROM entry WHERE instance_id = ?", [instance]))


def states(form_id: str = "wells") -> list[int]:
    rows = db.current().rows("SELECT state FROM entry WHERE form_id = ? ORDER BY seq", [form_id])
    return [state for (state,) in rows]


def entered(client: Client, township: Township, **more: Any) -> int:
    """One record sent from the page; gives its seq."""
    instance = f"uuid:{new_id()}"
    answer = send(client, fill(spec_of(township), ANSWERS | more, instance=instance))
    assert (answer.status_code, answer.json()["redirect"]) == (201, f"/forms/record/{seq_of(instance)}")
    return seq_of(instance)


# ---------------------------------------------------------------- publishing


def test_a_form_is_published_for_its_owner_alone(as_: Reader, township: Township) -> None:
    publish(as_("worker"))
    found = library().current["wells"]
    assert (found.owner_id, found.version, found.pack_id) == (township.users["worker"], "1", "")
    assert "Wells" in as_("worker").get("/forms/").content.decode()
    assert "Wells" not in as_("supervisor").get("/forms/").content.decode()


def test_who_may_not_publish_has_no_such_page(as_: Reader, township: Township) -> None:
    for who in ("manager", "installer"):
        assert (as_(who).get("/forms/").status_code, upload(as_(who), well()).status_code) == (404, 404)
        assert "/forms/" not in as_(who).get("/about").content.decode()
    assert "wells" not in library().current


@pytest.mark.parametrize(
    ("content", "name", "where", "sentence", "todo"),
    [
        (b"", "empty.md", "", "This file is empty.", "Save the form again"),
        (b"\xff\xfe\x00", "wells.csv", "", "not in UTF-8", "Save it as"),
        (b"PK\x03\x04broken", "wells.xlsx", "", "damaged", "save it as .xlsx"),
        (b"hello", "wells.docx", "", "is not a form", "Save the form as one of"),
        (well().replace(b"| decimal ", b"| decimall "), "wells.md", "sheet survey, row 6", "decimall", "Use for example"),
        (well().replace(b"end_group ", b"end_repeat"), "wells.md", "sheet survey, row 8", "has no begin_", "delete this row"),
        (well(question="${nobody}"), "wells.md", "sheet survey, row 6", "nobody", "Check the spelling"),
        (well(question="准生证号"), "wells.md", "sheet survey, row 6", "C10", "Remove it."),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_in_sentences(
    as_: Reader, township: Township, content: bytes, name: str, where: str, sentence: str, todo: str
) -> None:
    answer = upload(as_("worker"), content, name)
    told = re.search(r'role="alert".*?</section>', answer.content.decode(), re.DOTALL)
    assert (answer.status_code, told is not None, states(), "wells" in library().current) == (422, True, [], False)
    assert all(part in told[0] for part in (where, sentence, todo))  # type: ignore[index]


def test_the_sentences_are_in_the_readers_language(as_: Reader, township: Township) -> None:
    client = as_("worker")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    answer = upload(client, well().replace(b"| decimal ", b"| decimall ")).content.decode()
    assert "survey工作表，第6行" in answer and "没有“decimall”这种问题" in answer


def test_a_form_may_not_write_to_the_register(as_: Reader, township: Township) -> None:
    form = well().replace(b"| settings |", b"| entities | list_name | label |\n| | person | ${owner} |\n| settings |")
    form = form.replace(b"| entities | list_name | label |", b"| entities | | |\n| | list_name | label |")
    answer = upload(as_("worker"), form)
    assert (answer.status_code, "the register of people and families" in answer.content.decode()) == (422, True)
    assert "wells" not in library().current


def test_a_form_id_belongs_to_one_person(as_: Reader, township: Township) -> None:
    publish(as_("worker"))
    for who, form_id in (("neighbour", "wells"), ("worker", "person")):
        answer = upload(as_(who), well(form_id=form_id, version="9"))
        assert (answer.status_code, f"The form id “{form_id}” is taken." in answer.content.decode()) == (422, True)
    assert library().current["wells"].version == "1"


def test_another_content_needs_another_version(as_: Reader, township: Township) -> None:
    worker = as_("worker")
    publish(worker)
    answer = upload(worker, well(question="How wide?"))
    assert (answer.status_code, "is published already, with other content" in answer.content.decode()) == (422, True)
    publish(worker, question="How wide?", version="2")
    assert [v.version for v in library().versions.values() if v.form_id == "wells"] == ["1", "2"]
    assert library().current["wells"].version == "2"


def test_an_id_may_hold_any_sign(as_: Reader, township: Township) -> None:
    worker = as_("worker")
    assert upload(worker, well(form_id="a/b:c d")).status_code == 302
    page = worker.get("/forms/fill/a/b:c d")
    config = config_of(page.content)
    assert worker.get(config["formXmlUrl"]).content.decode() == library().xml("a/b:c d", "1")
    answer = worker.post(config["submitUrl"], {})
    assert (answer.status_code, "There is no filled form" in answer.json()["message"]) == (400, True)


# ---------------------------------------------------------------- filling, correcting, closing


def test_it_is_filled_and_read_back(as_: Reader, township: Township) -> None:
    worker = as_("worker")
    publish(worker)
    seq = entered(worker, township)
    page = worker.get(f"/forms/record/{seq}").content.decode()
    said = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page)
    assert said == [
        ("Whose well is it?", "=Li"),
        ("How deep?", "-12.5"),
        ("What is it for?", "Drinking, The field"),
        ("Repairs", "No. 1"),
        ("On which day?", "1 March 2026"),
        ("Parts", "No. 1"),
        ("Which part?", "rope"),
        ("Parts", "No. 2"),
        ("Which part?", "bucket"),
        ("Repairs", "No. 2"),
        ("On which day?", "1 April 2026"),
    ]
    line = worker.get("/forms/of/wells").content.decode()
    assert "=Li · -12.5 · Drinking, The field" in line


def test_a_correction_replaces_and_keeps(as_: Reader, township: Township) -> None:
    worker = as_("worker")
    publish(worker)
    first = entered(worker, township)
    instance = forms.entries("seq IN (?*)", [first])[0].instance_id
    config = config_of(worker.get(f"/forms/record/{first}/correct").content)
    assert config["edit"] == {"instanceXml": f"/forms/record/{first}/record.xml", "files": {}}
    assert worker.get(config["edit"]["instanceXml"]).content == forms.body(first)
    answer = send(worker, fill(spec_of(township), ANSWERS | {"owner": "Wang"}, corrects=instance))
    assert (answer.status_code, states()) == (201, [SUPERSEDED, APPLIED])
    assert "This record was corrected." in worker.get(f"/forms/record/{first}").content.decode()
    assert worker.get(f"/forms/record/{first}/correct").status_code == 404
    assert "=Li" not in worker.get("/forms/of/wells").content.decode()
    assert "1 record" in worker.get("/forms/").content.decode()


def test_an_older_versions_record_still_arrives_and_is_corrected_as_it_was_asked(
    as_: Reader, township: Township
) -> None:
    worker = as_("worker")
    publish(worker)
    old = spec_of(township, version="1")
    publish(worker, question="How wide?", version="2")
    instance = f"uuid:{new_id()}"
    assert send(worker, fill(old, ANSWERS, instance=instance)).status_code == 201
    seq = seq_of(instance)
    assert "How deep?" in worker.get(f"/forms/record/{seq}").content.decode()
    config = config_of(worker.get(f"/forms/record/{seq}/correct").content)
    assert worker.get(config["formXmlUrl"]).content.decode() == library().xml("wells", "1")


def test_closing_and_opening_again(as_: Reader, township: Township) -> None:
    worker = as_("worker")
    publish(worker)
    sent = {}
    for wanted in ("closing", "closed", "open"):
        assert worker.post("/forms/open/wells", {"open_to": wanted}).status_code == 302
        sent[wanted] = (
            worker.get("/forms/fill/wells").status_code,
            send(worker, fill(spec_of(township), ANSWERS)).status_code,
        )
    assert sent == {"closing": (404, 201), "closed": (404, 409), "open": (200, 201)}
    assert worker.post("/forms/open/wells", {"open_to": "ajar"}).status_code == 404


def test_what_could_not_be_read_and_what_clashes_is_said(as_: Reader, township: Township) -> None:
    worker = as_("worker")
    publish(worker, required="yes")
    instance = f"uuid:{new_id()}"
    for depth in ("deep", "3"):
        send(worker, fill(spec_of(township), ANSWERS | {"depth": depth}, instance=instance))
    assert states() == [REVIEW, CONFLICT]
    first, second = (
        worker.get(f"/forms/record/{seq}").content.decode() for seq in (seq_of(instance) - 1, seq_of(instance))
    )
    assert "cannot be read as what the question asks for" in first
    assert "A record with this id but other content" in second and f"/repair/{seq_of(instance)}" in second
    assert worker.get("/forms/of/wells").content.decode().count("needs a look") == 2


# ---------------------------------------------------------------- nobody else


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
def test_to_anybody_else_there_is_nothing(as_: Reader, township: Township, who: str) -> None:
    owner, other = as_("worker"), as_(who)
    publish(owner)
    seq = entered(owner, township)
    pages = (
        "/forms/of/wells", "/forms/fill/wells", "/forms/xml/wells?version=1", "/forms/file/wells?version=1&name=a.csv",
        f"/forms/record/{seq}", f"/forms/record/{seq}/correct", f"/forms/record/{seq}/record.xml",
        f"/forms/record/{seq}/file?name=a.png", "/fill/wells", "/fill/wells/form.xml?version=1", f"/correct/{seq}",
        f"/record/{seq}.xml", f"/receipt/{seq}", f"/repair/{seq}", f"/desk/problems/{seq}",
    )  # fmt: skip
    absent = other.get("/forms/of/nothing").content
    for page in pages:
        answer = other.get(page)
        assert answer.status_code == 404, page
        assert steady(answer.content, page) == steady(absent, "/forms/of/nothing"), page
    for page in ("/forms/open/wells", "/forms/files/wells", "/forms/export/wells", "/forms/send/wells"):
        assert other.post(page, {"open_to": "closed"}).status_code == 404, page
    assert library().current["wells"].open_to == "open"
    assert states() == [APPLIED]


def test_the_queries_themselves_know_whose_a_record_is(as_: Reader, township: Township) -> None:
    owner = as_("worker")
    publish(owner)
    seq = entered(owner, township)
    found = {}
    for who, user in township.users.items():
        listed = [r.seq for r in own.records("wells", user)], [r.seq for r in own.exported("wells", user)]
        found[who] = (*listed, own.record("wells", user, seq) is not None, own.counts(user))
    assert found.pop("worker") == ([seq], [seq], True, {"wells": 1})
    assert set(map(repr, found.values())) == {repr(([], [], False, {}))}


def test_a_family_named_in_a_record_opens_it_for_nobody(as_: Reader, township: Township) -> None:
    owner = as_("worker")
    publish(owner)
    seq = entered(owner, township)
    home = township.household()
    db.current().run("UPDATE entry SET household_id = ? WHERE seq = ?", [home, seq])
    access.serve(township.users["neighbour"], township.places["east"], STARTED)
    assert as_("neighbour").get(f"/families/{home}").status_code == 200
    for address in (f"/record/{seq}.xml", f"/correct/{seq}", f"/receipt/{seq}"):
        assert as_("neighbour").get(address).status_code == 404


def steady(content: bytes, address: str) -> str:
    text = re.sub(r'(csrfmiddlewaretoken" value=|csrf-token" content=)"[^"]+"', "", content.decode())
    return text.replace(address.replace("&", "&amp;"), "")


def test_a_supervisors_figures_leave_them_out(as_: Reader, township: Township) -> None:
    from doorstep.forms.waiting import care_count

    worker = as_("worker")
    publish(worker)
    entered(worker, township, depth="deep")
    assert states() == [REVIEW]
    assert care_count([township.users["worker"]], []) == 0


def test_the_charter_holds_for_every_output_of_it(township: Township) -> None:
    own = {name: output for name, output in declared().items() if name.startswith("forms.own")}
    assert set(own) == {"forms.own", "forms.own.records", "forms.own.record", "forms.own.export"}
    assert charter.check(own.values(), [p.pack for p in programmes().all_on()]) == []
    assert {output.scope for output in own.values()} == {"own"}


# ---------------------------------------------------------------- exporting


def exported(client: Client, form_id: str = "wells") -> dict[str, Any]:
    answer = client.post(f"/forms/export/{form_id}")
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(zip_of(answer)) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")))) if name.endswith(".csv")
            else archive.read(name)
            for name in archive.namelist()
        }  # fmt: skip


def test_the_export_is_what_was_entered(as_: Reader, township: Township) -> None:
    worker = as_("worker")
    publish(worker)
    seq = entered(worker, township)
    key = forms.entries("seq IN (?*)", [seq])[0].instance_id
    found = exported(worker)
    assert list(found) == ["wells.csv", "wells-repair.csv", "wells-repair-part.csv"]
    (row,) = found["wells.csv"]
    assert row.pop("SubmissionDate").startswith("20")
    assert row == {
        "owner": "'=Li", "water-depth": "-12.5", "water-uses": "drink field", "photo": "", "KEY": key,
        "AttachmentsPresent": "0", "AttachmentsExpected": "0", "Status": "", "FormVersion": "1",
    }  # fmt: skip
    assert found["wells-repair.csv"] == [
        {"day": "2026-03-01", "PARENT_KEY": key, "KEY": f"{key}/repair[1]"},
        {"day": "2026-04-01", "PARENT_KEY": key, "KEY": f"{key}/repair[2]"},
    ]
    assert found["wells-repair-part.csv"] == [
        {"what": "rope", "PARENT_KEY": f"{key}/repair[1]", "KEY": f"{key}/repair[1]/part[1]"},
        {"what": "bucket", "PARENT_KEY": f"{key}/repair[1]", "KEY": f"{key}/repair[1]/part[2]"},
    ]


def test_the_export_holds_every_version_side_by_side_and_no_replaced_record(as_: Reader, township: Township) -> None:
    worker = as_("worker")
    publish(worker)
    first = entered(worker, township)
    instance = forms.entries("seq IN (?*)", [first])[0].instance_id
    upload(worker, well(version="2").replace(b"| decimal      | depth ", b"| decimal      | width "))
    new = spec_of(township)
    send(worker, fill(new, {"owner": "Wang", "width": "2"}))
    send(worker, fill(library().spec("wells", "1"), ANSWERS | {"owner": "Zhao"}, corrects=instance))
    rows = exported(worker)["wells.csv"]
    assert list(rows[0])[1:6] == ["owner", "water-width", "water-uses", "photo", "water-depth"]
    assert [(r["owner"], r["water-width"], r["water-depth"], r["FormVersion"]) for r in rows] == [
        ("Wang", "2", "", "2"),
        ("Zhao", "", "-12.5", "1"),
    ]


def test_photos_travel_with_the_export(as_: Reader, township: Township) -> None:
    worker = as_("worker")
    publish(worker)
    instance = f"uuid:{new_id()}"
    content = fill(spec_of(township), ANSWERS | {"photo": "well.png"}, instance=instance)
    assert send(worker, content, well=b"a picture").status_code == 201
    found = exported(worker)
    assert found[f"media/{instance.removeprefix('uuid:')}/well.png"] == b"a picture"
    assert (found["wells.csv"][0]["photo"], found["wells.csv"][0]["AttachmentsPresent"]) == ("well.png", "1")
    address = f"/forms/record/{seq_of(instance)}/file?name=well.png"
    page = worker.get(address)
    assert (page.content, page.headers["Content-Type"]) == (b"a picture", "image/png")
    assert page.headers["Content-Disposition"] == "attachment"
    assert f'src="{address}"' in worker.get(f"/forms/record/{seq_of(instance)}").content.decode()
    config = config_of(worker.get(f"/forms/record/{seq_of(instance)}/correct").content)
    assert config["edit"]["files"] == {"well.png": address}
    assert as_("supervisor").get(address).status_code == 404
