"""The little Markdown the charter is written in: headings, paragraphs, one list, bold and italic. Nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ITALIC = re.compile(r"\*(.+?)\*")


def to_html(text: str) -> SafeString:
    """Our own text as HTML; everything in it is escaped first."""
    return mark_safe("\n".join(_blocks(text)))  # noqa: S308 - escaped in _line


def _blocks(text: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", text.strip()):
        if block.startswith("#"):
            marks, _, words = block.partition(" ")
            level = min(len(marks) + 1, 6)
            yield f"<h{level}>{_line(words)}</h{level}>"
        elif block.startswith("- "):
            items = re.split(r"\n(?=- )", block)
            yield "<ul>" + "".join(f"<li>{_line(item[2:])}</li>" for item in items) + "</ul>"
        else:
            yield f"<p>{_line(block)}</p>"


def _line(text: str) -> str:
    joined = re.sub(r"(?<=[\u3000-\uffef])\n\s*(?=[\u3000-\uffef])", "", text)  # Chinese lines join without a blank
    escaped = str(conditional_escape(re.sub(r"\s*\n\s*", " ", joined)))
    return _ITALIC.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", escaped))
