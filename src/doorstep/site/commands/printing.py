"""print: one paper as PDF, by the very views and checks of the screens, in the name of somebody who may print it."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.said import language, say
from doorstep.site.commands.tags import proven
from doorstep.site.store import Failure

OF_A_PLACE = {"walking": "paper_walking", "round": "paper_round"}
OF_A_COURSE = {"vaccines": ("paper_vaccines", "series_id"), "health": ("paper_health", "kind"), "care": ("paper_care", "kind")}  # fmt: skip
KINDS = (*OF_A_PLACE, "household", *OF_A_COURSE)


def add_to(app: typer.Typer) -> None:
    """Add the command of this module to the whole."""
    app.command("print", help=_("Print a paper as PDF in your own name, with what you may see."))(print_paper)


def print_paper(
    kind: Annotated[
        str, typer.Argument(metavar=_("KIND"), help=_("walking, round, household, vaccines, health or care."))
    ],
    of: Annotated[str, typer.Argument(metavar="ID", help=_("Code of a place, or the id of a family or a person."))],
    by: Annotated[str, typer.Option(help=_("Log-in name of who prints; asks for that person's password."))],
    out: Annotated[str, typer.Option(help=_("File to write; one that is there already stays as it is."))],
    programme: Annotated[
        str, typer.Option(help=_("For vaccines, health and care: PROGRAMME/SHEET, such as immunisation/nip."))
    ] = "",
) -> None:
    store.connect()
    if kind not in KINDS:
        raise Failure(_("“{kind}” is no paper. Choose {known}.").format(kind=kind, known=", ".join(KINDS)))
    file = Path(out)
    if file.exists():
        raise Failure(_("{file} is there already.").format(file=file))
    content = _printed(kind, of, programme, by)
    file.write_bytes(content)
    say(_("Written to {file}.").format(file=file))


def _printed(kind: str, of: str, programme: str, by: str) -> bytes:
    """Ask the page itself, as the person would. Raises Failure for what that person may not print."""
    from django.http import Http404
    from django.test import RequestFactory
    from django.urls import resolve, reverse

    from doorstep.access.showing import declared

    view, arguments, typed = _address(kind, of, programme)
    path = reverse(view, kwargs=arguments)
    found = resolve(path)
    request: Any = RequestFactory().get(path, {**typed, "lang": language()})
    request.actor = proven(by)
    refused = Failure(_("There is no such paper for {name} to print.").format(name=by))
    if request.actor.role not in declared()[found.func.shows.output].audience:  # type: ignore[attr-defined]
        raise refused
    try:
        answer = found.func(request, *found.args, **found.kwargs)
    except Http404 as error:
        raise refused from error
    if answer.status_code != 200:
        raise Failure(_("The charter does not let this paper be printed. See: doorstep charter verify"))
    return bytes(answer.content)


def _address(kind: str, of: str, programme: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """The page of a paper: its name, what stands in its address, and what is asked of it."""
    if kind in OF_A_PLACE:
        return OF_A_PLACE[kind], {}, {"place": str(finding.place(of).id)}
    if kind == "household":
        return "paper_household", {"household_id": of}, {}
    pack, _slash, sheet = programme.partition("/")
    if not pack or not sheet:
        raise Failure(_("Say which with --programme, such as immunisation/nip."))
    view, name = OF_A_COURSE[kind]
    return view, {"person_id": of, "pack_id": pack, name: sheet}, {}
