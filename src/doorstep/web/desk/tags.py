"""Looser tags in a programme of one's own: two named people read each question and vouch for what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import FormSpec, Question, Text
from doorstep.intake import rebuild
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.programmes import actions as programmes
from doorstep.programmes import library, tags
from doorstep.programmes.tags import Asked
from doorstep.web.desk.words import TAGS
from doorstep.web.reader import actor_of


@dataclass(frozen=True, slots=True)
class Line:
    """One question as it stands on the page: both wordings, its answers, what its tag says, who vouched."""

    id: str
    asked: Asked
    says: str | Promise
    mine: bool

    @property
    def labels(self) -> list[str]:
        return list(dict.fromkeys(filter(None, self.asked.question.labels.values())))

    @property
    def answers(self) -> list[Text]:
        return [choice.labels for choice in choices_of(self.asked.spec, self.asked.question)]


def choices_of(spec: FormSpec, question: Question) -> list[Any]:
    """What can be answered, when it is a list inside the form."""
    return list(spec.choices.get(question.list_name, ()))


@shows("packs")
def waiting(request: HttpRequest, pack_id: str) -> HttpResponse:
    """The questions of a programme whose looser tags need two people, form by form."""
    actor, pack = actor_of(request), _pack(pack_id)
    lines = [_line(one, actor) for one in tags.asked(pack)]
    shown = {
        "pack": pack,
        "forms": [(spec, list(of)) for spec, of in groupby(lines, key=lambda line: line.asked.spec)],
        "counted": sum(line.asked.counts for line in lines),
        "waiting": sum(not line.asked.counts for line in lines),
        "reviews": actor.has("tag.review"),
        "vouches": actor.has("tag.review") or actor.has("tag.accept"),
    }
    return render(request, "web/desk/tags.html", shown)


@shows("packs")
@require_POST
def vouch(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Vouch for the ticked questions, or take one's word back; the forms then count as they now read."""
    actor, pack = actor_of(request), _pack(pack_id)
    if not (actor.has("tag.accept") or actor.has("tag.review")):
        raise Http404
    ticked = set(request.POST.getlist("question"))
    is_on = request.POST.get("say") != "back"
    keys = [one.key for one in tags.asked(pack) if _id(one) in ticked]
    with db.transaction():
        said = tags.vouch(actor, keys, is_on=is_on)
        counts_anew = programmes.retag(pack)
    if counts_anew:
        rebuild.work_out_below(frozenset(places.tree().by_id))
    told = ngettext("%(n)s question written down.", "%(n)s questions written down.", said) % {"n": said}
    messages.success(request, told if is_on else _("Taken back. These questions count as the strictest again."))
    return HttpResponseRedirect(reverse("tags", args=[pack_id]))


def _pack(pack_id: str) -> Pack:
    """The version installed last. Raises Http404."""
    found = next((pack for pack in library.latest_packs() if pack.id == pack_id), None)
    if found is None:
        raise Http404
    return found


def _line(one: Asked, actor: Actor) -> Line:
    return Line(_id(one), one, TAGS[one.question.tag], one.has_word_of(actor.user_id))


def _id(one: Asked) -> str:
    """Names the question in its very wording: a page left open cannot vouch for other words."""
    return "/".join(one.key[1:])
