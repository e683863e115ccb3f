"""Figures by place, one row each, as a table, CSV or JSON: those of one store and those merged from several."""

from __future__ import annotations

import csv
import sys
from gettext import gettext as _
from typing import Any

from doorstep.site.commands.said import say_json, show

COLUMNS = ("place", "indicator", "period", "numerator", "denominator", "rate", "hidden")


def figures(numerator: Any, denominator: Any, rate: Any, *, hidden: bool) -> dict[str, Any]:
    """The figures of a row, exactly, as text; None where there is none to show."""
    told = {"numerator": numerator, "denominator": denominator, "rate": rate}
    return {**{name: None if one is None else str(one) for name, one in told.items()}, "hidden": hidden}


def write(rows: list[dict[str, Any]], wanted: str, place: str = "place") -> None:
    """Write rows in the wanted form; ``place``: the column a reader knows the place by."""
    if wanted == "json":
        say_json(rows)
        return
    if wanted == "csv":
        writer = csv.DictWriter(sys.stdout, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        return
    hidden = _("hidden")
    shown = [{k: hidden if row["hidden"] and v is None else v or "" for k, v in row.items()} for row in rows]
    columns = {
        place: _("Place"),
        "title": _("Figure"),
        "period": _("Period"),
        "numerator": _("Counted"),
        "denominator": _("Out of"),
        "rate": _("Rate"),
    }
    show(shown, columns, as_json=False, none=_("Nothing to report."))
