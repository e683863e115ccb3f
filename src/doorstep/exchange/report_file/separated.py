"""A report as separated values: what it is, then one line per figure and place, with the mark spreadsheets look for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from doorstep.engine.model.spec import Text
from doorstep.exchange.grid import safe
from doorstep.indicators.documents import figures
from doorstep.indicators.documents.building import DJANGO_LANGUAGE
from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import Stamp, speak

CONTENT_TYPE = "text/csv; charset=utf-8"
MARK = "\ufeff"


def write(document: Document, language: str, stamp: Stamp | None) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows(document, language, stamp))
    return (MARK + out.getvalue()).encode()


def rows(document: Document, language: str, stamp: Stamp | None) -> Iterator[list[str]]:
    """Every line of the file; a figure that is hidden says so in words."""
    sheet = speak(document, language, stamp)
    yield [sheet.title]
    yield from ([sheet.demonstration],) if sheet.demonstration else ()
    yield from ([label, said] for label, said in sheet.about)
    yield []
    names = {one.code: one.names for one in (document.place, *document.places)}
    titles = {one.id: one.title for one in document.definitions}
    with translation.override(DJANGO_LANGUAGE.get(language, language)):
        yield [_("Place"), _("Place code"), _("Figure"), _("Figure id"), _("Numerator"), _("Denominator"), _("Rate")]
        for line in document.lines:
            pair = (line.numerator, line.denominator, line.rate)
            place, title = names[line.place], titles[line.indicator]
            said = [one.value if one.kind == "number" else figures.said(one) for one in pair]
            yield [_in(place, language), line.place, _in(title, language), line.indicator, *said]
    yield []
    yield from ([line] for line in sheet.foot)


def _in(words: Text, language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")
