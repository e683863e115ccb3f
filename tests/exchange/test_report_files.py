"""Every file of a report shows the figures of the one document, and says what it is, where, when and by which charter."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from docx import Document as read_docx
from openpyxl import load_workbook

from doorstep.exchange.report_file import FORMATS, format_of, name_of, word
from doorstep.indicators.documents.model import Document, Figure
from doorstep.indicators.documents.spoken import speak
from tests.exchange.report_documents import DOCUMENT, LINES, STAMP

LANGUAGES = ("zh", "en")
HIDDEN_WORD = {"zh": "不显示", "en": "hidden"}
TABLES = [block.table for block in DOCUMENT.blocks if block.table is not None]


def said_tables(language: str) -> list[list[list[str]]]:
    """The cells of each table as the one model says them, titles of rows and all."""
    tables = [b.table for b in speak(DOCUMENT, language, STAMP).blocks if b.table is not None]
    return [[[row.title, *(cell.text for cell in row.cells)] for row in table.rows] for table in tables]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_holds_real_numbers(language: str) -> None:
    book = load_workbook(io.BytesIO(format_of("xlsx").write(DOCUMENT, language, STAMP)))
    reading, working = book.worksheets
    found = [list(row) for row in reading.iter_rows()]
    for table in TABLES:
        title = table.title[language]
        at = [r for r, row in enumerate(found) if row[0].value == title][-1]  # a heading may say the same
        first = at + (3 if table.heads[0].of else 2)  # two lines of heads where a figure has several columns
        for line, row in zip(table.lines, found[first : first + len(table.lines)], strict=True):
            for figure, cell in zip(line.cells, row[1:], strict=False):
                assert number_in(cell) == figure.number, (title, line.title)
                if figure.kind == "hidden":
                    assert cell.value == HIDDEN_WORD[language]
    for line, row in zip(LINES, working.iter_rows(min_row=2), strict=True):
        assert (row[1].value, row[3].value) == (line.place, line.indicator)
        pair = (line.numerator, line.denominator, line.rate)
        assert [number_in(cell) for cell in row[4:7]] == [figure.number for figure in pair]
    assert working.freeze_panes == "A2" and reading.freeze_panes == "A3"
    assert "A1:E1" in {str(r) for r in reading.merged_cells.ranges}
    assert (reading.page_setup.paperSize, reading.page_setup.fitToHeight) == (9, 0)


def number_in(cell: object) -> Decimal | None:
    """A cell as its number format shows it: a per cent cell holds a part of one."""
    value, form = cell.value, cell.number_format  # type: ignore[attr-defined]
    if not isinstance(value, int | float):
        return None
    places = len(form.split("0.")[1].split('"')[0].rstrip("%")) if "0." in form else 0
    return Decimal(str(value * 100 if form.endswith("%") else value)).quantize(Decimal(1).scaleb(-places))


def test_numbers_are_formatted_by_what_they_are() -> None:
    book = load_workbook(io.BytesIO(format_of("xlsx").write(DOCUMENT, "zh", STAMP)))
    formats = {cell.number_format for row in book.worksheets[1].iter_rows(min_row=2, min_col=5) for cell in row}
    assert formats == {"#,##0", "0.0%", '"每1,000人"0.00', "General"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_document_has_real_headings_and_tables(language: str) -> None:
    made = read_docx(io.BytesIO(format_of("docx").write(DOCUMENT, language, STAMP)))
    headings = [p.text for p in made.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == [b.heading for b in speak(DOCUMENT, language, STAMP).blocks if b.heading]
    assert headings[0] == {"zh": "一、早孕建册", "en": "1. Early care"}[language]
    about, *tables = made.tables
    assert [(r.cells[0].text, r.cells[1].text) for r in about.rows] == list(speak(DOCUMENT, language, STAMP).about)
    for table, said in zip(tables, said_tables(language), strict=True):
        assert [[cell.text for cell in row.cells] for row in table.rows][-len(said) :] == said
    fonts = made.styles["Normal"].element.rPr.rFonts
    assert fonts.get(word.qn("w:eastAsia")) == word.CHINESE


@pytest.mark.parametrize("language", LANGUAGES)
def test_separated_values_say_the_same(language: str) -> None:
    content = format_of("csv").write(DOCUMENT, language, STAMP)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    figures = [row for row in rows if len(row) == 7][1:]
    assert [(r[1], r[3]) for r in figures] == [(line.place, line.indicator) for line in LINES]
    for row, line in zip(figures, LINES, strict=True):
        assert row[4:] == [plain(f, language) for f in (line.numerator, line.denominator, line.rate)]


def plain(figure: Figure, language: str) -> str:
    return {"number": figure.value, "hidden": HIDDEN_WORD[language], "none": "–"}[figure.kind]


def test_data_is_the_document_itself() -> None:
    told = json.loads(format_of("json").write(DOCUMENT, "zh", STAMP))
    assert Document.of(told["report"]) == DOCUMENT
    assert told["state"]["copy"] == 1 and told["state"]["sha256"] == "a" * 64


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_cell_is_worked_out_as_a_formula(ending: str) -> None:
    content = format_of(ending).write(DOCUMENT, "zh", STAMP)
    if ending == "csv":
        cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    else:
        book = load_workbook(io.BytesIO(content))
        all_cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
        assert {cell.data_type for cell in all_cells} <= {"s", "n"}
        cells = [cell.value for cell in all_cells if isinstance(cell.value, str)]
    assert "'=1+1村" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ending", ["csv", "docx", "xlsx"])
def test_every_file_says_what_it_is(ending: str, language: str) -> None:
    content = format_of(ending).write(DOCUMENT, language, STAMP)
    sheet = speak(DOCUMENT, language, STAMP)
    words = all_words(ending, content)
    wanted = [sheet.title, sheet.demonstration, *(said for _, said in sheet.about), *sheet.foot]
    assert [one for one in wanted if one not in words] == []
    assert sheet.demonstration and any("c" * 64 in line for line in sheet.foot)


def all_words(ending: str, content: bytes) -> set[str]:
    if ending == "csv":
        return {cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row}
    if ending == "xlsx":
        pages = load_workbook(io.BytesIO(content)).worksheets
        return {str(c.value) for page in pages for row in page.iter_rows() for c in row if c.value is not None}
    made = read_docx(io.BytesIO(content))
    return {p.text for p in made.paragraphs} | {c.text for t in made.tables for row in t.rows for c in row.cells}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_to_print_is_made(language: str) -> None:
    content = format_of("pdf").write(DOCUMENT, language, STAMP)
    assert content.startswith(b"%PDF-")
    assert content == format_of("pdf").write(DOCUMENT, language, STAMP)  # the same bytes for the same copy


def test_files_are_named_by_what_they_hold() -> None:
    assert [name_of(DOCUMENT, ending, STAMP) for ending in FORMATS] == [
        f"maternal_quarter-2026-Q3-c1-t1-copy-1.{ending}" for ending in FORMATS
    ]
    assert name_of(DOCUMENT, "pdf", None) == "maternal_quarter-2026-Q3-c1-t1.pdf"
