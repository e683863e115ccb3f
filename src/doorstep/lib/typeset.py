"""Pages to print: a Typst template filled with plain data becomes a PDF. Nothing is fetched; only our own fonts are used."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

PACKAGE = Path(__file__).resolve().parent.parent
FONTS = Path(__file__).resolve().parent / "fonts"
PRINTED_AT = datetime(2000, 1, 1, tzinfo=UTC)  # in the file's own notes; what a page says of its day stands in its data
_one_at_a_time = threading.Lock()  # a compiler holds the page it works on


class NoFonts(Exception):
    """The fonts were not put in their place: ``make setup`` (or ``make front``) does."""


def pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """The pages of a template as PDF, the same bytes for the same data.

    ``template``: a ``.typ`` file; it reads ``#let data = json(bytes(sys.inputs.data))`` and may import
    others of the package as ``/lib/paper.typ``. ``data``: what JSON can hold; its text stands on the page as text, never as markup.
    Raises NoFonts, and RuntimeError for a template that does not compile.
    """
    told = {"data": json.dumps(data, ensure_ascii=False)}
    with _one_at_a_time:
        made = _compiler().compile(template.read_bytes(), format="pdf", sys_inputs=told, timestamp=PRINTED_AT)
    if not isinstance(made, bytes):
        raise RuntimeError(template.name)
    return made


@cache
def _compiler() -> typst.Compiler:
    if not any(FONTS.glob("*.ttf")):
        raise NoFonts(FONTS.name)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
    return typst.Compiler(root=str(PACKAGE), font_paths=fonts, ignore_system_fonts=True)
