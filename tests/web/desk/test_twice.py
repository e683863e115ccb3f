"""The page of those who may be one person: who sees whom, one press each way, and nobody beyond the own area."""

from __future__ import annotations

import re
from datetime import date

from doorstep.lib import db
from doorstep.register import queries as register
from tests.cast import Township
from tests.web.worker.conftest import Reader

BORN = date(1990, 3, 4)


def pair(township: Township, name: str = "王秀英", who: str = "worker", place: str = "c1-t1-v1") -> tuple[str, str]:
    home = township.household(who, place)
    one, other = (township.person(name, home=home, born=BORN, who=who, phone=f"1380000123{n}") for n in (4, 5))
    return min(one, other), max(one, other)


def test_each_sees_the_own_area_alone(as_: Reader, township: Township) -> None:
    pair(township, "欧阳金")
    pair(township, "司马银", "neighbour", "c1-t1-v2")
    seen = {
        who: {name for name in ("欧阳金", "司马银") if name in as_(who).get("/same").content.decode()}
        for who in ("worker", "neighbour", "supervisor", "clinician", "manager", "installer")
    }
    assert seen == {
        "worker": {"欧阳金"}, "neighbour": {"司马银"}, "supervisor": {"欧阳金", "司马银"},
        "clinician": set(), "manager": set(), "installer": set(),
    }  # fmt: skip
    logged = db.current().rows("SELECT COUNT(*) FROM access_log WHERE output = 'twice'")
    assert logged == [(3 * 2,)]  # each page is read twice


def test_one_press_each_way(as_: Reader, township: Township) -> None:
    one, other = pair(township)
    worker = as_("worker")
    html = worker.get("/same").content.decode()
    assert re.findall(r'class="differs"><th scope="row">([^<]+?) <', html) == ["Phone, its end"]
    assert worker.post("/same/say", {"kept": other, "other": one, "same": "yes"}).status_code == 302
    assert register.aliases([one, other]) == {one: other}
    assert worker.get(f"/p/{one}").headers["Location"] == f"/p/{other}"
    assert as_("neighbour").get(f"/p/{one}").status_code == 404
    html = worker.get("/same").content.decode()
    assert ("Nobody seems to be written down twice." in html, "They are two after all" in html) == (True, True)
    assert as_("supervisor").post("/same/say", {"kept": other, "other": one, "same": "no"}).status_code == 302
    assert register.aliases([one, other]) == {}
    assert "Nobody seems to be written down twice." in worker.get("/same").content.decode()


def test_nobody_joins_strangers_or_who_is_not_alike(as_: Reader, township: Township) -> None:
    one, other = pair(township)
    third = township.person("赵六", born=date(1980, 1, 1))
    for who, told in (
        ("neighbour", {"kept": one, "other": other, "same": "yes"}),
        ("clinician", {"kept": one, "other": other, "same": "yes"}),
        ("worker", {"kept": one, "other": third, "same": "yes"}),
        ("worker", {"kept": one, "other": one, "same": "yes"}),
        ("worker", {"kept": one, "other": "nobody", "same": "no"}),
    ):
        assert as_(who).post("/same/say", told).status_code == 404
    assert register.aliases([one, other, third]) == {}


def test_the_receipt_says_that_somebody_alike_is_there(as_: Reader, township: Township) -> None:
    home = township.household()

    def receipt(name: str) -> str:
        person = township.person(name, home=home, born=BORN)
        seq = db.current().value("SELECT MAX(seq) FROM entry WHERE person_id = ?", [person])
        return as_("worker").get(f"/receipt/{seq}").content.decode()

    assert ["Maybe the same person" in receipt(name) for name in ("王秀英", "赵六", "王秀英")] == [False, False, True]
