"""A series in a folder: read, checked against its form and table, and told about in stories."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import At, CardColumn, DoseSource, Rule
from doorstep.engine.packs import load, run_cases, untried
from doorstep.engine.packs.languages import check_languages
from doorstep.engine.packs.yaml_file import Found
from doorstep.engine.rules import compile
from doorstep.lib.problems import Problems

from .clinic import Change, changed

SERIES = """
series:
  shots:
    title: {en: Shots, zh: 接种}
    form: shot
    dose: [shot.doses, visit]
    on: shot.doses.given_on
    table: plan
    chain: chain
    step: step
    row_id: dose
    since: since
    before: before
    fits: dose.what = row.chain
    from: greatest(add_interval(person.birth_date, row.age, 'month'), coalesce(add_days(previous, 28), person.birth_date))
    until: add_months(from, 6)
    not_after: add_interval(person.birth_date, row.last, 'year')
    service: feet
    priority: 2
    source: norm
    why: {en: "Counted from the birth.", zh: 从出生算起。}
    card: [{title: {en: Kind, zh: 种类}, of: [shot.doses.what]}]
"""
FORM = """| settings | | | | |
| | form_id | form_title | version | default_language |
| | shot | Shot | 1 | 中文 (zh) |
| survey | | | | |
| | type | name | label::English (en) | label::中文 (zh) |
| | select_one_from_file person.csv | person | Who | 谁 |
| | date | on_day | Day | 日期 |
| | begin_repeat | doses | Doses | 剂次 |
| | select_one what | what | Which | 哪种 |
| | date | given_on | Given on | 接种日期 |
| | end_repeat | | | |
| choices | | | | |
| | list_name | name | label::English (en) | label::中文 (zh) |
| | what | A | A | A |
| | what | B | B | B |
"""
PLAN = """chain,step:integer,dose,since:date,before:date,age:integer,last:integer,title_en,title_zh
A,1,A-1,2020-01-01,,0,,First A,A第一剂
A,2,A-2,2020-01-01,2026-01-01,3,,Second A,A第二剂
A,2,A-2,2026-01-01,,2,4,Second A,A第二剂
"""
STORIES = """
- say: {en: A child comes a day too early and comes again., zh: 早来一天，再来一次。}
  person: {birth_date: 2026-01-10}
  given:
    - {form: shot, on: 2026-05-01, doses: [{what: A, given_on: 2026-01-12}, {what: B, given_on: 2026-01-12}, {what: A, given_on: 2026-03-09}]}
  when: 2026-06-01
  then:
    - shot 2026-01-12 counts as A-1
    - "shot 2026-01-12：算作 A-1"
    - "shot 2026-01-12 does not count: not in the schedule"
    - "shot 2026-03-09 does not count for A: too early for the age by 1 day"
    - "shot 2026-03-09：对 A 不算，月龄不够，差 1 天"
    - shots:A-1 is met on 2026-01-12
    - shots:A-2 is open from 2026-03-10 to 2026-09-10
- say: {en: Nobody knows when she was born., zh: 不知道哪天出生。}
  given:
    - {form: shot, on: 2026-05-01, doses: [{what: A, given_on: 2026-01-12}, {what: A}]}
  when: 2026-06-01
  then:
    - "shot 2026-01-12 does not count: cannot be told"
    - shots:A-1 needs person.birth_date
