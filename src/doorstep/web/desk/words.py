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
