"""warehouse: the copy of the records that reports and whole lists are worked out from."""

from __future__ import annotations

from dataclasses import asdict
from gettext import gettext as _

import typer

from doorstep.site import store
from doorstep.site.commands.said import AsJson, progress, say, say_json
from doorstep.site.store import Failure

app = typer.Typer(
    help=_("Keep the records once more in a form that whole lists and reports are worked out from quickly."),
    no_args_is_help=True,
)


@app.command(help=_("Bring the warehouse up to the records: only what is new or has changed is read."))
def sync(as_json: AsJson = False) -> None:
    _work("sync", as_json=as_json)


@app.command(help=_("Throw the warehouse away and fill it again."))
def rebuild(as_json: AsJson = False) -> None:
    _work("rebuild", as_json=as_json)


@app.command(help=_("Say whether the warehouse is up to date, and what waits for the next sync."))
def status(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.programmes import stock

    found = stock.status()
    if as_json:
        say_json(asdict(found))
    elif not found.there:
        say(_("There is no warehouse yet. Make it with: doorstep warehouse sync"))
    elif found.up_to_date:
        said = _("Up to date with record {watermark}: {files} files, {megabytes} MB.")
        say(said.format(**asdict(found)))
    else:
        said = _("Not up to date: {entries} new records and {changes} changes wait for: doorstep warehouse sync")
        say(said.format(**asdict(found)))


@app.command(help=_("Work out what everybody adds to the programmes' indicators, so that reports come at once."))
def figures(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.engine.warehouse.manifest import Busy
    from doorstep.indicators import kept
    from doorstep.programmes import stock

    if stock.current() is None:
        raise Failure(_("The warehouse is not up to date. Run first: doorstep warehouse sync"))
    try:
        with progress(_("Working out figures")) as bar:
            done = kept.work_out(bar)
    except Busy as error:
        raise Failure(_("Somebody else is filling the warehouse just now. Try again when that is done.")) from error
    if as_json:
        say_json({"programmes": done})
    else:
        say(_("The figures of {n} programmes were brought up to date.").format(n=done))


def _work(how: str, *, as_json: bool) -> None:
    store.connect()
    from doorstep.engine.warehouse.manifest import Busy
    from doorstep.indicators import kept
    from doorstep.programmes import syncing

    try:
        with progress(_("Reading records")) as bar:
            done = syncing.rebuild(bar) if how == "rebuild" else syncing.sync(bar)
            if kept.folder().exists():  # what was erased must leave these files as well
                kept.work_out()
    except Busy as error:
        raise Failure(_("Somebody else is filling the warehouse just now. Try again when that is done.")) from error
    if as_json:
        say_json(asdict(done))
    else:
        said = _("The warehouse holds the records up to {watermark}: {entries} read, {changes} changes followed.")
        say(said.format(**asdict(done)))
