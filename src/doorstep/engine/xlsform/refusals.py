"""pyxform's refusals in our own words: code, sheet, row, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from pyxform.errors import ErrorCode, PyXFormError
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from doorstep.engine.xlsform.book import Book
from doorstep.lib.problems import Problem, Where

_ROW = re.compile(r"\[row ?: ?(\d+)\]:?\s*")
_SHEET = re.compile(r"[Oo]n the '(\w+)' sheet")

_CODES = {
    "NAMES_001": "name_twice",
    "NAMES_003": "repeat_named_as_form",
    "NAMES_004": "name_twice",
    "NAMES_005": "name_reserved",
    "NAMES_006": "choice_without_name",
    "NAMES_007": "choice_twice",
    "NAMES_008": "name_unsound",
    "NAMES_012": "save_to_reserved",
    "PYREF_001": "reference_unreadable",
    "PYREF_002": "reference_unreadable",
    "PYREF_003": "unknown_reference",
    "PYREF_004": "reference_ambiguous",
    "SURVEY_001": "end_without_begin",
    "SURVEY_002": "begin_without_end",
    "HEADER_001": "header_missing",
    "HEADER_002": "column_twice",
    "HEADER_003": "column_missing",
    "ENTITY_001": "entities_missing",
    "ENTITY_002": "save_to_twice",
    "ENTITY_004": "entity_list_unknown",
    "ENTITY_005": "entity_label_missing",
    "ENTITY_006": "entity_update_if_missing",
    "ENTITY_007": "entity_id_missing",
    "ENTITY_008": "save_to_needs_list",
}
"""pyxform's error code → ours, where we have better words than its sentence."""

_SENTENCES = {
    r"List name not in (?:external )?choices sheet: (?P<list>.*)": "list_missing",
    r"There should be an? (?:external_)?choices sheet.*": "no_choices",
    r"Unknown question type '(?P<type>.*)'\.": "unknown_type",
    r"Question or group with no name\.": "no_name",
    r"Question with no type\..*": "no_type",
    r"Missing calculation\.": "no_calculation",
    r"The survey element named '(?P<name>.*)' has no label or hint\.": "no_label",
    r"Choice names with spaces .* See \[(?P<name>.*)\] in \[(?P<list>.*)\]": "choice_with_space",
    r"There is no survey element named '(?P<q>.*)'\.": "unknown_reference",
    r"There are multiple survey elements named '(?P<q>.*)'\.": "reference_ambiguous",
}
"""pyxform's uncoded sentences → our code."""


def refusals(book: Book, error: PyXFormError) -> list[Problem]:
    """Our problems for one refusal. Some of pyxform's hold several lines, one for each fault."""
    said = str(error)
    lines = [line for line in said.split("\n") if _ROW.match(line)]
    return [_refusal(book, line) for line in (lines if len(lines) > 1 else [said])]


def _pattern(template: str) -> re.Pattern[str]:
    """pyxform's message template as a pattern whose groups are its arguments."""
    parts = re.split(r"\{(\w+)\}", template.replace("{{", "\0").replace("}}", "\1"))
    seen: set[str] = set()
    out = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            out += re.escape(part.replace("\0", "{").replace("\1", "}"))
        elif part in seen:
            out += f"(?P={part})"
        else:
            seen.add(part)
            out += f"(?P<{part}>.*?)"
    return re.compile(out + r"\s*", re.DOTALL)


_KNOWN: list[tuple[re.Pattern[str], str]] = [
    *((_pattern(ErrorCode[name].value.msg), code) for name, code in _CODES.items()),
    *((re.compile(r"(?:\[row ?: ?(?P<row>\d+)\]:?\s*)?" + s, re.DOTALL), code) for s, code in _SENTENCES.items()),
]


def _refusal(book: Book, said: str) -> Problem:
    for pattern, code in _KNOWN:
        found = pattern.fullmatch(said.strip())
        if found:
            args = {k: v for k, v in found.groupdict().items() if v is not None and k != "row"}
            row, sheet = _row_and_sheet(said)
            if row is None:
                row, sheet = _look_for(book, code, args)
            more = _MORE.get(code)
            return Problem(f"xlsform.{code}", book.place(sheet, row), {**args, **(more(book, args) if more else {})})
    row, sheet = _row_and_sheet(said)
    plain = _ROW.sub("", said).strip()
    where = book.place(sheet, row) if row is not None or _SHEET.search(said) else Where(file=book.name)
    return Problem("xlsform.refused", where, {"said": plain})


def _row_and_sheet(said: str) -> tuple[int | None, str]:
    row, sheet = _ROW.search(said), _SHEET.search(said)
    named = re.search(r"for sheet: '(\w+)'", said)
    default = "choices" if "Choice names" in said else "survey"
    found = sheet[1] if sheet else named[1] if named else default
    return (int(row[1]) if row else 1 if named else None), found


def _look_for(book: Book, code: str, args: dict[str, str]) -> tuple[int | None, str]:
    """The row of what pyxform named without saying where."""
    if code == "unknown_type":
        return book.row_where("survey", "type", args["type"]), "survey"
    if code == "no_label":
        return book.row_where("survey", "name", args["name"]), "survey"
    if code == "choice_with_space":
        return book.row_where("choices", "name", args["name"]), "choices"
    return None, "survey"


def _nearest(name: str, known: list[str]) -> str:
    return ", ".join(get_close_matches(name, known, n=3, cutoff=0.6)) or ", ".join(known[:8])


def _near_names(book: Book, args: dict[str, str]) -> dict[str, str]:
    names = [book.cell(row, "name") for row in book.rows("survey")]
    return {"near": _nearest(args.get("q", ""), [n for n in names if n])}


def _near_lists(book: Book, args: dict[str, str]) -> dict[str, str]:
    names = dict.fromkeys(row.get("list_name") or row.get("list name") or "" for row in book.rows("choices"))
    return {"near": _nearest(args.get("list", ""), [n for n in names if n])}


_EVERYDAY_TYPES = "text, integer, decimal, date, note, select_one LIST"


def _near_types(_book: Book, args: dict[str, str]) -> dict[str, str]:
    kind = args.get("type", "")
    close = get_close_matches(kind, list(QUESTION_TYPE_DICT), n=3, cutoff=0.6)
    return {"near": ", ".join(close) or ("text" if ":" in kind else _EVERYDAY_TYPES)}


def _both_columns(_book: Book, args: dict[str, str]) -> dict[str, str]:
    return {"column": f"{args['other']}, {args['header']}"}


_MORE: dict[str, Callable[[Book, dict[str, str]], dict[str, str]]] = {
    "unknown_reference": _near_names,
    "list_missing": _near_lists,
    "unknown_type": _near_types,
    "column_twice": _both_columns,
}
