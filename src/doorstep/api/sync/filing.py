"""``GET|POST /sync/file``: a file of an entry, piece by piece, as far as the network carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.views.decorators.http import require_http_methods

from doorstep.access.queries import DeviceRow
from doorstep.access.showing import shows_nobody
from doorstep.api.sync.asking import for_phone, stated_length
from doorstep.intake import uploads
from doorstep.intake.problems import Refused
from doorstep.intake.uploads import LARGEST_PIECE, Piece, Standing, Wanted

LONGEST_NAME = 250


@shows_nobody("how much of a file has come", to="device")
@require_http_methods(["GET", "POST"])
@for_phone
def file(request: HttpRequest, device: DeviceRow) -> Mapping[str, Any]:
    asked = request.GET
    wanted = Wanted(device.user_id, asked.get("entry", "")[:LONGEST_NAME], asked.get("name", "")[:LONGEST_NAME])
    if not wanted.entry or not wanted.name:
        raise Refused("sync.no_such_file", 404)
    if request.method == "GET":
        return _told(uploads.standing(wanted))
    return _told(uploads.take(wanted, _piece(request)))


def _piece(request: HttpRequest) -> Piece:
    if stated_length(request) > LARGEST_PIECE:
        raise Refused("sync.file_too_large", 413, most=uploads.LARGEST // 1_048_576)
    try:
        start, size = int(request.GET["from"]), int(request.GET["size"])
        sha256 = request.GET["sha256"].lower()
        bytes.fromhex(sha256)
    except (KeyError, ValueError) as error:
        raise Refused("sync.not_whole", 400) from error
    if start < 0 or size <= 0 or len(sha256) != 64:
        raise Refused("sync.not_whole", 400)
    return Piece(start, size, sha256, request.body)


def _told(now: Standing) -> Mapping[str, Any]:
    return {"have": now.have, "size": now.size, "done": now.done}
