"""Questions without a name: the phone is handed over, and nothing of whose it is is kept."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from doorstep.access.permissions import Actor
from doorstep.access.showing import shows, shows_nobody
from doorstep.forms.queries import Published, library
from doorstep.intake import voices
from doorstep.intake.problems import Refused
from doorstep.web.outreach.shown import place_forms
from doorstep.web.reader import actor_of
from doorstep.web.worker.fill import Known, form_page, refused_in_words, sent_content

HANDED_OVER = {"tabs": (), "aside": (), "reader": None, "handed_over": True}


def _asked(actor: Actor, form_id: str) -> Published:
    """An anonymous form in force around the reader. Raises Http404."""
    published = library().current.get(form_id)
    in_force = {use.form for use in place_forms(actor.places) if use.anonymous}
    if published is None or form_id not in in_force or voices.around(actor) is None or not actor.has("entry.write"):
        raise Http404
    return published


@shows("outreach.ask")
def ask(request: HttpRequest, form_id: str) -> HttpResponse:
    """The questions, on a page without any way to other pages."""
    published = _asked(actor_of(request), form_id)
    return form_page(
        request,
        published,
        Known(),
        submit_url=reverse("outreach_send", args=[form_id]),
        form_url=reverse("outreach_form_xml", args=[form_id]),
        back_url=reverse("outreach"),
        more=HANDED_OVER,
    )


@shows_nobody("the form's own questions")
def form_xml(request: HttpRequest, form_id: str) -> HttpResponse:
    published = _asked(actor_of(request), form_id)
    content = library().xml(form_id, published.version)
    return HttpResponse(content, content_type="text/xml; charset=utf-8")


@shows_nobody("takes in what was said without a name")
@require_POST
def send(request: HttpRequest, form_id: str) -> JsonResponse:
    actor = actor_of(request)
    _asked(actor, form_id)
    try:
        voices.hear(sent_content(request), form_id, actor)
    except Refused as refused:
        return refused_in_words(refused)
    return JsonResponse({"redirect": reverse("outreach_thanks")}, status=201)


@shows_nobody("thanks whoever answered")
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "web/outreach/thanks.html", HANDED_OVER)
