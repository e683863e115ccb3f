"""Days, ages and visits in words, as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorstep.engine.model.history import Window, state_on
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.visits.queries import SOON_DAYS
from doorstep.web.reader import language

TODDLER_MONTHS = 36  # up to here an age is told in months, as people do
NEWBORN_DAYS = 31

REACH = {
    "any": gettext_lazy("Any way is fine"),
    "only_me": gettext_lazy("Only speak to the person alone"),
    "not_home": gettext_lazy("Not at home"),
    "by_phone": gettext_lazy("Not at home, ringing is fine"),
    "clinic_only": gettext_lazy("Only at the clinic"),
    "none": gettext_lazy("Do not contact"),
}
STATES = {
    "unknown": gettext_lazy("more must be known"),
    "coming": gettext_lazy("later"),
    "due_soon": gettext_lazy("soon"),
    "open": gettext_lazy("now"),
    "overdue": gettext_lazy("overdue"),
    "missed": gettext_lazy("its time has passed"),
}
OUTCOMES = {
    "nothing_changed": gettext_lazy("Nothing changed"),
    "corrected": gettext_lazy("Something was different"),
    "not_in": gettext_lazy("Nobody in"),
    "do_not_list_us": gettext_lazy("Do not list us"),
}
FINDINGS = {
    "wrong": gettext_lazy("Something written is wrong"),
    "missing": gettext_lazy("Someone is missing"),
    "double": gettext_lazy("Someone stands there twice"),
    "invented": gettext_lazy("Someone who does not exist"),
}
FINDINGS_SHORT = {
    "wrong": gettext_lazy("wrong"),
    "missing": gettext_lazy("missing"),
    "double": gettext_lazy("twice"),
    "invented": gettext_lazy("does not exist"),
}
MAY_BE_CALLED = frozenset({"any", "only_me", "by_phone"})


def text(words: Mapping[str, str]) -> str:
    """A text of a pack or form in the reader's language, else in whichever it has."""
    return words.get(language()) or words.get("en") or next(iter(words.values()), "")


def whole_day(on: date) -> str:
    """A day with its year, as people write it."""
    return days.say(on, language())


def day(on: date) -> str:
    """A day as people write it; the year only when it is not this one."""
    if on.year != days.today().year:
        return days.say(on, language())
    if language() == "zh":
        return f"{on.month}月{on.day}日"
    return f"{on.day} {on:%B}"


def age(born: date | None, on: date) -> str:
    """How old someone is on a day: years, for the small in months, for the newborn in days. '' when not known."""
    if born is None or on < born:
        return ""
    if (on - born).days <= NEWBORN_DAYS:
        count = (on - born).days
        return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months < TODDLER_MONTHS:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return ngettext("%(n)s year", "%(n)s years", months // 12) % {"n": months // 12}


def place(place_id: int | None) -> str:
    """A place's name, '' when there is none."""
    node = places.tree().by_id.get(place_id) if place_id is not None else None
    return node.name(language()) if node else ""


def when(window: Window, on: date) -> str:
    """One sentence that says when a visit is due, seen from a day."""
    state = state_on(window, on, SOON_DAYS)
    if state == "unknown":
        return _("We first need to know more; see the reasons.")
    if state == "overdue":
        return _overdue(window, on)
    if window.until_on is None:
        if window.from_on is not None and window.due_on is not None and on < window.from_on:
            return _("From %(from)s, best by %(due)s") % {"from": day(window.from_on), "due": day(window.due_on)}
        if window.due_on is not None:
            return _("By %(due)s") % {"due": day(window.due_on)}
        return _("From %(from)s on") % {"from": day(window.from_on)} if window.from_on else ""
    if window.from_on is not None and on < window.from_on:
        return _("From %(from)s to %(until)s") % {"from": day(window.from_on), "until": day(window.until_on)}
    if window.due_on is not None and window.due_on < window.until_on:
        return _("Best by %(due)s, at the latest %(until)s") % {
            "due": day(window.due_on),
            "until": day(window.until_on),
        }
    return _("By %(due)s") % {"due": day(window.until_on)}


def state(window: Window, on: date) -> str:
    """How a visit stands on a day, in a word or two."""
    found = state_on(window, on, SOON_DAYS)
    if found == "met":
        return _("done on %(day)s") % {"day": day(window.met_on)} if window.met_on else _("done")
    return str(STATES[found])


def _overdue(window: Window, on: date) -> str:
    if window.until_on is not None and on <= window.until_on and window.due_on is not None:
        return _("Was best by %(due)s; still counts until %(until)s") % {
            "due": day(window.due_on),
            "until": day(window.until_on),
        }
    by = window.until_on or window.due_on
    if by is None:
        return ""
    late = (on - by).days
    return ngettext("Due on %(due)s, %(n)s day ago", "Due on %(due)s, %(n)s days ago", late) % {
        "due": day(by),
        "n": late,
    }
