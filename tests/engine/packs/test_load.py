"""A folder becomes a pack; whatever is wrong with its shape or names is told with file and line, all at once."""

from __future__ import annotations

import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engine.model.pack import (
    AdviceDef,
    DatedValue,
    EpisodeDef,
    FactDef,
    FormUse,
    IndicatorDef,
    Measure,
    NumberDef,
    ReportDef,
    Service,
    Source,
    Strip,
    TableDef,
    Trend,
    TrendLine,
)
from doorstep.engine.model.planned import At, ContactDef, Rule
from doorstep.engine.packs import digest, load
from doorstep.lib.problems import Problems

from .clinic import CLINIC, Change, changed


def test_the_top_of_the_pack() -> None:
    pack = load(CLINIC)
    assert (pack.id, pack.version, pack.titles) == ("clinic", "2026.1", {"en": "Foot care", "zh": "足部护理"})
    assert pack.languages == ("en", "zh")
    assert pack.sources == {"norm": Source("norm", {"en": "The norm", "zh": "规范"}, date(2020, 1, 1), "verified")}
    assert pack.services == {
        "feet": Service("feet", {"en": "Foot care", "zh": "足部护理"}, "sign_up.care_by", At("pack.yaml", 7))
    }
    assert pack.uses["visit"] == FormUse(
        form="visit",
        subject="person",
        who="person",
        occurred_on="seen_on",
        service="feet",
        title={"en": "Visit", "zh": "随访"},
        prefill={"started": Rule("started_on", At("pack.yaml", 10))},
        at=At("pack.yaml", 10),
    )
    assert pack.episodes["care"] == EpisodeDef(
        id="care",
        of="person",
        opens="sign_up",
        visits=("visit", "leave"),
        title={"en": "Course", "zh": "疗程"},
        at=At("pack.yaml", 13),
        strip=Strip("started_on", "left_on", "month"),
        trends=(
            Trend({"en": "Weight", "zh": "体重"}, (TrendLine({"en": "Kilos", "zh": "公斤"}, ("visit.weight",)),), "kg"),
        ),
    )
    assert pack.facts["started_on"] == FactDef("started_on", Rule("first(sign_up.on_day)", At("pack.yaml", 15)), "care")
    assert pack.facts["last_weight"].title == {"en": "Last weight", "zh": "最近体重"}
    assert pack.advice == (
        AdviceDef(
            "visit", Rule("has(visit.signs, 'fever')", At("pack.yaml", 20)), "go_now", "urgent", At("pack.yaml", 20)
        ),
    )


def test_the_other_files() -> None:
    pack = load(CLINIC)
    assert {k: [c.id for c in v] for k, v in pack.schedules.items()} == {
        "plain": ["first_look", "second_look"],
        "short": ["only_look"],
    }
    assert pack.default_schedule == "plain"
    assert pack.schedules["plain"][1] == ContactDef(
        id="second_look",
        schedule="plain",
        title={"en": "Second look", "zh": "第二次"},
        form="visit",
        of="care",
        service="feet",
        from_=Rule("add_days(started_on, 30)", At("schedules/plain.yaml", 14)),
        due=Rule("add_days(started_on, 35)", At("schedules/plain.yaml", 15)),
        until=Rule("add_days(started_on, 40)", At("schedules/plain.yaml", 16)),
        source="norm",
        at=At("schedules/plain.yaml", 11),
    )
    assert pack.numbers["window"] == NumberDef(
        "window",
        {"en": "Days of the window", "zh": "几天之内"},
        "days",
        (
            DatedValue(Decimal(14), date(2020, 1, 1), "norm", "secondary"),
            DatedValue(Decimal(20), date(2024, 1, 1), "norm", "verified"),
        ),
        At("numbers/window.yaml", 1),
    )
    at = At("indicators/seen_rate.yaml", 3)
    assert pack.indicators["seen_rate"] == IndicatorDef(
        id="seen_rate",
        title={"en": "Seen", "zh": "看过的"},
        numerator=Measure(
            "care",
            where=Rule("not is_missing(last_weight)", At("indicators/seen_rate.yaml", 2)),
            by=Rule("started_on", At("indicators/seen_rate.yaml", 2)),
            at=At("indicators/seen_rate.yaml", 2),
        ),
        denominator=Measure("care", by=Rule("started_on", at), at=at),
        breakdowns=("place",),
        note={"en": "People with a weight.", "zh": "有体重的人。"},
        source="norm",
        status="verified",
        at=At("indicators/seen_rate.yaml", 1),
    )
    assert pack.reports["yearly"] == ReportDef(
        "yearly", {"en": "Yearly", "zh": "年报"}, ("seen_rate",), "year", at=At("reports/yearly.yaml", 1)
    )
    assert pack.tables["doses"] == TableDef(
        "doses",
        {"dose": "text", "months": "integer", "amount": "decimal", "since": "date"},
        (
            {"dose": "one", "months": 2, "amount": Decimal("0.5"), "since": date(2020, 1, 1)},
            {"dose": "two", "amount": Decimal("1.25")},
        ),
        At("tables/doses.csv", 1),
    )
    assert pack.words == {"go_now": {"en": "Go to the clinic now.", "zh": "马上去卫生院。"}}
    assert [c.id for c in pack.cases] == ["looks-1", "corrected", "short"]
    assert pack.files == {f: f"forms/{f}.md" for f in ("leave", "sign_up", "visit")}


