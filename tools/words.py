"""Translations: `words.py compile` makes the .mo files, `words.py missing` lists strings without a Chinese text.

Strings are collected from Python and templates with Babel, so no system gettext is needed.
"""

from __future__ import annotations

import os
import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "doorstep"
LANGUAGE = "zh_Hans"
KEYWORDS = {
    "gettext": None,
    "_": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def compile_all() -> None:
    for po in SOURCE.rglob(f"locale/{LANGUAGE}/LC_MESSAGES/django.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as file:
            catalog = read_po(file, locale=LANGUAGE)
        with mo.open("wb") as out:
            write_mo(out, catalog)


def strings_in(file: Path) -> set[str]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".html":
        from django.conf import settings  # only here: `compile` must run before Django is set up
        from django.utils.translation.template import templatize

        if not settings.configured:
            settings.configure()
        # a template's indentation means nothing to Python's reader, which would stumble over it
        text = re.sub(r"^[ \t]+", "", templatize(text, origin=str(file)), flags=re.M)
    found = set()
    for _line, message, _comments, _context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
        for one in message if isinstance(message, tuple) else (message,):
            if isinstance(one, str) and one:
                found.add(one)
    return found


def translated() -> set[str]:
    known: set[str] = set()
    for po in SOURCE.rglob(f"locale/{LANGUAGE}/LC_MESSAGES/django.po"):
        with po.open("rb") as file:
            for message in read_po(file, locale=LANGUAGE):
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                if message.id and all(texts):
                    known.update(ids)
    return known


def missing() -> dict[str, list[str]]:
    """String → files that use it, for every string that has no Chinese text."""
    known, lacking = translated(), {}
    for pattern in ("**/*.py", "**/*.html"):
        for file in SOURCE.glob(pattern):
            for string in strings_in(file) - known:
                lacking.setdefault(string, []).append(os.path.relpath(file, ROOT))
    return lacking


if __name__ == "__main__":
    if sys.argv[1:] == ["compile"]:
        compile_all()
    else:
        for string, files in sorted(missing().items(), key=lambda item: item[1]):
            print(files[0], repr(string))
        sys.exit(bool(missing()))
