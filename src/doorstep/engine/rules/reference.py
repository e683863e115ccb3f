"""The table of functions for docs/packs.md, made from their declarations.

``python -m doorstep.engine.rules.reference docs/packs.md`` writes it anew between its two markers.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doorstep.engine.rules.functions import Example, Function
from doorstep.engine.rules.vocabulary import VOCABULARY

BEGIN = "<!-- functions: made by `python -m doorstep.engine.rules.reference docs/packs.md` -->"
END = "<!-- end of functions -->"
_TITLES = {"aggregate": "Looking over entries", "scalar": "Working with values", "operator": "Signs and words"}
_ENTRIES = "The entries of these examples, between semicolons, were made on 1, 2 and 3 January 2026."
_SIGNS = {"negative": "-x", "to_decimal": "(by itself)"}


def function_table() -> str:
    """Markdown: one table per kind of function, with help in both languages and one example each."""
    parts = []
    for kind, title in _TITLES.items():
        rows = [_row(f) for f in VOCABULARY.all() if f.kind == kind]
        note = f"{_ENTRIES}\n\n" if kind == "aggregate" else ""
        parts.append(
            f"#### {title}\n\n{note}| | what it gives | 说明 | for example |\n|---|---|---|---|\n" + "\n".join(rows)
        )
    return "\n\n".join(parts)


def _row(function: Function) -> str:
    example = next(e for e in function.examples if e.gives is not None)
    name = _SIGNS.get(function.name, function.name)
    return f"| `{name}` | {function.help['en']} | {function.help['zh']} | {_shown(example)} |"


def _shown(example: Example) -> str:
    given = "; ".join(_answers(row) for row in example.rows)
    with_ = f" with {given}" if given else ""
    return f"`{example.rule}` gives `{_value(example.gives)}`{with_}"


def _answers(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {_value(value)}" for name, value in row.items()) or "no answer"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "{" + ", ".join(value) + "}"
    text = str(value)
    return text.rstrip("0").rstrip(".") if text.endswith("000") and "." in text else text


def rewritten(page: str) -> str:
    """``page`` with the table between the markers made anew. Raises ValueError when a marker is missing."""
    before, found, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError("the markers of the function table are missing")
    return f"{before}{BEGIN}\n\n{function_table()}\n\n{END}{after}"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(rewritten(file.read_text(encoding="utf-8")), encoding="utf-8")
