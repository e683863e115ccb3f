"""The supervisor's figures of what people say: of her own area, rounded, and never a word of it (charter C16, C19)."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

from doorstep.feedback import actions as feedback
from doorstep.forms import queries as forms
from doorstep.intake import herself
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.web.desk.voices import voices_of
from tests.cast import Township
from tests.web.worker.conftest import TODAY, Reader


def objects(township: Township, count: int, place: str = "c1-t1-v1", who: str = "worker") -> None:
    home = township.household(who, place, f"{place}-{count}")
    for n in range(count):
        person = township.person(f"人{place}{n}", who=who, home=home)
        (row,) = (r for r in forms.entries("person_id IN (?*)", [person]) if r.form_id == "person")
        herself.object_to(person, row, "写错了我的生日")


def shown(township: Township, area: str = "township") -> tuple[int | None, ...]:
    found = voices_of(places.tree().by_id[township.places[area]], TODAY)
    return found.objections, found.open, found.in_time, found.late


def test_figures_are_rounded_small_ones_hidden_and_late_ones_stand_apart(township: Township) -> None:
    objects(township, 12)
    objects(township, 11, "c1-t1-v2", "neighbour")
    now = days.now()
    for n in range(31):
        feedback.take_in("service", f"等了很久 {n}", "web", at=now - timedelta(days=60 if n < 13 else 0))
    assert shown(township) == (25, 30, 20, 15)


def test_under_ten_is_not_shown(township: Township) -> None:
    objects(township, 9)
    feedback.take_in("coercion", "有人逼我", "web", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert shown(township) == (None, None, None, None)


def test_the_supervisor_alone_reads_them_and_no_word(township: Township, as_: Reader) -> None:
    objects(township, 12)
    feedback.take_in("service", "等了很久", "web")
    page = html.unescape(as_("supervisor").get("/desk/voices").content.decode())
    assert re.findall(r"<dd>(.*?)</dd>", page)[0] == "10"
    assert "写错了" not in page and "等了很久" not in page and "人c1" not in page
    for who in ("worker", "clinician", "manager", "installer"):
        assert as_(who).get("/desk/voices").status_code == 404
