"""A report is read as it will be handed in, checked by one, handed in by another, and reads the same for ever after."""

from __future__ import annotations

import io
import json
import shutil
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from doorstep.access import actions as access
from doorstep.indicators import calendar, handed_in, periods
from doorstep.indicators.documents import making
from doorstep.indicators.moments import hand_ins
from doorstep.indicators.report import find
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.programmes import actions as programmes
from tests.cast import PASSWORD, STARTED, Township, shipped
from tests.indicators.test_differences import births, edit
from tests.web.paper.reading import text_of
from tests.web.worker.conftest import Reader, steady

TODAY = date(2026, 11, 20)
REPORT, PERIOD = "maternal_quarter", "2026-Q2"
TOLD = "In Liulin township, 2026, quarter 2: 40 women who gave birth had signed up"


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-11-20")


@pytest.fixture
def forty(township: Township) -> list[tuple[str, str]]:
    """Forty births in the quarter, and a second manager."""
    user = access.add_user("deputy", "deputy", "manager", PASSWORD)
    access.serve(user, township.places["township"], STARTED)
    township.users["deputy"] = user
    return births(township, 40, township.household(on=date(2025, 6, 1)))


def address(township: Township, what: str) -> str:
    return f"/reports/{REPORT}/{what}?place={township.places['township']}&period={PERIOD}"


def check(manager: Client, township: Township) -> handed_in.Copy:
    sent = {"place": township.places["township"], "period": PERIOD}
    assert manager.post(f"/reports/{REPORT}/check-off", sent).status_code == 302
    return steps(township)[-1]


def steps(township: Township) -> list[handed_in.Copy]:
    return handed_in.copies([REPORT], township.places["township"], [PERIOD])


