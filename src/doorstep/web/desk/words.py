"""Words the desk's pages share."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATUSES: dict[str, str | Promise] = {
    "verified": _("checked against the source"),
    "secondary": _("from a text that quotes the source"),
    "local entry": _("set by this programme or place"),
    "check locally": _("please check at your place"),
}

UNITS: dict[str, str | Promise] = {
    "days": _("days"),
    "weeks": _("weeks"),
    "months": _("months"),
    "years": _("years"),
    "hours": _("hours"),
    "minutes": _("minutes"),
    "visits": _("visits"),
    "times": _("times"),
    "doses": _("doses"),
    "people": _("people"),
    "yes or no": _("yes or no"),
    "standard deviations": _("standard deviations"),
}
"""Units of packs' numbers that are words; signs such as mmHg are the same everywhere."""
