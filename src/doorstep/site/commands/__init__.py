"""The commands, by group. Each module makes its own ``typer`` group and is listed here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from gettext import gettext as _
from typing import Annotated

import typer

from doorstep.site.commands import (
    backup,
    bench,
    charter,
    demo,
    device,
    due,
    ending,
    importing,
    keys,
    moving,
    pack,
    printing,
    reporting,
    serve,
    setting,
    store,
    tags,
    user,
    warehouse,
)
from doorstep.site.commands.said import explain, tell_wrong

app = typer.Typer(
    name="doorstep",
    help=_("Doorstep: the server behind community family-health work. Fill once; lists, registers and reports follow."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(
    store: Annotated[
        str, typer.Option(help=_("Folder of the store (else DOORSTEP_STORE, else ./store)."), metavar=_("FOLDER"))
    ] = "",
    language: Annotated[str, typer.Option(help=_("zh or en; else the language of the terminal."))] = "",
) -> None:
    """Both are read before anything is imported; here they stand to be shown in the help."""


store.add_to(app)
backup.add_to(app)
serve.add_to(app)
setting.add_to(app)
demo.add_to(app)
due.add_to(app)
ending.add_to(app)
printing.add_to(app)
tags.add_to(pack.app)
app.add_typer(reporting.app, name="report")
app.add_typer(user.app, name="user")
app.add_typer(device.app, name="device")
app.add_typer(pack.app, name="pack")
app.add_typer(keys.app, name="key", help=_("The store's own keys."))
app.add_typer(importing.incoming, name="import")
app.add_typer(importing.outgoing, name="export")
app.add_typer(moving.app, name="move")
app.add_typer(charter.app, name="charter")
app.add_typer(bench.app, name="bench")
app.add_typer(warehouse.app, name="warehouse")


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code. Foreseen failures become sentences."""
    try:
        app(args=list(arguments), prog_name="doorstep", standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except Exception as error:
        sentences = explain(error)
        if sentences is None:
            raise
        tell_wrong(sentences)
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    return 0
