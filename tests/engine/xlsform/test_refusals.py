"""What cannot be read is refused with the code, sheet and row that lead its author to the fault."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

import doorstep.engine.xlsform as xlsform
from doorstep.engine.xlsform import parse_xform, read
from doorstep.engine.xlsform.files import MOST_UNPACKED
from doorstep.lib.problems import Problem, Problems, catalogue

from .forms import SETTINGS, VISIT, as_xlsx, form

HEAD = "| | type | name | label | save_to | calculation | relevant |\n"
YN = "| choices |\n| | list_name | name | label |\n| | yn | yes | Yes |\n| | yn | no | No |\n"
PERSON = "| entities |\n| | list_name | label |\n| | person | ${a} |\n"


def refused(data: bytes | str, name: str = "form.xlsx") -> list[Problem]:
    with pytest.raises(Problems) as raised:
        read(data if isinstance(data, bytes) else as_xlsx(data), name, check=False)
    return list(raised.value.problems)


def assert_said(problems: list[Problem]) -> None:
    """Every place in the sentences is filled."""
    assert [re.findall(r"(?<!\$)\{\w+\}", p.text(language)) for p in problems for language in ("en", "zh")] == [[]] * (
        2 * len(problems)
    )


# survey rows after the header (row 2 on), other sheets, expected (code, sheet, row, some of its words)
TABLE = [
    ("| | text | a | A | | | ${b} = 1 |\n", "", ("unknown_reference", "survey", 2, {"q": "b"})),
    ("| | text | a | A |\n| | text | a | B |\n", "", ("name_twice", "survey", 3, {"value": "a"})),
    ("| | text | meta | A |\n", "", ("name_reserved", "survey", 2, {})),
    ("| | select_one yn | a | A |\n", "", ("no_choices", "survey", None, {})),
    ("| | select_one yes_no | a | A |\n", YN, ("list_missing", "survey", 2, {"list": "yes_no", "near": "yn"})),
    ("| | text | z | Z |\n| | inteegr | a | A |\n", "", ("unknown_type", "survey", 3, {"type": "inteegr"})),
    ("| | db:person | a | A |\n", "", ("unknown_type", "survey", 2, {"type": "db:person", "near": "text"})),
    ("| | text | | A |\n", "", ("no_name", "survey", 2, {})),
    ("| | | a | A |\n", "", ("no_type", "survey", 2, {})),
    ("| | calculate | a | |\n", "", ("no_calculation", "survey", 2, {})),
    ("| | text | z | Z |\n| | text | a | |\n", "", ("no_label", "survey", 3, {"name": "a"})),
    ("| | text | 1a | A |\n", "", ("name_unsound", "survey", 2, {"column": "name"})),
    ("| | begin_group | g | G |\n| | text | a | A |\n", "", ("begin_without_end", "survey", 2, {"name": "g"})),
    ("| | text | a | A |\n| | end_group | | |\n", "", ("end_without_begin", "survey", 3, {"type": "group"})),
    ("| | text | a | A | | | ${a |\n", "", ("reference_unreadable", "survey", 2, {"column": "relevant"})),
    ("| | text | a | A | phone |\n", "", ("entities_missing", "survey", 2, {})),
    ("| | text | a | A | name |\n", PERSON, ("save_to_reserved", "survey", 2, {"column": "save_to"})),
    ("| | text | a | A | p |\n| | text | b | B | p |\n", PERSON, ("save_to_twice", "survey", 3, {"saveto": "p"})),
    ("| | text | a | A | kid#p |\n", PERSON, ("entity_list_unknown", "survey", 2, {"dataset": "kid"})),
    (
        "| | text | a | A |\n",
        "| entities |\n| | list_name |\n| | person |\n",
        ("entity_label_missing", "entities", 2, {}),
    ),
    (
        "| | text | a | A |\n",
        "| entities |\n| | list_name | label | update_if |\n| | person | ${a} | true() |\n",
        ("entity_id_missing", "entities", 2, {"dataset": "person"}),
    ),
    ("| | select_one yn | a | A |\n", YN + "| | yn | yes | Again |\n", ("choice_twice", "choices", 4, {})),
    ("| | select_one yn | a | A |\n", YN + "| | yn | | Again |\n", ("choice_without_name", "choices", 4, {})),
    (
        "| | select_multiple yn | a | A |\n",
        YN + "| | yn | not so | N |\n",
        ("choice_with_space", "choices", 4, {"list": "yn"}),
    ),
    ("| | range | a | A |\n", "", None),
]


@pytest.mark.parametrize(("rows", "others", "expected"), TABLE, ids=[str(i) for i in range(len(TABLE))])
def test_each_fault_has_its_code_and_place(rows: str, others: str, expected: tuple | None) -> None:
    text = form(HEAD + rows, others)
    if expected is None:  # the table itself can pass: a sound form is not refused
        assert read(as_xlsx(text), "form.xlsx", check=False).form_id == "visit"
        return
    code, sheet, row, words = expected
    problems = refused(text)
    assert [(p.code, p.where.file, p.where.sheet, p.where.row) for p in problems] == [
        (f"xlsform.{code}", "form.xlsx", sheet, row)
    ]
    assert {k: problems[0].args[k] for k in words} == words
    assert_said(problems)


@pytest.mark.parametrize(
    ("text", "code", "sheet", "row", "column"),
    [
        (
            "| survey |\n| | type | name | label | relevant | relevance |\n| | text | a | A | | |\n",
            "column_twice",
            "survey",
            1,
            "relevant, relevance",
        ),
        ("| survey |\n| | type | name | label | label |\n| | text | a | A | B |\n", "column_twice", "", None, "label"),
        ("| survey |\n| | kind | name | label |\n| | text | a | A |\n", "column_missing", "survey", 1, None),
    ],
)
def test_columns(text: str, code: str, sheet: str, row: int | None, column: str | None) -> None:
    problems = refused(text)
    assert [(p.code, p.where.sheet, p.where.row, p.args.get("column")) for p in problems] == [
        (f"xlsform.{code}", sheet, row, column)
    ]
    assert_said(problems)


def test_a_text_file_is_told_by_its_line() -> None:
    text = "# remark\n" + form(HEAD + "| | text | a | A | | | ${b} |\n")
    (problem,) = refused(text.encode(), "form.md")
    assert text.splitlines()[problem.where.row - 1] == "| | text | a | A | | | ${b} |"  # type: ignore[operator]


def test_every_duplicate_choice_is_told() -> None:
    text = form(HEAD + "| | select_one yn | a | A |\n", YN + "| | yn | yes | Y |\n| | yn | no | N |\n")
    assert [(p.code, p.where.row) for p in refused(text)] == [("xlsform.choice_twice", 4), ("xlsform.choice_twice", 5)]


FALLS = [("instance::tag", 4), ("bind::tag", 3), ("bind::nodeset", 3)]


@pytest.mark.parametrize(("column", "row"), FALLS)
def test_what_pyxform_falls_over_is_named(column: str, row: int) -> None:
    rows = "| | text | a | A | |\n| | text | b | B | x |\n| | begin_group | g | G | x |\n| | text | c | C | |\n| | end_group | | | |\n"
    (problem,) = refused(form(f"| | type | name | label | {column} |\n" + rows))
    assert (problem.code, problem.where.sheet, problem.where.row, problem.args["column"]) == (
        "xlsform.column_breaks",
        "survey",
        row,
        column,
    )


def test_groups_without_end_are_refused_at_once() -> None:
    rows = "".join(f"| | begin_group | g{n} | G |\n" for n in range(50_000))
    assert [
        (p.code, p.where.row) for p in refused(form("| | type | name | label |\n" + rows, settings="").encode(), "f.md")
    ] == [("xlsform.nested", 43)]


def test_a_translated_settings_column_is_named() -> None:
    text = form(HEAD + "| | text | a | A |\n", settings=SETTINGS.replace("form_title", "form_title::English (en)"))
    (problem,) = refused(text)
    assert (problem.code, problem.args["plain"], problem.where.sheet) == (
        "xlsform.column_translated",
        "form_title",
        "settings",
    )


def test_what_pyxform_says_is_quoted_when_we_have_no_better_words() -> None:
    (problem,) = refused(form("| | type | name | label | parameters |\n| | range | a | A | start=x |\n"))
    assert (problem.code, problem.where.row, problem.where.sheet) == ("xlsform.refused", 2, "survey")
    assert problem.args["said"].startswith("On the 'survey' sheet, the 'parameters' value is invalid.")


def test_a_tag_needs_its_namespace() -> None:
    text = form("| | type | name | label | bind::doorstep:tag |\n| | text | a | A | service |\n", settings="")
    assert [(p.code, p.where.sheet) for p in refused(text)] == [("xlsform.namespaces_missing", "settings")]


def test_any_prefix_needs_its_namespace() -> None:
    text = form("| | type | name | label | bind::other:tag |\n| | text | a | A | service |\n")
    assert [p.code for p in refused(text)] == ["xlsform.prefix_unknown"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("| survey |\n| | type | name | label |\n| | text | a | A |\n| oops | text | b | B |\n", "unknown_sheet", 4),
        ("| survey |\n| | type | name | label |\n| | text | a | A | x |\n", "cell_without_column", 3),
        ("| survey |\n| | type | name | | label |\n| | text | a | x | A |\n", "cell_without_column", 3),
    ],
)
def test_what_markdown_would_lose_is_refused(text: str, code: str, line: int) -> None:
    assert [(p.code, p.where.row) for p in refused(text.encode(), "f.md")] == [(f"xlsform.{code}", line)]


def _zip(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


DTD = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]><w>&x;</w>'
FILES = [
    (b"", "a.xlsx", "empty"),
    (b" \n ", "a.md", "empty"),
    (b"x" * 8_000_001, "a.csv", "too_large"),
    (VISIT.encode(), "visit.docx", "wrong_suffix"),
    (VISIT.encode(), "visit.xlsx", "suffix_lies"),
    (as_xlsx(VISIT), "visit.xls", "suffix_lies"),
    (as_xlsx(VISIT), "visit.csv", "suffix_lies"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xlsx", "locked_or_old"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "not_spreadsheet"),
    (as_xlsx(VISIT)[:900], "a.xlsx", "not_spreadsheet"),
    (_zip({"word/document.xml": b"<a/>"}), "a.xlsx", "not_spreadsheet"),
    (_zip({"xl/workbook.xml": b"<a/>"}), "a.xlsx", "not_spreadsheet"),
    (_zip({"xl/workbook.xml": b"\0" * (MOST_UNPACKED + 1)}), "a.xlsx", "zip_bomb"),
    (_zip({f"xl/{n}.xml": b"" for n in range(2001)}), "a.xlsx", "zip_bomb"),
    (_zip({"xl/workbook.xml": DTD}), "a.xlsx", "has_dtd"),
    ("survey,type\n,体温,b".encode("gb18030"), "a.csv", "not_utf8"),
    (b"just some words", "a.md", "not_spreadsheet"),
    (b"just some words, and, more, of, them", "a.csv", "not_spreadsheet"),
    (as_xlsx("| cover |\n| | hello |\n| choices |\n| | list_name | name |\n| | a | b |\n"), "a.xlsx", "no_survey"),
    (as_xlsx("| survey |\n| | type | name |\n"), "a.xlsx", "no_questions"),
]


@pytest.mark.parametrize(("data", "name", "code"), FILES, ids=[f"{n}-{c}" for _, n, c in FILES])
def test_files_that_are_no_forms(data: bytes, name: str, code: str) -> None:
    assert [(p.code, p.where.file) for p in refused(data, name)] == [(f"xlsform.{code}", name)]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Problems) as raised:
        read(tmp_path / "none.xlsx")
    assert [p.code for p in raised.value.problems] == ["xlsform.no_file"]


XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>T</h:title><model><instance><data %s><a/></data></instance></model></h:head><h:body/></h:html>"""


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("not xml", "not_xml"),
        (DTD.decode(), "has_dtd"),
        ('<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>', "has_dtd"),
        ("<a/>", "not_xform"),
        (XFORM % "", "no_form_id"),
        ("<a>" + " " * 20_000_001 + "</a>", "too_large"),
    ],
)
def test_stored_xml_that_is_no_form(xml: str, code: str) -> None:
    for written in (xml, xml.encode()):
        with pytest.raises(Problems) as raised:
            parse_xform(written)
        assert [p.code for p in raised.value.problems] == [f"xlsform.{code}"]


def test_the_smallest_xform_is_read() -> None:
    spec = parse_xform(XFORM % 'id="t" version="1"')
    assert (spec.form_id, spec.version, [q.key for q in spec.questions]) == ("t", "1", ["a"])


def test_every_code_has_its_words_and_every_word_its_code() -> None:
    source = "".join(p.read_text() for p in Path(xlsform.__file__).parent.glob("*.py"))
    from doorstep.engine.xlsform import refusals

    said = set(re.findall(r'"xlsform\.(\w+)"', source))
    said |= set(refusals._CODES.values()) | set(refusals._SENTENCES.values())
    known = {code.partition(".")[2]: words for code, words in catalogue().items() if code.startswith("xlsform.")}
    assert said == set(known)
    for code, words in known.items():
        assert all(set(part) == {"en", "zh"} and all(part.values()) for part in words.values()), code
        assert {"what", "todo"} <= set(words), code
