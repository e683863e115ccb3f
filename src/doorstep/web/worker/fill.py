"""Fill a form in the page, or correct a record: the page hosts the form component and tells it what is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import orjson
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows, shows_nobody
from doorstep.engine.model.pack import FormUse
from doorstep.engine.model.spec import FormSpec
from doorstep.forms import queries as forms
from doorstep.forms.builtin import OWNER
from doorstep.forms.queries import Published, StoredEntry, library
from doorstep.intake import door
from doorstep.intake.door import Receipt
from doorstep.intake.parse import Sender, SentFile, parse
from doorstep.intake.problems import Refused
from doorstep.lib import days, sealed
from doorstep.places import queries as places
from doorstep.register import queries as register
from doorstep.register.fold import HouseholdRow, PersonRow
from doorstep.web import said
from doorstep.web.reader import actor_of, language
from doorstep.web.worker.reach import household_within, reach, record_within
from doorstep.web.worker.records import title_of
from doorstep.web.worker.story import Story

PRIVATE = frozenset({"id_number", "died_on"})  # no form in a page needs them of somebody else's entry
_OF_UNLISTED = frozenset({"number", "place", "listed", "visits"})
MOST_FAMILIES = 2000


@shows("fill")
def fill(request: HttpRequest, form_id: str) -> HttpResponse:
    """The page of one form, for a person, a household, or to register someone new."""
    actor = actor_of(request)
    published = fillable(actor, form_id)
    person_id, household_id = request.GET.get("person", ""), request.GET.get("household", "")
    back = reverse("outreach") if published.use.get("subject") == "place" else ""
    return form_page(request, published, known_for(actor, published, person_id, household_id), back_url=back)


def fillable(actor: Actor, form_id: str) -> Published:
    """A form this reader may fill in a page. Raises Http404."""
    published = library().current.get(form_id)
    if published is None or published.pack_id == OWNER or published.open_to != "open":
        raise Http404
    if published.use.get("anonymous"):  # opened where it is handed over, and sent to where no author is kept
        raise Http404
    if published.owner_id not in (None, actor.user_id) or not actor.has("entry.write"):
        raise Http404
    return published


class Known:
    """What the page already knows: answers by question path, lists as CSV, and whom the form is about."""

    def __init__(self) -> None:
        self.prefill: dict[str, str] = {}
        self.fixed: list[str] = []
        self.lists: dict[str, str] = {}
        self.person: PersonRow | None = None
        self.home: HouseholdRow | None = None

    def give(self, path: str, value: str, *, fixed: bool = False) -> None:
        self.prefill[path] = value
        if fixed:
            self.fixed.append(path)


def known_for(actor: Actor, published: Published, person_id: str, household_id: str) -> Known:
    """Everything known for a form about this person or household. Raises Http404 for anyone out of reach."""
    spec = library().spec(published.form_id, published.version)
    known = Known()
    if person_id:
        _about_person(actor, published, spec, person_id, known)
    if household_id or (known.person is not None and "household.csv" in spec.attachments):
        _about_household(actor, spec, household_id or (known.person.household_id or "" if known.person else ""), known)
    subject = published.use.get("subject")
    if subject == "person" and published.use.get("who") and not person_id:
        raise Http404  # such a form starts from a person's page
    if subject == "household" and published.use.get("who") and not household_id:
        raise Http404
    known.lists = lists_of(actor, spec) | known.lists
    return known


def lists_of(actor: Actor, spec: FormSpec) -> dict[str, str]:
    """The lists of places and households a form asks for, cut to the reader's own area."""
    found = {name: _list(actor, name) for name in spec.attachments}
    return {name: rows for name, rows in found.items() if rows is not None}


def _about_person(actor: Actor, published: Published, spec: FormSpec, person_id: str, known: Known) -> None:
    within = reach(actor, person_id)
    log_shown(actor, "fill", [person_id])
    story = Story(within)
    known.person = story.person
    known.lists["person.csv"] = people_csv([story.person])
    use = story.use_of(published.form_id)
    if use is None:
        raise Http404
    anybody = within.by_place and (use.on_request or _opens(story, use))
    if use.service and use.service not in within.services and not anybody:
        raise Http404
    if use.who:
        known.give(path_of(spec, use.who), person_id, fixed=True)
    if use.service in within.services:
        for key, value in prefilled(story, use).items():
            known.give(path_of(spec, key), value)