PACK = "pack.yaml"
PLAN = "schedules/plain.yaml"
RATE = "indicators/seen_rate.yaml"
SIZE = "numbers/window.yaml"
REPORT = "reports/yearly.yaml"
NORM = "since: 2020-01-01, source: norm, status: verified"

# changes → the problems: (code without "packs.", file inside the pack, line)
TABLE: list[tuple[list[Change], list[tuple[str, str, int | None]]]] = [
    ([], []),
    ([(PACK, "id: clinic", "id: Clinic")], [("id_unsound", PACK, 1), ("pack_id_differs", PACK, 1)]),
    ([(PACK, "id: clinic\n", "")], [("key_missing", PACK, 1)]),
    ([(PACK, "version: 2026.1", "version:")], [("key_missing", PACK, 2)]),
    ([(PACK, "version: 2026.1", "versoin: 2026.1")], [("key_missing", PACK, 1), ("key_unknown", PACK, 2)]),
    ([(PACK, "version: 2026.1", "version: [1]")], [("not_single", PACK, 2)]),
    ([(PACK, "version: 2026.1", "version: 1\nversion: 2")], [("key_twice", PACK, 3)]),
    ([(PACK, "titles: {en: Foot care, zh: 足部护理}", "titles: Foot care")], [("not_text", PACK, 3)]),
    ([(PACK, "dated: 2020-01-01", "dated: 2020-13-01")], [("not_date", PACK, 5)]),
    ([(PACK, "status: verified", "status: sure")], [("not_one_of", PACK, 5)]),
    ([(PACK, "sign_up.care_by}", "sign_up.care}")], [("unknown_question", PACK, 7)]),
    ([(PACK, "care: sign_up.care_by}", "care: signup.care_by}")], [("unknown_form", PACK, 7)]),
    (
        [(PACK, "  leave: {title", "  leav: {title")],
        [("form_unused", "forms/leave.md", None), ("unknown_form", PACK, 11)],
    ),
    (
        [(PACK, "occurred_on: on_day, service: feet", "occurred_on: on_day, service: foot")],
        [("unknown_service", PACK, 9)],
    ),
    ([(PACK, "occurred_on: on_day", "occurred_on: day")], [("unknown_question", PACK, 9)]),
    ([(PACK, "occurred_on: on_day", "occurred_on: care_by")], [("occurred_on_no_date", PACK, 9)]),
    ([(PACK, "who: person, occurred_on: on_day", "occurred_on: on_day")], [("who_missing", PACK, 9)]),
    ([(PACK, "who: person, occurred_on: on_day", "who: human, occurred_on: on_day")], [("unknown_question", PACK, 9)]),
    ([(PACK, "prefill: {started: ", "prefill: {startd: ")], [("unknown_question", PACK, 10)]),
    ([(PACK, "opens: sign_up", "opens: signup")], [("unknown_form", PACK, 13)]),
    ([(PACK, "visits: [visit, leave]", "visits: [visit, {leave: 1}]")], [("not_names", PACK, 13)]),
    ([(PACK, "to: left_on", "to: lost_on")], [("unknown_fact", PACK, 13)]),
    ([(PACK, "unit: month", "unit: day")], [("not_one_of", PACK, 13)]),
    ([(PACK, "of: [visit.weight]", "of: [visit.height]")], [("unknown_question", PACK, 13)]),
    ([(PACK, "of: [visit.weight]", "of: [visits.weight]")], [("unknown_form", PACK, 13)]),
    ([(PACK, "of: person, opens", "of: child, opens")], [("not_one_of", PACK, 13)]),
    ([(PACK, "is: last(visit.weight)", "is: last(visit.weight), of: cure")], [("unknown_subject", PACK, 16)]),
    ([(PACK, "{is: last(visit.weight), title", "{title")], [("key_missing", PACK, 16)]),
    ([(PACK, "advice:\n  - {form: visit", "advice:\n  - {form: visits")], [("unknown_form", PACK, 20)]),
    ([(PACK, "say: go_now", "say: go")], [("unknown_word", PACK, 20)]),
    ([(PACK, "level: urgent", "level: high")], [("not_one_of", PACK, 20)]),
    ([(PACK, "  - {form: visit, when", "  form: {form: visit, when")], [("not_list", PACK, 19)]),
    ([(PACK, "facts:", "facts: &x")], []),
    ([(PACK, "sores: sum(visit.toes.sores)", "sores: *x")], [("alias", PACK, 17)]),
    ([("words/deep.yaml", None, "en: " + "[" * 100_000 + "]" * 100_000)], [("too_deep", "words/deep.yaml", 1)]),
    ([(PACK, "facts:", "facts: }")], [("not_yaml", PACK, 14)]),
    ([(PLAN, "default: true\n", "")], [("default_schedule", "schedules", None)]),
    ([(PLAN, "default: true", "default: maybe")], [("default_schedule", "schedules", None), ("not_one_of", PLAN, 2)]),
    ([(PLAN, "id: second_look", "id: first_look")], [("contact_twice", PLAN, 11)]),
    ([(PLAN, "id: second_look", "id: Second")], [("id_unsound", PLAN, 11)]),
    ([(PLAN, "    due: add_days", "    dew: add_days")], [("key_unknown", PLAN, 15)]),
    ([(PLAN, "    due: add_days", "    supersedes: [look]\n    due: add_days")], [("unknown_contact", PLAN, 11)]),
    ([(PLAN, "    due: add_days", "    for_each: table\n    due: add_days")], [("unknown_table", PLAN, 11)]),
    ([(PLAN, "    due: add_days", "    priority: 1.5\n    due: add_days")], [("not_number", PLAN, 15)]),
    ([(PLAN, "    due: add_days", "    of: cure\n    due: add_days")], [("unknown_subject", PLAN, 11)]),
    ([(PLAN, "    due: add_days", "    service: hands\n    due: add_days")], [("unknown_service", PLAN, 11)]),
    ([(PLAN, "40)\n    source: norm", "40)\n    source: law")], [("unknown_source", PLAN, 11)]),
    ([(PLAN, "contacts:\n", "contacts: {}\nmore:\n")], [("not_list", PLAN, 3), ("key_unknown", PLAN, 4)]),
    ([(RATE, "numerator: {count: care,", "numerator: {")], [("count_or_sum", RATE, 2)]),
    ([(RATE, "numerator: {count: care,", "numerator: {count: cares,")], [("unknown_subject", RATE, 2)]),
    ([(RATE, "numerator: {count: care,", "numerator: {sum: sores,")], [("key_missing", RATE, 2)]),
    ([(RATE, "source: norm", "source: law")], [("unknown_source", RATE, 1)]),
    ([(RATE, "source: norm", "id: other\nsource: norm")], [("id_differs", RATE, 5)]),
    ([("reports/yearly.yaml", "[seen_rate]", "[seen]")], [("unknown_indicator", "reports/yearly.yaml", 1)]),
    ([(REPORT, "year\n", "weak\n")], [("not_one_of", REPORT, 2)]),
    ([(REPORT, "year\n", "week\nalso: [month, to_month]\n")], []),
    ([(REPORT, "year\n", "year\nalso: [to_week]\n")], [("not_one_of", REPORT, 3)]),
    ([(REPORT, "year\n", "month\n"), (RATE, "[place]", "[place, year]")], [("wrong_period", REPORT, 1)]),
    (
        [(REPORT, "year\n", "quarter\n"), (RATE, "numerator: {count: care", "numerator: {each: year, count: care")],
        [("wrong_period", REPORT, 1)],
    ),
    ([(REPORT, "year\n", f"year\nyear_starts: [{{value: 13, {NORM}}}]\n")], [("not_one_of", REPORT, 3)]),
    ([(REPORT, "year\n", f"year\nweek_ends: [{{value: 1.5, {NORM}}}]\n")], [("not_one_of", REPORT, 3)]),
    ([(REPORT, "year\n", f"year\nweek_ends: [{{value: 7, {NORM}}}]\n")], []),
    ([(REPORT, "year\n", f"year\nhand_in: [{{days_after: 5, {NORM}}}]\n")], []),
    (
        [(REPORT, "year\n", f"year\nhand_in: [{{days_after: 5, {NORM.replace('norm', 'law')}}}]\n")],
        [("unknown_source", REPORT, 1)],
    ),
    ([(REPORT, "year\n", f"year\nhand_in: [{{on: [04-10], {NORM}}}]\n")], []),
    ([(REPORT, "year\n", f"year\nhand_in: [{{on: [02-29], {NORM}}}]\n")], [("not_day_of_year", REPORT, 3)]),
    ([(REPORT, "year\n", f"year\nhand_in: [{{on: [04-10], days_after: 5, {NORM}}}]\n")], [("hand_in", REPORT, 3)]),
    ([(REPORT, "year\n", f"year\nhand_in: [{{{NORM}}}]\n")], [("hand_in", REPORT, 3)]),
    ([(SIZE, "unit: days\n", "")], [("key_missing", SIZE, 1)]),
    ([(SIZE, "{value: 20,", "{value: many,")], [("not_number", SIZE, 4)]),
    ([(SIZE, "{value: 20,", "{value: .inf,")], [("not_number", SIZE, 4)]),
    ([(SIZE, "2024-01-01", "2020-01-01")], [("value_twice", SIZE, 3)]),
    ([(SIZE, "source: norm, status: verified", "source: law, status: verified")], [("unknown_source", SIZE, 1)]),
    ([(SIZE, "source: norm, status: verified", "source: norm")], [("key_missing", SIZE, 4)]),
    ([(SIZE, "values:\n", "values:\n  - 3\n")], [("not_mapping", SIZE, 4)]),
    ([("words/more.yaml", None, "- a\n")], [("not_mapping", "words/more.yaml", 1)]),
    ([("words/empty.yaml", None, "# nothing\n")], [("empty_file", "words/empty.yaml", 1)]),
    ([("tables/doses.csv", "months:integer", "months:whole")], [("column_type", "tables/doses.csv", 1)]),
    ([("tables/doses.csv", "one,2,", "one,two,")], [("cell_type", "tables/doses.csv", 2)]),
    ([("tables/doses.csv", "two,,1.25,", "two,,1.25")], [("row_length", "tables/doses.csv", 3)]),
    ([("notes.txt", None, "x")], [("file_unknown", "notes.txt", None)]),
    ([("word/a.yaml", None, "x: y")], [("folder_unknown", "word/a.yaml", None)]),
    ([("words/a.yml", None, "x: y")], [("file_kind", "words/a.yml", None)]),
    ([("words/deep/a.yaml", None, "x: y")], [("file_kind", "words/deep/a.yaml", None)]),
    ([("forms/leave.md", "| leave |", "| left |")], [("form_id_differs", "forms/leave.md", None)]),
    ([("forms/leave.csv", None, "survey\n,type,name,label\n,text,a,A\n")], [("form_twice", "forms/leave.md", None)]),
    ([(".hidden", None, "x"), ("README.md", None, "x")], []),
]


