"""What to print: the lists of one's own round, and the papers of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doorstep.access.actions import log_shown
from doorstep.access.showing import declared, shows
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.web import said
from doorstep.web.paper.courses import output_of, printable
from doorstep.web.paper.slip import is_near, service_of, span
from doorstep.web.reader import actor_of
from doorstep.web.worker.offers import cards_of
from doorstep.web.worker.reach import reach
from doorstep.web.worker.story import Course, Story


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper that can be had as it is: its name, what it is about, its address."""

    title: str
    of: str
    url: str


@dataclass(frozen=True, slots=True)
class Waits:
    """A visit a slip can be written for."""

    id: int
    title: str
    when: str


@shows("print.walking")
def lists(request: HttpRequest) -> HttpResponse:
    """The walking list and, for those who go round a village, the sheet of the round."""
    actor, tree = actor_of(request), places.tree()
    nodes = [tree.by_id[i] for i in actor.places if i in tree.by_id]
    shown: dict[str, Any] = {
        "places": sorted((n for n in nodes if n.kind in ("village", "group")), key=lambda n: n.code),
        "chosen": request.GET.get("place", ""),
        "round": actor.role in declared()["print.round"].audience,
    }
    return render(request, "web/paper/lists.html", shown)


@shows("person")
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    """The papers the reader may print of one person."""
    actor, today = actor_of(request), days.today()
    within = reach(actor, person_id)
    log_shown(actor, "person.care" if within.named else "person", [person_id])
    story = Story(within)
    waiting = [Waits(v.id, service_of(v), span(v, today)) for v in story.visits if is_near(v, today)]
    shown = {"person": story.person, "waits": waiting, "sheets": _sheets(story)}
    return render(request, "web/paper/person.html", shown)


def _sheets(story: Story) -> list[Sheet]:
    person_id = story.person.id
    cards = [
        Sheet(
            said.text(declared()["print.vaccines"].title),
            said.text(card.title),
            reverse("paper_vaccines", args=[person_id, card.pack_id, card.series_id]),
        )
        for card in cards_of(story)
    ]
    return [*cards, *(_sheet(person_id, course) for course in printable(story, days.today()))]


def _sheet(person_id: str, course: Course) -> Sheet:
    output = output_of(course)
    view = "paper_health" if output == "print.health" else "paper_care"
    url = reverse(view, args=[person_id, course.programme.pack.id, course.definition.id])
    return Sheet(said.text(declared()[output].title), said.text(course.definition.title), url)
