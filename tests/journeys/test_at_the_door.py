"""A village worker's day: a new family, a pregnancy, a visit, what comes next; and who sees none of it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from doorstep.lib import days
from tests.front.site_for_front import ROOT
from tests.journeys.conftest import DESK, Enter, Someone, Village

pytestmark = pytest.mark.browser

AXE = ROOT / "front/node_modules/axe-core/axe.min.js"


def register_family(worker: Someone, number: str) -> None:
    page = worker.page
    page.click("text=家庭")
    page.get_by_role("link", name="登记一户").first.click()
    page.wait_for_selector(".df-bar")
    page.get_by_role("combobox", name=re.compile("村或组")).click()
    page.get_by_role("option", name="东坡村").click()
    page.get_by_label("门牌号或户号").fill(number)
    worker.next()
    page.get_by_label("地址或怎么走").fill("村口大槐树旁")
    worker.next()
    page.wait_for_url("**/receipt/*")


def register_person(worker: Someone, name: str, born: str) -> None:
    """From a family's receipt or page to the person's receipt."""
    page = worker.page
    page.get_by_label("姓名").fill(name)
    page.get_by_label("出生日期").fill(born)
    page.get_by_role("button", name="继续").click()
    page.wait_for_selector(".df-bar")
    worker.choose("谁同意登记的？", "本人同意")
    worker.next()
    expect(page.get_by_label("姓名")).to_have_value(name)
    worker.choose("性别", "女")
    worker.next()
    worker.choose("愿意怎么联系？", "怎么联系都行")
    page.get_by_label("电话（愿意才填）").fill("13911112222")
    worker.next()
    page.wait_for_url("**/receipt/*")


def sign_up(worker: Someone, person: str, lmp: date) -> None:
    """Pregnancy care: from her page to the receipt."""
    page = worker.page
    worker.open(f"/p/{person}")
    page.get_by_role("link", name="孕期服务登记").click()
    page.wait_for_selector(".df-bar")
    fill_all(worker, {"末次月经第一天": lmp.isoformat()})
    page.wait_for_url("**/receipt/*")


def fill_all(worker: Someone, dates: dict[str, str]) -> None:
    """Go through a form page by page, giving the first answer to every group and the named dates."""
    page = worker.page
    for _ in range(8):
        for group in page.get_by_role("radiogroup").all():
            if not group.locator("input:checked").count():
                group.locator("input").first.check()
        for label, value in dates.items():
            field = page.get_by_label(re.compile(label))
            if field.count() and not field.first.input_value():
                field.first.fill(value)
        last = page.locator(".df-main").inner_text() == "保存记录"
        worker.next()
        if last:
            return
        page.wait_for_timeout(100)


def person_of(village: Village, name: str) -> str:
    return str(village.rows("SELECT id FROM person WHERE name = ?", name)[0][0])


@pytest.fixture(scope="module")
def mother(village: Village) -> str:
    return "林晓荷"


def test_a_family_and_a_person_are_registered(village: Village, enter: Enter, mother: str) -> None:
    worker = enter("worker")
    register_family(worker, "36")
    expect(worker.page.get_by_role("heading", level=1)).to_have_text("已保存")
    worker.page.get_by_role("link", name="登记家里的人").click()
    register_person(worker, mother, "1998-03-04")
    worker.page.get_by_role("link", name=f"看{mother}").click()
    expect(worker.page.get_by_role("heading", level=1)).to_have_text(mother)
    worker.open("/families")
    expect(worker.page.locator(".family", has_text="36号")).to_contain_text(mother)
    worker.open("/find")
    worker.page.get_by_role("searchbox").press_sequentially("lxh", delay=30)
    expect(worker.page.locator("#found a")).to_contain_text(mother)
    assert worker.complaints == []


def test_the_same_person_is_not_written_down_twice(village: Village, enter: Enter, mother: str) -> None:
    worker = enter("worker")
    worker.open("/register")
    worker.page.get_by_label("姓名").fill(mother)
    worker.page.get_by_label("出生日期").fill("1998-03-04")
    worker.page.get_by_role("button", name="继续").click()
    expect(worker.page.get_by_role("alert")).to_contain_text("已经有很像的人了。")
    worker.page.get_by_role("link", name="就是这位").click()
    expect(worker.page.get_by_role("heading", level=1)).to_have_text(mother)


def test_a_pregnancy_is_signed_up_and_visited(village: Village, enter: Enter, mother: str) -> None:
    worker, person = enter("worker"), person_of(village, mother)
    sign_up(worker, person, days.today() - timedelta(weeks=17))
    expect(worker.page.locator("section", has_text="接下来")).to_contain_text("孕16–20周随访")
    worker.page.get_by_role("link", name="回首页").click()
    line = worker.page.locator(".visit", has_text="孕16–20周随访").filter(has_text=mother)
    line.get_by_text("为什么？").click()
    expect(line).to_contain_text("国家规范要求")
    line.get_by_role("link", name="填写").click()
    page = worker.page
    page.wait_for_selector(".df-bar")
    taps = visit(worker)
    page.wait_for_url("**/receipt/*")
    assert taps <= 20
    expect(page.get_by_role("heading", level=1)).to_have_text("已保存")
    worker.open(f"/p/{person}")
    expect(page.locator(".strip")).to_contain_text("满17周")
    expect(page.locator(".next-title").first).to_have_text("孕21–24周随访")
    assert page.locator(".strip-visit.met").count() == 1
    assert worker.complaints == []


def visit(worker: Someone) -> int:
    """A visit as short as it can be; gives how many things were touched."""
    page, touched = worker.page, 0
    for label, value in (("体重", "58.5"), ("高压", "116"), ("低压", "74")):
        while not page.get_by_label(re.compile(label)).count():
            worker.next()
            touched += 1
            page.wait_for_timeout(80)
        page.get_by_label(re.compile(label)).fill(value)
        touched += 1
    for _ in range(4):
        for group in page.get_by_role("radiogroup").all():
            if not group.locator("input:checked").count():
                no = group.get_by_label("没有", exact=True)
                (no if no.count() else group.locator("input")).first.check()
                touched += 1
        none = page.get_by_label("都没有", exact=True)
        if none.count() and not none.first.is_checked():
            none.first.check()
            touched += 1
        last = page.locator(".df-main").inner_text() == "保存记录"
        worker.next()
        touched += 1
        if last:
            break
        page.wait_for_timeout(80)
    return touched


def test_the_neighbouring_village_sees_none_of_it(village: Village, enter: Enter, mother: str) -> None:
    person, neighbour = person_of(village, mother), enter("neighbour")
    for address in ("/today", "/families"):
        assert neighbour.open(address) == 200
        assert mother not in neighbour.page.content()
    neighbour.open("/find")
    neighbour.page.get_by_role("searchbox").press_sequentially("lxh", delay=30)
    expect(neighbour.page.locator("#found")).to_contain_text("没有找到")
    for address in (f"/p/{person}", f"/fill/anc_visit?person={person}", "/receipt/3", "/record/3.xml", "/why/1"):
        assert neighbour.open(address) == 404
        assert mother not in neighbour.page.content()


def test_the_supervisor_sees_no_name_of_hers(village: Village, enter: Enter, mother: str) -> None:
    person, supervisor = person_of(village, mother), enter("supervisor", screen=DESK)
    addresses = supervisor.page.eval_on_selector_all("nav.tabs a", "links => links.map(a => a.getAttribute('href'))")
    for address in addresses:
        assert supervisor.open(address) == 200
        assert mother not in supervisor.page.content(), address
    for address in (f"/p/{person}", "/today", f"/fill/anc_visit?person={person}"):
        assert supervisor.open(address) == 404
        assert mother not in supervisor.page.content()


def test_a_record_is_corrected(village: Village, enter: Enter, mother: str) -> None:
    worker, person = enter("worker"), person_of(village, mother)
    page = worker.page
    worker.open(f"/p/{person}")
    record = page.locator(".record", has_text="产前随访").first
    record.locator("summary").click()
    record.get_by_role("link", name="更正").click()
    page.wait_for_selector(".df-bar")
    while not page.get_by_label(re.compile("体重")).count():
        worker.next()
        page.wait_for_timeout(80)
    expect(page.get_by_label(re.compile("体重"))).to_have_value("58.5")
    page.get_by_label(re.compile("体重")).fill("59.5")
    while page.locator(".df-main").inner_text() != "保存记录":
        worker.next()
        page.wait_for_timeout(80)
    worker.next()
    page.wait_for_url("**/receipt/*")
    worker.open(f"/p/{person}")
    assert page.locator(".record", has_text="产前随访").count() == 1
    page.locator(".record", has_text="产前随访").locator("summary").click()
    expect(page.locator(".record", has_text="产前随访")).to_contain_text("59.5")
    assert worker.complaints == []


def test_she_ends_the_service_in_one_press(village: Village, enter: Enter, mother: str) -> None:
    worker, person = enter("worker"), person_of(village, mother)
    worker.open(f"/p/{person}")
    worker.page.locator(".service", has_text="孕期随访").get_by_role("button", name="不再需要").click()
    expect(worker.page.get_by_role("status").first).to_have_text("这项服务已结束。")
    worker.open("/today")
    assert worker.page.locator(".visit", has_text=mother).count() == 0
    worker.open(f"/p/{person}")
    worker.page.locator(".service", has_text="孕期随访").get_by_role("button", name="又想要了").click()
    expect(worker.page.locator(".next-title").first).to_have_text("孕21–24周随访")


def test_pages_speak_to_a_screen_reader_and_fit_a_phone(village: Village, enter: Enter, mother: str) -> None:
    worker, person = enter("worker"), person_of(village, mother)
    page = worker.page
    source = AXE.read_text()
    for address in (
        "/today",
        "/families",
        "/find",
        "/register",
        f"/p/{person}",
        f"/fill/anc_visit?person={person}",
        "/about",
    ):
        worker.open(address)
        page.wait_for_load_state("networkidle")
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [f"{v['id']}: {n['html']}" for v in found["violations"] for n in v["nodes"]] == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
