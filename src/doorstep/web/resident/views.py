"""One's own page: coming in with the printed code and the word, reading, and saying what shall be different.

Nothing personal stands in an address or a title; every press is a POST, every answer goes back to the page.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.access import attempts, codes
from doorstep.access.showing import shows, shows_nobody
from doorstep.feedback import actions as feedback
from doorstep.feedback import cards
from doorstep.feedback import queries as complaints
from doorstep.feedback.problems import Refused
from doorstep.intake import ending, herself
from doorstep.lib import days
from doorstep.web import slowing
from doorstep.web.disclosing.telling import has_read
from doorstep.web.feedback.words import KINDS, refusal, shown
from doorstep.web.resident import session
from doorstep.web.resident.own import Closed, Own, own
from doorstep.web.resident.paper import on_paper
from doorstep.web.resident.words import REACHES

MOST_LOOKS = 40


@shows_nobody("asks for the printed code and the word", to="anyone")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The same answer for a wrong code, a wrong word and a card that has ended."""
    if request.method == "GET":
        return render(request, "web/resident/enter.html", {})
    code = codes.typed(request.POST.get("code", ""), cards.GROUPS)
    address = slowing.address_of(request)
    if wait := attempts.check("resident", code[: cards.FRONT], address):
        wrong = _("Too many tries. Please wait %(wait)s.") % {"wait": slowing.said(wait)}
        return render(request, "web/resident/enter.html", {"wrong": wrong}, status=429)
    card = cards.opened_by(code, request.POST.get("word", "")) if code else None
    if card is None:
        wrong = _("The code and the word do not open anything together. Please look at both again.")
        return render(request, "web/resident/enter.html", {"wrong": wrong}, status=422)
    attempts.passed("resident", code[: cards.FRONT], address)
    response = HttpResponseRedirect(reverse("own_page"))
    session.begin(request, response, card)
    return response


@shows_nobody("ends the visit to one's own page; also hides it at once", to="anyone")
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(reverse("leaflets" if request.POST.get("hide") else "own_enter"))
    session.end(request, response)
    return response


def _mine(request: HttpRequest, output: str = "resident.page") -> Own:
    """What the card of this visit opens. Raises Closed."""
    card: cards.Card = request.card  # type: ignore[attr-defined] # the door put it there
    return own(card, output)


def _closed(request: HttpRequest) -> HttpResponse:
    wrong = _("This card opens nothing any more. Ask where you got it for a new one.")
    response = render(request, "web/resident/enter.html", {"wrong": wrong}, status=403)
    session.end(request, response)
    return response


@shows("resident.page", to="resident")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    try:
        mine = _mine(request)
    except Closed:
        return _closed(request)
    now = days.now()
    found = {
        "own": mine,
        "person": mine.story.person,
        "looked": mine.looked[:MOST_LOOKS],
        "more_looks": len(mine.looked) > MOST_LOOKS,
        "reaches": REACHES.items(),
        "kinds": KINDS.items(),
        "complaints": [
            shown(line, now, words) for line, words in complaints.of_author(mine.person_id) if not mine.is_guardian
        ],
        "done": DONE.get(session.said(request), ""),
        "longest": feedback.LONGEST,
    }
    response = render(request, "web/resident/page.html", found)
    has_read(mine.person_id, mine.disclosed)
    session.go_on(request, response)
    return response


def _press(name: str) -> Callable[[Callable[[HttpRequest, Own], str]], Callable[[HttpRequest], HttpResponse]]:
    """A press on the page: does something for whoever the card is of, then goes back and says so."""

    def mark(do: Callable[[HttpRequest, Own], str]) -> Callable[[HttpRequest], HttpResponse]:
        @shows("resident.page", to="resident")
        @require_POST
        def view(request: HttpRequest) -> HttpResponse:
            try:
                said_back = do(request, _mine(request))
            except Closed:
                return _closed(request)
            except ValueError:
                said_back = "not_taken"
            session.say(request, said_back)
            return HttpResponseRedirect(f"{reverse('own_page')}#{name}")

        view.__name__ = do.__name__
        return view

    return mark


@_press("services")
def service(request: HttpRequest, mine: Own) -> str:
    chosen, ends = request.POST.get("service", ""), request.POST.get("say") == "end"
    if chosen not in {one.id for one, _ending in mine.story.services}:
        raise Http404
    herself.end_service(mine.person_id, chosen, ends=ends)
    return "service_ended" if ends else "service_goes_on"


@_press("agreed")
def consent(request: HttpRequest, mine: Own) -> str:
    yes = request.POST.get("say") == "yes"
    if not mine.agreed:
        raise Http404
    herself.consent(mine.person_id, request.POST.get("purpose", ""), yes=yes, guardian=mine.is_guardian)
    return "agreed" if yes else "taken_back"


@_press("reach")
def reach(request: HttpRequest, mine: Own) -> str:
    if not mine.may_change_reach:
        raise Http404
    herself.reach_by(mine.person_id, request.POST.get("reach", ""))
    return "reach"


@_press("written")
def wrong(request: HttpRequest, mine: Own) -> str:
    seq = request.POST.get("record", "")
    row = mine.record(int(seq)) if seq.isdecimal() and len(seq) < 18 else None
    if row is None:
        raise Http404
    herself.object_to(mine.person_id, row, request.POST.get("text", ""))
    return "wrong"


@_press("delete")
def erase(request: HttpRequest, mine: Own) -> str:
    asked = request.POST.get("say") == "ask"
    if asked:
        ending.ask(mine.person_id, by=0)
    elif mine.erasing_asked is not None:
        ending.take_back(mine.erasing_asked.id)
    return "erase" if asked else "erase_not"


@_press("complain")
def complain(request: HttpRequest, mine: Own) -> str:
    """Under her own name only for this page: the reviewer is not told who wrote."""
    if mine.is_guardian:
        raise Http404
    try:
        feedback.take_in(request.POST.get("kind", ""), request.POST.get("text", ""), "page", author_id=mine.person_id)
    except Refused as refused:
        raise ValueError(refusal(refused)) from refused
    return "complaint"


@shows("resident.copy", to="resident")
@require_safe
def copy(request: HttpRequest) -> HttpResponse:
    """Everything the page shows as a file, readable by people and machines."""
    try:
        mine = _mine(request, "resident.copy")
    except Closed:
        return _closed(request)
    content = orjson.dumps(mine.copy(), option=orjson.OPT_INDENT_2)
    has_read(mine.person_id, mine.disclosed)
    kept = {"Content-Disposition": 'attachment; filename="copy.json"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/json", headers=kept)


@shows("print.resident", to="resident")
@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    try:
        mine = _mine(request, "print.resident")
    except Closed:
        return _closed(request)
    response = on_paper(mine)
    has_read(mine.person_id, mine.disclosed)
    return response


DONE = {
    "service_ended": gettext_lazy("This service has ended."),
    "service_goes_on": gettext_lazy("This service goes on."),
    "agreed": gettext_lazy("Your yes was written down."),
    "taken_back": gettext_lazy("Taken back. It holds from now."),
    "reach": gettext_lazy("Written down. From now we reach you this way."),
    "wrong": gettext_lazy("Written beside it. Those who care for you see it until somebody answers."),
    "erase": gettext_lazy("You asked for everything to be deleted. You can still change your mind."),
    "erase_not": gettext_lazy("Nothing will be deleted."),
    "complaint": gettext_lazy("Sent to the independent reviewer. The answer will stand here."),
    "not_taken": gettext_lazy("This could not be taken. Please write something, and keep it short."),
}
