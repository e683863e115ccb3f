"""A report as an Excel workbook: a sheet to read and print, and one to work with. Figures are real numbers."""

from __future__ import annotations

import io
import math
import unicodedata
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from doorstep.exchange.grid import safe
from doorstep.exchange.report_file import separated
from doorstep.indicators.documents.building import DJANGO_LANGUAGE
from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import SaidCell, SaidTable, Sheet, Stamp, speak

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4 = 9
FONTS = {"zh": "宋体", "en": "Calibri"}
FIRST_WIDTH, OTHER_WIDTH = 30, 13
LEAST_COLUMNS = 4
LINE_HEIGHT = 16
WIDE = 7  # columns from which the page is turned
LONGEST_NAME = 31  # of a sheet, as Excel has it


def write(document: Document, language: str, stamp: Stamp | None) -> bytes:
    out = io.BytesIO()
    sheet = speak(document, language, stamp)
    made_on = datetime.fromisoformat(document.made.at or document.made.day).replace(tzinfo=None)
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": sheet.title, "subject": sheet.under, "created": made_on})
        with translation.override(DJANGO_LANGUAGE.get(language, language)):
            _Reading(book, sheet, _("Report")).write()
            _write_lines(book, document, language, stamp, _("Figures"))
    return out.getvalue()


class _Reading:
    """The sheet that reads like the document: title over all columns, then its pieces one below the other."""

    def __init__(self, book: Any, sheet: Sheet, name: str):
        self.book, self.sheet = book, sheet
        self.page = book.add_worksheet(name[:LONGEST_NAME])
        tables = [block.table for block in sheet.blocks if block.table is not None]
        self.columns = max([LEAST_COLUMNS, *(1 + len(table.heads) for table in tables)])
        self.row = 0
        self.format = partial(_format, book, sheet.language)

    def write(self) -> None:
        page, sheet = self.page, self.sheet
        page.set_column(0, 0, FIRST_WIDTH)
        page.set_column(1, self.columns - 1, OTHER_WIDTH)
        self._across(sheet.title, self.format(bold=True, font_size=18, align="center", valign="vcenter"), height=34)
        self._across(sheet.under, self.format(font_size=12, align="center"), height=20)
        page.freeze_panes(self.row, 0)
        if sheet.demonstration:
            self._across(sheet.demonstration, self.format(bold=True, align="center", font_color="#B3261E"))
        self.row += 1
        for label, said in sheet.about:
            page.write_string(self.row, 0, safe(label), self.format(font_color="#5A5A5A"))
            self._merged(1, said, self.format(align="left"))
            self.row += 1
        for block in sheet.blocks:
            if block.heading:
                self.row += 1
                self._across(block.heading, self.format(bold=True, font_size=13), height=22)
            if block.paragraph:
                self._across(block.paragraph, self.format(text_wrap=True, valign="top"), wraps=True)
            if block.table is not None:
                self.row += 1
                self._table(block.table)
        self._end()
        self._to_print()

    def _across(self, words: str, look: Any, height: int = 0, wraps: bool = False) -> None:
        """Words over all columns, in one merged cell."""
        if wraps:
            height = LINE_HEIGHT * _lines(words, FIRST_WIDTH + OTHER_WIDTH * (self.columns - 1)) + 4
        if height:
            self.page.set_row(self.row, height)
        self._merged(0, words, look)
        self.row += 1

    def _merged(self, first: int, words: str, look: Any) -> None:
        self.page.merge_range(self.row, first, self.row, self.columns - 1, "", look)
        self.page.write_string(self.row, first, safe(words), look)

    def _table(self, table: SaidTable) -> None:
        head = self.format(bold=True, border=1, align="center", valign="vcenter", text_wrap=True, bg_color="#EDEDED")
        if table.title:
            self.page.merge_range(self.row, 0, self.row, len(table.heads), "", self.format(bold=True, align="center"))
            self.page.write_string(self.row, 0, safe(table.title), self.format(bold=True, align="center"))
            self.row += 1
        if table.groups:
            self._groups(table, head)
        else:
            self.page.write_string(self.row, 0, table.corner, head)
        self.page.set_row(self.row, LINE_HEIGHT * max(_lines(words, OTHER_WIDTH) for words in table.heads) + 4)
        for c, words in enumerate(table.heads, start=1):
            self.page.write_string(self.row, c, safe(words), head)
        self.row += 1
        title = self.format(border=1, text_wrap=True, valign="vcenter")
        for line in table.rows:
            self.page.set_row(self.row, LINE_HEIGHT * _lines(line.title, FIRST_WIDTH) + 2)
            self.page.write_string(self.row, 0, safe(line.title), title)
            for c, cell in enumerate(line.cells, start=1):
                self._cell(self.row, c, cell)
            self.row += 1

    def _groups(self, table: SaidTable, head: Any) -> None:
        """Titles over several columns, and the corner down both lines of the head."""
        column = 1
        self.page.set_row(self.row, LINE_HEIGHT * 2)
        for title, width in table.groups:
            if width > 1:
                self.page.merge_range(self.row, column, self.row, column + width - 1, "", head)
            self.page.write_string(self.row, column, safe(title), head)
            column += width
        self.page.merge_range(self.row, 0, self.row + 1, 0, "", head)
        self.page.write_string(self.row, 0, table.corner, head)
        self.row += 1

    def _cell(self, row: int, column: int, cell: SaidCell) -> None:
        look = self.format(
            border=1, align="right", valign="vcenter", num_format=number_format(cell, self.sheet.language)
        )
        if cell.number is None:
            words = self.format(border=1, align="right", valign="vcenter", font_color="#5A5A5A")
            self.page.write_string(row, column, safe(cell.text), words)
        else:
            self.page.write_number(row, column, float(in_cell(cell.number, cell.per)), look)

    def _end(self) -> None:
        small = self.format(font_size=9, font_color="#5A5A5A", text_wrap=True, valign="top")
        self.row += 1
        self._across(self.sheet.counted, self.format(font_size=9, bold=True, font_color="#5A5A5A"))
        for one in self.sheet.definitions:
            source = f" ({one.source})" if one.source else ""
            self._across(f"{one.title}: {one.note}{source}", small, wraps=True)
        self.row += 1
        for words in self.sheet.foot:
            self._across(words, small, wraps=True)

    def _to_print(self) -> None:
        page = self.page
        page.set_paper(A4)
        if self.columns > WIDE:
            page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.8)
        page.center_horizontally()
        page.set_footer(f"&L{self.sheet.title.replace('&', '&&')}&R&P / &N")
        page.hide_gridlines(1)
        page.print_area(0, 0, max(self.row - 1, 0), self.columns - 1)