def found(folder: Path) -> list[tuple[str, str, int | None]]:
    try:
        load(folder)
    except Problems as problems:
        for problem in problems.problems:
            assert not re.search(r"\{\w+\}", problem.text("en") + problem.text("zh"))  # every place is filled
        return [(p.code, p.where.file.removeprefix("clinic/"), p.where.row) for p in problems.problems]
    return []


@pytest.mark.parametrize(("changes", "expected"), TABLE, ids=[str(i) for i in range(len(TABLE))])
def test_each_fault_is_told_at_its_line(
    tmp_path: Path, changes: list[Change], expected: list[tuple[str, str, int | None]]
) -> None:
    wanted = sorted((f"packs.{code}", file, line) for code, file, line in expected)
    assert sorted(found(changed(tmp_path, changes)), key=str) == sorted(wanted, key=str)


def test_faults_of_all_files_come_together(tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        [
            (PACK, "say: go_now", "say: go"),
            (SIZE, "unit: days\n", ""),
            ("forms/visit.md", "| | decimal | weight", "| | decimel | weight"),
        ],
    )
    assert [p[:2] for p in found(folder)] == [
        ("xlsform.unknown_type", "forms/visit.md"),
        ("packs.key_missing", SIZE),
        ("packs.unknown_word", PACK),
    ]


