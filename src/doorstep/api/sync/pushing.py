"""``POST /sync/push``: records of a phone come in, each is answered by a receipt; nothing that arrived whole is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from doorstep.access import actions as access
from doorstep.access.actions import Contact
from doorstep.access.queries import DeviceRow, staff
from doorstep.access.showing import shows_nobody
from doorstep.api.sync.asking import for_phone, stated_length
from doorstep.intake import batch, uploads
from doorstep.intake.batch import Outcome, Sent
from doorstep.intake.parse import Sender
from doorstep.intake.problems import Refused
from doorstep.lib import days
from doorstep.lib.problems import Problem
from doorstep.places import counters

MOST_AT_ONCE = 500  # records in one push


@shows_nobody("what became of the records a phone sent", to="device")
@require_POST
@for_phone
def push(request: HttpRequest, device: DeviceRow) -> Mapping[str, Any]:
    sent, counts = _read(request)
    sender = Sender(device.user_id, device.id, device.label, request.headers.get("User-Agent", ""))
    outcomes = batch.take(sent, sender, _closed(device))
    uploads.attach(device.user_id, [one.id for one in outcomes if one.seq is not None])
    access.heard_of(Contact(device.id, counts["sent"], counts["unsent"]))
    language = get_language() or "zh"
    return {
        "epoch": counters.epoch(),
        "now": days.now().isoformat(),
        "receipts": [_receipt(one, language) for one in outcomes],
    }


def _closed(device: DeviceRow) -> Problem | None:
    """Why nothing of this phone may be let in by itself. What it holds is taken all the same, for the desk to look at."""
    if not device.usable(days.today()):
        return Problem("sync.taken_back")
    if device.signed_out_at is not None:
        return Problem("sync.signed_out")
    member = staff().by_id.get(device.user_id)
    if member is None or not member.is_active or not staff().has(device.user_id, "entry.write"):
        return Problem("sync.may_not_send")
    return None


def _read(request: HttpRequest) -> tuple[list[Sent], Mapping[str, int]]:
    """The records of a push. Raises Refused for one that did not arrive whole: the phone sends all of it again."""
    if stated_length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise Refused("sync.too_large", 413, limit=MOST_AT_ONCE)
    try:
        told = orjson.loads(request.body)
        entries = [(str(one["id"]), str(one["xml"]).encode(), str(one["sha256"])) for one in told["entries"]]
        counts = {name: max(0, min(int(told.get(name, 0)), 2**31 - 1)) for name in ("sent", "unsent")}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused("sync.not_whole", 400) from error
    if len(entries) > MOST_AT_ONCE:
        raise Refused("sync.too_large", 413, limit=MOST_AT_ONCE)
    if any(hashlib.sha256(body).hexdigest() != sha256 for _, body, sha256 in entries):
        raise Refused("sync.not_whole", 400)
    return [Sent(id_, body) for id_, body, _ in entries], counts


def _receipt(one: Outcome, language: str) -> Mapping[str, Any]:
    why = {"code": one.why.code, "text": one.why.text(language)} if one.why else None
    return {"id": one.id, "sha256": one.sha256, "result": one.result, "seq": one.seq, "why": why}
