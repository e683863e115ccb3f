"""pack: programmes and forms."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doorstep.site import store
from doorstep.site.commands import finding, previewing
from doorstep.site.commands.said import AsJson, language, progress, say, say_json, show, show_problems
from doorstep.site.store import Failure

if TYPE_CHECKING:
    from doorstep.programmes.library import Installed

app = typer.Typer(
    help=_("Programmes: check, test, new, preview, install, on, off, list. Single forms: check, publish."),
    no_args_is_help=True,
)
Folder = Annotated[Path, typer.Argument(help=_("Folder of the programme."), metavar=_("FOLDER"))]
OPERATOR = 0  # stands in decisions where no user of the store is known: whoever has the machine


@app.command(help=_("Say everything that is wrong with programmes' folders or single forms."))
def check(
    paths: Annotated[list[Path], typer.Argument(help=_("Programmes' folders, or forms (.md, .csv, .xlsx)."))],
    as_json: AsJson = False,
) -> None:
    from doorstep.engine import packs

    for path in paths:
        if not path.exists():
            raise Failure(_("There is no file or folder {path}.").format(path=path))
    found = [problem for problems in packs.check_all(paths) for problem in problems]
    show_problems(found, as_json=as_json)
    errors = sum(problem.severity == "error" for problem in found)
    if not as_json:
        say(_("{errors} errors, {warnings} warnings.").format(errors=errors, warnings=len(found) - errors))
    raise typer.Exit(1 if errors else 0)


@app.command(help=_("Run a programme's own stories."))
def test(folder: Folder, as_json: AsJson = False) -> None:
    from doorstep.engine import packs

    results = packs.run_cases(packs.load(folder))
    failed = [result for result in results if not result.passed]
    if as_json:
        say_json([
            {"case": r.id, "schedule": r.schedule, "passed": r.passed,
             "problems": [p.as_dict(language()) for p in r.problems]} for r in results
        ])  # fmt: skip
    else:
        for result in failed:
            show_problems(result.problems, as_json=False)
        say(_("{passed} of {all} stories hold.").format(passed=len(results) - len(failed), all=len(results)))
    raise typer.Exit(1 if failed else 0)


app.command(help=_("Show what a programme's folder would change at a place, before it is switched on."))(
    previewing.preview
)


@app.command(help=_("Write a small working programme to begin from."))
def new(
    name: Annotated[str, typer.Argument(help=_("Id of the new programme: small letters."), metavar=_("NAME"))],
    folder: Annotated[Path, typer.Option(help=_("Where to write it."))] = Path(),
) -> None:
    from doorstep.engine import packs

    say(_("Written: {folder}. Check it with: doorstep pack check {folder}").format(folder=packs.new(folder, name)))


@app.command(help=_("Install a programme's version in the store. Nothing changes for people until it is switched on."))
def install(folder: Folder) -> None:
    store.connect()
    from doorstep.programmes import actions as programmes

    pack = programmes.install(folder, by=OPERATOR)
    say(_("Installed {pack}, version {version}.").format(pack=pack.id, version=pack.version))


@app.command(help=_("Switch a programme on at a place and everything below it."))
def on(
    pack: Annotated[str, typer.Argument(help=_("Id of the programme."), metavar=_("PACK"))],
    place: Annotated[str, typer.Option(help=_("Code of the place."))],
    schedule: Annotated[str, typer.Option(help=_("Id of the schedule; else the programme's first choice."))] = "",
    version: Annotated[str, typer.Option(help=_("Version; else the one installed last."))] = "",
) -> None:
    store.connect()
    chosen = _installed(pack, version)
    _check_schedule(chosen, schedule)
    _decide(place, pack, chosen.version, schedule, is_on=True)
    say(_("{pack} {version} is on at {place}.").format(pack=pack, version=chosen.version, place=place))


@app.command(help=_("Switch a programme off at a place and everything below it."))
def off(
    pack: Annotated[str, typer.Argument(help=_("Id of the programme."), metavar=_("PACK"))],
    place: Annotated[str, typer.Option(help=_("Code of the place."))],
) -> None:
    store.connect()
    _decide(place, pack, _installed(pack, "").version, "", is_on=False)
    say(_("{pack} is off at {place}.").format(pack=pack, place=place))


@app.command("list", help=_("List what is installed and where it is on."))
def list_them(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.lib import days
    from doorstep.places import queries as places
    from doorstep.programmes import library

    known = library.programmes()
    rows: list[dict[str, Any]] = []
    for one in library.installed():
        decided = ((n.code, known.decided_at(n.id).get(one.pack_id)) for n in places.tree().by_id.values())
        on_at = [code for code, d in decided if d is not None and d.is_on and d.version == one.version]
        day = one.installed_at.astimezone(days.zone()).date()
        rows.append({"pack": one.pack_id, "version": one.version, "installed": day, "on_at": on_at})
    shown = rows if as_json else [{**row, "on_at": " ".join(row["on_at"])} for row in rows]
    columns = {"pack": _("Programme"), "version": _("Version"), "installed": _("Installed"), "on_at": _("On at")}
    show(shown, columns, as_json=as_json, none=_("Nothing is installed. Try: doorstep init"))


@app.command(help=_("Publish a single form for one person. Only that person sees what is sent on it."))
def publish(
    form: Annotated[Path, typer.Argument(help=_("The form (.md, .csv, .xlsx)."), metavar=_("FORM"))],
    owner: Annotated[str, typer.Option(help=_("Log-in name of the person it is for."))],
    as_json: AsJson = False,
) -> None:
    store.connect()
    from doorstep.engine import packs
    from doorstep.forms import actions as forms

    user = finding.member(owner)
    spec = packs.read_bare(form).spec
    is_new = forms.publish_own(spec, user.id)
    if as_json:
        say_json({"form": spec.form_id, "version": spec.version, "new": is_new})
        return
    sentence = (
        _("Published {form}, version {version}.") if is_new else _("{form}, version {version}, was there already.")
    )
    say(sentence.format(form=spec.form_id, version=spec.version))


def _installed(pack: str, version: str) -> Installed:
    """A version of a pack, the one installed last when none is named. Raises Failure when there is none."""
    from doorstep.programmes import library

    found = [one for one in library.installed() if one.pack_id == pack and version in ("", one.version)]
    if not found:
        named = f"{pack} {version}".strip()
        raise Failure(_("{pack} is not installed. See: doorstep pack list").format(pack=named))
    return found[-1]


def _check_schedule(chosen: Installed, schedule: str) -> None:
    from doorstep.programmes import library

    pack = library.programme(chosen.pack_id, chosen.version, chosen.digest, "").pack
    if schedule and schedule not in pack.schedules:
        raise Failure(
            _("{pack} has no schedule “{schedule}”. Choose one of: {known}.").format(
                pack=pack.id, schedule=schedule, known=", ".join(pack.schedules)
            )
        )


def _decide(place: str, pack: str, version: str, schedule: str, *, is_on: bool) -> None:
    """Record the decision, then work out what follows for everybody there."""
    from doorstep.intake import rebuild
    from doorstep.lib import db
    from doorstep.places import queries as places
    from doorstep.programmes import actions as programmes

    node = finding.place(place)
    with db.transaction():
        programmes.switch(node.id, pack, version, schedule=schedule, is_on=is_on, by=OPERATOR)
    with progress(_("Working out what follows for the people there")) as advance:
        rebuild.work_out_below(places.tree().below(node.id), advance)
