"""A report as a Word document: real headings and tables, with a Chinese font for Chinese signs."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from docx import Document as new_document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import SaidTable, Sheet, Stamp, speak

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LATIN, CHINESE, CHINESE_HEAD = "Calibri", "宋体", "黑体"
SOFT, WARNING, INK = RGBColor(0x5A, 0x5A, 0x5A), RGBColor(0xB3, 0x26, 0x1E), RGBColor(0x1F, 0x2D, 0x3D)
A4 = (Cm(21.0), Cm(29.7))
WIDE = 7  # columns of figures from which a page is turned
FILL = "EDEDED"


def write(document: Document, language: str, stamp: Stamp | None) -> bytes:
    sheet = speak(document, language, stamp)
    made = new_document()
    _prepare(made, sheet)
    made.core_properties.created = made.core_properties.modified = datetime.fromisoformat(
        document.made.at or document.made.day
    ).replace(tzinfo=None)
    _head(made, sheet)
    for block in sheet.blocks:
        if block.heading:
            made.add_heading(block.heading, level=1)
        if block.paragraph:
            paragraph = made.add_paragraph(block.paragraph)
            if language == "zh":
                paragraph.paragraph_format.first_line_indent = Pt(22)
        if block.table is not None:
            _table(made, block.table)
    _end(made, sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _prepare(made: Any, sheet: Sheet) -> None:
    """Paper, fonts and the document's own notes."""
    section = made.sections[0]
    section.page_width, section.page_height = A4
    if any(block.table is not None and len(block.table.heads) >= WIDE for block in sheet.blocks):
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = A4[1], A4[0]
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name, size, chinese in (
        ("Normal", 11, CHINESE),
        ("Title", 20, CHINESE_HEAD),
        ("Heading 1", 14, CHINESE_HEAD),
        ("Caption", 10, CHINESE_HEAD),
    ):
        style = made.styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        style.font.color.rgb = INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), chinese)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")
    made.styles["Normal"].element.get_or_add_rPr().append(language)
    made.core_properties.title, made.core_properties.subject = sheet.title, sheet.under
    made.core_properties.author, made.core_properties.comments = "Doorstep", ""
    _page_numbers(section.footer.paragraphs[0], f"{sheet.title} · {sheet.under}")


def _head(made: Any, sheet: Sheet) -> None:
    title = made.add_paragraph(sheet.title, style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    under = made.add_paragraph(sheet.under)
    under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if sheet.demonstration:
        warning = made.add_paragraph()
        warning.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = warning.add_run(sheet.demonstration)
        run.bold, run.font.color.rgb = True, WARNING
    about = made.add_table(rows=0, cols=2)
    for label, said in sheet.about:
        cells = about.add_row().cells
        _say(cells[0], label, color=SOFT)
        _say(cells[1], said)
        cells[0].width, cells[1].width = Cm(3.5), Cm(13.5)


def _table(made: Any, table: SaidTable) -> None:
    if table.title:
        caption = made.add_paragraph(table.title, style="Caption")
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = True
    heads = 2 if table.groups else 1
    grid = made.add_table(rows=heads + len(table.rows), cols=1 + len(table.heads), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    if table.groups:
        column = 1
        for title, width in table.groups:
            _say_head(grid.cell(0, column).merge(grid.cell(0, column + width - 1)), title)
            column += width
        _say_head(grid.cell(0, 0).merge(grid.cell(1, 0)), table.corner)
    else:
        _say_head(grid.cell(0, 0), table.corner)
    rows = [list(row.cells) for row in grid.rows]
    for c, words in enumerate(table.heads, start=1):
        _say_head(rows[heads - 1][c], words)
    for r, row in enumerate(table.rows, start=heads):
        _say(rows[r][0], row.title)
        for c, cell in enumerate(row.cells, start=1):
            _say(rows[r][c], cell.text, right=True, color=SOFT if cell.hidden else None)
    for n in range(heads):
        _set(grid.rows[n]._tr.get_or_add_trPr(), "w:tblHeader")
    for row in grid.rows:
        _set(row._tr.get_or_add_trPr(), "w:cantSplit")
    made.add_paragraph()


def _end(made: Any, sheet: Sheet) -> None:
    signs = made.add_paragraph()
    signs.add_run("        ".join(f"{words}: ______________" for words in sheet.sign))
    _small(made, sheet.counted, bold=True)
    for one in sheet.definitions:
        _small(made, f"{one.title}: {one.note}" + (f" ({one.source})" if one.source else ""))
    for words in sheet.foot:
        _small(made, words)


def _small(made: Any, words: str, bold: bool = False) -> None:
    paragraph = made.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(3)
    run = paragraph.add_run(words)
    run.font.size, run.font.color.rgb, run.bold = Pt(8.5), SOFT, bold


def _say(cell: Any, words: str, right: bool = False, color: RGBColor | None = None) -> Any:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(2)
    run = paragraph.add_run(words)
    run.font.size = Pt(10)
    if color is not None:
        run.font.color.rgb = color
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return run


def _say_head(cell: Any, words: str) -> None:
    _say(cell, words).bold = True
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", FILL)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _set(properties: Any, flag: str) -> None:
    properties.append(OxmlElement(flag))


def _page_numbers(paragraph: Any, words: str) -> None:
    paragraph.add_run(f"{words}    ").font.size = Pt(8.5)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(8.5)
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
