"""import and export: registers as tables."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.said import AsJson, language, progress, say, say_json, show_problems
from doorstep.site.store import Failure

if TYPE_CHECKING:  # the command line answers --help without loading the web framework
    from doorstep.access.permissions import Actor
    from doorstep.exchange.register_file.importing import Preview

incoming = typer.Typer(help=_("Take in a register of people from a spreadsheet."), no_args_is_help=True)
outgoing = typer.Typer(help=_("Give back a register of people as a spreadsheet."), no_args_is_help=True)
By = Annotated[str, typer.Option(help=_("Log-in name of the supervisor who does it."), metavar=_("USER"))]
Place = Annotated[str, typer.Option(help=_("Code of the place; else all places of the supervisor."), metavar=_("CODE"))]


@incoming.callback()
def _incoming() -> None:
    """Keeps ``register`` a command of its own while it is the only one."""


@outgoing.callback()
def _outgoing() -> None:
    """Keeps ``register`` a command of its own while it is the only one."""


@incoming.command("register", help=_("Import people and families from an .xlsx or .csv file, or take an import back."))
def import_register(
    file: Annotated[Path | None, typer.Argument(help=_("The file."), metavar=_("FILE"))] = None,
    by: By = "",
    place: Place = "",
    said: Annotated[
        list[str] | None, typer.Option("--map", help=_("What a column is: COLUMN=field; COLUMN= leaves it out."))
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only say what would happen."))] = False,
    alike: Annotated[
        bool, typer.Option("--alike-are-new", help=_("Also take in who looks like someone here."))
    ] = False,
    undo: Annotated[int, typer.Option(help=_("Take the import with this number back."), metavar=_("RUN"))] = 0,
    template: Annotated[
        Path | None, typer.Option(help=_("Write an empty table to fill in."), metavar=_("FILE"))
    ] = None,
    as_json: AsJson = False,
) -> None:
    if template is not None:
        _template(template)
        return
    store.connect()
    if undo:
        _undo(undo, _actor(by), as_json=as_json)
    elif file is None:
        raise Failure(_("Name a file to import, or --undo RUN, or --template FILE."))
    else:
        _import(file, _actor(by), place, _columns_said(said or []), dry_run=dry_run, alike=alike, as_json=as_json)


@outgoing.command(
    "register", help=_("Write the people of a place into an .xlsx or .csv file, in the columns an import reads.")
)
def export_register(
    file: Annotated[Path, typer.Argument(help=_("The file to write."), metavar=_("FILE"))],
    place: Annotated[str, typer.Option(help=_("Code of the place."), metavar=_("CODE"))],
    by: By = "",
) -> None:
    store.connect()
    from doorstep.exchange.register_file.exporting import export

    count = export(file, _actor(by), finding.place(place).id, language())
    say(_("{count} people were written to {file}.").format(count=count, file=file))


def _template(file: Path) -> None:
    from doorstep.exchange.register_file import exporting

    exporting.template(file, language())
    say(_("The empty table is in {file}.").format(file=file))


def _actor(username: str) -> Actor:
    """Who imports: the one named, or the only supervisor there is."""
    from doorstep.access import queries as access
    from doorstep.access.permissions import ROLES

    if username:
        return access.actor(finding.member(username).id)
    able = [m for m in access.staff().by_id.values() if m.is_active and "register.import" in ROLES.get(m.role, ())]
    if len(able) != 1:
        names = ", ".join(m.username for m in able) or "–"
        raise Failure(_("Say who does it with --by USER. Those who may: {names}").format(names=names))
    return access.actor(able[0].id)


def _columns_said(said: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in said]
    for column, sign, _field in pairs:
        if not sign:
            raise Failure(_("Write --map as COLUMN=field; “{text}” has no “=”.").format(text=column))
    return {column: field for column, _sign, field in pairs}


def _import(
    file: Path, actor: Actor, place: str, said: dict[str, str], *, dry_run: bool, alike: bool, as_json: bool
) -> None:
    from doorstep.exchange.register_file import importing
    from doorstep.exchange.register_file.mapping import guess_mapping
    from doorstep.exchange.register_file.reading import read_table

    table = read_table(file)
    columns = guess_mapping(table.file, table.headers, said)
    place_id = finding.place(place).id if place else None
    if dry_run:
        _tell(importing.dry_run(table, columns, actor, place_id=place_id), {}, as_json=as_json)
        return
    others = [row.number for row in table.rows] if alike else []
    with progress(_("People")) as advance:
        done = importing.run(table, columns, actor, place_id=place_id, take_alike=frozenset(others), advance=advance)
    _tell(done.preview, {"run": done.run_id, "waiting": done.waiting}, as_json=as_json)


def _tell(found: Preview, more: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(found.as_dict(language()) | more)
        return
    say(_("{count} rows were read.").format(count=found.rows))
    say(
        _("New: {people} people in {households} new families.").format(
            people=found.new_people, households=found.new_households
        )
    )
    say(_("Here already: {count}.").format(count=found.here))
    if found.alike:
        rows = ", ".join(str(one.row) for one in found.alike)
        say(_("Left out because they look like someone here: rows {rows}.").format(rows=rows))
    for refused in found.refused:
        meaning = refused.meaning[language()]
        say(_("Not imported, and never will be (charter {clause}): column “{column}” – {meaning}.").format(
            clause=refused.clause, column=refused.column, meaning=meaning))  # fmt: skip
    if found.not_taken:
        say(_("Columns not taken: {columns}.").format(columns=", ".join(found.not_taken)))
    show_problems(found.problems, as_json=False)
    if "run" in more:
        say(
            _("This was import {run}. Take it back with: doorstep import register --undo {run}").format(run=more["run"])
        )


def _undo(run_id: int, actor: Actor, *, as_json: bool) -> None:
    from doorstep.exchange.register_file.undoing import undo

    with progress(_("Taking back")) as advance:
        undone = undo(run_id, actor, advance)
    if as_json:
        say_json({"people": undone.people, "households": undone.households, "people_left": undone.people_left,
                  "households_left": undone.households_left})  # fmt: skip
        return
    say(
        _("Taken back: {people} people, {households} families.").format(
            people=undone.people, households=undone.households
        )
    )
    if undone.people_left or undone.households_left:
        say(_("Left, because more was written about them since: {people} people, {households} families.").format(
            people=undone.people_left, households=undone.households_left))  # fmt: skip
