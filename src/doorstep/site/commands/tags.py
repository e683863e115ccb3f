"""pack tags, pack accept: looser tags in programmes of one's own, for which two named people vouch."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.said import AsJson, language, say, show
from doorstep.site.store import Failure

if TYPE_CHECKING:
    from doorstep.access.permissions import Actor
    from doorstep.engine.model.pack import Pack
    from doorstep.programmes.tags import Asked

PackId = Annotated[
    str, typer.Argument(help=_("Id of an installed programme, or the folder of one."), metavar=_("PACK"))
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the group ``pack``."""
    app.command("tags", help=_("List the questions whose looser tags two people have to accept."))(tags_of)
    app.command("accept", help=_("Vouch for looser tags as one of two people; asks for that person's password."))(
        accept
    )


def tags_of(pack: PackId, as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.programmes import tags

    rows = [
        {
            "question": _name(one),
            "says": one.question.labels.get(language()) or next(iter(one.question.labels.values()), ""),
            "tag": one.question.tag,
            "accepted_by": one.accepted_by.by_name if one.accepted_by else None,
            "reviewed_by": one.reviewed_by.by_name if one.reviewed_by else None,
            "counts": one.counts,
        }
        for one in tags.asked(_pack(pack))
    ]
    columns = {"question": _("Question"), "says": _("Wording"), "tag": _("Tag"), "accepted_by": _("Accepted by"),
               "reviewed_by": _("Reviewed by")}  # fmt: skip
    shown = rows if as_json else [{k: v or "" for k, v in row.items()} for row in rows]
    show(shown, columns, as_json=as_json, none=_("Every question's tag counts as it stands."))


def accept(
    pack: PackId,
    by: Annotated[str, typer.Option(help=_("Log-in name of the person who vouches."))],
    question: Annotated[
        list[str] | None, typer.Option(help=_("FORM.QUESTION as listed by pack tags; else all that wait."))
    ] = None,
    take_back: Annotated[bool, typer.Option("--take-back", help=_("Take that person's word back."))] = False,
) -> None:
    store.connect()
    from doorstep.intake import rebuild
    from doorstep.lib import db
    from doorstep.places import queries as places
    from doorstep.programmes import actions as programmes
    from doorstep.programmes import library, tags

    chosen, actor = _pack(pack), proven(by)
    waiting = {_name(one): one.key for one in tags.asked(chosen)}
    unknown = [name for name in question or () if name not in waiting]
    if unknown:
        raise Failure(_("There is no such question: {names}. See: doorstep pack tags").format(names=", ".join(unknown)))
    with db.transaction():
        try:
            said = tags.vouch(actor, [waiting[name] for name in question or waiting], is_on=not take_back)
        except PermissionError as error:
            raise Failure(_("This is not part of the role of {name}.").format(name=by)) from error
        counts_anew = any(one.pack_id == chosen.id for one in library.installed()) and programmes.retag(chosen)
    if counts_anew:
        rebuild.work_out_below(frozenset(places.tree().by_id))
    counting = sum(one.counts for one in tags.asked(chosen))
    say(_("{said} written down. {counting} of {all} count now.").format(said=said, counting=counting, all=len(waiting)))


def proven(username: str) -> Actor:
    """The person, by their own password: nobody speaks in another's name. Raises Failure."""
    from django.contrib.auth import authenticate

    from doorstep.access import queries as access

    member = finding.member(username)
    word = typer.prompt(_("Password of {name}").format(name=member.name), hide_input=True, err=True)
    if authenticate(username=username, password=word) is None:
        raise Failure(_("That is not the password of {name}.").format(name=username))
    return access.actor(member.id)


def _pack(pack_id: str) -> Pack:
    from doorstep.engine import packs
    from doorstep.programmes import library

    if (Path(pack_id) / "pack.yaml").is_file():  # one that the charter lets in only once its tags are accepted
        return packs.load(Path(pack_id))
    found = next((one for one in library.latest_packs() if one.id == pack_id), None)
    if found is None:
        raise Failure(_("{pack} is not installed. See: doorstep pack list").format(pack=pack_id))
    return found


def _name(one: Asked) -> str:
    return f"{one.key[1]}.{one.key[2]}"
