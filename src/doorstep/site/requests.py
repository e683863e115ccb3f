"""Django's application with one thing mended: in which writing a request says it is, is not believed while it is taken in.

Django looks that name up and reads the address with it, before any page or middleware: a name of something that is no writing
(Python knows ``rot13`` and ``zlib``) would end in a fault.
"""

from __future__ import annotations

from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

UNREADABLE = {"charset": "unreadable"}


class Request(WSGIRequest):
    """Read as UTF-8. ``content_params`` keep what was said, and ``web.strange`` refuses what is said to be anything else."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError, IndexError):
            self.content_type, self.content_params = "", UNREADABLE


class Handler(WSGIHandler):
    request_class = Request


def application() -> Handler:
    """Django set up, and its WSGI application."""
    django.setup(set_prefix=False)
    return Handler()
