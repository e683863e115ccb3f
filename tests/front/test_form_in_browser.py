"""The form component as a village worker meets it: Chromium, 360 pixels, Doorstep's content security policy.

No ``wait_for_function`` here: it evaluates a string again and again in the page, which the policy forbids.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.front.conftest import Phone
from tests.front.site_for_front import FORMS, ROOT, Site

pytestmark = pytest.mark.browser

AXE = ROOT / "front/node_modules/axe-core/axe.min.js"
FILLED: dict[str, Any] = {"prefill": {"person": "p1", "weight": "60.5"}, "fixed": ["person"]}
CANARY = b"taken at 30.2741N 120.1551E"


def open_form(phone: Phone, site: Site, form: str = "every_question", language: str = "zh", **config: Any) -> Page:
    phone.page.goto(site.form_page(form, language, **config))
    phone.page.wait_for_selector(".df-bar")
    return phone.page


def go_on(page: Page) -> None:
    page.click(".df-main")


def walk(page: Page) -> list[str]:
    """Fills ``every_question`` and stops on its last page; gives the titles it went through."""
    titles = []

    def title() -> None:
        titles.append(page.inner_text(".df-page-title"))

    title()
    page.get_by_label("短文字").fill("小梅")
    go_on(page)
    title()
    page.get_by_label("脉搏").fill("80")
    go_on(page)
    title()
    page.get_by_label("不好").check()
    page.get_by_label("是", exact=True).check()
    go_on(page)
    title()
    return titles


def axe_violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())  # through the debugger: the page's own policy stays as it is
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{v['id']}: {n['html']}" for v in found["violations"] for n in v["nodes"]]


def png(width: int, height: int) -> bytes:
    """A picture with a comment in it that must not leave the phone."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes((y % 256, 128, 64)) * width for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"tEXt", b"Comment\0" + CANARY)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def test_a_record_is_filled_by_thumb_and_sent(phone: Phone, site: Site) -> None:
    page = open_form(phone, site, **FILLED)
    assert walk(page) == ["文字", "数字", "选择", "材料"]
    go_on(page)
    page.wait_for_url("**/done")
    (sent,) = site.sent
    assert [(name, kind) for name, _, kind, _ in sent.parts] == [("xml_submission_file", "text/xml")]
    assert sent.headers["x-csrftoken"] == "token-of-the-page"
    for written in ("<person>p1</person>", "<nickname>小梅</nickname>", "<weight>60.5</weight>", "<agreed>OK</agreed>"):
        assert sent.xml.count(written) == 1, written
    assert phone.complaints == []


def test_the_token_of_a_new_sign_in_is_used(phone: Phone, site: Site) -> None:
    page = open_form(phone, site, **FILLED)
    walk(page)
    page.context.add_cookies([{"name": "csrftoken", "value": "newer", "url": site.url}])
    go_on(page)
    page.wait_for_url("**/done")
    assert site.sent[0].headers["x-csrftoken"] == "newer"


def test_signed_out_meanwhile_keeps_everything(phone: Phone, site: Site) -> None:
    page = open_form(phone, site, signInUrl="/login", **FILLED)
    walk(page)
    site.answer = (302, "text/html", "")
    go_on(page)
    page.wait_for_selector("#df-outcome")
    assert page.inner_text("#df-outcome h2") == "您已退出登录"
    assert page.get_attribute("#df-outcome a", "href") == "/login"
    site.answer = (201, "application/json", '{"redirect": "/done"}')
    go_on(page)
    page.wait_for_url("**/done")
    assert site.sent[0].xml == site.sent[1].xml


def test_no_network_is_said_in_both_languages(phone: Phone, site: Site) -> None:
    page = open_form(phone, site, **FILLED)
    walk(page)
    page.context.set_offline(True)
    go_on(page)
    page.wait_for_selector("#df-outcome")
    assert page.inner_text("#df-outcome h2") == "还没有发出去：没有网络"
    page.get_by_role("button", name="English").click()
    assert page.inner_text("#df-outcome h2") == "Not sent yet: no connection"
    page.context.set_offline(False)
    go_on(page)
    page.wait_for_url("**/done")
    assert len(site.sent) == 1


def test_an_answer_never_leads_to_another_server(phone: Phone, site: Site) -> None:
    page = open_form(phone, site, **FILLED)
    walk(page)
    site.answer = (201, "application/json", '{"redirect": "https://elsewhere.example/done"}')
    go_on(page)
    page.wait_for_selector(".df-saved")
    assert page.url == site.url + "/fill/every_question"


