"""user: the people who log in."""

from __future__ import annotations

import secrets
from gettext import gettext as _
from typing import Annotated

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.said import AsJson, say, say_json, show
from doorstep.site.store import Failure

app = typer.Typer(
    help=_("People who log in: add, list, password, role, close, open, second-step."), no_args_is_help=True
)
WORD_BYTES = 9  # of a password we make: 72 random bits, 12 letters
Username = Annotated[str, typer.Argument(help=_("Log-in name."), metavar=_("USER"))]
Password = Annotated[
    str,
    typer.Option(help=_("Password of at least 8 signs, 12 at a desk; without this option one is made and shown once.")),
]


@app.command(help=_("Add someone."))
def add(
    username: Username,
    role: Annotated[
        str,
        typer.Option(
            help=_(
                "worker, volunteer, clerk, clinician, supervisor, benefits_clerk, manager, reviewer, auditor, hospital or installer."
            )
        ),
    ],
    name: Annotated[str, typer.Option(help=_("Name as shown on screens; else the log-in name."))] = "",
    password: Password = "",
    place: Annotated[
        list[str] | None, typer.Option(help=_("Code of a place this person serves; may be given several times."))
    ] = None,
    clinic: Annotated[str, typer.Option(help=_("Code of the clinic this person belongs to."))] = "",
    phone: Annotated[str, typer.Option(help=_("Phone number."))] = "",
    as_json: AsJson = False,
) -> None:
    store.connect()
    from doorstep.access import actions as access
    from doorstep.access import passwords
    from doorstep.lib import days, db

    serves = [finding.place(code).id for code in place or ()]
    clinic_id = finding.place(clinic).id if clinic else None
    _check_role(role)
    if role in access.OUTSIDE and (serves or clinic_id):
        raise Failure(_("A reviewer belongs to nobody's line of work: leave out place and clinic."))
    word = _password(password, role, username, name)
    with db.transaction():
        try:
            user_id = access.add_user(username, name or username, role, word, clinic_id=clinic_id, phone=phone)
        except ValueError as error:
            raise Failure(_("There is a user “{name}” already.").format(name=username)) from error
        passwords.set_must_change(user_id, must=True)
        for place_id in serves:
            access.serve(user_id, place_id, days.today())
    _tell(username, word if not password else "", as_json, _("Added {name}."))


@app.command("list", help=_("List everyone who logs in."))
def list_them(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.access import queries as access
    from doorstep.places import queries as places

    tree = places.tree()
    rows = [
        {
            "id": one.id,
            "username": one.username,
            "name": one.name,
            "role": one.role,
            "places": [tree.by_id[served.place_id].code for served in one.serves if served.to_on is None],
            "clinic": tree.by_id[one.clinic_id].code if one.clinic_id else None,
            "active": one.is_active,
        }
        for one in access.staff().by_id.values()
    ]
    shown = rows if as_json else [{**row, "places": " ".join(row["places"])} for row in rows]  # type: ignore[arg-type]
    columns = {"username": _("Log-in name"), "name": _("Name"), "role": _("Role"), "places": _("Serves"),
               "clinic": _("Clinic")}  # fmt: skip
    show(shown, columns, as_json=as_json, none=_("Nobody yet. Add someone with: doorstep user add"))


@app.command(help=_("Give someone a new password."))
def password(username: Username, password: Password = "", as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.access import actions as access

    member = finding.member(username)
    word = _password(password, member.role, member.username, member.name)
    access.set_password(member.id, word)
    _tell(username, word if not password else "", as_json, _("{name} has a new password."))


@app.command(help=_("Give someone another role."))
def role(username: Username, role: Annotated[str, typer.Argument(help=_("The new role."), metavar=_("ROLE"))]) -> None:
    store.connect()
    from doorstep.access import actions as access

    _check_role(role)
    access.set_role(finding.member(username).id, role)
    say(_("{name} is now: {role}.").format(name=username, role=role))


@app.command(help=_("Close someone's log-in: everywhere at once, phones too. What they wrote stays."))
def close(username: Username) -> None:
    store.connect()
    from doorstep.access import actions as access

    access.set_active(finding.member(username).id, False)
    say(_("The log-in of {name} is closed.").format(name=username))


@app.command("open", help=_("Open a closed log-in again."))
def open_again(username: Username) -> None:
    store.connect()
    from doorstep.access import actions as access

    access.set_active(finding.member(username).id, True)
    say(_("The log-in of {name} is open again.").format(name=username))


@app.command("second-step", help=_("Forget someone's second step of logging in: the phone with the digits is lost."))
def second_step(username: Username) -> None:
    store.connect()
    from doorstep.access import history, second, sessions
    from doorstep.lib import db

    member = finding.member(username)
    with db.transaction():
        second.reset(member.id)
        sessions.end_all(member.id)
        history.note(member.id, "second_reset", None)
    say(_("{name} sets the second step up anew at the next log-in.").format(name=username))


def _check_role(role: str) -> None:
    from doorstep.access.permissions import ROLES

    if role not in ROLES:
        raise Failure(_("There is no role “{role}”. Choose one of: {roles}.").format(role=role, roles=", ".join(ROLES)))


def _password(given: str, role: str, *names: str) -> str:
    """The given password if it is good enough, else one we make."""
    if not given:
        return secrets.token_urlsafe(WORD_BYTES)
    from doorstep.access import passwords

    found = passwords.trouble(given, role, *names)
    if found == "short":
        raise Failure(_("This password is too short. Use at least {n} signs.").format(n=passwords.shortest(role)))
    if found:
        raise Failure(_("This password is too easy to guess. Take words that do not belong together, and no name."))
    return given


def _tell(username: str, made: str, as_json: bool, sentence: str) -> None:
    """``made``: a password made here, to be shown this once."""
    if as_json:
        say_json({"username": username, **({"password": made} if made else {})})
        return
    say(sentence.format(name=username))
    if made:
        say(_("Password (shown only now): {word}").format(word=made))
