"""The catalogue of problems: what can go wrong, said the same way everywhere.

A problem has a code, a place (file, sheet, row …) and arguments. Its sentences stand in the
``problems.yaml`` beside the code that raises it, one block per code::

    rules.unknown_function:
      what: {en: "'{name}' is not a function of the rules language.", zh: "“{name}”不是规则语言里的函数。"}
      why:  {en: "Only listed functions give the same answer in every engine.", zh: "…"}
      todo: {en: "Use one of: {known}.", zh: "可用的函数：{known}。"}

``why`` may be left out. Arguments never carry personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Severity = Literal["error", "warning"]
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Where:
    """Where a problem stands: a file (path as the author knows it), sheet, row or line, and the item's name."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    item: str = ""

    def __str__(self) -> str:
        at = self.file
        if self.sheet:
            at += f"[{self.sheet}]"
        if self.row is not None:
            at += f":{self.row}"
        return f"{at} {self.item}".strip()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``text(language)`` gives where, what, why and what to do."""

    code: str
    where: Where = field(default_factory=Where)
    args: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    def part(self, name: Literal["what", "why", "todo"], language: str) -> str:
        """One of the problem's sentences in ``language`` (falls back to English); '' when it has none."""
        words = catalogue().get(self.code, {}).get(name)
        if not words:
            return ""
        template = words.get(language) or words.get(language.split("-")[0]) or words[DEFAULT_LANGUAGE]
        return template.format_map(_Shown(self.args))

    def text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Everything in one line: ``where: what why todo``."""
        said = " ".join(filter(None, (self.part(p, language) for p in ("what", "why", "todo")))) or self.code
        at = str(self.where)
        return f"{at}: {said}" if at else said

    def as_dict(self, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
        """For ``--json``: the code, the place and the three sentences."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.where.file,
            "sheet": self.where.sheet,
            "row": self.where.row,
            "item": self.where.item,
            **{p: self.part(p, language) for p in ("what", "why", "todo")},
        }


class Problems(Exception):
    """One or more problems, raised together so that an author sees all of them at once."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(p.text() for p in self.problems))


class _Shown(dict[str, Any]):
    """Arguments as shown; a missing one stays visible instead of hiding the whole sentence."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@cache
def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """Every problem code with its words, from each ``problems.yaml`` in the program.

    Raises ValueError when a code stands in two files.
    """
    found: dict[str, dict[str, dict[str, str]]] = {}
    for file in sorted(Path(__file__).resolve().parent.parent.rglob("problems.yaml")):
        for code, words in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).items():
            if code in found:
                raise ValueError(f"problem code {code} stands twice, again in {file.name}")
            found[code] = words
    return found
