"""The card with which somebody reads her own record. It says neither who she is nor what stands there."""

from __future__ import annotations

import segno
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access import codes
from doorstep.access.actions import log_shown
from doorstep.feedback import cards
from doorstep.web.paper.press import Paper, prints
from doorstep.web.reader import actor_of
from doorstep.web.resident.giving import may_give


@require_POST
@prints("print.own_card")
def own_card(request: HttpRequest, person_id: str) -> Paper:
    """``code``: as it was just shown; nothing else knows it."""
    actor = actor_of(request)
    person_id, _where = may_give(actor, person_id)
    log_shown(actor, "print.own_card", [person_id])
    code = codes.typed(request.POST.get("code", ""), cards.GROUPS)
    if not code or not cards.is_of(code, person_id):
        raise Http404
    address = request.build_absolute_uri(reverse("own_enter"))
    words = {
        "heading": _("My own page"),
        "address": address,
        "picture": segno.make(address, error="m").svg_inline(border=0, omitsize=True),
        "how": _("Open this address, on any phone or at the clinic, and type the code and your word."),
        "code": _("Your code"),
        "word": _("The word stands nowhere: only you know it. Forgotten, or the card is lost? Get a new card; this one then opens nothing."),
        "nothing": _("Keep it for yourself. Nobody may ask you for it."),
    }  # fmt: skip
    return Paper("own_card.typ", words, {"code": codes.spoken(code)})
