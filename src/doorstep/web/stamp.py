"""A piece of template that is drawn many times on one page.

Django resolves and escapes some twenty names for each line of a list, which takes longer than everything else about
the page. A stamp renders the piece once per language (and per set of empty fields, for the piece's own ``if``), with
marks in the places of the words, and then only joins escaped words. The layout stays in the template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from html import escape
from typing import Any, Generic, TypeVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from doorstep.web.reader import language

_OPEN, _CLOSE = "\ue000", "\ue001"  # private use: never typed by anybody
_MARK = re.compile(f"{_OPEN}(\\w+){_CLOSE}")
Piece = TypeVar("Piece")


class Stamp(Generic[Piece]):
    """Draws dataclass items of one kind with a template that knows the item as ``name``."""

    def __init__(self, template: str, name: str, kind: type[Piece], more: Mapping[str, str] | None = None):
        self.template, self.name, self.more = template, name, dict(more or {})
        self.fields = tuple(field.name for field in fields(kind))  # type: ignore[arg-type]
        self._cut = lru_cache(maxsize=256)(self._render)

    def __call__(self, item: Piece) -> SafeString:
        """The piece with this item's words, each escaped."""
        values = [getattr(item, name) for name in self.fields]
        parts, wanted = self._cut(language(), tuple(map(bool, values)))
        words = [value if isinstance(value, SafeString) else escape(str(value)) for value in values]
        out = [parts[0]]
        for place, part in zip(wanted, parts[1:], strict=True):
            out += (words[place], part)
        return mark_safe("".join(out))  # noqa: S308 - every word was escaped, the rest is the template's own

    def _render(self, _language: str, filled: tuple[bool, ...]) -> tuple[list[str], list[int]]:
        marks: dict[str, Any] = {
            name: f"{_OPEN}{name}{_CLOSE}" if has else "" for name, has in zip(self.fields, filled, strict=True)
        }
        pieces = _MARK.split(render_to_string(self.template, {**self.more, self.name: marks}))
        return pieces[::2], [self.fields.index(name) for name in pieces[1::2]]
