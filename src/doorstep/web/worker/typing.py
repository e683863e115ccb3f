"""A clerk types in what stands on paper: who it is about, which form, the form itself. Nothing that was written before is
shown, the same forms are offered for everybody, and none that touches choice or begins a course of care is."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor, Thing, may
from doorstep.access.showing import shows, shows_nobody
from doorstep.engine.model.pack import FormUse
from doorstep.engine.outputs.tags import CHOICE
from doorstep.forms.queries import Published, library
from doorstep.intake.consents import CONSENT
from doorstep.intake.problems import Refused
from doorstep.lib import days
from doorstep.places.counters import Snapshot
from doorstep.programmes import tags
from doorstep.programmes.library import programmes
from doorstep.register import queries as register
from doorstep.register.outputs import PICK, TYPE_FOR
from doorstep.register.queries import FoundPerson, find_ids, found_people
from doorstep.web.reader import actor_of
from doorstep.web.worker import fill as pages
from doorstep.web.worker.offers import Offer


def _load() -> frozenset[str]:
    """Forms about one person that may be typed from paper."""
    packs = {p.pack.id: p.pack for p in programmes().all_on()}
    told = tags.ground(packs.values()).existence_tags
    begins = {episode.opens for pack in packs.values() for episode in pack.episodes.values()}
    return frozenset(
        use.form
        for pack in packs.values()
        for use in pack.uses.values()
        if use.subject == "person" and use.who and not use.anonymous and use.form not in begins
        and use.form != CONSENT and CHOICE not in told.get(use.form, {CHOICE})
    )  # fmt: skip


_typed = Snapshot(_load)


def _published(form_id: str) -> Published:
    published = library().current.get(form_id)
    if (
        published is None
        or form_id not in _typed.get()
        or published.owner_id is not None
        or published.open_to != "open"
    ):
        raise Http404
    return published


def _whom(actor: Actor, person_id: str) -> FoundPerson:
    """The person, as a clerk sees her. Raises Http404 for anyone out of her area."""
    found = register.place_of(person_id)
    place = frozenset() if found is None or found[0] is None else frozenset({found[0]})
    if not may(actor, "register.pick", Thing(place_ids=place)):
        raise Http404
    log_shown(actor, TYPE_FOR.id, [person_id])
    shown = found_people(TYPE_FOR, [person_id], reader=actor.role)
    if not shown:
        raise Http404
    return shown[0]


def offered(person: FoundPerson) -> list[Offer]:
    """The forms a clerk may type for somebody: by the programmes of the place, whatever care she is in."""
    uses: list[FormUse] = [
        u for p in programmes().at(person.place_id) for u in p.pack.uses.values() if u.form in _typed.get()
    ]
    return [Offer(use.form, use.title, use.minutes) for use in uses]


@shows(PICK.id)
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    actor, typed = actor_of(request), request.POST.get("typed", "").strip()
    ids = find_ids(typed, actor.places)
    log_shown(actor, PICK.id, ids)
    shown = {"typed": typed, "found": found_people(PICK, ids, reader=actor.role), "today": days.today()}
    return render(request, "web/worker/type.html", shown)


@shows(TYPE_FOR.id)
@require_safe
def choose(request: HttpRequest, person_id: str) -> HttpResponse:
    """Which form."""
    person = _whom(actor_of(request), person_id)
    return render(request, "web/worker/type_for.html", {"one": person, "forms": offered(person), "today": days.today()})


@shows(TYPE_FOR.id)
@require_safe
def fill(request: HttpRequest, person_id: str, form_id: str) -> HttpResponse:
    """The empty form, for this person."""
    actor, published = actor_of(request), _published(form_id)
    person = _whom(actor, person_id)
    if form_id not in {offer.form_id for offer in offered(person)}:
        raise Http404
    spec, known = library().spec(form_id, published.version), pages.Known()
    known.lists = {"person.csv": f"name,label,__version\n{person.person_id},{person.name},1\n"}
    if "place.csv" in spec.attachments:
        known.lists["place.csv"] = pages.places_csv(actor)
    known.give(pages.path_of(spec, str(published.use["who"])), person_id, fixed=True)
    return pages.form_page(
        request,
        published,
        known,
        submit_url=reverse("type_send", args=[form_id]),
        form_url=reverse("type_xml", args=[form_id]),
        back_url=reverse("type_for", args=[person_id]),
    )


@shows_nobody("the form's own questions")
@require_safe
def form_xml(request: HttpRequest, form_id: str) -> HttpResponse:
    published = _published(form_id)
    if not may(actor_of(request), "paper.write"):
        raise Http404
    return HttpResponse(library().xml(form_id, published.version), content_type="text/xml; charset=utf-8")


@shows(TYPE_FOR.id)
@require_POST
def send(request: HttpRequest, form_id: str) -> JsonResponse:
    """Take in what was typed. It is kept under the clerk's name, who does not see it again."""
    actor, published = actor_of(request), _published(form_id)
    if not may(actor, "paper.write"):
        raise Http404
    try:
        receipt = pages.take(request, actor, published.form_id)
    except Refused as refused:
        return pages.refused_in_words(refused)
    kept = (
        _("Kept.")
        if receipt.problem is None
        else _("Kept, but something does not fit yet. Show the paper to your supervisor.")
    )
    messages.success(request, kept)
    return JsonResponse({"redirect": reverse("type")}, status=201)
