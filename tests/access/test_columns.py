"""Columns by role: what is not for a role is not read for it; volunteers and clerks get names, and nothing of care."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from doorstep.access import actions as access
from doorstep.access.showing import declared
from doorstep.engine.outputs import Condition, Undeclared, select
from doorstep.forms.queries import library
from doorstep.lib import db
from doorstep.register.outputs import INVITE
from doorstep.register.queries import SOURCES, invited
from tests.cast import PASSWORD, STARTED, Township, fill

HERS = ("147", "anc", "1996", "13800001234", "Pregnan", "pregnan", "Antenatal", "systolic")  # marks of her record


def newcomer(township: Township, role: str, place: str = "east") -> Client:
    access.serve(access.add_user(role, role, role, PASSWORD), township.places[place], STARTED)
    client = Client(headers={"accept-language": "en"})
    assert client.login(username=role, password=PASSWORD)
    return client


@pytest.fixture
def her(township: Township) -> str:
    person, on = township.person(), date(2026, 3, 2)
    township.pregnancy(person, date(2025, 12, 1), on=on)
    visit = {"person": person, "visit_date": on, "systolic": 147, "diastolic": 93, "weight": 61.5, "referred": "no"}
    assert township.write("worker", "anc_visit", visit, on=on).problem is None
    return person


def test_a_column_kept_for_others_is_not_even_read() -> None:
    sources = SOURCES | {"place.id": "h.place_id"}
    sql, _ = select(INVITE, sources, "household h", reader="volunteer")
    assert "p.birth_date" not in sql and "h.address" not in sql and 'NULL AS "birth_date"' in sql
    sql, _ = select(INVITE, sources, "household h", reader="worker")
    assert 'p.birth_date AS "birth_date"' in sql
    for reader in ("", "manager"):
        with pytest.raises(Undeclared):
            select(INVITE, sources, "household h", reader=reader)


def test_every_output_of_which_columns_are_kept_back_names_roles_of_its_audience() -> None:
    differing = {one.id: {c.name for c in one.columns if c.roles} for one in declared().values() if one.differs}
    assert differing == {"invite": {"address", "listed", "visits", "person_id", "sex", "birth_date"}}
    kept = {c.name for c in INVITE.columns_for("volunteer")}
    assert kept == {"household_id", "number", "place_id", "name"}
    assert INVITE.columns_for("manager") == ()


def test_a_volunteer_reads_numbers_and_names_in_walking_order(township: Township, her: str) -> None:
    quiet = township.household(number="14")
    township.person("李不见", home=quiet)
    db.current().run("UPDATE household SET visits = ? WHERE id = ?", [False, quiet])
    township.person("赵邻村", who="neighbour", home=township.household("neighbour", "c1-t1-v2", "3"))
    client = newcomer(township, "volunteer")
    shown = client.get("/", follow=True)
    assert shown.redirect_chain == [("/invite", 302)]
    page = shown.content.decode()
    assert "王秀英" in page and "No. 12" in page
    for mark in (*HERS, her, "李不见", "赵邻村"):
        assert mark not in page, mark
    assert [(one.number, one.name, one.birth_date, one.person_id) for one in invited(township.places["east"], 0, "volunteer")] == [
        ("12", "王秀英", None, None)
    ]  # fmt: skip
    assert [one.birth_date for one in invited(township.places["east"], 0, "worker")] == [date(1996, 4, 2)]
    assert db.current().row("SELECT output, role FROM access_log ORDER BY id DESC LIMIT 1") == ("invite", "volunteer")


def test_a_clerk_types_a_paper_and_reads_nothing_of_it_again(township: Township, her: str) -> None:
    client = newcomer(township, "clerk")
    assert client.get("/", follow=True).redirect_chain == [("/type", 302)]
    found = client.post("/type", {"typed": "秀英"}).content.decode()
    assert f"/type/for/{her}" in found
    other = township.person("刘健康", home=township.household(number="15"))
    pages = [client.get(f"/type/for/{one}").content.decode() for one in (her, other)]
    forms = [sorted(part.split('"')[0].split("/")[-1] for part in page.split('href="/type/for/')[1:]) for page in pages]
    assert forms[0] == forms[1] and "anc_visit" in forms[0] and "pregnancy_registration" not in forms[0]
    page = client.get(f"/type/for/{her}/anc_visit").content.decode()
    for mark in (*HERS[3:4], "147", "2025-12-01"):
        assert mark not in pages[0] + page, mark
    assert client.get("/type/xml/anc_visit").content.decode() == library().xml(
        "anc_visit", library().current["anc_visit"].version
    )
    on = date(2026, 4, 6)
    typed = fill(township.spec("anc_visit"), {
        "person": her, "visit_date": on, "systolic": 121, "diastolic": 80, "weight": 62, "danger_signs": "none", "referred": "no"})  # fmt: skip
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = client.post("/type/send/anc_visit", {"xml_submission_file": SimpleUploadedFile("x.xml", typed)})
    assert (sent.status_code, sent.json()) == (201, {"redirect": "/type"})
    seq, state, problem = db.current().row("SELECT seq, state, problem FROM entry ORDER BY seq DESC LIMIT 1") or (
        0,
        0,
        "",
    )
    assert (state, problem) == (0, "")
    for address in (f"/p/{her}", f"/receipt/{seq}", f"/correct/{seq}", f"/record/{seq}.xml", f"/repair/{seq}", "/today",
                    f"/fill/anc_visit?person={her}", "/fill/anc_visit/form.xml", "/families"):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_a_clerk_reaches_nobody_elsewhere_and_no_form_of_choice(township: Township, her: str) -> None:
    client = newcomer(township, "clerk", "west")
    assert client.get(f"/type/for/{her}").status_code == 404
    assert client.get(f"/type/for/{her}/anc_visit").status_code == 404
    assert "王秀英" not in client.post("/type", {"typed": "秀英"}).content.decode()
    for form in ("pregnancy_registration", "consent", "household", "nothing"):
        assert client.get(f"/type/xml/{form}").status_code == 404, form
        assert client.post(f"/type/send/{form}").status_code == 404, form


def test_nothing_can_be_filtered_by_a_column_kept_for_others() -> None:
    from dataclasses import replace

    from doorstep.engine.outputs import Filter

    fishing = replace(INVITE, filters=(*INVITE.filters, Filter("person.birth_date")))
    with pytest.raises(Undeclared):
        select(
            fishing,
            SOURCES | {"place.id": "h.place_id"},
            "household h",
            [Condition("person.birth_date", "=", "x")],
            reader="volunteer",
        )
