"""What is wrong with a new password, and what happened to a log-in, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorstep.access import passwords
from doorstep.access.history import What

HAPPENED: Mapping[What, str | Promise] = {
    "log_in": gettext_lazy("Logged in"),
    "password": gettext_lazy("Password changed"),
    "password_given": gettext_lazy("A new password was given out"),
    "second_set": gettext_lazy("Second step set up"),
    "second_off": gettext_lazy("Second step switched off"),
    "second_reset": gettext_lazy("Second step reset: it is set up anew at the next log-in"),
    "codes_new": gettext_lazy("New recovery codes"),
    "code_used": gettext_lazy("A recovery code was used"),
    "ended_one": gettext_lazy("Logged out elsewhere"),
    "ended_all": gettext_lazy("Logged out everywhere else"),
    "ended_by": gettext_lazy("Logged out everywhere"),
    "phone_back": gettext_lazy("A phone was taken back"),
    "role": gettext_lazy("Role changed"),
    "closed": gettext_lazy("Log-in closed"),
    "opened": gettext_lazy("Log-in opened again"),
}


def password_trouble(new: str, again: str, user: Any) -> str:
    """Why this is not taken as the new password, in words; '' when it is."""
    if new != again:
        return _("The two are not the same.")
    found = passwords.trouble(new, user.role, user.username, user.name)
    return {
        None: "",
        "short": _("Too short: at least %(n)d signs.") % {"n": passwords.shortest(user.role)},
        "long": _("Too long: at most %(n)d signs.") % {"n": passwords.LONGEST},
        "common": _(
            "Many people use this one, so it is tried first. Take three or four words that do not belong together."
        ),
        "name": _("Your own name is in it. Choose another one."),
    }[found]