@pytest.mark.parametrize(("written", "asked"), [(False, 0), (True, 1)])
def test_leaving_is_asked_about_only_when_something_is_written(
    phone: Phone, site: Site, written: bool, asked: int
) -> None:
    page = open_form(phone, site, **FILLED)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.get_by_label("短文字").click()
    if written:
        page.get_by_label("短文字").fill("小梅")
    page.goto(site.url + "/done")
    assert dialogs == ["beforeunload"] * asked


def test_nothing_written_stays_on_the_phone(phone: Phone, site: Site) -> None:
    page = open_form(phone, site, **FILLED)
    walk(page)
    kept = page.evaluate(
        """async () => [Object.keys(localStorage), Object.keys(sessionStorage), await indexedDB.databases(),
                        await caches.keys(), document.cookie]"""
    )
    assert kept == [[], [], [], [], ""]


def test_a_photo_is_made_small_and_loses_what_the_camera_wrote(phone: Phone, site: Site) -> None:
    page = open_form(phone, site, **FILLED)
    walk(page)
    page.get_by_label("单据照片").set_input_files(
        {"name": "王小梅.png", "mimeType": "image/png", "buffer": png(2400, 300)}
    )
    page.wait_for_selector(".df-thumb")
    assert page.evaluate("document.querySelector('.df-thumb').naturalWidth") == 320
    go_on(page)
    page.wait_for_url("**/done")
    (_, file_name, kind, body) = site.sent[0].parts[1]
    assert (kind, body[:3], body.count(CANARY)) == ("image/jpeg", b"\xff\xd8\xff", 0)
    assert site.sent[0].xml.count(f"<photo>{file_name}</photo>") == 1
    size = page.evaluate(
        """async bytes => { const b = await createImageBitmap(new Blob([new Uint8Array(bytes)])); return [b.width, b.height] }""",
        list(body),
    )
    assert size == [1600, 200]
    assert phone.complaints == []


def test_a_file_that_is_too_big_or_no_picture_is_refused_in_words(phone: Phone, site: Site) -> None:
    page = open_form(phone, site, maxAttachmentBytes=1024, **FILLED)
    walk(page)
    page.get_by_label("其他材料").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2048}
    )
    page.get_by_label("单据照片").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"not a picture"}
    )
    expect(page.locator(".df-trouble")).to_have_count(2)
    troubles = [text.removeprefix("▲ ") for text in page.locator(".df-trouble").all_inner_texts()]
    assert troubles == ["这个文件不是能显示的图片，请另选一个。", "文件太大（2 KB），最大1 KB。"]
    go_on(page)
    assert page.locator("#df-summary li").count() == 2
    assert site.sent == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_sound_for_people_who_listen(phone: Phone, site: Site, language: str) -> None:
    page = open_form(phone, site, language=language, **FILLED)
    found = axe_violations(page)
    go_on(page)
    found += axe_violations(page)
    page.locator(".df-page input").first.fill("小梅")
    go_on(page)
    found += axe_violations(page)
    page.locator(".df-page input").first.fill("80")
    go_on(page)
    page.locator(".df-card").nth(1).click()
    page.locator("[role=combobox]").click()
    found += axe_violations(page)
    page.keyboard.press("Escape")
    page.locator(".df-card").nth(0).click()
    page.locator(".df-card").last.click()
    go_on(page)
    page.locator(".df-add").click()
    found += axe_violations(page)
    assert found == []


@pytest.mark.parametrize("form", [path.stem for path in FORMS])
def test_each_form_fits_a_phone_and_a_thumb(phone: Phone, site: Site, form: str) -> None:
    page = open_form(phone, site, form)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    small = page.evaluate(
        """() => [...document.querySelectorAll('doorstep-form :is(button, .df-card, .df-input, a)')]
            .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
            .filter(([, r]) => r.height < 44 || r.width < 44).map(([html]) => html)"""
    )
    assert small == []
    assert phone.complaints == []


def test_turned_from_right_to_left_the_page_still_fits(phone: Phone, site: Site) -> None:
    page = open_form(phone, site, **FILLED)
    page.evaluate("document.querySelector('doorstep-form').setAttribute('language', 'ar')")
    page.wait_for_selector("doorstep-form[dir=rtl]")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    left, right = page.evaluate(
        """() => ['.df-fixed-label', '.df-fixed-answer'].map(s => document.querySelector(s).getBoundingClientRect().left)"""
    )
    assert left > right
