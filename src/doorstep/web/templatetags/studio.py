"""Numbers of programmes, and what a draft would change, in words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorstep.indicators.preview import Example, VisitChange
from doorstep.indicators.showing import Shown
from doorstep.web.desk.words import UNITS

register = template.Library()


@register.filter
def unit(word: str) -> str:
    """A number's unit in the reader's language."""
    return str(UNITS.get(word, word))


@register.filter
def visit_change(one: VisitChange) -> str:
    """'added: 120', 'moved: under 10'."""
    word = {"added": _("added"), "left_out": _("left out"), "moved": _("moved")}[one.kind]
    return _("%(change)s: %(count)s") % {
        "change": word,
        "count": _("under 10") if one.count is None else f"{one.count:,}",
    }


@register.filter
def example_said(example: Example) -> str:
    """'34 due in 2026-12', or '132: best by 31 days earlier'."""
    if example.month:
        return _("%(count)s due in %(month)s") % {"count": f"{example.count:,}", "month": example.month}
    bounds = (
        (_("may be made from"), example.from_days),
        (_("best by"), example.due_days),
        (_("at the latest"), example.until_days),
    )
    moves = [f"{name} {_shift(days)}" for name, days in bounds if days]
    return f"{example.count:,}: {'; '.join(moves) or _('a day comes or goes')}"


def _shift(days: int) -> str:
    if days > 0:
        return ngettext("%(n)s day later", "%(n)s days later", days) % {"n": days}
    return ngettext("%(n)s day earlier", "%(n)s days earlier", -days) % {"n": -days}


@register.filter
def figure_said(cell: Shown | None) -> str:
    """'80 of 216 = 37.0', 'hidden', or a dash where a version has no such figure."""
    if cell is None:
        return "—"
    if cell.hidden:
        return _("hidden")
    if cell.denominator is None:
        return str(cell.numerator)
    return _("%(top)s of %(bottom)s = %(rate)s") % {
        "top": cell.numerator,
        "bottom": cell.denominator,
        "rate": cell.rate,
    }
