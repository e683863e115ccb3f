"""How many complaints came in a quarter and how many were answered in time, as anybody may know it (charter C16, C19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.access.showing import shows
from doorstep.feedback.queries import counted
from doorstep.indicators import periods
from doorstep.indicators.hiding.rounding import shown_count
from doorstep.lib import days
from doorstep.web.manager.reports import period_name

QUARTERS = 5
SETTLED_AFTER = timedelta(days=31)  # every clock of a quarter has run out by then, and its figures move no more


@dataclass(frozen=True, slots=True)
class Quarter:
    """A finished quarter; None where fewer than ten are counted."""

    name: str
    came: int | None
    acknowledged: int | None
    answered: int | None


def settled(today: date) -> list[Quarter]:
    """The finished quarters whose clocks have all run out, the latest first."""
    found = []
    for period in periods.latest(today, "quarter", QUARTERS)[::-1]:
        if period.last + SETTLED_AFTER < today:
            counts = counted(period.first, period.last)
            shown = [shown_count(n) for n in (counts.came, counts.acknowledged, counts.answered)]
            found.append(Quarter(period_name(period), *shown))
    return found


@shows("complaint.counts")
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    return render(request, "web/feedback/counts.html", {"quarters": settled(days.today())})