def _opens(story: Story, use: FormUse) -> bool:
    return any(use.form == e.opens for p in story.programmes for e in p.pack.episodes.values())


def prefilled(story: Story, use: FormUse) -> Mapping[str, str]:
    """What is known beforehand for a form, by question."""
    for programme in story.programmes:
        if use.form in programme.pack.uses:
            history = story.histories[programme.pack.id]
            found = programme.rules.prefill(history, use.form, days.today())
            return {k: " ".join(v) if isinstance(v, list) else str(v) for k, v in found.items()}
    return {}


def _about_household(actor: Actor, spec: FormSpec, household_id: str, known: Known) -> None:
    if known.person is None:
        household_within(actor, household_id)
    known.home = register.households([household_id]).get(household_id)
    if known.home is None:
        return
    chooses = next(
        (q for q in spec.questions if q.type == "select_one_from_file" and q.list_name == "household.csv"), None
    )
    if chooses is not None and known.person is None:
        known.lists["household.csv"] = households_csv([known.home])
        known.give("/".join(chooses.path), household_id, fixed=True)


def path_of(spec: FormSpec, key: str) -> str:
    """A question's path as the form component wants it."""
    question = spec.by_key.get(key)
    return "/".join(question.path) if question else key


def _list(actor: Actor, name: str) -> str | None:
    """A list the form asks for, cut to the reader's own area."""
    if name == "place.csv":
        return places_csv(actor)
    if name == "household.csv":
        return households_csv(register.walk(actor.places)[:MOST_FAMILIES])
    return None


# ---------------------------------------------------------------- lists as CSV


def people_csv(people: Iterable[PersonRow]) -> str:
    return _csv([(p.id, p.name, p.version, _properties(p)) for p in people])


def person_line(person: PersonRow) -> dict[str, str]:
    """One person's line of that list."""
    return _line(person.id, person.name, person.version, _properties(person))


def household_line(home: HouseholdRow) -> dict[str, str]:
    """One family's line of the list of families; of one that asked not to be listed the number and the place alone."""
    stated: dict[str, Any] = orjson.loads(home.properties)
    if not home.listed:
        stated = {key: value for key, value in stated.items() if key in _OF_UNLISTED}
    return _line(home.id, _label(home), home.version, stated)


def _line(item_id: str, label: str, version: int, values: Mapping[str, Any]) -> dict[str, str]:
    told = {key: sealed.opened(str(value)) for key, value in values.items() if key not in PRIVATE and value != ""}
    return {"name": item_id, "label": label, "__version": str(version), **told}


def _properties(person: PersonRow) -> Mapping[str, Any]:
    """What is known of her, her phone only when the register may show it."""
    stated = sealed.opened_json(person.properties)
    return {key: value for key, value in stated.items() if key != "phone" or person.phone}


def households_csv(households: Iterable[HouseholdRow]) -> str:
    rows = []
    for h in households:
        rows.append((h.id, _label(h), h.version, orjson.loads(h.properties)))
    return _csv(rows)


def _label(home: HouseholdRow) -> str:
    return " · ".join(filter(None, (said.place(home.place_id), home.number, home.address if home.listed else "")))


def places_csv(actor: Actor) -> str:
    tree = places.tree()
    nodes = sorted((tree.by_id[i] for i in actor.places), key=lambda n: n.code)
    return _csv([(n.code, n.name(language()), 1, {"kind": n.kind}) for n in nodes])


def _csv(rows: list[tuple[str, str, int, Mapping[str, Any]]]) -> str:
    properties = sorted({name for *_, values in rows for name in values} - PRIVATE)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "label", "__version", *properties])
    for item_id, label, version, values in rows:
        writer.writerow([item_id, label, version, *(values.get(p, "") for p in properties)])
    return out.getvalue()


# ---------------------------------------------------------------- the page and its parts