def test_the_nearest_name_is_offered(tmp_path: Path) -> None:
    with pytest.raises(Problems) as raised:
        load(changed(tmp_path, [(PLAN, "    due: add_days", "    untill: add_days")]))
    assert raised.value.problems[0].text("en") == (
        "clinic/schedules/plain.yaml:15 contact second_look: “untill” is not known here. Check the spelling; use: until."
    )


def test_no_folder_and_no_pack(tmp_path: Path) -> None:
    for folder, code in ((tmp_path / "none", "no_folder"), (tmp_path, "no_pack_yaml")):
        with pytest.raises(Problems) as raised:
            load(folder)
        assert [p.code for p in raised.value.problems] == [f"packs.{code}"]


def test_a_link_out_of_the_pack_is_refused(tmp_path: Path) -> None:
    folder = changed(tmp_path, [])
    (folder / "words" / "secret.yaml").symlink_to(CLINIC / "words" / "go_now.yaml")
    assert found(folder) == [("packs.link", "words/secret.yaml", None)]


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    folder = changed(tmp_path, [])
    (folder / "words" / "more.yaml").write_bytes("zh: 好".encode("gb18030"))
    assert found(folder) == [("packs.not_utf8", "words/more.yaml", None)]


def test_yes_and_no_stay_words_and_numbers_stay_exact(tmp_path: Path) -> None:
    folder = changed(tmp_path, [(SIZE, "value: 20", "value: 0.10"), ("words/go_now.yaml", None, "en: no\nzh: 不\n")])
    pack = load(folder)
    assert str(pack.numbers["window"].values[1].value) == "0.10"
    assert pack.words["go_now"]["en"] == "no"


