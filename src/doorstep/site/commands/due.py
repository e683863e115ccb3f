"""due: planned visits on a day, as counts or as rows without names."""

from __future__ import annotations

from collections import Counter
from datetime import date
from gettext import gettext as _
from typing import Annotated, Literal

import typer

from doorstep.site import store
from doorstep.site.commands import finding, sparking
from doorstep.site.commands.said import AsJson, AsOf, say_json, show
from doorstep.site.store import Failure


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the whole."""
    app.command(help=_("Count planned visits by how they stand on a day. With --json: one row each, never a name."))(
        due
    )


def due(
    on: Annotated[str, typer.Option(help=_("The day, as 2026-03-01; else today, or the day of --as-of."))] = "",
    place: Annotated[str, typer.Option(help=_("Code of a place; with everything below it."))] = "",
    engine: Annotated[
        Literal["stored", "duckdb", "spark"],
        typer.Option(
            help=_(
                "stored: as kept with the records. duckdb: worked out anew from the records, all at once."
                " spark: the same on Spark, for a store that outgrows one machine."
            )
        ),
    ] = "stored",
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    store.connect()
    from doorstep.lib import days
    from doorstep.places import queries as places
    from doorstep.programmes import moment
    from doorstep.visits import everybody, standing

    below = places.tree().below(finding.place(place).id) if place else None
    then = moment.parse(as_of) if as_of else None
    day = _day(on) if on else then.day if then else days.today()
    if engine == "spark":
        with sparking.spark() as windows:
            rows = everybody.on(day, below, then, windows.windows)
    else:
        rows = everybody.on(day, below, then) if engine == "duckdb" else standing.on(day, below, then)
    if as_json:
        say_json([row.as_dict() for row in rows])
        return
    counted = Counter((row.pack_id, row.state) for row in rows)
    shown = [{"pack": pack, "state": state, "count": n} for (pack, state), n in sorted(counted.items())]
    columns = {"pack": _("Programme"), "state": _("State"), "count": _("Visits")}
    show(shown, columns, as_json=False, none=_("No planned visits."))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Failure(_("“{text}” is not a day. Write it as 2026-03-01.").format(text=text)) from error
