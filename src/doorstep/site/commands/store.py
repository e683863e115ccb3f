"""init, rebuild, verify: the store as a whole."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import typer

from doorstep.site import store
from doorstep.site.commands.said import AsJson, progress, say, say_json, step


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the whole."""
    app.command(help=_("Make a store here, or bring it up to date. Safe to run again."))(init)
    app.command(help=_("Work everything derived out again from the records."))(rebuild)
    app.command(help=_("Prove that everything derived follows from the records, and that no record was altered."))(
        verify
    )


def init(
    packs: Annotated[
        bool, typer.Option("--packs/--no-packs", help=_("Install the programmes that come with Doorstep."))
    ] = True,
) -> None:
    had = store.is_there()
    store.make(step)
    if packs:
        store.install_shipped(step)
    ready = _("The store in {folder} is up to date.") if had else _("A new store is ready in {folder}.")
    say(ready.format(folder=store.folder()))
    if not had:
        say(_("Next: add people with “doorstep user add”, then start with “doorstep serve”."))


def rebuild() -> None:
    store.connect()
    from doorstep.intake import rebuild as derived

    with progress(_("Working everything out again")) as advance:
        derived.rebuild(advance)
    say(_("Everything was worked out again from the records."))


def verify(
    as_json: AsJson = False,
    log_end: Annotated[
        str, typer.Option("--log-end", help=_("The end of the access log as noted earlier, on paper or by a backup."))
    ] = "",
) -> None:
    store.connect()
    from doorstep.access import proving
    from doorstep.access.chain import Head
    from doorstep.indicators import handed_in
    from doorstep.intake import rebuild as derived

    try:
        noted = Head.read(log_end) if log_end else None
    except ValueError as error:
        raise store.Failure(_("This is not the end of an access log: a number, a colon, and 64 digits.")) from error
    log = proving.prove(noted=noted)
    with progress(_("Comparing")) as advance:
        found = [(one.table, one.kind, one.key) for one in derived.verify(advance)]
    found += [("report_copy", "altered", str(one.seq)) for one in handed_in.altered()]
    found += [(flaw.table, flaw.kind, flaw.key) for flaw in log.flaws]
    if as_json:
        say_json([{"table": table, "kind": kind, "key": key} for table, kind, key in found])
    else:
        for difference in found:
            say(" ".join(difference))
        say(_("{count} differences.").format(count=len(found)))
        if log.head is not None:
            say(_("The access log has {rows} rows and ends with {end}").format(rows=log.rows, end=log.head))
    raise typer.Exit(1 if found else 0)
