"""Small forms written for these tests, as Markdown tables."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import openpyxl

NAMESPACES = 'doorstep="https://doorstep.example/ns"'

SETTINGS = f"""
| settings | | | | | |
| | form_id | form_title | version | default_language | namespaces |
| | visit | Visit | 7 | 中文 (zh) | {NAMESPACES} |
"""

VISIT = (
    SETTINGS
    + """
| survey | | | | | | | | | | |
| | type | name | label::English (en) | label::中文 (zh) | required | relevant | constraint | bind::doorstep:tag | save_to | calculation |
| | select_one_from_file person.csv | person | Who | 谁 | yes | | | identity | | |
| | date | seen_on | Day | 日期 | yes | | . <= today() | service | | |
| | begin_group | care | Care | 护理 | | | | | | |
| | decimal | weight | Weight | 体重 | yes | | . > 10 | sensitive.health | | |
| | select_multiple sign | signs | Signs | 症状 | | | | sensitive.health | | |
| | select_one yn | sent | Sent on? | 转诊了吗 | yes | selected(${signs}, 'fever') | | sensitive.health | | |
| | end_group | | | | | | | | | |
| | begin_repeat | babies | Babies | 宝宝 | | | | | | |
| | text | full_name | Name | 姓名 | yes | | | identity | phone | |
| | begin_group | birth | Birth | 出生 | | | | | | |
| | integer | weight | Grams | 克 | | | | sensitive.health | | |
| | end_group | | | | | | | | | |
| | end_repeat | | | | | | | | | |
| | calculate | bmi | | | | | | sensitive.health | | 1 + 1 |
| | note | thanks | Thanks | 谢谢 | | | | | | |
| choices | | | | | |
| | list_name | name | label::English (en) | label::中文 (zh) | urgent |
| | yn | yes | Yes | 是 | |
| | yn | no | No | 否 | |
| | sign | fever | Fever | 发热 | 1 |
| entities | | |
| | list_name | label |
| | person | ${full_name} |
"""
)


def form(survey: str, choices: str = "", settings: str = SETTINGS, entities: str = "") -> str:
    """A form from the rows of its sheets, the header of the survey first."""
    return settings + "| survey |\n" + survey + choices + entities


def sheets_of(markdown: str) -> dict[str, list[list[str]]]:
    """The sheets of a Markdown form, cell by cell, for writing it in other formats."""
    sheets: dict[str, list[list[str]]] = {}
    name = ""
    for line in markdown.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells and cells[0]:
            name = cells[0]
            sheets[name] = []
        elif any(cells[1:]):
            sheets[name].append(cells[1:])
    return sheets


def as_xlsx(markdown: str) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets_of(markdown).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([cell or None for cell in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(markdown: str) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    for name, rows in sheets_of(markdown).items():
        writer.writerow([name])
        for row in rows:
            writer.writerow(["", *row])
    return out.getvalue().encode()
