"""Fill a form of one's own in the page, or correct a record on it: the same page and component as every other form."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.engine.xlsform import without_foreign_functions
from doorstep.forms import media, own
from doorstep.forms import queries as forms
from doorstep.forms.queries import Published, library
from doorstep.intake.problems import Refused
from doorstep.web.forms.mine import my_form, my_record
from doorstep.web.worker import fill as pages

PLACES = "place.csv"


@shows("forms.own")
def fill(request: HttpRequest, form_id: str) -> HttpResponse:
    actor, published = my_form(request, form_id)
    if published.open_to != "open":
        raise Http404
    return pages.form_page(
        request,
        published,
        _known(actor, published),
        submit_url=reverse("own_send", args=[form_id]),
        form_url=_xml_url(published),
        back_url=reverse("own_form", args=[form_id]),
    )


def _known(actor: Actor, published: Published) -> pages.Known:
    """The files and lists the form asks for. Lists of people and families are given to programmes' forms only."""
    known = pages.Known()
    spec = library().spec(published.form_id, published.version)
    known.lists = {name: _file_url(published, name) for name in media.given(published) if name in spec.attachments}
    if PLACES in spec.attachments:
        known.lists[PLACES] = pages.places_csv(actor)
    return known


def _xml_url(published: Published) -> str:
    return reverse("own_xml", args=[published.form_id]) + "?" + urlencode({"version": published.version})


def _file_url(published: Published, name: str) -> str:
    asked = urlencode({"version": published.version, "name": name})
    return reverse("own_file", args=[published.form_id]) + "?" + asked


@shows("forms.own")
def form_xml(request: HttpRequest, form_id: str) -> HttpResponse:
    """The XForm of one version, for the form component: what only another program could work out is left empty."""
    my_form(request, form_id)
    try:
        content = library().xml(form_id, request.GET.get("version", ""))
    except KeyError as error:
        raise Http404 from error
    return HttpResponse(without_foreign_functions(content), content_type="text/xml; charset=utf-8")


@shows("forms.own.record")
@require_POST
def send(request: HttpRequest, form_id: str) -> JsonResponse:
    """Take in a filled form; the answer says where it stands now, or in words why it was not kept."""
    actor, published = my_form(request, form_id)
    try:
        receipt = pages.take(request, actor, published.form_id)
    except Refused as refused:
        return pages.refused_in_words(refused)
    messages.success(request, _("Saved. Only you see it."))
    return JsonResponse({"redirect": reverse("own_record", args=[receipt.seq])}, status=201)


@shows("forms.own.record")
def correct(request: HttpRequest, seq: int) -> HttpResponse:
    """Open a record again, as a correction of it, on the version it was filled on."""
    mine = my_record(request, seq)
    if not mine.record.correctable or mine.published.open_to == "closed":
        raise Http404
    filled_on = library().versions[(mine.published.form_id, mine.record.form_version)]
    return pages.form_page(
        request,
        mine.published,
        _known(mine.actor, filled_on),
        edit=forms.entries("seq IN (?*)", [seq])[0],
        instance_url=reverse("own_record_xml", args=[seq]),
        submit_url=reverse("own_send", args=[mine.published.form_id]),
        form_url=_xml_url(filled_on),
        back_url=reverse("own_record", args=[seq]),
        files={file.name: sent_file_url(seq, file.name) for file in own.files([seq]).get(seq, ()) if file.digest},
    )


def sent_file_url(seq: int, name: str) -> str:
    return reverse("own_sent_file", args=[seq]) + "?" + urlencode({"name": name})


@shows("forms.own.record")
def record_xml(request: HttpRequest, seq: int) -> HttpResponse:
    """The record's bytes as received, for the form component."""
    my_record(request, seq)
    return HttpResponse(forms.body(seq), content_type="text/xml; charset=utf-8")
