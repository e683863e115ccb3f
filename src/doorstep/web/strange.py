"""What no page can take: signs no store can hold, in an address, a form, a cookie or a header. Refused once, before any page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.template.loader import render_to_string
from django.utils import translation

from doorstep.lib.problems import Problem

Next = Callable[[HttpRequest], HttpResponse]

# PostgreSQL keeps neither of these two in a text; a form may well hold line breaks
_KEPT_NOWHERE = re.compile("[\0\ud800-\udfff]")
# an address or a header of ours never holds one, and a line break in a header begins another
_CONTROLS = re.compile("[\0-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_READ_AS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
OF_PHONES = "/sync/"
MOST = 2**63 - 1  # the largest number of anything a store can hold


class NothingStrange:
    """Answers 400 and a sentence to a request with signs that cannot be kept, or in writing other than UTF-8; 404 for a number
    too large to be anything's."""

    def __init__(self, get_response: Next):
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return not_understood(request) if _is_strange(request) else self.next(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _unnamed: Any, parts: Mapping[str, Any]
    ) -> HttpResponse | None:
        """A form is looked at once it is known who reads it: phones read their bodies whole, and must find them unread."""
        if any(isinstance(part, int) and part > MOST for part in parts.values()):
            raise Http404
        if request.method != "POST" or request.content_type not in _FORMS or getattr(view, "csrf_exempt", False):
            return None
        try:
            named = (*_texts(request.POST), *request.FILES)
        except UnreadablePostError:  # cut off on its way, or larger than the server takes
            return not_understood(request)
        return not_understood(request) if any(map(_KEPT_NOWHERE.search, named)) else None


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    """The page for what cannot be read, or for a phone the problem. It asks the store nothing, not even who is there."""
    language = translation.get_language_from_request(request)
    if request.path.startswith(OF_PHONES):
        told = {"problem": Problem("web.not_understood").as_dict(language)}
        return JsonResponse(told, status=HTTPStatus.BAD_REQUEST)
    with translation.override(language):
        return HttpResponse(render_to_string("web/not_understood.html"), status=HTTPStatus.BAD_REQUEST)


def _is_strange(request: HttpRequest) -> bool:
    headers = (value for name, value in request.META.items() if name.startswith(("HTTP_", "CONTENT_")))
    if any(_CONTROLS.search(str(one)) for one in (request.path, *headers)):
        return True
    if (request.content_params or {}).get("charset", "utf-8").lower() not in _READ_AS:
        return True
    told = (*_texts(request.GET), *request.COOKIES, *request.COOKIES.values())
    return any(map(_KEPT_NOWHERE.search, told))


def _texts(told: QueryDict) -> Iterator[str]:
    for name, values in told.lists():
        yield name
        yield from map(str, values)