def test_a_local_number_drops_what_must_not_be_asserted(tmp_path: Path) -> None:
    folder = changed(
        tmp_path, [(SIZE, "unit: days", "unit: days\nlocal: true"), (SIZE, "status: verified", "status: check locally")]
    )
    number = load(folder).numbers["window"]
    assert (number.local, [v.value for v in number.values]) == (True, [Decimal(14)])


def test_the_digest_knows_names_and_bytes_and_nothing_hidden(tmp_path: Path) -> None:
    copy = tmp_path / "clinic"
    shutil.copytree(CLINIC, copy)
    before = digest(copy)
    assert before == digest(CLINIC) == load(copy).digest
    (copy / ".DS_Store").write_text("x")
    assert digest(copy) == before
    (copy / "words" / "go_now.yaml").rename(copy / "words" / "go.yaml")
    renamed = digest(copy)
    (copy / "words" / "go.yaml").write_text("en: x\n")
    assert len({before, renamed, digest(copy)}) == 3


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(lambda t: t.strip())


def test_indonesian_is_a_language_and_no_id(tmp_path: Path) -> None:
    pack = load(changed(tmp_path, [("words/go_now.yaml", None, "en: Go.\nid: Pergi.\n")]))
    assert pack.words["go_now"] == {"en": "Go.", "id": "Pergi."}


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.from_regex(r"[a-z]{2}", fullmatch=True), WORDS, min_size=1),
    st.decimals(-(10**9), 10**9, places=3),
)
def test_any_text_and_number_is_read_back_as_written(text: dict[str, str], number: Decimal) -> None:
    value = {"value": str(number), "since": "2020-01-01", "source": "norm", "status": "verified"}
    written = {
        "pack.yaml": {"id": "p", "version": "1", "titles": dict(text), "sources": {"norm": {"title": dict(text)}}},
        "words/any.yaml": text,
        "numbers/size.yaml": {"title": text, "unit": "days", "values": [value]},
    }
    with TemporaryDirectory() as folder:
        for file, data in written.items():
            path = Path(folder) / "p" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        pack = load(Path(folder) / "p")
    stripped = {k: v.strip() for k, v in text.items()}
    assert (pack.titles, pack.words["any"], pack.sources["norm"].title) == (stripped, stripped, stripped)
    assert [v.value for v in pack.numbers["size"].values] == [number]
