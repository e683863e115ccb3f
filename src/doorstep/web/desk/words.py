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

TAGS: dict[str, str | Promise] = {
    "sensitive.violence": _("of violence"),
    "sensitive.hiv": _("of HIV"),
    "sensitive.mental": _("of how the mind is"),
    "sensitive.pregnancy": _("of a pregnancy"),
    "sensitive.health": _("of health"),
    "claim": _("of what somebody claims"),
    "household.permit": _("of a permit"),
    "household.marital": _("of marriage"),
    "household.parity": _("of the number of children"),
    "household.ethnicity": _("of ethnicity"),
    "household.employer": _("of the employer"),
    "identity": _("who somebody is, or how to reach them"),
    "household.residence": _("where a family lives"),
    "service": _("only the day, the place, or that somebody came"),
}
"""What an answer tells, by the charter's tag."""
