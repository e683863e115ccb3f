"""What an OpenRosa request is answered with: status, headers and the small XML envelope around a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation.trans_real import parse_accept_lang_header

from doorstep.lib.problems import Problem

XML = "text/xml; charset=utf-8"  # Collect insists on exactly this for lists
VERSION = "1.0"
KEPT, REFUSED = "submit_success", "error"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, for whichever server interface sends it."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=256)
def language_of(accepted: str) -> str:
    """The first language of an Accept-Language header that we speak, else the store's own."""
    for wanted, _weight in parse_accept_lang_header(accepted):
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def common_headers() -> dict[str, str]:
    """Headers every OpenRosa answer carries; the server itself adds Date."""
    return {"X-OpenRosa-Version": VERSION, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def submission_headers() -> dict[str, str]:
    """Headers of answers about sending: how much may be sent at once."""
    return {**common_headers(), "X-OpenRosa-Accept-Content-Length": str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)}


def envelope(sentence: str, nature: str) -> bytes:
    """A sentence for the person who sent, in OpenRosa's envelope."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f'<message nature="{nature}">{escape(sentence)}</message></OpenRosaResponse>'
    ).encode()


def refused(status: int, problem: Problem, language: str) -> Answer:
    """An answer that says what is wrong and what to do, in the reader's language."""
    return Answer(status, envelope(problem.text(language), REFUSED), {**submission_headers(), "Content-Type": XML})


@lru_cache(maxsize=16)
def kept(language: str) -> Answer:
    """The answer to a submission that is durably stored."""
    with translation.override(language):
        sentence = gettext("Saved.")
    return Answer(201, envelope(sentence, KEPT), {**submission_headers(), "Content-Type": XML})
