"""device: phones that send and fetch by their own address."""

from __future__ import annotations

import io
import os
from gettext import gettext as _
from typing import Annotated

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.said import AsJson, say, say_json, show
from doorstep.site.store import Failure

app = typer.Typer(help=_("Phones of workers: add, list, renew, revoke."), no_args_is_help=True)


@app.command(help=_("Give a worker's phone its address, with a code to scan in ODK Collect."))
def add(
    worker: Annotated[str, typer.Argument(help=_("Log-in name of the phone's owner."), metavar=_("WORKER"))],
    label: Annotated[str, typer.Option(help=_("What to call this phone in lists."))] = "",
    address: Annotated[
        str, typer.Option(help=_("Address phones reach this server at, e.g. https://clinic.example."))
    ] = "",
    as_json: AsJson = False,
) -> None:
    store.connect()
    from doorstep.access import actions as access
    from doorstep.access import queries
    from doorstep.access.permissions import ROLES
    from doorstep.api.openrosa import set_up
    from doorstep.lib import db

    owner = finding.member(worker)
    if "entry.write" not in ROLES.get(owner.role, frozenset()):
        raise Failure(_("{name} does not fill in forms ({role}), so a phone would be of no use.").format(
            name=worker, role=owner.role))  # fmt: skip
    with db.transaction():
        token = access.add_collect_device(owner.id, label)
        device_id, until = next((one.id, one.collect_until) for one in queries.devices([owner.id]))  # newest first
    url = set_up.address(address or _own_address(), token)
    code = set_up.collect_code(url, owner.name)
    if as_json:
        say_json({"id": device_id, "worker": worker, "url": url, "collect": code, "until": until})
        return
    say(_("Address of the phone of {name} (shown only now):").format(name=worker))
    say(url)
    say(_("In ODK Collect: add a project, scan this code."))
    say(_drawn(code))
    say(_("It works until {day}. Renew it with: doorstep device renew {device}").format(day=until, device=device_id))


@app.command("list", help=_("List phones: whose, since when, last heard of."))
def list_them(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.access import queries as access
    from doorstep.lib import days

    members = access.staff().by_id
    rows = [
        {
            "id": one.id,
            "worker": members[one.user_id].username,
            "label": one.label,
            "added": one.created_at.astimezone(days.zone()).date(),
            "last_contact": one.last_contact_at and one.last_contact_at.astimezone(days.zone()).date(),
            "usable": one.usable(days.today()),
            "collect_until": one.collect_until,
        }
        for one in access.devices(members)
    ]
    shown = rows if as_json else [{**row, "usable": _("yes") if row["usable"] else _("no")} for row in rows]
    columns = {"id": _("No."), "worker": _("Worker"), "label": _("Phone"), "added": _("Added"),
               "last_contact": _("Last heard of"), "usable": _("Works"), "collect_until": _("ODK Collect until")}  # fmt: skip
    show(shown, columns, as_json=as_json, none=_("No phones yet. Add one with: doorstep device add WORKER"))


@app.command(help=_("Let ODK Collect use a phone's address for another 30 days."))
def renew(device: Annotated[int, typer.Argument(help=_("Number of the phone in the list."), metavar=_("NO"))]) -> None:
    store.connect()
    from doorstep.access import actions as access
    from doorstep.access import queries

    found = next((one for one in queries.devices(queries.staff().by_id) if one.id == device), None)
    if found is None:
        raise Failure(_("There is no phone with number {device}. See: doorstep device list").format(device=device))
    if found.revoked_at is not None:
        raise Failure(_("The address of phone {device} was taken back. Add a new one.").format(device=device))
    until = access.renew_collect(device)
    say(_("ODK Collect may use the address of phone {device} until {day}.").format(device=device, day=until))


@app.command(help=_("Take a phone's address back: it stops working at once."))
def revoke(device: Annotated[int, typer.Argument(help=_("Number of the phone in the list."), metavar=_("NO"))]) -> None:
    store.connect()
    from doorstep.access import actions as access
    from doorstep.access import queries

    known = {one.id for one in queries.devices(queries.staff().by_id)}
    if device not in known:
        raise Failure(_("There is no phone with number {device}. See: doorstep device list").format(device=device))
    access.revoke_device(device)
    say(_("Phone {device} can no longer send or fetch.").format(device=device))


def _own_address() -> str:
    """Where phones reach this server: as set, else where it serves or last served."""
    return os.environ.get("DOORSTEP_ADDRESS") or store.running_address() or "http://127.0.0.1:8000"


def _drawn(text: str) -> str:
    """A code that can be scanned from the terminal."""
    import segno

    out = io.StringIO()
    segno.make(text, error="l").terminal(out, compact=True)
    return out.getvalue()
