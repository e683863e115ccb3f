"""For anybody, without a log-in: write a complaint, read the answer with its code, write more, print a paper form.

No address is kept or logged, and no cookie outlives the browser (charter C19).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorstep.access import attempts, codes
from doorstep.access.showing import shows_nobody
from doorstep.feedback import actions, queries
from doorstep.feedback.clocks import KINDS as ALL_KINDS
from doorstep.feedback.problems import Refused
from doorstep.lib import days
from doorstep.web import slowing
from doorstep.web.feedback.papers import empty_form
from doorstep.web.feedback.words import KINDS, promise, refusal, shown


@shows_nobody("takes in a complaint; shows its code to whoever wrote it", to="anyone")
@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    page = {"kinds": KINDS.items(), "bodies": queries.bodies(), "longest": actions.LONGEST, "promise": promise()}
    if request.method == "GET":
        return render(request, "web/feedback/complain.html", page)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    if kind not in ALL_KINDS:
        wrong = _("Please choose what it is about.")
    else:
        try:
            code = actions.take_in(kind, text, "web")
            return render(request, "web/feedback/thanks.html", page | {"code": codes.spoken(code)})
        except Refused as refused:
            wrong = refusal(refused)
    return render(
        request, "web/feedback/complain.html", page | {"wrong": wrong, "kind": kind, "text": text}, status=422
    )


@shows_nobody("a complaint and its answer, to whoever holds the code", to="anyone")
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """The code is sent with every press and stands in no address and no cookie."""
    if request.method == "GET":
        return render(request, "web/feedback/read.html", {})
    code = codes.typed(request.POST.get("code", ""), queries.GROUPS)
    address = slowing.address_of(request)
    if code and (wait := attempts.check("complaint", code, address)):
        wrong = _("Too many tries. Please wait %(wait)s.") % {"wait": slowing.said(wait)}
        return render(request, "web/feedback/read.html", {"wrong": wrong}, status=429)
    found = queries.by_code(code) if code else None
    if found is None:
        wrong = _("No complaint has this code. Please look at it again.")
        return render(request, "web/feedback/read.html", {"wrong": wrong}, status=422)
    attempts.passed("complaint", code, address)
    page: dict[str, object] = {"code": codes.spoken(code), "bodies": queries.bodies()}
    if "text" in request.POST:
        try:
            actions.write_more(code, request.POST["text"])
            page["done"] = _("It was added. The reviewer sees it beside what you wrote before.")
        except Refused as refused:
            page["wrong"] = refusal(refused)
        found = queries.by_code(code) or found
    page["complaint"] = shown(found[0], days.now(), found[1])
    return render(request, "web/feedback/read.html", page)


@shows_nobody("an empty form to print, with a code of its own", to="anyone")
@require_safe
def paper(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view is given it
    return empty_form()
