"""report --partial and report merge: counts made in each county, added up by the level above; no row about a person travels."""

from __future__ import annotations

import csv
import sys
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doorstep.site import store
from doorstep.site.commands.said import AsJson, language, say, say_json, show
from doorstep.site.store import Failure

if TYPE_CHECKING:
    from doorstep.places.queries import Node

COLUMNS = ("place", "indicator", "period", "numerator", "denominator", "rate", "hidden")


def write_partial(report_id: str, period: str, area: Node, out: str) -> None:
    """Write the partial counts of an area to a file. They are not hidden yet, so they are never printed on a screen."""
    import json

    from doorstep.indicators.partial import partial_counts
    from doorstep.indicators.report import find, period_of
    from doorstep.lib import days

    if not out:
        raise Failure(_("Partial counts are not hidden yet and are not shown here. Name a file: --out FILE"))
    programme, report = find(report_id, area)
    content = partial_counts(programme, report, period_of(report, period, days.today()), area)
    file = Path(out)
    if file.exists():
        raise Failure(_("“{file}” is there already. Name another one.").format(file=out))
    file.touch(mode=0o600)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    say(_("Written to {file}.").format(file=file))


def merge_partials(
    folder: Annotated[Path, typer.Argument(metavar=_("FOLDER"), help=_("Where the counties' files lie (*.json)."))],
    format_: Annotated[str, typer.Option("--format", help=_("table, csv or json."))] = "table",
    as_json: AsJson = False,
) -> None:
    store.connect()
    from doorstep.indicators import merging, partial

    wanted = "json" if as_json else format_
    if wanted not in ("table", "csv", "json"):
        raise Failure(_("“{format}” is not offered. Choose {known}.").format(format=wanted, known="table, csv, json"))
    if not folder.is_dir():
        raise Failure(_("There is no folder {folder}.").format(folder=folder))
    found = merging.merge([partial.read(file.name, file.read_bytes()) for file in sorted(folder.glob("*.json"))])
    said = language()
    rows = [
        {
            "place": row.code,
            "name": row.names.get(said) or row.code,
            "indicator": row.indicator,
            "title": row.definition.title.get(said, row.indicator),
            "period": found.period.id,
            "numerator": _figure(row.cell.numerator),
            "denominator": _figure(row.cell.denominator),
            "rate": _figure(row.cell.rate),
            "hidden": row.cell.hidden,
        }
        for row in found.rows
    ]
    _write(rows, wanted)


def _figure(number: Any) -> str | None:
    return None if number is None else str(number)


def _write(rows: list[dict[str, Any]], wanted: str) -> None:
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
        "name": _("Place"),
        "title": _("Figure"),
        "period": _("Period"),
        "numerator": _("Counted"),
        "denominator": _("Out of"),
        "rate": _("Rate"),
    }
    show(shown, columns, as_json=False, none=_("Nothing to report."))
