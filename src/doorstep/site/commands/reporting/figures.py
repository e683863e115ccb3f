"""report: one report of a period for a place, exactly as it may be shown. Hidden counts never leave the store."""

from __future__ import annotations

from gettext import gettext as _
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from doorstep.site import store
from doorstep.site.commands import finding, sparking
from doorstep.site.commands.reporting import explain, files, partials, rows
from doorstep.site.commands.said import AsJson, AsOf, language
from doorstep.site.store import Failure

if TYPE_CHECKING:
    from doorstep.indicators.report import ReportRow

Format = Literal["table", "csv", "json"]


def show_report(
    report_id: Annotated[str, typer.Argument(metavar=_("REPORT"), help=_("Its id, such as maternal_quarter."))],
    period: Annotated[str, typer.Option(help=_("2026, 2026-Q3 or 2026-10; else the one of today."))] = "",
    place: Annotated[str, typer.Option(help=_("Code of a place; else the topmost one."))] = "",
    format_: Annotated[str, typer.Option("--format", help=_("table, csv, json, xlsx, docx or pdf."))] = "table",
    engine: Annotated[
        Literal["python", "spark"],
        typer.Option(
            help=_(
                "python: counted person by person. spark: everybody on Spark, for a store that outgrows one machine."
            )
        ),
    ] = "python",
    as_of: AsOf = "",
    out: Annotated[str, typer.Option(help=_("File to write the whole document to."))] = "",
    explained: Annotated[str, typer.Option("--explain", help=_("Say what one figure counts instead."))] = "",
    partial: Annotated[
        bool, typer.Option("--partial", help=_("Write counts for the level above, to be merged there."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    store.connect()
    from doorstep.indicators.report import report_rows
    from doorstep.lib import days
    from doorstep.programmes import moment

    wanted = "json" if as_json else format_
    known = (*Format.__args__, *files.ALWAYS_FILES)  # type: ignore[attr-defined]
    if wanted not in known or (out and not partial and wanted not in files.ENDINGS):
        raise Failure(_("“{format}” is not offered. Choose {known}.").format(format=wanted, known=", ".join(known)))
    area = finding.place(place) if place else finding.topmost()
    if partial:
        partials.write_partial(report_id, period, area, out)
        return
    if explained:
        explain.explain(report_id, explained, area, as_json=wanted == "json")
        return
    then = moment.parse(as_of) if as_of else None
    if out or wanted in files.ALWAYS_FILES:
        from doorstep.indicators.documents import making

        with sparking.counting(engine):
            document = making.draft(making.ask(report_id, period, area, days.today(), then))
        files.write_file(document, wanted, out)
        return
    said = language()
    with sparking.counting(engine):
        figures = list(report_rows(report_id, period, area, days.today(), then))
    rows.write([_row(row, said) for row in figures], wanted)
    _tell_charter()


def _tell_charter() -> None:
    """The hash of the charter, and who accepted looser tags, stand beside every report: not in the table itself."""
    from doorstep.engine.charter import charter_hash
    from doorstep.programmes.tags import acceptances

    typer.echo(_("Charter {hash}").format(hash=charter_hash()), err=True)
    for pack, names in sorted({(one.pack, f"{one.accepted_by}, {one.reviewed_by}") for one in acceptances()}):
        typer.echo(_("Looser tags in {pack} accepted by {names}").format(pack=pack, names=names), err=True)


def _row(row: ReportRow, said: str) -> dict[str, Any]:
    return {
        "place": row.place.code,
        "indicator": row.indicator,
        "title": row.title.get(said, row.indicator),
        "period": row.period,
        **rows.figures(row.numerator, row.denominator, row.rate, hidden=row.hidden),
    }