"""
ADDED: list[Change] = [
    ("pack.yaml", "advice:\n", SERIES.lstrip() + "advice:\n"),
    ("pack.yaml", "  leave: {title", "  shot: {title: {en: Shot, zh: 接种}, subject: person, who: person,"
     " occurred_on: on_day, service: feet}\n  leave: {title"),
    ("forms/shot.md", None, FORM),
    ("tables/plan.csv", None, PLAN),
    ("cases/shots.yaml", None, STORIES),
]  # fmt: skip


def made(folder: Path, *more: Change) -> Path:
    """The clinic with the series; ``more`` changes are made to what was added."""
    texts = dict(enumerate(ADDED))
    for file, old, new in more:
        number, text = next((n, c[2]) for n, c in texts.items() if c[0] == file and old is not None and old in c[2])
        assert old is not None
        texts[number] = (file, texts[number][1], text.replace(old, new))
    return changed(folder, texts.values())


def test_a_series_as_read(tmp_path: Path) -> None:
    series = load(made(tmp_path)).series["shots"]
    assert series.doses == (DoseSource("shot", "doses", "given_on", True), DoseSource("visit"))
    assert (series.form, series.table, series.chain, series.step, series.row_id) == (
        "shot", "plan", "chain", "step", "dose",
    )  # fmt: skip
    assert series.card == (CardColumn({"en": "Kind", "zh": "种类"}, ("shot.doses.what",)),)
    assert series.fits == Rule("dose.what = row.chain", At("pack.yaml", 32))
    assert [rule is None for rule in (series.due, series.until, series.not_after, series.while_)] == [
        True, False, False, True,
    ]  # fmt: skip


def test_its_planned_visits(tmp_path: Path) -> None:
    pack = load(made(tmp_path))
    planned = pack.series_contacts()
    assert [(c.id, c.title["zh"], c.form, c.service, c.priority) for c in planned] == [
        ("shots:A-1", "A第一剂", "shot", "feet", 2),
        ("shots:A-2", "A第二剂", "shot", "feet", 2),
    ]
    assert planned == pack.planned()[-1]


def test_its_stories(tmp_path: Path) -> None:
    pack = load(made(tmp_path))
    results = run_cases(pack)
    assert [p for r in results for p in r.problems] == []
    assert not [p for p in untried(pack, results) if "dose" in p.where.item]


def test_a_row_without_a_story_is_told(tmp_path: Path) -> None:
    pack = load(made(tmp_path, ("cases/shots.yaml", "    - shots:A-2 is open from 2026-03-10 to 2026-09-10\n", "")))
    told = [p.where.item for p in untried(pack, run_cases(pack)) if p.code == "packs.no_case"]
    assert "dose shots:A-2" in told
    assert "dose shots:A-1" not in told


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        ("shot 2026-01-12 counts as A-1", "shot 2026-01-12 counts as A-2", "it counts as A-1; it does not count: not in the schedule"),
        ("the age by 1 day", "the age by 2 days", "it does not count for A: too early for the age by 1 days"),
        ("shot 2026-01-12 does not count: cannot be told", "shot 2026-01-13 does not count: cannot be told", "there is no such dose"),
    ],
)  # fmt: skip
def test_a_false_sentence_is_told_with_what_happened(tmp_path: Path, old: str, new: str, got: str) -> None:
    pack = load(made(tmp_path, ("cases/shots.yaml", old, new)))
    problems = [p for r in run_cases(pack) for p in r.problems]
    assert [(p.code, p.args["got"]) for p in problems] == [("packs.case_fails", got)]


@pytest.mark.parametrize(
    "name", ["shots:A-9 is open", "shot 2026-01-12 counts as A-9", "shut 2026-01-12 counts as A-1"]
)
def test_names_in_stories_must_exist(tmp_path: Path, name: str) -> None:
    pack = load(made(tmp_path, ("cases/shots.yaml", "shot 2026-01-12 counts as A-1", name)))
    codes = [p.code for r in run_cases(pack) for p in r.problems]
    assert codes in (["packs.unknown_contact"], ["packs.unknown_form"])


WRONG: list[tuple[str, str, str, str]] = [
    ("pack.yaml", "on: shot.doses.given_on", "on: shot.doses.gave_on", "unknown_question"),
    ("pack.yaml", "on: shot.doses.given_on", "on: leave.left_day", "series_on"),
    ("pack.yaml", "on: shot.doses.given_on", "on: shot.doses.what", "occurred_on_no_date"),
    ("pack.yaml", "[shot.doses, visit]", "[shot.dozes, visit]", "unknown_question"),
    ("pack.yaml", "[shot.doses, visit]", "[shots.doses, visit]", "unknown_form"),
    ("pack.yaml", "of: [shot.doses.what]", "of: [shot.doses.whet]", "unknown_question"),
    ("pack.yaml", "of: [shot.doses.what]", "of: [leave.left_day]", "unknown_question"),
    ("pack.yaml", "table: plan", "table: plans", "unknown_table"),
    ("pack.yaml", "  shots:\n", "  Shots:\n", "id_unsound"),
    ("tables/plan.csv", "A,1,A-1", f"A,1,A{'x' * 32}", "series_name"),
    ("pack.yaml", "step: step", "step: dose", "series_column"),
    ("pack.yaml", "before: before", "before: ending", "series_column"),
    ("pack.yaml", "    service: feet", "    service: hands", "unknown_service"),
    ("pack.yaml", "    priority: 2", "    prority: 2", "key_unknown"),
    ("tables/plan.csv", "A,1,A-1", "A,,A-1", "series_row"),
    ("tables/plan.csv", "A,1,A-1", "A,1,A 1", "series_name"),
    ("tables/plan.csv", "A,1,A-1", "A,1,A-2", "series_id_twice"),
    ("tables/plan.csv", "A,1,A-1", "A,3,A-3", "series_steps"),
    ("tables/plan.csv", "title_zh", "titel_zh", "series_title"),
]


@pytest.mark.parametrize(("file", "old", "new", "code"), WRONG)
def test_what_is_wrong_is_told(tmp_path: Path, file: str, old: str, new: str, code: str) -> None:
    with pytest.raises(Problems) as raised:
        load(made(tmp_path, (file, old, new)))
    assert f"packs.{code}" in [p.code for p in raised.value.problems]


def test_a_title_missing_in_one_row_is_told(tmp_path: Path) -> None:
    pack: Pack = load(made(tmp_path, ("tables/plan.csv", "First A,A第一剂", "First A,")))
    found = Found("clinic")
    check_languages(pack, found)
    assert [p.where.item for p in found.problems] == ["contact shots:A-1"]


def test_a_column_of_the_card_has_a_title_in_every_language(tmp_path: Path) -> None:
    pack: Pack = load(made(tmp_path, ("pack.yaml", "{en: Kind, zh: 种类}", "{zh: 种类}")))
    found = Found("clinic")
    check_languages(pack, found)
    assert [p.where.item for p in found.problems] == ["series shots, card"]


def test_a_row_is_in_force_until_the_day_before_the_next(tmp_path: Path) -> None:
    rows = compile(load(made(tmp_path))).program.series["shots"].rows
    days = (date(2019, 12, 31), date(2025, 12, 31), date(2026, 1, 1))
    assert [[row.in_force(day) for day in days] for row in rows[1:]] == [[False, True, False], [False, False, True]]
