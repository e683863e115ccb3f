"""Who asks, and how the answer goes out: a phone by its token, JSON, packed small when it may be."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from doorstep.access import queries as access
from doorstep.access.permissions import Actor
from doorstep.access.queries import DeviceRow
from doorstep.intake.problems import Refused
from doorstep.lib import days

BEARER = "Bearer "
WORTH_PACKING = 1000  # bytes; below this packing costs more than it saves
LEVEL = 5  # of gzip: 6 takes a third longer for 2 % less


@dataclass(frozen=True, slots=True)
class Phone:
    """The phone that asks, and its owner as they stand today."""

    device: DeviceRow
    actor: Actor


_View = Callable[[HttpRequest, Phone], Mapping[str, Any] | HttpResponse]


def for_phone(view: _View) -> Callable[[HttpRequest], HttpResponse]:
    """A view for the phone whose token the request carries, in the language asked for (``?lang=``). Problems are answered
    as JSON in that language."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        with translation.override(_language(request)):
            try:
                answer = view(request, _phone(request))
            except Refused as error:
                return refused(error)
        if isinstance(answer, HttpResponse):
            return answer
        return packed(request, orjson.dumps(dict(answer)), "application/json")

    return csrf_exempt(require_safe(page))


def refused(error: Refused) -> HttpResponse:
    """A problem in words, as the app reads it."""
    told = orjson.dumps({"problem": error.problem.as_dict(get_language() or "zh")})
    return HttpResponse(told, status=error.status, content_type="application/json")


def _phone(request: HttpRequest) -> Phone:
    """Raises Refused: 401 for a token never given out here, 403 when its people must not stay on the phone."""
    said = request.headers.get("Authorization", "")
    device = access.known_device(said.removeprefix(BEARER)) if said.startswith(BEARER) else None
    if device is None or device.collect_until is not None:  # another app's address is given another app's little
        raise Refused("sync.unknown_phone", 401)
    member = access.staff().by_id.get(device.user_id)
    if member is None or not member.is_active or not device.usable(days.today()) or device.signed_out_at is not None:
        raise Refused("sync.signed_out", 403)
    return Phone(device, access.actor(device.user_id))


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "") or get_language() or "zh"
    return "en" if asked.startswith("en") else "zh-hans"


def packed(request: HttpRequest, content: bytes, kind: str) -> HttpResponse:
    """An answer, compressed when the phone says it can read that."""
    if len(content) < WORTH_PACKING or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(content, content_type=kind, headers={"Vary": "Accept-Encoding"})
    small = gzip.compress(content, LEVEL, mtime=0)
    return HttpResponse(small, content_type=kind, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
