"""erase and retention: what ends because somebody asks, and what because its time is over."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from gettext import gettext as _
from typing import Annotated, Any

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.said import AsJson, language, say, say_json, show, step
from doorstep.site.store import Failure

app = typer.Typer(help=_("How long each kind of data is kept; end what has had its time (every night)."))
By = Annotated[str, typer.Option(help=_("Log-in name of who carries it out."))]


def add_to(whole: typer.Typer) -> None:
    """Add the commands of this module to the whole."""
    whole.command(help=_("Erase a person who asked for it, or one record, everywhere. It cannot be undone."))(erase)
    whole.add_typer(app, name="retention")


def erase(
    person: Annotated[str, typer.Argument(help=_("Id of the person."), metavar=_("PERSON"))] = "",
    by: By = "",
    record: Annotated[int, typer.Option(help=_("Number of one record, instead of a person."))] = 0,
    again: Annotated[bool, typer.Option(help=_("Go on with a restore that was cut short."))] = False,
    as_json: AsJson = False,
) -> None:
    from doorstep.site.backup import erasures

    if again:
        store.make(step)
        say(_("{n} were erased again.").format(n=erasures.replay(step)))
        return
    if bool(person) == bool(record) or not by:
        raise Failure(_("Say who is to be erased (or --record NUMBER), and --by USER."))
    store.connect()
    from doorstep.access import queries as access
    from doorstep.intake import ending, wiping
    from doorstep.intake.problems import Refused

    member = finding.member(by)
    if not access.staff().has(member.id, "record.erase"):
        raise Failure(_("“{name}” does not carry out erasures: that is for supervisors.").format(name=by))
    try:
        done = ending.erase_record(record, member.id) if record else ending.erase_person(person, member.id)
    except Refused as error:
        raise Failure(error.problem.text(language())) from error
    step(_("Wiping the bytes"))
    wiped, listed = wiping.wipe(), erasures.after_erasing()
    if as_json:
        say_json({**asdict(done), "wiped": wiped, "listed": listed})
        return
    say(_("Erased: {people} people, {families} families, {records} records, {files} files.").format(**asdict(done)))
    _warn(wiped=wiped, listed=listed)


def _warn(*, wiped: bool, listed: bool) -> None:
    if not wiped:
        say(_("Somebody is reading the store: the bytes are wiped tonight, or by: doorstep retention"))
    if not listed:
        say(
            _(
                "The list of erasures could not be put beside the backups. Set DOORSTEP_BACKUPS, or make a backup now:"
                " doorstep backup --to FOLDER"
            )
        )


@app.callback(invoke_without_command=True)
def retention(
    context: typer.Context,
    on: Annotated[str, typer.Option(help=_("A later day, with --dry-run."))] = "",
    dry_run: Annotated[bool, typer.Option(help=_("Only say what would be ended."))] = False,
    as_json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    store.connect()
    from doorstep.intake import copies, expiring, wiping
    from doorstep.lib import days
    from doorstep.site.backup import erasures

    day = _day(on) or days.today()
    if day > days.today() and not dry_run:
        raise Failure(_("Nothing is ended before its time. For a later day add --dry-run."))
    found = expiring.trial(day) if dry_run else expiring.sweep(day)
    if not dry_run:
        copies.drop_old_tables()
        wiping.tidy()
        step(_("Wiping the bytes"))
        _warn(wiped=not wiping.needed() or wiping.wipe(), listed=erasures.after_erasing())
    if as_json:
        say_json(found)
    else:
        rows = [{"purpose": purpose, "ended": n} for purpose, n in found.items()]
        show(rows, {"purpose": _("What"), "ended": _("Ended")}, as_json=False, none=_("Nothing."))


@app.command("list", help=_("How long each kind of data is kept, since when, and by what."))
def list_(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.intake import retention as periods

    rows: list[dict[str, Any]] = [
        {
            "purpose": one.purpose,
            "days": one.days,
            "since": one.since.isoformat(),
            "status": one.status,
            "source": one.source,
        }
        for one in periods.every()
    ]
    titles = {
        "purpose": _("What"),
        "days": _("Days"),
        "since": _("Since"),
        "status": _("Status"),
        "source": _("Source"),
    }
    show(rows, titles, as_json=as_json, none=_("Nothing."))


@app.command("set", help=_("Enter how long a kind of data is kept here, with its source."))
def set_(
    purpose: Annotated[str, typer.Argument(help=_("As listed, or records:PROGRAMME."), metavar=_("WHAT"))],
    kept: Annotated[str, typer.Argument(help=_("Number of days, or “unknown”."), metavar=_("DAYS"))],
    source: Annotated[str, typer.Option(help=_("The law or rule it comes from, with its date."))],
    by: By,
    since: Annotated[str, typer.Option(help=_("From which day on; else today."))] = "",
) -> None:
    store.connect()
    from doorstep.intake import retention as periods
    from doorstep.intake.problems import Refused
    from doorstep.lib import days

    if kept != "unknown" and not kept.isdigit():
        raise Failure(_("Give a number of days, or “unknown”."))
    number = None if kept == "unknown" else int(kept)
    word = periods.Word(purpose, number, _day(since) or days.today(), source, finding.member(by).id)
    try:
        periods.decide(word)
    except Refused as error:
        raise Failure(error.problem.text(language())) from error
    say(_("Entered."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Failure(_("“{text}” is no day. Write it as 2026-03-01.").format(text=text)) from error
