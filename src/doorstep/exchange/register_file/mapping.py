"""Which column of somebody's file is which field of the register. The words stand in ``fields.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from doorstep.engine.charter.columns import Refused, policing_columns
from doorstep.exchange.problems import at
from doorstep.lib.problems import Problem, Problems

NEEDED = ("name", "birth_date", "sex", "number")
_NOISE = re.compile(r"[\s_\-:：*（）()\[\]【】/／.。]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read from which column, and what is left out: with a reason (``refused``), or because no field holds it."""

    columns: Mapping[str, int]  # field → column
    refused: tuple[Refused, ...] = ()
    not_taken: tuple[str, ...] = ()


@cache
def fields() -> Mapping[str, Any]:
    """``fields.yaml``: field → its title by language and the other headers it is known by."""
    read: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("fields.yaml").read_text(encoding="utf-8"))
    return read


def titles(language: str) -> list[str]:
    """The headers of the files we write, in their order."""
    return [str(field["title"][language]) for field in fields().values()]


@cache
def _known() -> Mapping[str, str]:
    return {
        _bare(word): field
        for field, words in fields().items()
        for word in (field, *words["title"].values(), *words["known"])
    }


def _bare(header: str) -> str:
    return _NOISE.sub("", header).casefold()


def field_of(header: str) -> str:
    """The field a header stands for; '' when it is none we know."""
    return _known().get(_bare(header), "")


def guess_mapping(file: str, headers: Sequence[str], said: Mapping[str, str] | None = None) -> Columns:
    """What each column is, by its header, or as ``said`` (header → field, '' to leave it out).

    A column that would bring policing back is left out whatever was said. Raises Problems when a field is missing or
    would be read from two columns.
    """
    said = said or {}
    problems = [
        at("exchange.unknown_column", file, item=header, column=header, known=", ".join(filter(None, headers)))
        for header in said
        if header not in headers
    ] + [
        at("exchange.unknown_field", file, item=header, field=field, known=", ".join(fields()))
        for header, field in said.items()
        if field and field not in fields()
    ]
    refused = policing_columns([h for h in headers if h])
    barred = {one.column for one in refused}
    given: dict[str, list[int]] = {}
    not_taken = []
    for n, header in enumerate(headers):
        field = said[header] if header in said else field_of(header)
        if header and header not in barred:
            (given.setdefault(field, []).append(n) if field else not_taken.append(header))
    problems += _missing_or_twice(file, headers, given)
    if problems:
        raise Problems(problems)
    return Columns({field: at_[0] for field, at_ in given.items()}, tuple(refused), tuple(not_taken))


def _missing_or_twice(file: str, headers: Sequence[str], given: Mapping[str, list[int]]) -> list[Problem]:
    found = [
        at("exchange.field_twice", file, field=field, columns=", ".join(headers[n] for n in columns))
        for field, columns in given.items()
        if len(columns) > 1
    ]
    for field in NEEDED:
        if field not in given:
            found.append(at("exchange.missing_field", file, field=_shown(field), id=field))
    if "village" not in given and "group" not in given:
        found.append(at("exchange.missing_field", file, field=_shown("village"), id="village"))
    return found


def _shown(field: str) -> str:
    return " / ".join(str(title) for title in fields()[field]["title"].values())
