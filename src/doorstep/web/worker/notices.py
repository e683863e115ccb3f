"""Birth notices: the hospital's short form, and the list of the one worker they go to (charter C9)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from doorstep.access import queries as access
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.forms import notices as kept
from doorstep.forms.builtin import BIRTH_NOTICE
from doorstep.forms.filling import Filler
from doorstep.forms.queries import library
from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.web.reader import actor_of, language

MOST = {"mother": 60, "phone": 20}


@dataclass(frozen=True, slots=True)
class Village:
    """A place of the hospital's area that a worker serves."""

    code: str
    name: str


@shows("notices")
def notices(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    found = kept.shown(actor, kept.waiting(actor))
    return render(request, "web/worker/notices.html", {"notices": found})


@shows("notices")
@require_POST
def seen_to(request: HttpRequest, seq: int) -> HttpResponse:
    """The worker has seen to it: the notice is deleted at once."""
    if not kept.seen_to(actor_of(request), seq):
        raise Http404
    messages.success(request, _("Deleted. Nothing of this note is kept."))
    return HttpResponseRedirect(reverse("notices"))


@shows("notice.write")
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Send one notice. Afterwards the page is empty again: a hospital reads nothing here."""
    actor, today = actor_of(request), days.today()
    villages = _villages(actor, today)
    trouble = ""
    if request.method == "POST":
        trouble = _trouble(request.POST, villages, today)
        if not trouble:
            _send(request.POST, actor, today)
            messages.success(
                request, _("Sent to the worker of that village. It is deleted after 42 days at the latest.")
            )
            return HttpResponseRedirect(reverse("notice"))
    shown = {"villages": villages, "today": today, "trouble": trouble, "said": request.POST}
    return render(request, "web/worker/notice.html", shown, status=400 if trouble else 200)


def _villages(actor: Actor, today: date) -> list[Village]:
    """Places somebody serves, with the place above them: two villages may share a name."""
    tree, staff = places.tree(), access.staff()
    found = []
    for node in sorted((tree.by_id[i] for i in actor.places), key=lambda n: n.code):
        if staff.nearest(node.id, "notice.read", today) is not None:
            above = tree.by_id.get(node.parent_id) if node.parent_id else None
            name = node.name(language())
            found.append(Village(node.code, f"{above.name(language())} · {name}" if above else name))
    return found


def _trouble(said: Mapping[str, str], villages: list[Village], today: date) -> str:
    """What is missing or cannot be, in words; '' when all is well."""
    if said.get("agreed") != "yes":
        return _("Without the mother's own yes nothing can be sent.")
    born, left = days.parse_day(said.get("born_on", "")), days.parse_day(said.get("discharged_on", ""))
    if not said.get("mother", "").strip() or said.get("village") not in {v.code for v in villages}:
        return _("Please give the name and the village.")
    if born is None or left is None or not born <= today or left < born or (left - today).days > kept.KEPT_DAYS:
        return _("Please look at the two days again.")
    return ""


def _send(said: Mapping[str, str], actor: Actor, today: date) -> None:
    answers = {name: said.get(name, "").strip() for name in ("mother", "village", "born_on", "discharged_on", "phone")}
    answers |= {name: answers[name][:most] for name, most in MOST.items()}
    form = library().current[BIRTH_NOTICE]
    filled = {**answers, "agreed": "yes", "on": today}
    content = Filler(library().spec(form.form_id, form.version)).fill(filled, instance=f"uuid:{uuid.uuid4()}")
    door.accept(content, Sender(actor.user_id, user_agent="Doorstep"))
