"""Figures as they are read in a sentence or a cell, in either language."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from doorstep.engine.model.pack import IndicatorDef
from doorstep.indicators.documents.model import Figure
from doorstep.indicators.showing import Shown

NONE = Figure("none")
HIDDEN = Figure("hidden")
NO_FIGURE = "–"


def figure(cell: Shown, part: str, definition: IndicatorDef) -> Figure:
    """One part of a shown pair: 'numerator', 'denominator' or 'rate'."""
    if part == "rate" and definition.denominator is None:
        return NONE
    if part == "denominator" and definition.denominator is None:
        return NONE
    value = {"numerator": cell.numerator, "denominator": cell.denominator, "rate": cell.rate}[part]
    if value is None:
        return HIDDEN if cell.hidden else NONE
    return Figure("number", _exact(Decimal(value)), definition.per if part == "rate" else 0)


def main_figure(cell: Shown, definition: IndicatorDef) -> Figure:
    """The rate, or the count of a figure that has none."""
    return figure(cell, "numerator" if definition.denominator is None else "rate", definition)


def said(one: Figure) -> str:
    """'1,234', '86.2 %', '3.1 per 1,000', 'hidden', '–': in the language in force."""
    number = one.number
    if number is None:
        return _("hidden") if one.kind == "hidden" else NO_FIGURE
    if not one.per:
        return f"{number:,}"
    if one.per == 100:
        return _("%(rate)s %%") % {"rate": f"{number:,}"}
    return _("%(rate)s per %(per)s") % {"rate": f"{number:,}", "per": f"{one.per:,}"}


def _exact(number: Decimal) -> str:
    """Without an exponent; a whole count without a point, a rate with the places it was rounded to."""
    return f"{number:f}"
