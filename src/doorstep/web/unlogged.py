"""No log, no page (charter C14): what is said when nobody's name may be shown because it could not be written down."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from doorstep.access.actions import NotLogged

log = logging.getLogger(__name__)


class NoLogNoPage:
    """Turns NotLogged into a page that says so, with nothing of anybody in it, and status 503: later it may work again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.next(request)

    def process_exception(self, _request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, NotLogged):
            return None
        log.error("the access log cannot be written, so no page is shown: %s", type(error.__cause__).__name__)
        return HttpResponse(render_to_string("web/not_logged.html"), status=503, headers={"Retry-After": "30"})