def html(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return unescape(steady(answer.content))


def test_from_reading_to_handing_in(township: Township, forty: list[tuple[str, str]], as_: Reader) -> None:
    manager, deputy = as_("manager"), as_("deputy")
    page = html(manager, address(township, "read"))
    assert TOLD in page and "I have checked it" in page and "Draft" in page
    checked = check(manager, township)
    page = html(manager, address(township, "read"))
    assert "You checked it yourself. Ask one of these to hand it in: deputy" in page
    manager.post(f"/reports/copies/{checked.seq}/hand-in")  # not on the page, so by a forged request alone
    assert len(steps(township)) == 1
    assert f'action="/reports/copies/{checked.seq}/hand-in"' in html(deputy, address(township, "read"))
    assert deputy.post(f"/reports/copies/{checked.seq}/hand-in").status_code == 302
    copy = steps(township)[-1]
    assert (copy.number, copy.by_name, copy.sha256) == (1, "deputy", checked.sha256)
    again = deputy.post(f"/reports/copies/{checked.seq}/hand-in", follow=True)
    assert "This report was handed in already: copy 1," in unescape(again.content.decode())
    page = html(manager, f"/reports/copies/{copy.seq}")
    assert TOLD in page and "Copy 1, handed in" in page and copy.sha256 in page


def test_a_copy_reads_the_same_whatever_comes_later(
    township: Township, forty: list[tuple[str, str]], as_: Reader, tmp_path: Path
) -> None:
    manager, deputy = as_("manager"), as_("deputy")
    deputy.post(f"/reports/copies/{check(manager, township).seq}/hand-in")
    (copy,) = [one for one in steps(township) if one.number == 1]
    html(manager, address(township, "read"))  # which says once that it was checked
    before = html(manager, f"/reports/copies/{copy.seq}")
    births(township, 12, township.household(number="13", on=date(2025, 6, 1)))
    for person, outcome in forty[:11]:
        right = {"person": person, "ended_on": date(2026, 7, 4), "result": "birth", "babies": [{"alive": "yes"}]}
        township.write("worker", "pregnancy_outcome", right, on=date(2026, 11, 1), corrects=outcome)
    folder = tmp_path / "maternal"
    shutil.copytree(shipped("maternal"), folder)
    edit(folder / "pack.yaml", "version: ", "version: 2099.1 # ")
    edit(folder / "indicators" / "early_registration_rate.yaml", "first_seen < add_weeks(", "lmp > add_weeks(")
    pack = programmes.install(folder, by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    assert html(manager, f"/reports/copies/{copy.seq}") == before
    assert TOLD not in html(manager, address(township, "read"))  # while today's figures are others
    area = places.tree().by_id[township.places["township"]]
    (handed,) = hand_ins(find(REPORT, area)[1], periods.parse(PERIOD), area)
    run_again = making.draft(making.ask(REPORT, PERIOD, area, date(2026, 11, 20), handed.moment))
    assert run_again.content() == handed_in.content_of(copy.seq)
    assert handed_in.sha256_of(handed_in.canonical(run_again.content())) == copy.sha256


def test_files_of_a_draft_and_of_a_copy(township: Township, forty: list[tuple[str, str]], as_: Reader) -> None:
    manager = as_("manager")
    checked = check(manager, township)
    for path, state in ((address(township, "as/xlsx"), "Draft"), (f"/reports/copies/{checked.seq}/as/xlsx", "Checked")):
        answer = manager.get(path)
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{REPORT}-{PERIOD}-c1-t1')
        reading = load_workbook(io.BytesIO(answer.content)).worksheets[0]
        words = [str(cell.value) for row in reading.iter_rows() for cell in row if cell.value is not None]
        assert any(word.startswith(state) for word in words)
        assert any(word.startswith(TOLD) for word in words)
    assert manager.get(address(township, "as/exe")).status_code == 404


@pytest.mark.parametrize("who", ["worker", "clinician", "supervisor", "installer", "neighbour"])
def test_nobody_else_reads_or_hands_in(who: str, township: Township, forty: list[tuple[str, str]], as_: Reader) -> None:
    checked = check(as_("manager"), township)
    client = as_(who)
    for path in (address(township, "read"), address(township, "as/csv"), f"/reports/copies/{checked.seq}",
                 f"/reports/copies/{checked.seq}/as/pdf", "/reports/typed"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert client.post(f"/reports/copies/{checked.seq}/hand-in").status_code == 404
    assert len(steps(township)) == 1


def test_a_period_still_running_is_not_checked(township: Township, as_: Reader) -> None:
    sent = {"place": township.places["township"], "period": "2026-Q4"}
    answer = as_("manager").post(f"/reports/{REPORT}/check-off", sent, follow=True)
    assert "This period runs until 2026-12-31" in unescape(answer.content.decode())
    assert handed_in.copies([REPORT], township.places["township"]) == []


def test_a_typed_table_is_looked_through(township: Township, as_: Reader) -> None:
    rows = "项目,应登记人数,已登记人数,登记率\n流动人口,2444,2199,87%\n"
    sent = {"file": SimpleUploadedFile("表.csv", rows.encode())}
    page = unescape(as_("manager").post("/reports/typed", sent).content.decode())
    assert (
        "“登记率” is printed as 87%; by its own pair 2,199 (C2) ÷ 2,444 (B2) × 100 it is 90% (to one decimal 90.0%)."
        in page
    )
    page = unescape(
        as_("manager").post("/reports/typed", {"file": SimpleUploadedFile("x.xlsx", b"no")}).content.decode()
    )
    assert "“x.xlsx”" in page or "table.xlsx" in page


def test_the_list_says_how_far_each_period_has_come(
    as_: Reader, township: Township, forty: list[tuple[str, str]]
) -> None:
    manager = as_("manager")
    area = places.tree().by_id[township.places["township"]]

    def come() -> list[tuple[str, str, int]]:
        found = {one.report.id: one.states for one in calendar.states(area, TODAY)}
        return [(state.period.id, state.step, state.copy) for state in found[REPORT]]

    assert come() == [("2026-Q4", "running", 0)]  # the programme was not on before
    copy = check(manager, township)
    assert come() == [("2026-Q4", "running", 0), (PERIOD, "checked", 0)]
    as_("deputy").post(f"/reports/copies/{copy.seq}/hand-in")
    assert come() == [("2026-Q4", "running", 0), (PERIOD, "handed_in", 1)]
    page = unescape(manager.get("/reports/").content.decode())
    assert '<span class="soft">handed in</span>' in " ".join(page.split())


def test_the_report_can_be_looked_back_to_and_says_so(
    as_: Reader, township: Township, forty: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", days.day_of(days.now()).isoformat())
    manager = as_("manager")
    copy = check(manager, township)
    as_("deputy").post(f"/reports/copies/{copy.seq}/hand-in")
    births(township, 20, township.household(on=date(2025, 6, 1)))
    at = f"/reports/{REPORT}?place={township.places['township']}&period={PERIOD}"
    day = hand_ins(find(REPORT, places.tree().by_id[township.places["township"]])[1], periods.parse(PERIOD),
                   places.tree().by_id[township.places["township"]])[0].day.isoformat()  # fmt: skip
    now, then = manager.get(at).content.decode(), manager.get(f"{at}&as_of={day}").content.decode()
    assert f'<option value="{day}"' in now and "as they were known on" not in now
    assert "as they were known on" in then and "<dd>40</dd>" in then and "<dd>60</dd>" in now
    assert manager.get(f"{at}&as_of=2026-11-01").status_code == 404


def test_the_pdf_holds_the_figures_of_the_screen(as_: Reader, township: Township, forty: list[tuple[str, str]]) -> None:
    """The very words of the pages are read back."""
    manager = as_("manager")
    told = json.loads(manager.get(address(township, "as/json")).content)
    printed = text_of(manager.get(address(township, "as/pdf")).content)
    figures = [
        line[part]["value"] for line in told["report"]["lines"] for part in ("numerator", "denominator", "rate")
        if line["place"] == "c1-t1" and line[part]["kind"] == "number"
    ]  # fmt: skip
    assert "40" in figures and [n for n in figures if n not in printed] == []
