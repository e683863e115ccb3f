"""move: the file somebody who moves takes to a place with another Doorstep, made and opened without the pages."""

from __future__ import annotations

from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from doorstep.site import store
from doorstep.site.commands.said import AsJson, language, say, say_json
from doorstep.site.commands.tags import proven
from doorstep.site.store import Failure

if TYPE_CHECKING:  # the command line answers --help without loading the web framework
    from doorstep.access.permissions import Actor

app = typer.Typer(help=_("A record that goes along to a place with another Doorstep."), no_args_is_help=True)
By = Annotated[str, typer.Option(help=_("Log-in name of who helps; asks for that person's password."))]


@app.command(help=_("Write the sealed file of somebody who moves or stays elsewhere, and say the code that opens it."))
def out(
    person: Annotated[str, typer.Argument(help=_("Id of the person."), metavar=_("PERSON"))],
    by: By,
    to: Annotated[str, typer.Option(help=_("File to write; one that is there already stays as it is."))],
    left: Annotated[str, typer.Option(help=_("Last day here, for somebody who moves."))] = "",
    until: Annotated[str, typer.Option(help=_("Last day of a stay elsewhere, instead."))] = "",
    service: Annotated[
        list[str] | None,
        typer.Option(help=_("A service of which the records go along, as the person said; repeat it.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    store.connect()
    from doorstep.intake import handing, parcel
    from doorstep.intake.problems import Refused

    file, wanted = Path(to), service or []
    actor = _may(by, "hand_over")
    offered = _offered(actor, person)
    for one in wanted:
        if one not in offered:
            known = ", ".join(offered) or _("none")
            raise Failure(
                _("“{one}” is no service whose records you could send along: {known}.").format(one=one, known=known)
            )
    with _new(file) as opened:  # before care ends here: what cannot be written must end nothing
        try:
            made = handing.make(actor, person, left_on=_day(left), until_on=_day(until), services=wanted)
            opened.write(parcel.sealed(handing.packed(made.code), made.code))
        except Refused as refused:
            file.unlink()
            raise Failure(refused.problem.text(language())) from refused
    if as_json:
        say_json({"file": str(file), "code": made.code, "expires_on": made.expires_on.isoformat()})
        return
    say(
        _("Written to {file}. It opens once, until {day}, with this code, which is shown only now:").format(
            file=file, day=made.expires_on
        )
    )
    say(parcel.spoken(made.code))


@app.command("in", help=_("Open a file somebody brought, with her code: she is a person of this family from then on."))
def into(
    file: Annotated[Path, typer.Argument(help=_("The file she brought."), metavar=_("FILE"))],
    by: By,
    household: Annotated[str, typer.Option(help=_("Id of the family she lives with now."))],
    since: Annotated[str, typer.Option(help=_("Since which day; else today."))] = "",
    as_json: AsJson = False,
) -> None:
    store.connect()
    from django.http import Http404

    from doorstep.access import actions as access
    from doorstep.access import attempts
    from doorstep.intake import handing, parcel
    from doorstep.intake.problems import Refused
    from doorstep.lib import days
    from doorstep.web.worker.moving import LARGEST_FILE
    from doorstep.web.worker.reach import household_within

    if not file.is_file() or file.stat().st_size > LARGEST_FILE:
        raise Failure(_("{file} is not there, or is no such file.").format(file=file))
    actor = _may(by, "arrive")
    try:
        household_within(actor, household)
    except Http404 as error:
        raise Failure(_("There is no such family in your own area.")) from error
    code = parcel.typed(typer.prompt(_("The code she carries"), err=True))
    if wait := attempts.check("arrive", str(actor.user_id)):
        raise Failure(_("Too many wrong codes. Try again in {minutes} minutes.").format(minutes=-(-wait // 60)))
    try:
        told = handing.unpacked(file.read_bytes(), code)
    except Refused as refused:
        access.log_wrong_code(actor)
        raise Failure(refused.problem.text(language())) from refused
    attempts.passed("arrive", str(actor.user_id))
    try:
        came = handing.arrive(told, household, _day(since) or days.today(), actor)
    except Refused as refused:
        raise Failure(refused.problem.text(language())) from refused
    access.log_shown(actor, "arrive", [came.person_id])
    if as_json:
        say_json({"person": came.person_id, "taken": came.taken, "left": came.left})
        return
    say(
        _("She is a person of this family now: {id}. Records taken in: {taken}; not known here: {left}.").format(
            id=came.person_id, taken=came.taken, left=came.left
        )
    )


def _new(file: Path) -> BinaryIO:
    """Raises Failure when it is there already, or cannot be written."""
    try:
        return file.open("xb")
    except FileExistsError as error:
        raise Failure(_("{file} is there already.").format(file=file)) from error
    except OSError as error:
        raise Failure(_("{file} cannot be written.").format(file=file)) from error


def _may(by: str, output: str) -> Actor:
    """Who helps, known by password and of a role that sees this page. Raises Failure."""
    from doorstep.access.showing import declared

    actor: Any = proven(by)
    if actor.role not in declared()[output].audience:
        raise Failure(_("“{name}” does not help people who move: that is for those who care for them.").format(name=by))
    return actor  # type: ignore[no-any-return]


def _offered(actor: Actor, person_id: str) -> list[str]:
    """The services whose records the helper may send along, as on the page. Logged before it is read. Raises Failure."""
    from django.http import Http404

    from doorstep.access.actions import log_shown
    from doorstep.web.worker.reach import reach
    from doorstep.web.worker.story import Story

    try:
        within = reach(actor, person_id)
        if not within.by_place:
            raise Http404
        log_shown(actor, "hand_over", [person_id])
        return [service.id for service, _ending in Story(within).services]
    except Http404 as error:
        raise Failure(_("There is no such person in your own area.")) from error


def _day(text: str) -> date | None:
    from doorstep.lib import days

    found = days.parse_day(text)
    if text and found is None:
        raise Failure(_("“{text}” is no day. Write it as 2026-11-22.").format(text=text))
    return found
