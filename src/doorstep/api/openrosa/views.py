"""What a device fetches: the form list, forms, manifests, lists, and which list items are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from doorstep.access.permissions import Actor
from doorstep.access.showing import shows, shows_nobody
from doorstep.api.openrosa import lists, people
from doorstep.api.openrosa import media as files
from doorstep.api.openrosa.answers import XML, Answer, common_headers, language_of, refused
from doorstep.api.openrosa.devices import check_version, device_of
from doorstep.forms import queries as forms
from doorstep.forms.media import content_type
from doorstep.forms.queries import Published
from doorstep.intake.problems import Refused

CSV = "text/csv; charset=utf-8"
MOST_ASKED = 1000  # items in one question; Collect asks in smaller lots
_Page = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Caller:
    """The device that asks: its token, its owner, and the language to answer in."""

    token: str
    actor: Actor
    language: str


def for_device(*, openrosa: bool) -> Callable[[_Page], _Page]:
    """A view for the owner of the token in the path. ``openrosa``: the request must state the protocol's version."""

    def decorate(view: _Page) -> _Page:
        @wraps(view)
        def page(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
            language = _language(request)
            try:
                if openrosa:
                    check_version(request.headers.get("X-OpenRosa-Version", ""))
                _, actor = device_of(token)
                response = view(request, Caller(token, actor, language), **rest)
            except Refused as error:
                response = _response(refused(error.status, error.problem, language))
            for name, value in common_headers().items():
                response.headers.setdefault(name, value)
            return response

        return require_safe(page)

    return decorate


@shows_nobody("the forms a phone may fill in", to="device")
@for_device(openrosa=True)
def form_list(request: HttpRequest, caller: Caller) -> HttpResponse:
    asked = request.GET
    found = lists.offered(caller.actor, asked.get("formID", ""), all_versions=asked.get("listAllVersions") == "true")
    listed = [_offered(request, caller.token, one) for one in found]
    body = lists.form_list(listed, caller.language, verbose=asked.get("verbose") == "true")
    return HttpResponse(body, content_type=XML)


@shows_nobody("an empty form", to="device")
@for_device(openrosa=False)
def form(request: HttpRequest, caller: Caller, form_id: str) -> HttpResponse:
    published = _published(request, caller.actor, form_id)
    return HttpResponse(forms.library().xml(form_id, published.version), content_type=XML)


@shows_nobody("names of the files a form needs", to="device")
@for_device(openrosa=True)
def manifest(request: HttpRequest, caller: Caller, form_id: str) -> HttpResponse:
    published = _published(request, caller.actor, form_id)
    found = []
    for name in forms.library().spec(form_id, published.version).attachments:
        own = files.of_form(published, name)
        if own is not None:
            asked = urlencode({"version": published.version, "name": name})
            found.append((own, _address(request, "odk_form_media", caller.token, form_id) + "?" + asked, ""))
            continue
        file = files.media(name, caller.actor, caller.language)
        if file is not None:
            integrity = _address(request, "odk_integrity", caller.token, file.entity_list) if file.entity_list else ""
            found.append((file, _address(request, "odk_media", caller.token, name), integrity))
    return HttpResponse(lists.manifest(found), content_type=XML)


@shows("device.people", to="device")
@for_device(openrosa=False)
def people_of_mine(request: HttpRequest, caller: Caller) -> HttpResponse:
    return _list(request, caller, "person.csv")


@shows("device.families", to="device")
@for_device(openrosa=False)
def families_of_mine(request: HttpRequest, caller: Caller) -> HttpResponse:
    return _list(request, caller, "household.csv")


@shows("device.places", to="device")
@for_device(openrosa=False)
def media(request: HttpRequest, caller: Caller, name: str) -> HttpResponse:
    return _list(request, caller, name)


def _list(request: HttpRequest, caller: Caller, name: str) -> HttpResponse:
    """A list, unless the phone has it already. Who is in a list of people that is given out is logged first."""
    file = files.media(name, caller.actor, caller.language)
    if file is None:
        raise Refused("openrosa.unknown_list", 404)
    etag = f'"{file.md5}"'
    response = get_conditional_response(request, etag=etag, response=HttpResponse(file.content, content_type=CSV))
    assert response is not None
    if response.status_code == HTTPStatus.OK and file.entity_list:
        people.logged(file.entity_list, caller.actor)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache, private"
    return response


@shows_nobody("a file that goes with a form", to="device")
@for_device(openrosa=False)
def form_media(request: HttpRequest, caller: Caller, form_id: str) -> HttpResponse:
    file = files.of_form(_published(request, caller.actor, form_id), request.GET.get("name", ""))
    if file is None:
        raise Refused("openrosa.not_found", 404)
    return HttpResponse(file.content, content_type=content_type(file.name), headers={"ETag": f'"{file.md5}"'})


@shows("device.still_mine", to="device")
@for_device(openrosa=True)
def integrity(request: HttpRequest, caller: Caller, entity_list: str) -> HttpResponse:
    if entity_list not in people.LISTS:
        raise Refused("openrosa.unknown_list", 404)
    asked = [one for one in request.GET.get("id", "").split(",") if one][:MOST_ASKED]
    return HttpResponse(lists.integrity(asked, people.still_mine(entity_list, asked, caller.actor)), content_type=XML)


@shows_nobody("that the address lacks the device's part", to="anyone")
@csrf_exempt
def no_token(request: HttpRequest) -> HttpResponse:
    return _response(refused(401, Refused("openrosa.no_token", 401).problem, _language(request)))


def _published(request: HttpRequest, actor: Actor, form_id: str) -> Published:
    """The form version asked for (``?version=``, else the one in force where the member works)."""
    library = forms.library()
    if not lists.visible(library, form_id, actor):
        raise Refused("openrosa.not_found", 404)
    version = request.GET.get("version")
    if version is None:
        listed = lists.offered(actor, form_id)
        return listed[0] if listed else library.current[form_id]
    if (form_id, version) not in library.versions:
        raise Refused("openrosa.not_found", 404)
    return library.versions[(form_id, version)]


def _offered(request: HttpRequest, token: str, published: Published) -> lists.Offered:
    """Addresses state the version, so that what is fetched is always what was listed."""
    stated = f"?version={quote(published.version, safe='')}"
    spec = forms.library().spec(published.form_id, published.version)
    form_url = _address(request, "odk_form", token, published.form_id) + stated
    manifest_url = _address(request, "odk_manifest", token, published.form_id) + stated if spec.attachments else ""
    return lists.Offered(published, form_url, manifest_url)


def _address(request: HttpRequest, name: str, token: str, last: str) -> str:
    return request.build_absolute_uri(reverse(name, args=[token, last]))


def _language(request: HttpRequest) -> str:
    return language_of(request.headers.get("Accept-Language", ""))


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
