"""Counts and rates as pages show them: {{ count|count }}, {{ rate|rate:100 }}. What is hidden says so in words."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


def hidden() -> SafeString:
    return format_html('<span class="hidden-figure">{}</span>', _("hidden"))


@register.filter
def count(value: int | Decimal | None) -> SafeString | str:
    """A count with its thousands set apart; in words when it is kept back."""
    return hidden() if value is None else f"{value:,}"


@register.filter
def rate(value: Decimal | None, per: int = 100) -> str:
    """A rate with its unit; a dash where there is nobody to count."""
    if value is None:
        return "–"
    return f"{value} %" if per == 100 else _("%(rate)s per %(per)s") % {"rate": value, "per": f"{per:,}"}
