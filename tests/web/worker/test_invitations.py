"""Services offered without signing up: seen by the worker of the place until somebody gives them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doorstep.access.queries import actor, care_of
from doorstep.intake import rebuild
from doorstep.programmes import actions as programmes
from doorstep.visits.queries import due_visits, worklist
from tests.cast import Township
from tests.web.worker.conftest import TODAY, Reader

PACK = """id: hearing
version: 2026.11.1
titles: {en: Hearing, zh: 听力}
sources: {norm: {title: {en: A norm, zh: 规范}, status: secondary}}
services: {hearing_test: {title: {en: Hearing test, zh: 听力检查}, care: hearing.care_by, offered: true}}
forms:
  hearing:
    {title: {en: Hearing test, zh: 听力检查}, subject: person, who: person, occurred_on: day, service: hearing_test, minutes: 1}
"""
FORM = """| survey | | | | | | |
| | type | name | label::English (en) | label::中文 (zh) | required | bind::doorstep:tag |
| | select_one_from_file person.csv | person | Who | 是谁 | yes | identity |
| | date | day | Day | 日期 | yes | sensitive.health |
| | select_one yes_no | hears | Hears well? | 听得见吗？ | yes | sensitive.health |
| | select_one care | care_by | Who may see this? | 愿意让谁看到？ | | sensitive.health |

| choices | | | | |
| | list_name | name | label::English (en) | label::中文 (zh) |
| | yes_no | yes | Yes | 是 |
| | yes_no | no | No | 不是 |
| | care | worker | Only the worker | 只有村医 |
| | care | clinic | Only the clinic | 只有卫生院 |

| settings | | | | | |
| | form_title | form_id | version | default_language | namespaces |
| | 听力检查 · Hearing test | hearing | 2026112101 | 中文 (zh) | doorstep="https://doorstep.example/ns" |
"""
SCHEDULE = """title: {en: At one and at two years, zh: 1岁和2岁各一次}
default: true
contacts:
  - id: hearing_1
    title: {en: Hearing at one year, zh: 1岁听力}
    form: hearing
    from: add_years(person.birth_date, 1)
    until: add_days(add_years(person.birth_date, 2), -1)
    service: hearing_test
    source: norm
  - id: hearing_2
    title: {en: Hearing at two years, zh: 2岁听力}
    form: hearing
    from: add_years(person.birth_date, 2)
    until: add_days(add_years(person.birth_date, 3), -1)
    service: hearing_test
    source: norm
"""
BORN = date(TODAY.year - 1, 3, 1)


@pytest.fixture
def child(township: Township, tmp_path: Path) -> str:
    for name, text in (("pack.yaml", PACK), ("forms/hearing.md", FORM), ("schedules/ages.yaml", SCHEDULE)):
        (tmp_path / "hearing" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "hearing" / name).write_text(text)
    pack = programmes.install(tmp_path / "hearing", by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    return township.person("小明", born=BORN)


def listed(township: Township, who: str) -> list[str]:
    """The visits on somebody's list, as the page asks for them."""
    reader = actor(township.users[who])
    found = due_visits(reader, [line.id for line in worklist(reader, TODAY).lines])
    return sorted(visit.contact for visit in found.values())


def test_her_worker_alone_sees_the_invitation(township: Township, child: str, as_: Reader) -> None:
    seen = {who: listed(township, who) for who in ("worker", "neighbour", "clinician", "supervisor")}
    assert seen == {"worker": ["hearing_1"], "neighbour": [], "clinician": [], "supervisor": []}
    page = as_("worker").get(f"/p/{child}").content.decode()
    assert f'href="/fill/hearing?person={child}"' in page
    assert as_("worker").get(f"/fill/hearing?person={child}").status_code == 200
    assert as_("supervisor").get(f"/fill/hearing?person={child}").status_code == 404
    assert "Hearing" not in as_("supervisor").get(f"/p/{child}").content.decode()


def test_whoever_gives_it_is_the_care_team_and_nobody_else(township: Township, child: str, as_: Reader) -> None:
    colleague = _colleague(township)
    assert listed(township, "worker") == listed(township, colleague) == ["hearing_1"]
    township.write("worker", "hearing", {"person": child, "day": date(2026, 4, 1), "hears": "yes"}, on=TODAY)
    assert care_of([child])[child]["hearing_test"] == (frozenset({township.users["worker"]}), frozenset())
    assert "What was written" in as_("worker").get(f"/p/{child}").content.decode()
    assert "/record/" not in as_(colleague).get(f"/p/{child}").content.decode().replace("/fill", "")
    assert "Hears well?" in as_("worker").get(f"/p/{child}").content.decode()
    assert "Hears well?" not in as_(colleague).get(f"/p/{child}").content.decode()
    assert rebuild.verify() == []


def test_a_second_child_is_still_invited_by_place(township: Township, child: str) -> None:
    other = township.person("小红", born=BORN)
    township.write("worker", "hearing", {"person": child, "day": date(2026, 4, 1), "hears": "yes"}, on=TODAY)
    assert listed(township, _colleague(township)) == ["hearing_1"]
    assert care_of([other]) == {}


def test_a_named_clinic_takes_the_place_of_whoever_wrote(township: Township, child: str) -> None:
    said = {"person": child, "day": date(2026, 4, 1), "hears": "yes", "care_by": "clinic"}
    township.write("worker", "hearing", said, on=TODAY)
    assert care_of([child])[child]["hearing_test"] == (frozenset(), frozenset({township.places["clinic"]}))


def test_no_thank_you_ends_the_invitation(township: Township, child: str, as_: Reader) -> None:
    as_("worker").post(f"/p/{child}/service", {"service": "hearing_test", "say": "end"})
    assert listed(township, "worker") == []


def _colleague(township: Township) -> str:
    """A second worker of the same village."""
    from doorstep.access import actions as access
    from tests.cast import PASSWORD, STARTED

    if "colleague" not in township.users:
        clinic = township.places["clinic"]
        user = access.add_user("colleague", "colleague", "worker", PASSWORD, clinic_id=clinic)
        access.serve(user, township.places["east"], STARTED)
        township.users["colleague"] = user
    return "colleague"