def form_page(
    request: HttpRequest,
    published: Published,
    known: Known,
    edit: StoredEntry | None = None,
    *,
    instance_url: str = "",
    submit_url: str = "",
    form_url: str = "",
    back_url: str = "",
    files: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page that hosts the form. The addresses are those of the record to correct, of where to send it, of the form
    itself, and of the page to go back to; ``files`` gives the addresses of the files of the record to correct."""
    version = edit.form_version if edit else published.version
    config: dict[str, Any] = {
        "formXmlUrl": form_url or reverse("form_xml", args=[published.form_id]) + f"?version={quote(version)}",
        "submitUrl": submit_url or reverse("send", args=[published.form_id]),
        "csrfToken": get_token(request),
        "language": language(),
        "attachments": known.lists,
        "prefill": {} if edit else known.prefill,
        "fixed": known.fixed,
        "maxAttachmentBytes": 5 * 1024 * 1024,
        "signInUrl": settings.LOGIN_URL,
    }
    if edit is not None:
        config["edit"] = {
            "instanceXml": instance_url or reverse("record_xml", args=[edit.seq]),
            "files": dict(files or {}),
        }
    shown = {"config": config, "title": title_of(library(), published.form_id), "known": known, "edit": edit}
    shown["back_url"] = back_url
    return render(request, "web/worker/fill.html", {**shown, **(more or {})})


@shows_nobody("the form's own questions")
def form_xml(request: HttpRequest, form_id: str) -> HttpResponse:
    """The XForm of one version, exactly as published."""
    fillable(actor_of(request), form_id)
    try:
        content = library().xml(form_id, request.GET.get("version", ""))
    except KeyError as error:
        raise Http404 from error
    return HttpResponse(content, content_type="text/xml; charset=utf-8")


@shows("correct")
def correct(request: HttpRequest, seq: int) -> HttpResponse:
    """Open a record again, as a correction of it."""
    actor = actor_of(request)
    entry, visible = record_within(actor, seq)
    if not visible:
        raise Http404
    published = fillable(actor, entry.form_id)
    known = known_for(
        actor, published, entry.person_id or "", (entry.household_id or "") if not entry.person_id else ""
    )
    if entry.person_id is None:
        log_shown(actor, "correct", register.members([entry.household_id or ""]))
    return form_page(request, published, known, edit=entry)


@shows("correct")
def record_xml(request: HttpRequest, seq: int) -> HttpResponse:
    """The record's bytes as received, for the form component."""
    actor = actor_of(request)
    entry, visible = record_within(actor, seq)
    if not visible:
        raise Http404
    log_shown(actor, "correct", [entry.person_id] if entry.person_id else [])
    return HttpResponse(forms.body(seq), content_type="text/xml; charset=utf-8")


@shows("receipt")
@require_POST
def send(request: HttpRequest, form_id: str) -> JsonResponse:
    """Take in a filled form; the answer says where its receipt stands, or in words why it was not kept."""
    actor = actor_of(request)
    published = fillable(actor, form_id)
    try:
        receipt = take(request, actor, published.form_id)
    except Refused as refused:
        return refused_in_words(refused)
    return JsonResponse({"redirect": reverse("receipt", args=[receipt.seq])}, status=201)


def take(request: HttpRequest, actor: Actor, form_id: str) -> Receipt:
    """Hand what the page sent in at the one door. Raises Refused, also for a record of another form."""
    content = sent_content(request)
    files = tuple(
        SentFile(f.name or name, f.content_type or "", f.read())
        for name, f in request.FILES.items()
        if name != "xml_submission_file" and isinstance(f, UploadedFile)
    )
    sender = Sender(actor.user_id, user_agent=request.headers.get("User-Agent", ""))
    if parse(content, sender).form_id != form_id:
        raise Refused("intake.unknown_form", 404, form=form_id)
    return door.accept(content, sender, attached=files)


def sent_content(request: HttpRequest) -> bytes:
    """The filled form as the page sent it. Raises Refused when there is none."""
    sent = request.FILES.get("xml_submission_file")
    if not isinstance(sent, UploadedFile):
        raise Refused("intake.no_submission", 400)
    content: bytes = sent.read()
    return content


def refused_in_words(refused: Refused) -> JsonResponse:
    return JsonResponse(
        {"message": refused.problem.text(language()) or _("It could not be kept.")}, status=refused.status
    )
