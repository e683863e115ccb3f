"""A phone that hands something over is known by its token; one taken back or signed out may still hand over what it holds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from doorstep.access import queries
from doorstep.access.queries import DeviceRow
from doorstep.intake.problems import Refused
from doorstep.lib import db

BEARER = "Bearer "
log = logging.getLogger(__name__)
_View = Callable[[HttpRequest, DeviceRow], Mapping[str, Any]]


def for_phone(view: _View) -> Callable[[HttpRequest], HttpResponse]:
    """A view for the phone whose token the request carries. Problems are answered as JSON in the reader's language."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        try:
            said = request.headers.get("Authorization", "")
            device = queries.known_device(said.removeprefix(BEARER)) if said.startswith(BEARER) else None
            if device is None:
                raise Refused("sync.unknown_phone", 401)
            return HttpResponse(orjson.dumps(dict(view(request, device))), content_type="application/json")
        except Refused as error:
            return _refused(error)
        except db.troubles():  # full, broken, read-only, gone: nothing is promised, and the phone sends it again
            log.exception("what a phone sent was not stored")
            return _refused(Refused("intake.store_full", 503))

    return csrf_exempt(page)


def stated_length(request: HttpRequest) -> int:
    """How many bytes the request says it holds. Raises Refused when it says something else."""
    said = request.headers.get("Content-Length") or "0"
    if not (said.isascii() and said.isdecimal() and len(said) < 20):
        raise Refused("sync.not_whole", 400)
    return int(said)


def _refused(error: Refused) -> HttpResponse:
    told = orjson.dumps({"problem": error.problem.as_dict(get_language() or "zh"), **dict(error.problem.args)})
    return HttpResponse(told, status=error.status, content_type="application/json")
