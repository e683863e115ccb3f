"""report --partial and report merge: counts made in each county, added up by the level above; no row about a person travels."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorstep.site import store
from doorstep.site.commands.reporting import rows
from doorstep.site.commands.said import AsJson, language, say
from doorstep.site.store import Failure

if TYPE_CHECKING:
    from doorstep.places.queries import Node


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
    told = [
        {
            "place": row.code,
            "name": row.names.get(said) or row.code,
            "indicator": row.indicator,
            "title": row.definition.title.get(said, row.indicator),
            "period": found.period.id,
            **rows.figures(row.cell.numerator, row.cell.denominator, row.cell.rate, hidden=row.cell.hidden),
        }
        for row in found.rows
    ]
    rows.write(told, wanted, place="name")
