"""report: figures of a period for a place, and what is done with them. One module per command below this folder.

``doorstep report maternal_quarter …`` is short for ``doorstep report show maternal_quarter …``: what is no command is
the id of a report.
"""

from __future__ import annotations

from gettext import gettext as _
from typing import Any

import typer
from typer.core import TyperGroup

from doorstep.site.commands.reporting import checking, difference, figures, handing_in, late, partials

SHORT_FOR = "show"
HELP_OPTIONS = ("-h", "--help")


class _IdOrCommand(TyperGroup):
    """A group whose first word may also be the id of a report."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in HELP_OPTIONS:
            args = [SHORT_FOR, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_IdOrCommand,
    help=_("Show and hand in reports, and check a table somebody typed. “report ID” is short for “report show ID”."),
    no_args_is_help=True,
)
app.command(
    SHORT_FOR, help=_("Show a report of a period for a place, with counts under ten hidden and others rounded to 5.")
)(figures.show_report)
app.command("diff", help=_("Say why a figure reads otherwise today than it was handed in, as counts."))(difference.diff)
app.command("check", help=_("Recompute the rates and totals of a table somebody typed (.xlsx, .csv)."))(
    checking.check_table
)
app.command("merge", help=_("Add up the partial counts of counties; small numbers are hidden after that."))(
    partials.merge_partials
)
handing_in.add_to(app)
app.command("late", help=_("Name the reports of a place whose day to hand in has passed."))(late.reports_to_hand_in)
