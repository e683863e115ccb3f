"""What the installer enters for complaints: bodies outside to turn to, and days that differ from their weekday."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorstep.access.showing import shows_nobody
from doorstep.feedback import actions, queries
from doorstep.lib import days
from doorstep.web.reader import actor_of

OFF, WORKS = "-", "+"


@shows_nobody("bodies outside and working days, entered by the installer")
@require_http_methods(["GET", "POST"])
def outside(request: HttpRequest) -> HttpResponse:
    if not actor_of(request).has("user.manage"):
        raise Http404
    bodies, differs = request.POST.get("bodies", ""), request.POST.get("days", "")
    if request.method == "POST":
        try:
            read, known = _days(differs), _bodies(bodies)
        except ValueError as error:
            messages.error(request, _("This line cannot be read: %(line)s") % {"line": str(error)[:80]})
        else:
            actions.enter_bodies(known)
            actions.enter_days(read)
            messages.success(request, _("Kept."))
            return HttpResponseRedirect(reverse("outside"))
    else:
        bodies = "\n".join(f"{name} | {how}" for name, how in queries.bodies())
        differs = "\n".join(f"{WORKS if works else OFF} {day}" for day, works in queries.differing().items())
    return render(request, "web/feedback/outside.html", {"bodies": bodies, "days": differs})


def _bodies(text: str) -> list[tuple[str, str]]:
    """One body a line: name | how to reach it. Raises ValueError with the line."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        name, _bar, how = (part.strip() for part in line.partition("|"))
        if not name or not how or len(name) > 120 or len(how) > 200:
            raise ValueError(line)
        found.append((name, how))
    return found


def _days(text: str) -> dict[date, bool]:
    """One day a line: - 2026-10-01 is off, + 2026-10-10 is worked. Raises ValueError with the line."""
    found = {}
    for line in filter(str.strip, text.splitlines()):
        sign, day = line.strip()[:1], days.parse_day(line.strip()[1:].strip())
        if sign not in (OFF, WORKS) or day is None:
            raise ValueError(line)
        found[day] = sign == WORKS
    return found
