"""Every output of counts about people who are not the reader's own: no small count and none that is not rounded is in
it, and two days' pages tell nothing of the few who came in between (charter C16)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from doorstep.access.showing import declared
from doorstep.indicators.outputs import MANAGERS
from doorstep.indicators.preview import preview
from doorstep.indicators.report import report_rows
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.programmes import actions as programmes
from doorstep.programmes.library import programmes as in_force
from tests.cast import Township, fill, new_id, shipped
from tests.indicators.test_differences import hand_in
from tests.indicators.test_preview import candidate, changed
from tests.web.desk.test_round import families
from tests.web.worker.conftest import TODAY, Reader

EAST, WEST = "c1-t1-v1", "c1-t1-v2"
NUMBERS = (
    r'<td class="number"[^>]*>(.*?)</td>|<dd[^>]*>(.*?)</dd>|<strong>(.*?)</strong>|<p class="soft">(\d+) answered'
)
Shown = list[str]
SHOWS_ALL = {"report.differences", "pack.preview", "problems.care"}  # nothing here is small on these
__all__ = ["changed"]


@dataclass
class Store:
    township: Township
    as_: Reader
    changed: Path

    def page(self, who: str, address: str, since: str = "", until: str = "</html>") -> Shown:
        """Every figure of a page, or of a part of it; rates left out, they follow from the pairs."""
        answer = self.as_(who).get(address)
        assert answer.status_code == 200, address
        html = answer.content.decode()
        assert since in html, since
        return list(_figures(html.split(since, 1)[1].split(until)[0] if since else html))

    def visits(self) -> Shown:
        return self.page("manager", "/desk/", 'aria-labelledby="visits"', "</section>")

    def register(self) -> Shown:
        tiles = self.page("manager", "/desk/", '<div class="tiles">', 'aria-labelledby="visits"')
        return tiles + self.page("manager", "/desk/", 'aria-labelledby="villages"', "</section>")

    def events(self) -> Shown:
        """How often something was held is no count of people; how many came is."""
        html = self.as_("manager").get("/outreach/figures?period=2026-Q2").content.decode()
        return list(_figures(html.split('<div class="figures">')[1].split("By place</h2>")[0]))

    def voices(self) -> Shown:
        html = self.as_("manager").get("/outreach/figures?period=2026-Q2").content.decode()
        return list(_figures(html.split("</table></div>")[-1]))

    def pictures(self) -> Shown:
        return self.page("manager", "/reports/pictures")

    def round(self) -> Shown:
        whole = self.page("supervisor", "/desk/round", 'aria-labelledby="progress"', "</section>")
        return whole + self.page("supervisor", "/desk/round", 'aria-labelledby="found"', "</section>")

    def report(self) -> Shown:
        return self.page("manager", "/reports/maternal_quarter?period=2026-Q2")

    def changes(self) -> Shown:
        found = self.page("manager", "/reports/maternal_quarter/changes?period=2026-Q2")
        return [one.replace("+", "").replace("−", "") for one in found]

    def by_year(self) -> Shown:
        """Villages have figures of years that are over."""
        area = places.tree().by_id[self.township.places["township"]]
        rows = report_rows("maternal_quarter", "2026-Q1", area, days.today())
        numbers = [n for row in rows for n in (row.numerator, row.denominator)]
        return ["hidden" if n is None else str(n) for n in numbers]

    def complaints(self) -> Shown:
        html = self.as_("manager").get("/complaints/counts").content.decode()
        return ["hidden" if n == "–" else n for n in re.findall(r"<dd>([^<]*)</dd>", html)]

    def said(self) -> Shown:
        return self.page("supervisor", "/desk/voices", 'aria-labelledby="wrong"', 'class="soft foot"')

    def repairs(self) -> Shown:
        return self.page("supervisor", "/desk/problems", "Waiting for those who wrote them", "</p>")

    def preview(self) -> Shown:
        area = places.tree().by_id[self.township.places["township"]]
        found = [preview(one, area, days.today()) for one in (*in_force().at(area.id), candidate(self.changed))]
        told: list[object] = [one.people for one in found]
        for visit in (visit for one in found for visit in one.visits):
            told += [visit.count, *(example.count for example in visit.examples)]
        for figure in (figure for one in found for figure in one.figures):
            told += [n for side in (figure.now, figure.then) if side for n in (side.numerator, side.denominator)]
        return ["hidden" if n is None else str(n) for n in told]


READERS: dict[str, Callable[[Store], Shown]] = {
    "board": Store.visits,
    "board.register": Store.register,
    "board.map": Store.register,  # the map is drawn from this table's own figures
    "report": Store.report,
    "report.places": Store.by_year,
    "report.differences": Store.changes,
    "pack.preview": Store.preview,
    "pictures": Store.pictures,
    "pictures.ages": Store.pictures,
    "pictures.born": Store.pictures,
    "round.progress": Store.round,
    "problems.care": Store.repairs,
    "complaint.counts": Store.complaints,
    "voices": Store.said,
    "outreach.figures": Store.events,
    "outreach.voices": Store.voices,
}


def _figures(html: str) -> Iterator[str]:
    for found in re.findall(NUMBERS, html, re.S):
        text = re.sub(r"<[^>]+>", "", "".join(found)).strip()
        for one in re.findall(r"hidden|(?<![\d.,-])[+−]?\d[\d,]*(?![\d,]*\s*[%‰])(?!\.\d)", text):
            yield one.replace(",", "")
    for drawn in re.findall(r"<doorstep-chart><script[^>]*>(.*?)</script>", html, re.S):
        yield from _drawn(json.loads(drawn))


def _drawn(told: dict[str, Any]) -> Iterator[str]:
    counts = {"cascade": 1, "pyramid": 2, "intervals": 2}.get(told["type"], 0)
    for row in told.get("table", {}).get("rows", []):
        yield from row[1 : 1 + counts]


def something_of_all(store: Store) -> None:
    """Nine or a few more than nine of everything that is counted."""
    township = store.township
    pack = programmes.install(shipped("outreach"), by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    families(township, 24, done=3)
    families(township, 13, done=12, place="west", who="neighbour")
    for n in range(17):
        mother(township, date(2026, 4, 1 + n))
    hand_in(township)
    for n in range(12):
        mother(township, date(2026, 5, 1 + n))
    few(store, 11)


def mother(township: Township, on: date) -> None:
    home = township.household("worker" if on.day % 3 else "neighbour", EAST if on.day % 3 else WEST, f"m{on}")
    person, lmp = township.person(f"妈妈{on}", home=home), on - timedelta(days=280)
    township.pregnancy(person, lmp)
    ended = {"person": person, "ended_on": on, "result": "birth", "babies": [{"alive": "yes"}]}
    township.write("worker", "pregnancy_outcome", ended, on=on)


def few(store: Store, count: int) -> None:
    """Some more of everything."""
    township, today = store.township, days.today()
    for n in range(count):
        home = township.household("worker", EAST, f"{today}-{n}")
        person = township.person(
            f"人{today}{n}", home=home, born=date(1950 + n, 1, 1), sex="male" if n % 2 else "female"
        )
        told = {"person": person, "registered_on": today, "asked": "yes", "care_by": "both"}
        township.write("worker", "htn_registration", told, on=today)
        visit = {"person": person, "visit_date": today, "systolic": 120, "diastolic": 70, "symptoms": "none",
                 "adherence": "regular", "reaction": "no", "new_illness": "no", "referred": "no"}  # fmt: skip
        township.write("worker", "htn_visit", visit, on=today)
        walked = {"household": home, "walked_on": today, "outcome": "corrected", "findings": "wrong", "remark": ""}
        township.write("worker", "round_visit", walked, on=today)
        unknown = {"registered_on": today, "asked": "yes", "care_by": "worker", "person": new_id()}
        township.write("worker", "htn_registration", unknown, on=today)
        answers = {
            "place": EAST,
            "held_on": today,
            "kind": "lecture",
            "topic": "pressure",
            "series": "part_2",
            "people": 1,
        }
        township.write("worker", "outreach_event", answers, on=today)
        content = fill(township.spec("outreach_questions"), {"felt_free": "no" if n < 3 else "yes", "filled_on": today})
        sent = {"xml_submission_file": SimpleUploadedFile("s.xml", content, "text/xml")}
        assert store.as_("worker").post("/outreach/ask/outreach_questions/send", sent).status_code == 201


def test_every_output_of_counts_is_read_here() -> None:
    assert {one.id for one in declared().values() if one.counts == "rounded"} == READERS.keys()
    assert {"manager"} == MANAGERS


def test_nothing_small_and_nothing_exact_is_shown_on_any_day(
    as_: Reader, township: Township, monkeypatch: pytest.MonkeyPatch, changed: Path
) -> None:
    store = Store(township, as_, changed)
    something_of_all(store)
    first = {name: read(store) for name, read in READERS.items()}
    for name, figures in first.items():
        wrong = [n for n in figures if n != "hidden" and (int(n) < 10 or int(n) % 5)]
        assert (name, wrong) == (name, [])
        assert "hidden" in figures or name in SHOWS_ALL, name
    assert sum(n != "hidden" for figures in first.values() for n in figures) > 40
    monkeypatch.setenv("DOORSTEP_TODAY", (TODAY + timedelta(days=1)).isoformat())
    few(store, 4)
    second = {name: read(store) for name, read in READERS.items()}
    assert second == first
