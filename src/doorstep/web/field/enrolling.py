"""``POST /sync/enrol``: the member who is logged in makes this browser a phone of their own."""

from __future__ import annotations

import re

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.views.decorators.http import require_POST

from doorstep.access import actions as access
from doorstep.access.permissions import may
from doorstep.access.showing import shows_nobody
from doorstep.intake.problems import Refused
from doorstep.lib import db
from doorstep.web.field.asked import refused
from doorstep.web.reader import actor_of

LONGEST_LABEL = 80
_DESK_CODE = re.compile(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){5}")


@shows_nobody("gives the member's own phone its key")
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """Gives the key once; only its hash is kept here."""
    actor = actor_of(request)
    if not may(actor, "entry.write"):
        return refused(Refused("sync.may_not_send", 403))
    try:
        told = orjson.loads(request.body)
        label = str(told["label"]).strip()[:LONGEST_LABEL]
        desk_code = str(told.get("desk_code", ""))
        if "\0" in label or (desk_code and not _DESK_CODE.fullmatch(desk_code)):
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RawPostDataException):  # the last: sent as a form
        return refused(Refused("sync.not_whole", 400))
    with db.transaction():
        token = access.add_device(actor.user_id, label, desk_code=desk_code)
    given = {"token": token, "worker": {"id": actor.user_id, "name": actor.name}}
    return HttpResponse(orjson.dumps(given), content_type="application/json", status=201)
