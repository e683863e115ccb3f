"""report late: which reports of a place are over and have not been handed in."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.said import AsJson, language, show


def reports_to_hand_in(
    place: Annotated[str, typer.Option(help=_("Code of a place; else the topmost one."))] = "",
    all_: Annotated[bool, typer.Option("--all", help=_("Also those whose day has not passed yet."))] = False,
    as_json: AsJson = False,
) -> None:
    store.connect()
    from doorstep.indicators import calendar, period_names
    from doorstep.lib import days

    area = finding.place(place) if place else finding.topmost()
    said, asked = language(), calendar.to_hand_in if all_ else calendar.late
    rows = [
        {
            "place": area.code,
            "report": one.report.id,
            "title": one.report.title.get(said, one.report.id),
            "period": one.period.id,
            "period_name": period_names.name(one.period)[said],
            "hand_in_by": one.day.isoformat(),
            "late": one.is_late,
            "day_status": one.status,
        }
        for one in asked(area, days.today())
    ]
    columns = {"report": _("Report"), "title": _("Title"), "period_name": _("Period"), "hand_in_by": _("Hand in by")}
    show(rows, columns, as_json=as_json, none=_("Nothing is late."))
