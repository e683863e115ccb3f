"""Importing a register from a spreadsheet, exporting it, taking it back."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from doorstep.access import queries as access
from doorstep.access.permissions import Actor
from doorstep.exchange.register_file import exporting
from doorstep.exchange.register_file.importing import Preview, Summary, dry_run, run
from doorstep.exchange.register_file.mapping import guess_mapping, titles
from doorstep.exchange.register_file.reading import read_table
from doorstep.exchange.register_file.undoing import undo
from doorstep.lib import db, sealed
from doorstep.lib.problems import Problems
from tests.cast import Township

HEADERS = ["户号", "村", "姓名", "性别", "出生日期", "电话"]
PEOPLE = [
    ["1", "东坡村", "王大明", "男", "1961-04-02", "10012345678"],
    ["1", "东坡村", "李桂花", "女", "1963年7月9日", ""],
    ["2", "西沟", "赵一", "女", "19880101", "+86 100-1234"],
]


def write_csv(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="gb18030", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def write_xlsx(path: Path, *rows: list[object], merge: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.save(path)
    return path


def supervisor(township: Township) -> Actor:
    return access.actor(township.users["supervisor"])


def preview(township: Township, path: Path) -> Preview:
    table = read_table(path)
    return dry_run(table, guess_mapping(table.file, table.headers), supervisor(township))


def take_in(township: Township, path: Path, **more: object) -> Summary:
    table = read_table(path)
    return run(table, guess_mapping(table.file, table.headers), supervisor(township), **more)  # type: ignore[arg-type]


def people() -> list[tuple[object, ...]]:
    sql = (
        "SELECT p.name, p.sex, p.birth_date, p.phone, h.number, l.code FROM person p"
        " JOIN household h ON h.id = p.household_id JOIN place l ON l.id = p.place_id ORDER BY p.birth_date"
    )
    return [(n, s, str(b), sealed.opened(phone), *more) for n, s, b, phone, *more in db.current().rows(sql)]


WRITTEN = [
    ("王大明", "male", "1961-04-02", "10012345678", "1", "c1-t1-v1"),
    ("李桂花", "female", "1963-07-09", "", "1", "c1-t1-v1"),
    ("赵一", "female", "1988-01-01", "+86 100-1234", "2", "c1-t1-v2"),
]


def problems_of(path: Path) -> list[tuple[str, int | None]]:
    with pytest.raises(Problems) as raised:
        read_table(path)
    return [(p.code, p.where.row) for p in raised.value.problems]


def test_a_dry_run_counts_and_writes_nobody(township: Township, tmp_path: Path) -> None:
    found = preview(township, write_csv(tmp_path / "people.csv", HEADERS, *PEOPLE))
    assert (found.rows, found.new_households, found.new_people, found.here) == (3, 2, 3, 0)
    assert (found.alike, found.problems, found.refused, found.not_taken) == ((), (), (), ())
    assert people() == []


def test_a_file_is_written_through_the_door(township: Township, tmp_path: Path) -> None:
    summary = take_in(township, write_xlsx(tmp_path / "people.xlsx", HEADERS, *PEOPLE))
    assert (summary.preview.new_people, summary.waiting) == (3, 0)
    assert people() == WRITTEN
    assert db.current().value("SELECT COUNT(*) FROM entry WHERE state = 0") == 5


def test_the_same_file_again_adds_nobody(township: Township, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "people.csv", HEADERS, *PEOPLE)
    take_in(township, file)
    again = take_in(township, file)
    assert (again.preview.here, again.preview.new_people, again.preview.new_households) == (3, 0, 0)
    assert len(people()) == 3


def test_a_new_member_joins_the_family_that_is_here(township: Township, tmp_path: Path) -> None:
    take_in(township, write_csv(tmp_path / "one.csv", HEADERS, PEOPLE[0]))
    later = take_in(township, write_csv(tmp_path / "two.csv", HEADERS, *PEOPLE[:2]))
    assert (later.preview.new_households, later.preview.new_people) == (0, 1)
    assert db.current().value("SELECT COUNT(*) FROM household") == 1


def test_who_looks_alike_is_shown_on_record_and_left_out_until_said_to_be_another(
    township: Township, tmp_path: Path
) -> None:
    take_in(township, write_csv(tmp_path / "one.csv", HEADERS, PEOPLE[0]))
    other_birth = ["1", "东坡村", "王大明", "男", "1961-04-20", ""]
    file = write_csv(tmp_path / "two.csv", HEADERS, other_birth)
    found = preview(township, file)
    assert [(a.row, a.name, [p.birth_date for p in a.people]) for a in found.alike] == [
        (2, "王大明", [date(1961, 4, 2)])
    ]
    assert db.current().rows("SELECT output, user_id FROM access_log") == [
        ("import.alike", township.users["supervisor"])
    ]
    assert take_in(township, file).preview.new_people == 0
    assert take_in(township, file, take_alike={2}).preview.new_people == 1


def test_policing_columns_are_dropped_with_a_receipt(township: Township, tmp_path: Path) -> None:
    headers = [*HEADERS, "准生证号", "计划外生育", "民族"]
    rows = [[*row, "A-1", "是", "汉"] for row in PEOPLE]
    file = write_csv(tmp_path / "people.csv", headers, *rows)
    found = preview(township, file)
    assert [(r.column, r.clause) for r in found.refused] == [("准生证号", "C10"), ("计划外生育", "C10")]
    assert found.not_taken == ("民族",)
    take_in(township, file)
    kept = db.current().rows("SELECT body FROM entry_body") + db.current().rows("SELECT summary FROM import_run")
    assert not any("A-1" in (row[0] if isinstance(row[0], str) else sealed.open_bytes(row[0]).decode()) for row in kept)
    told = db.current().value("SELECT summary FROM import_run")
    assert "准生证号" in told and "王大明" not in told


def test_a_policing_column_cannot_be_mapped_by_hand_either(tmp_path: Path) -> None:
    table = read_table(write_csv(tmp_path / "people.csv", [*HEADERS, "社会抚养费"], [*PEOPLE[0], "200"]))
    columns = guess_mapping(table.file, table.headers, {"社会抚养费": "address"})
    assert "address" not in columns.columns
    assert [r.column for r in columns.refused] == ["社会抚养费"]


def test_every_unreadable_cell_is_told_by_row_and_column(township: Township, tmp_path: Path) -> None:
    rows = [
        ["1", "东坡村", "", "男", "1961-04-02", ""],
        ["1", "东坡村", "甲", "?", "1961-13-02", ""],
        ["", "南山村", "乙", "女", "2999-01-01", "call me"],
        PEOPLE[0],
        PEOPLE[0],
    ]
    found = preview(township, write_csv(tmp_path / "people.csv", HEADERS, *rows))
    assert [(p.code.partition(".")[2], p.where.row, p.where.item) for p in found.problems] == [
        ("no_name", 2, "姓名"),
        ("bad_day", 3, "出生日期"),
        ("bad_sex", 3, "性别"),
        ("future_day", 4, "出生日期"),
        ("unknown_place", 4, "村"),
        ("no_number", 4, "户号"),
        ("bad_phone", 4, "电话"),
        ("person_twice", 6, ""),
    ]
    assert found.new_people == 1
    for problem in found.problems:
        for language in ("zh", "en"):
            assert "{" not in problem.text(language)


@pytest.mark.parametrize(
    ("rows", "merge", "expected"),
    [
        ([["登记"], HEADERS, *PEOPLE], "", []),
        ([HEADERS, *PEOPLE], "A2:A3", [("exchange.merged_cells", 1)]),
        ([HEADERS, HEADERS, *PEOPLE], "", [("exchange.two_header_rows", 2)]),
        ([[*HEADERS, ""], [*PEOPLE[0], "x"]], "", [("exchange.blank_header", 1)]),
        ([[*HEADERS, "姓名"], [*PEOPLE[0], "x"]], "", [("exchange.header_twice", 1)]),
        ([HEADERS], "", [("exchange.empty_table", 1)]),
        ([["a", "b"], ["1", "2"]], "", [("exchange.no_header", None)]),
    ],
)
def test_what_is_wrong_with_a_sheet_is_said(
    tmp_path: Path, rows: list[list[object]], merge: str, expected: list[tuple[str, int]]
) -> None:
    file = write_xlsx(tmp_path / "people.xlsx", *rows, merge=merge)
    if expected:
        assert problems_of(file) == expected
    else:
        assert [row.number for row in read_table(file).rows] == [3, 4, 5]


def test_a_merged_title_above_the_headers_is_no_problem(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "people.xlsx", ["东坡村登记表"], HEADERS, *PEOPLE, merge="A1:F1")
    assert len(read_table(file).rows) == 3


def test_a_missing_column_is_named_and_can_be_mapped(tmp_path: Path) -> None:
    table = read_table(write_csv(tmp_path / "p.csv", ["户号", "村", "谁", "性别", "出生日期"], PEOPLE[0][:5]))
    with pytest.raises(Problems) as raised:
        guess_mapping(table.file, table.headers)
    assert [p.code for p in raised.value.problems] == ["exchange.missing_field"]
    assert guess_mapping(table.file, table.headers, {"谁": "name"}).columns["name"] == 2


@pytest.mark.parametrize("who", ["worker", "neighbour", "clinician", "manager", "installer"])
def test_only_a_supervisor_may_import(township: Township, tmp_path: Path, who: str) -> None:
    table = read_table(write_csv(tmp_path / "people.csv", HEADERS, *PEOPLE))
    actor = access.actor(township.users[who])
    with pytest.raises(Problems) as raised:
        run(table, guess_mapping(table.file, table.headers), actor)
    assert [p.code for p in raised.value.problems] == ["exchange.not_allowed"]
    assert db.current().value("SELECT COUNT(*) FROM entry") == 0


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_what_is_exported_can_be_imported_again(township: Township, tmp_path: Path, ending: str) -> None:
    take_in(township, write_csv(tmp_path / "people.csv", HEADERS, *PEOPLE))
    actor, place = supervisor(township), township.places["township"]
    out = tmp_path / f"out{ending}"
    assert exporting.export(out, actor, place) == 3
    table = read_table(out)
    assert list(table.headers) == titles("zh")
    first = dict(zip(table.headers, table.rows[0].cells, strict=False))
    assert {k: first[k] for k in HEADERS} == {
        "户号": "1", "村": "东坡村", "姓名": "王大明", "性别": "男", "出生日期": "1961-04-02", "电话": "10012345678",
    }  # fmt: skip
    again = preview(township, out)
    assert (again.here, again.new_people, again.problems, again.not_taken) == (3, 0, (), ())
    sql = "SELECT COUNT(*) FROM access_log WHERE output = 'export.register'"
    assert db.current().value(sql) == 1


def test_nobody_who_does_not_want_to_be_listed_is_exported(township: Township, tmp_path: Path) -> None:
    shy = township.person("陈不愿")
    answers = {"person": shy, "wished_on": date(2025, 2, 1), "listed": "no"}
    township.write("worker", "do_not_list", answers, on=date(2025, 2, 1), entity=shy)
    township.person("陈愿意")
    out = tmp_path / "out.csv"
    assert exporting.export(out, supervisor(township), township.places["township"]) == 1
    assert "陈不愿" not in out.read_text(encoding="utf-8-sig")


def test_a_name_is_never_a_formula(township: Township, tmp_path: Path) -> None:
    evil = ["3", "东坡村", "=HYPERLINK(1)", "女", "1990-01-01", "+86 1000000"]
    take_in(township, write_csv(tmp_path / "people.csv", HEADERS, evil))
    for ending in (".csv", ".xlsx"):
        out = tmp_path / f"out{ending}"
        exporting.export(out, supervisor(township), township.places["township"])
        cells = [c for row in read_table(out).rows for c in row.cells]
        assert "=HYPERLINK(1)" in cells  # read back as it was
    raw = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK(1)" in raw
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_the_template_holds_the_headers_an_import_knows(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        file = tmp_path / f"{language}.xlsx"
        exporting.template(file, language)
        assert problems_of(file) == [("exchange.empty_table", 1)]


def test_an_import_can_be_taken_back(township: Township, tmp_path: Path) -> None:
    before = township.person("原来的人")
    file = write_csv(tmp_path / "people.csv", HEADERS, *PEOPLE)
    summary = take_in(township, file)
    undone = undo(summary.run_id, supervisor(township))
    assert (undone.people, undone.households, undone.people_left) == (3, 2, 0)
    assert db.current().rows("SELECT id FROM person") == [(before,)]
    assert db.current().value("SELECT COUNT(*) FROM household") == 1
    assert db.current().value("SELECT COUNT(*) FROM search_term WHERE person_id <> ?", [before]) == 0
    assert db.current().value("SELECT COUNT(*) FROM entry_body") == 2 + 5 + 5  # nothing was deleted
    assert preview(township, file).new_people == 3
    with pytest.raises(Problems) as raised:
        undo(summary.run_id, supervisor(township))
    assert [p.code for p in raised.value.problems] == ["exchange.undone_before"]


def test_taking_back_never_undoes_care(township: Township, tmp_path: Path) -> None:
    summary = take_in(township, write_csv(tmp_path / "people.csv", HEADERS, *PEOPLE))
    woman = db.current().value("SELECT id FROM person WHERE name = '李桂花'")
    township.pregnancy(woman, date(2026, 1, 5))
    undone = undo(summary.run_id, supervisor(township))
    assert (undone.people, undone.households, undone.people_left, undone.households_left) == (2, 1, 1, 1)
    assert [row[0] for row in people()] == ["李桂花"]
    assert db.current().value("SELECT COUNT(*) FROM episode") == 1


def test_only_who_imported_can_take_it_back(township: Township, tmp_path: Path) -> None:
    summary = take_in(township, write_csv(tmp_path / "people.csv", HEADERS, *PEOPLE))
    with pytest.raises(Problems) as raised:
        undo(summary.run_id, access.actor(township.users["worker"]))
    assert [p.code for p in raised.value.problems] == ["exchange.not_yours"]
    assert len(people()) == 3