def _write_lines(book: Any, document: Document, language: str, stamp: Stamp | None, name: str) -> None:
    """The figures of the period as one table to sort, filter and work with; its head stays in sight."""
    page = book.add_worksheet(name[:LONGEST_NAME])
    lines = list(separated.rows(document, language, stamp))
    start = next(n for n, row in enumerate(lines) if not row) + 1
    head = _format(book, language, bold=True, border=1, bg_color="#EDEDED")
    for c, words in enumerate(lines[start]):
        page.write_string(0, c, safe(words), head)
    for r, (line, words_of) in enumerate(zip(document.lines, lines[start + 1 :], strict=False), start=1):
        for c, words in enumerate(words_of[:4]):
            page.write_string(r, c, safe(words), _format(book, language))
        for c, (one, words) in enumerate(
            zip((line.numerator, line.denominator, line.rate), words_of[4:], strict=True), 4
        ):
            if one.number is None:
                page.write_string(r, c, safe(words), _format(book, language, align="right"))
            else:
                cell = SaidCell(words, one.number, one.per, False)
                look = _format(book, language, num_format=number_format(cell, language))
                page.write_number(r, c, float(in_cell(one.number, one.per)), look)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(document.lines), len(lines[start]) - 1)
    page.set_column(0, 1, 16)
    page.set_column(2, 2, FIRST_WIDTH)
    page.set_column(3, 6, 16)
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def in_cell(number: Decimal, per: int) -> Decimal:
    """A number as a cell holds it: per cent is a part of one, shown by its format."""
    return number / 100 if per == 100 else number


def number_format(cell: SaidCell, language: str) -> str:
    """How Excel shows a number: with the very places it was rounded to."""
    if cell.number is None:
        return "General"
    places = max(0, -int(cell.number.as_tuple().exponent))
    decimals = "." + "0" * places if places else ""
    if not cell.per:
        return f"#,##0{decimals}"
    if cell.per == 100:
        return f"0{decimals}%"
    return f'"每{cell.per:,}人"0{decimals}' if language == "zh" else f'0{decimals}" per {cell.per:,}"'


def _format(book: Any, language: str, **looks: Any) -> Any:
    return book.add_format({"font_name": FONTS.get(language, FONTS["en"]), "font_size": 11, **looks})


def _lines(words: str, width: int) -> int:
    """How many lines words take in so many columns of letters; a Chinese sign is as wide as two."""
    long = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)
    return max(1, math.ceil(long * 1.08 / width))
