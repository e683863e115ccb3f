"""The press: what every paper passes on its way to the printer (charter C9, C14, C15, C18, C21).

A view says which declared Output its paper is. The charter is asked again at the moment of printing, with the programmes
now in force; what the paper tells of people is compared with the columns of its Output, so that a template cannot be given
anything that was not declared; and the answer is kept by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from doorstep.access.permissions import Actor
from doorstep.access.queries import staff
from doorstep.access.showing import declared, shows
from doorstep.engine.outputs import Undeclared
from doorstep.lib import days, sealed
from doorstep.lib.problems import Problem
from doorstep.lib.typeset import pdf
from doorstep.places import queries as places
from doorstep.programmes.standing import report
from doorstep.web import said
from doorstep.web.reader import actor_of, language

HERE = Path(__file__).resolve().parent
LANGUAGES = {"zh": "zh-hans", "en": "en"}
# Words that hold a paper together. They stand for lists and groups of columns, never for a value.
FRAME = frozenset({"places", "groups", "people", "lines", "chains", "doses", "forms", "visits", "facts", "choices"})


@dataclass(frozen=True, slots=True)
class Paper:
    """A filled paper. ``told``: all it tells of people, each value under the name of a declared column. ``words``: what is
    printed on everybody's alike, and where and when it was printed. ``besides``: what it tells under other Outputs, by id."""

    template: str
    words: Mapping[str, Any]
    told: Mapping[str, Any]
    besides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class _Refused(Exception):
    def __init__(self, problems: list[Problem]):
        self.problems = problems


Maker = Callable[..., Paper]


def prints(output_id: str) -> Callable[[Maker], Callable[..., HttpResponse]]:
    """A view that answers with the PDF of the paper a function makes; the function logs who is shown before it reads.

    ``?lang=en`` prints in another language than the reader's own.
    """

    def mark(make: Maker) -> Callable[..., HttpResponse]:
        @shows(output_id)
        @wraps(make)
        def view(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
            with translation.override(LANGUAGES.get(_asked(request), translation.get_language())):
                try:
                    _ask_the_charter(output_id)
                    content = printed(output_id, actor_of(request), make(request, *given, **named))
                except _Refused as refused:
                    return render(request, "web/paper/refused.html", {"problems": refused.problems}, status=403)
            return answer(content, output_id)

        return view

    return mark


def _asked(request: HttpRequest) -> str:
    return request.POST.get("lang") or request.GET.get("lang", "")


def _ask_the_charter(output_id: str) -> None:
    """Raises _Refused when the Output breaks the charter with the programmes that are on now."""
    mine = [p for p in report().problems if p.where.item.split(" ")[:2] == ["output", output_id]]
    if mine:
        raise _Refused(mine)


def printed(output_id: str, actor: Actor, paper: Paper) -> bytes:
    """The pages of a paper. Raises Undeclared when it tells anything its Output does not declare."""
    for part, told in {output_id: paper.told, **paper.besides}.items():
        _ask_the_charter(part)
        for name in undeclared(told, {column.name for column in declared()[part].columns}):
            raise Undeclared(f"{part}: '{name}' is not a declared column")
    data = {
        "lang": language(),
        "title": said.text(declared()[output_id].title),
        "foot": _("Demonstration, not for real people") if report().demonstration_only else "",
        "words": {**_printed_by(actor), **paper.words},
        "told": paper.told,
        "besides": paper.besides,
    }
    return pdf(HERE / paper.template, data)


def undeclared(told: Any, columns: set[str]) -> Iterator[str]:
    """Names of values that are no declared column. A word of the frame may hold only lists and groups."""
    if isinstance(told, Mapping):
        for name, value in told.items():
            if name not in columns and not (name in FRAME and isinstance(value, list)):
                yield name
            yield from undeclared(value, columns)
    elif isinstance(told, list):
        for one in told:
            yield from undeclared(one, columns)


def answer(content: bytes, output_id: str) -> HttpResponse:
    """The file as the browser gets it: shown, kept nowhere, and named after the paper, never after a person."""
    name = output_id.removeprefix("print.").replace(".", "-")
    kept = {
        "Content-Disposition": f'inline; filename="{name}.pdf"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=kept)


def _printed_by(actor: Actor) -> dict[str, str]:
    """Who printed it, where she can be rung, and on which day."""
    member = staff().by_id.get(actor.user_id)  # nobody's, when somebody prints her own
    clinic = places.tree().by_id.get(member.clinic_id or 0) if member else None
    return {
        "worker": member.name if member else "",
        "worker_phone": sealed.opened(member.phone) if member else "",
        "clinic": clinic.name(language()) if clinic else "",
        "today": said.whole_day(days.today()),
    }


def village(place_id: int | None) -> str:
    """The village a place belongs to, by name; the place's own name when it is none."""
    node = places.tree().of_kind(place_id, "village")
    return node.name(language()) if node else said.place(place_id)


def group(place_id: int | None) -> str:
    """The group of a village, '' when the place is no part of one."""
    node = places.tree().of_kind(place_id, "village")
    return "" if node is None or node.id == place_id else said.place(place_id)
