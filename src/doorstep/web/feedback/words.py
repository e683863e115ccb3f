"""The words of complaints: kinds, ways, how one stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorstep.feedback.actions import LONGEST
from doorstep.feedback.clocks import number
from doorstep.feedback.problems import CodeTaken, Empty, Refused, TooLong
from doorstep.feedback.queries import Line, Word
from doorstep.lib import days
from doorstep.web import said

KINDS = {
    "service": gettext_lazy("The service itself: waiting, quality, a mistake"),
    "conduct": gettext_lazy("How somebody who works here behaved"),
    "coercion": gettext_lazy("Somebody was pressed or forced, or is not safe"),
    "data": gettext_lazy("What was written about me, or who read it"),
    "other": gettext_lazy("Something else"),
}
WAYS = {
    "page": gettext_lazy("from one's own page"),
    "web": gettext_lazy("on the web"),
    "phone": gettext_lazy("by phone or word of mouth"),
    "paper": gettext_lazy("on paper"),
}
STATES = {
    "waits": gettext_lazy("not read yet"),
    "soon": gettext_lazy("due within a day"),
    "overdue": gettext_lazy("late"),
    "acknowledged": gettext_lazy("read, not answered yet"),
    "answered": gettext_lazy("answered"),
}


def promise() -> dict[str, int]:
    """The clocks as they stand today, for the words of a page or paper."""
    today = days.today()
    return {
        "read": number("acknowledge_days", today),
        "answer": number("answer_days", today),
        "hours": number("urgent_hours", today),
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """One complaint as a page shows it."""

    id: int
    kind: str
    way: str
    came: str
    by: str
    state: str
    state_words: str
    words: list[Word]


def shown(line: Line, now: datetime, words: list[Word] | None = None) -> Shown:
    state = line.state(now)
    return Shown(
        line.id,
        str(KINDS[line.kind]),
        str(WAYS[line.way]),
        said.day(days.day_of(line.received_at)),
        moment(line.by),
        state,
        str(STATES[state]),
        words or [],
    )


def moment(at: datetime) -> str:
    """A moment as people say it: the end of a day is that day."""
    local = at.astimezone(days.zone())
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return _("the end of %(day)s") % {"day": said.day(local.date() - timedelta(days=1))}
    return _("%(day)s, %(time)s") % {"day": said.day(local.date()), "time": f"{local:%H:%M}"}


def refusal(refused: Refused) -> str:
    """Why it was not taken, in words."""
    if isinstance(refused, Empty):
        return _("Please write what happened, or have it written.")
    if isinstance(refused, TooLong):
        return _("Please keep it under %(n)s characters.") % {"n": LONGEST}
    if isinstance(refused, CodeTaken):
        return _("This code was typed in before. Leave it empty: a new one is made.")
    raise refused
