"""backup and restore: the store as one sealed file, and a store of it again."""

from __future__ import annotations

import os
from dataclasses import asdict
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from doorstep.site import store
from doorstep.site.commands.said import AsJson, say, say_json, show, step
from doorstep.site.store import Failure

Key = Annotated[Path | None, typer.Option("--key", help=_("File with the key (else the store's own)."))]
To = Annotated[Path | None, typer.Option("--to", help=_("Folder of the backups (else DOORSTEP_BACKUPS)."))]
app = typer.Typer(help=_("Copy the whole store into one sealed file, restore that to one side and look at it."))


def add_to(whole: typer.Typer) -> None:
    """Add the commands of this module to the whole."""
    whole.add_typer(app, name="backup")
    whole.command(help=_("Make a store of a backup, on a machine that has nothing else."))(restore)


@app.callback(invoke_without_command=True)
def backup(
    context: typer.Context,
    to: To = None,
    key: Key = None,
    keep_days: Annotated[
        int, typer.Option(min=1, max=35, help=_("Older backups in the folder are taken away (at most 35 days)."))
    ] = 35,
    as_json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    folder = _folder(to)
    store.connect()
    from doorstep.site.backup import making

    known, new = making.key_of(key)
    made = making.make(folder, known, keep_days, step)
    if as_json:
        say_json({"file": str(made.file), "bytes": made.bytes, "removed": made.removed, **asdict(made.about)})
    else:
        megabytes = max(1, round(made.bytes / 1e6))
        said = _("Backup made and restored to one side without a fault: {file} ({megabytes} MB, {entries} records).")
        say(said.format(file=made.file, megabytes=megabytes, entries=made.about.told.counts["entry"]))
    if new and not as_json:
        _tell_key(known)


@app.command("list", help=_("Backups there are, the latest last."))
def list_(to: To = None, as_json: AsJson = False) -> None:
    from doorstep.site.backup import archive, making

    rows: list[dict[str, Any]] = []
    for file in making.backups_in(_folder(to)):
        words = archive.plain_words(file)
        told = {"made_at": words["made_at"], "bytes": file.stat().st_size, "key": words["key"]}
        rows.append({"file": file.name, **told, "log_end": words.get("log_end", "")})
    titles = {"file": _("File"), "made_at": _("Made at"), "bytes": _("Bytes"), "key": _("Key")}
    show(rows, titles, as_json=as_json, none=_("No backup yet."))


@app.command("key", help=_("Show the key, to be written down and kept away from this machine."))
def key_(key: Key = None) -> None:
    from doorstep.site.backup import making

    if not store.is_there():
        raise Failure(_("There is no store in {folder}. Make one with: doorstep init").format(folder=store.folder()))
    _tell_key(making.key_of(key)[0])


@app.command(help=_("Restore the latest backup to one side and prove that all of it follows from its records."))
def drill(
    to: To = None,
    key: Key = None,
    database: Annotated[
        str, typer.Option(help=_("Address of an empty PostgreSQL database, for backups of PostgreSQL."))
    ] = "",
    as_json: AsJson = False,
) -> None:
    folder = _folder(to)
    from doorstep.site.backup import drilling, making

    known = making.key_of(key)[0]
    found = drilling.drill(folder, known, database, step)
    if as_json:
        say_json(asdict(found))
    else:
        said = _("{file} was restored in {seconds} s and holds {entries} records; nothing in it differs.")
        say(said.format(file=found.file, seconds=found.seconds, entries=found.entries))


def restore(
    file: Annotated[Path, typer.Argument(help=_("The backup."), metavar=_("FILE"))],
    key: Annotated[Path | None, typer.Option("--key", help=_("File with the key; else it is asked for."))] = None,
    erasures: Annotated[
        Path | None, typer.Option(help=_("The list of what was erased, where it is not beside the backup."))
    ] = None,
    without_erasures: Annotated[
        bool, typer.Option(help=_("There never was such a list. Who was erased since the backup would be back."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    from doorstep.site.backup import archive, making, restoring

    if not file.is_file():
        raise Failure(_("There is no file {file}.").format(file=file))
    words = archive.plain_words(file)
    if key is not None:
        known = making.key_of(key)[0]
    else:
        from doorstep.lib import sealing

        with archive.sentences():
            known = sealing.key_from(typer.prompt(_("Key (as it was written down)"), hide_input=True, err=True))
    about = restoring.restore(file, known, step, restoring.Erasures(erasures, without_erasures))
    making.keep_key(known)
    if as_json:
        say_json(asdict(about))
        return
    said = _("The store of {made_at} is in {folder} again, with {entries} records.")
    say(said.format(made_at=words["made_at"], folder=store.folder(), entries=about.told.counts["entry"]))
    say(
        _(
            "Phones send again what they hold. Phones taken back since then have to be taken back again: doorstep device list"
        )
    )


def _folder(to: Path | None) -> Path:
    known = os.environ.get("DOORSTEP_BACKUPS", "")
    told = to or (Path(known) if known else None)
    if told is None:
        raise Failure(_("Say where backups go: --to FOLDER, on another disk than the store."))
    return told.resolve()


def _tell_key(key: bytes) -> None:
    from doorstep.lib import sealing

    say(_("The key to the backups. Write it down and keep it away from this machine: without it nobody can open them."))
    say(sealing.key_text(key))
