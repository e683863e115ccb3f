"""report check-off, hand-in, copies, copy, verify: from draft to checked to handed in, and what became of it."""

from __future__ import annotations

from gettext import gettext as _
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.reporting import files
from doorstep.site.commands.said import AsJson, say, show
from doorstep.site.commands.tags import proven
from doorstep.site.store import Failure

if TYPE_CHECKING:
    from doorstep.access.permissions import Actor
    from doorstep.indicators.handed_in import Copy

ReportId = Annotated[str, typer.Argument(metavar=_("REPORT"), help=_("Its id, such as maternal_quarter."))]
Period = Annotated[str, typer.Option(help=_("The period, such as 2026-Q3."))]
PlaceCode = Annotated[str, typer.Option(help=_("Code of a place; else the topmost one."))]
By = Annotated[str, typer.Option(help=_("Log-in name of the manager who does it; asks for that person's password."))]
CopyNumber = Annotated[int, typer.Argument(metavar=_("NUMBER"), help=_("The number shown by “report copies”."))]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the group ``report``."""
    app.command("check-off", help=_("Say that you checked a report as it reads now; another manager hands it in."))(
        check_off
    )
    app.command("hand-in", help=_("Hand in the report another manager checked. The copy never changes after."))(hand_in)
    app.command("copies", help=_("List the reports checked and handed in for a place."))(copies)
    app.command("copy", help=_("Write a copy that was checked or handed in as a file, as it read that day."))(copy)
    app.command("verify", help=_("Look whether every kept copy still is what was handed in."))(verify)


def check_off(report_id: ReportId, period: Period, by: By, place: PlaceCode = "") -> None:
    store.connect()
    from doorstep.indicators.documents import making
    from doorstep.lib import days

    area = finding.place(place) if place else finding.topmost()
    asked = making.ask(report_id, period, area, days.today())
    done = _by(by, lambda actor: making.check(actor, asked))
    say(_("Checked. Its number is {number}; hash {hash}.").format(number=done.seq, hash=done.sha256))


def hand_in(report_id: ReportId, period: Period, by: By, place: PlaceCode = "") -> None:
    store.connect()
    from doorstep.indicators import handed_in
    from doorstep.indicators.documents import making
    from doorstep.lib import days
    from doorstep.lib.problems import Problem, Problems

    area = finding.place(place) if place else finding.topmost()
    asked = making.ask(report_id, period, area, days.today())
    steps = handed_in.copies([report_id], area.id, [asked.period.id])
    if not steps:
        raise Problems([Problem("indicators.not_checked")])
    waiting = handed_in.waiting(steps)
    done = _by(by, lambda actor: handed_in.hand_in(actor, waiting.seq if waiting else steps[-1].checked or 0))
    say(_("Handed in as copy {number}; hash {hash}.").format(number=done.number, hash=done.sha256))


def copies(place: PlaceCode = "", as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.indicators import handed_in

    area = finding.place(place) if place else finding.topmost()
    words = {handed_in.CHECKED: _("checked"), handed_in.HANDED_IN: _("handed in")}
    rows = [
        {
            "number": one.seq,
            "report": one.key.report_id,
            "period": one.key.period,
            "state": one.step if as_json else words[one.step],
            "copy": one.number,
            "by": one.by_name,
            "at": one.at.isoformat(timespec="seconds"),
            "sha256": one.sha256,
        }
        for one in handed_in.copies_at(area.id)
    ]
    columns = {"number": _("Number"), "report": _("Report"), "period": _("Period"), "state": _("State"),
               "copy": _("Copy"), "by": _("By"), "at": _("When"), "sha256": "SHA-256"}  # fmt: skip
    show(rows, columns, as_json=as_json, none=_("No report was checked or handed in here yet."))


def copy(
    number: CopyNumber,
    format_: Annotated[str, typer.Option("--format", help=_("xlsx, docx, pdf, csv or json."))] = "pdf",
    out: Annotated[str, typer.Option(help=_("File to write to."))] = "",
) -> None:
    store.connect()
    from doorstep.indicators import handed_in
    from doorstep.indicators.documents import making

    if format_ not in files.ENDINGS:
        raise Failure(
            _("“{format}” is not offered. Choose {known}.").format(format=format_, known=", ".join(files.ENDINGS))
        )
    found = handed_in.copy(number)
    if found is None:
        raise Failure(_("There is no copy {number}. See: doorstep report copies").format(number=number))
    files.write_file(making.kept(found), format_, out, making.stamp(found))


def verify(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.indicators import handed_in

    rows: list[dict[str, Any]] = [
        {"number": one.seq, "report": one.key.report_id, "period": one.key.period, "copy": one.number}
        for one in handed_in.altered()
    ]
    columns = {"number": _("Number"), "report": _("Report"), "period": _("Period"), "copy": _("Copy")}
    show(rows, columns, as_json=as_json, none=_("Every copy is what was checked and handed in."))
    if rows:
        raise typer.Exit(1)


def _by(username: str, do: Any) -> Copy:
    """Do it as one person, by their own password. Raises Failure where that is not part of their role or area."""
    actor: Actor = proven(username)
    try:
        done: Copy = do(actor)
    except PermissionError as error:
        raise Failure(
            _("Checking and handing in reports of this place is not part of the role of {name}.").format(name=username)
        ) from error
    return done
