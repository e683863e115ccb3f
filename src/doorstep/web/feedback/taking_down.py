"""Taking down for somebody else what was said by phone or written on paper. What was typed is shown to nobody again."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorstep.access import codes
from doorstep.access.showing import shows_nobody
from doorstep.feedback import actions, queries
from doorstep.feedback.clocks import KINDS as ALL_KINDS
from doorstep.feedback.problems import Refused
from doorstep.web.feedback.words import KINDS, promise, refusal
from doorstep.web.reader import actor_of


@shows_nobody("takes in a complaint for somebody else; who took it down is not kept")
@require_http_methods(["GET", "POST"])
def take_down(request: HttpRequest) -> HttpResponse:
    if not actor_of(request).has("complaint.write"):
        raise Http404
    page = {
        "kinds": KINDS.items(),
        "bodies": queries.bodies(),
        "longest": actions.LONGEST,
        "promise": promise(),
        "taking": True,
    }
    if request.method == "GET":
        return render(request, "web/feedback/complain.html", page)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    said = request.POST.get("code", "").strip()
    code, way = codes.typed(said, queries.GROUPS), request.POST.get("way", "phone")
    if kind not in ALL_KINDS:
        wrong = _("Please choose what it is about.")
    elif said and not code:
        wrong = _("This is no code of a paper form. Please look at it again, or leave it empty.")
    else:
        try:
            made = actions.take_in(kind, text, "paper" if way == "paper" else "phone", code=code)
            return render(request, "web/feedback/thanks.html", page | {"code": codes.spoken(made)})
        except Refused as refused:
            wrong = refusal(refused)
    again = {"wrong": wrong, "kind": kind, "text": text, "way": way, "code": said}
    return render(request, "web/feedback/complain.html", page | again, status=422)
