"""The slip with the code somebody carries to the next place. It says neither who she is nor what is in the record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.intake import handing, parcel
from doorstep.intake.problems import Refused
from doorstep.lib import days
from doorstep.web import said
from doorstep.web.paper.press import Paper, prints
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import reach


@require_POST
@prints("print.code")
def code_slip(request: HttpRequest, person_id: str) -> Paper:
    """``code``: as it was just shown; nothing else knows it."""
    within = reach(actor_of(request), person_id)
    log_shown(within.actor, "print.code", [person_id])
    code = parcel.typed(request.POST.get("code", ""))
    if not code or not within.by_place or handing.whose(code) != person_id:
        raise Http404
    try:
        last = days.parse_day(handing.packed(code)["expires_on"])
    except Refused as refused:
        raise Http404 from refused
    return Paper("code.typ", _words(), {"code": parcel.spoken(code), "until": said.whole_day(last) if last else ""})


def _words() -> dict[str, Any]:
    return {
        "heading": _("To take along"),
        "code": _("Code"),
        "until": _("Opens until"),
        "free": _("Show it only where you want to be served. It opens once, and only what you said may go along."),
        "nothing": _("Without it you get every service too. The place you leave does not learn where it was opened."),
    }
