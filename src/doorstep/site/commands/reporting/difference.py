"""report diff: why a figure of an old period reads otherwise today than it was handed in, as counts."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated, Any

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.said import AsJson, language, say, say_json, show
from doorstep.site.store import Failure


def diff(
    report_id: Annotated[str, typer.Argument(metavar=_("REPORT"), help=_("Its id, such as maternal_quarter."))],
    period: Annotated[str, typer.Option(help=_("2026, 2026-Q3 or 2026-10; else the one of today."))] = "",
    place: Annotated[str, typer.Option(help=_("Code of a place; else the topmost one."))] = "",
    against: Annotated[
        list[str] | None,
        typer.Option(
            help=_("Number or day of a copy that was handed in; else the last one. Twice: compare these two copies.")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    store.connect()
    from doorstep.indicators.differences import CAUSES, differences
    from doorstep.indicators.moments import hand_in_of
    from doorstep.indicators.report import find, period_of
    from doorstep.lib import days

    area = finding.place(place) if place else finding.topmost()
    _programme, report = find(report_id, area)
    asked = period_of(report, period, days.today())
    named = list(against or [""])
    if len(named) > 2:
        raise Failure(_("Two copies can be compared, not more."))
    copies = sorted((hand_in_of(report, asked, area, one) for one in named), key=lambda one: one.copy)
    found = differences(report_id, asked, area, copies[0].moment, copies[1].moment if len(copies) > 1 else None)
    said = language()
    rows = [
        {
            "indicator": one.indicator,
            "title": one.definition.title.get(said, one.indicator),
            "part": one.part,
            "then": _figure(one.then),
            "now": _figure(one.now),
            **{cause: _figure(one.by_cause[cause]) for cause in CAUSES},
        }
        for one in found.changes
    ]
    if as_json:
        say_json(rows)
        return
    copy = copies[0]
    known = _("Against copy {number}, handed in on {day}.") if copy.number else _("Against what was known on {day}.")
    say(known.format(number=copy.number, day=copy.day.isoformat()))
    _show(rows)
    say(_("Counts under 10 are hidden. So are the reasons of a figure that is hidden itself."))
    say(_("Who asked not to be counted, or ended a service, is left out on both sides: no reason tells of it."))


def _show(rows: list[dict[str, Any]]) -> None:
    parts = {"numerator": _("Counted"), "denominator": _("Out of")}
    hidden = _("hidden")
    shown = [{k: hidden if v is None else v for k, v in {**row, "part": parts[row["part"]]}.items()} for row in rows]
    columns = {
        "title": _("Figure"),
        "part": _("Count"),
        "then": _("Handed in"),
        "now": _("Now"),
        "late": _("Written late"),
        "corrections": _("Corrected"),
        "moves": _("Moved"),
        "versions": _("New version"),
    }
    show(shown, columns, as_json=False, none=_("Nothing to report."))


def _figure(number: Any) -> str | None:
    return None if number is None else str(number)
