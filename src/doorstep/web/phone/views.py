"""Addresses of the app for the phone. What it shows of people comes by ``/sync/``, never from here."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from doorstep.access.showing import shows_nobody
from doorstep.web.phone import shell
from doorstep.web.reader import actor_of, language

ASK_AGAIN = "no-cache"
COLOUR, GROUND = "#0b6e63", "#f5f7f6"


@shows_nobody("the empty page the app is drawn on", to="anyone")
@require_safe
def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(shell.page(), headers={"Cache-Control": ASK_AGAIN})


@shows_nobody("the service worker", to="anyone")
@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    try:
        script = shell.worker()
    except shell.NotBuilt as missing:
        raise Http404 from missing
    headers = {"Cache-Control": ASK_AGAIN, "Service-Worker-Allowed": shell.SHELL}
    return HttpResponse(script, "text/javascript; charset=utf-8", headers=headers)


@shows_nobody("name and pictures of the app", to="anyone")
@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """In the reader's language, as the phone shows it under the picture."""
    pictures = [
        {"src": static("web/phone/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {"src": static("web/phone/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
        {
            "src": static("web/phone/icon-maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    told = {
        "id": shell.SHELL,
        "name": _("Doorstep"),
        "short_name": _("Doorstep"),
        "description": _("Visits and records at the door, also without a network."),
        "lang": language(),
        "start_url": shell.SHELL,
        "scope": shell.SHELL,
        "display": "standalone",
        "theme_color": COLOUR,
        "background_color": GROUND,
        "icons": pictures,
    }
    answer = JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    answer.headers["Cache-Control"] = ASK_AGAIN
    return answer


@shows_nobody("one's own name, before a phone is made one's own")
@ensure_csrf_cookie
@require_safe
def who(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return JsonResponse({"id": actor.user_id, "name": actor.name, "may": actor.has("entry.write")})
