"""key: the store's own keys, that seal phone and ID numbers, the bytes of records, and their photos."""

from __future__ import annotations

from gettext import gettext as _

import typer

from doorstep.site import store
from doorstep.site.commands.said import AsJson, progress, say, say_json

app = typer.Typer(no_args_is_help=True)


@app.command("list", help=_("Names of the keys there are; the keys themselves are never shown."))
def list_(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.lib import keyring

    ring = keyring.ring()
    told = {
        "data": {"current": ring.data.current, "old": _old(ring.data)},
        "log": {"current": ring.log.current, "old": _old(ring.log)},
    }
    if as_json:
        say_json(told)
        return
    say(_("Records are sealed with key {name}.").format(name=ring.data.current))
    if old := _old(ring.data):
        say(
            _("Turning was begun and is not finished: {names}. Go on with: doorstep key rotate").format(
                names=", ".join(old)
            )
        )


def _old(keys: object) -> list[str]:
    from doorstep.lib.keyring import Keys

    assert isinstance(keys, Keys)
    return sorted(set(keys.by_name) - {keys.current})


@app.command(
    help=_(
        "Make a fresh key, seal everything again with it, and let go of the old one. Killed, it goes on when run again."
    )
)
def rotate(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.intake import resealing
    from doorstep.lib import keyring
    from doorstep.site.backup import making

    with making.alone(), progress(_("Sealing again")) as advance:
        written = resealing.rotate(advance)
    if as_json:
        say_json({"key": keyring.ring().data.current, "written": written})
        return
    say(_("Everything is sealed with the new key {name}; {count} rows were written.").format(
        name=keyring.ring().data.current, count=written))  # fmt: skip
    say(_("Backups made before hold the old key, sealed by the key to backups."))
