"""The walking list: one's own people whom one has to see, village by village and group by group, in walking order.

Paper lies on a table. It names no care anybody signed up for: such a visit reads "visit", whatever it is for. Whoever
does not want to be seen at home does not stand on it at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.visits.openly import named_at
from doorstep.visits.printing import Waiting, WalkLine, waiting, walking_list
from doorstep.visits.queries import Section
from doorstep.web import said
from doorstep.web.paper.press import Paper, group, prints, village
from doorstep.web.reader import actor_of

NOW: tuple[Section, ...] = ("overdue", "now")
AHEAD: tuple[Section, ...] = (*NOW, "coming")
A_YEAR = timedelta(days=366)  # what may be done any time in many years has no day to write down
AT_HOME = frozenset({"", "any", "only_me"})  # who may be walked to


@prints("print.walking")
def walking(request: HttpRequest) -> Paper:
    """``?place=`` prints one place with its groups, ``?ahead=yes`` also what comes in the next four weeks."""
    actor, today = actor_of(request), days.today()
    found = waiting(actor, today, AHEAD if request.GET.get("ahead") == "yes" else NOW)
    typed = request.GET.get("place", "")
    if typed.isdecimal():
        found = _within(found, int(typed))
    return paper(actor, found, today)


def _within(found: Iterable[Waiting], place_id: int) -> list[Waiting]:
    below = places.tree().below(place_id)
    return [one for one in found if one.place_id in below]


def paper(actor: Actor, found: list[Waiting], today: date) -> Paper:
    log_shown(actor, "print.walking", [one.person_id for one in found])
    lines = walking_list(actor, [one.id for one in found])
    at_home = [line for line in lines if line.visits is not False and line.reach in AT_HOME]
    elsewhere = len({line.person_id for line in lines} - {line.person_id for line in at_home})
    return Paper("walking.typ", _words(elsewhere), {"places": _places(at_home, today)})


def _places(lines: list[WalkLine], today: date) -> list[dict[str, Any]]:
    """Villages with their groups, each in the order of its code; inside a group the walking order."""
    tree = places.tree()

    def where(line: WalkLine) -> str:
        node = tree.by_id.get(line.place_id or 0)
        return node.code if node else "~"

    found: list[dict[str, Any]] = []
    for _code, part in groupby(sorted(lines, key=where), key=where):
        rows = list(part)
        place_id = rows[0].place_id
        at = village(place_id)
        if not found or found[-1]["place_id"] != at:
            found.append({"place_id": at, "groups": []})
        found[-1]["groups"].append({"place_id": group(place_id), "people": _people(rows, today)})
    return found


def _people(rows: list[WalkLine], today: date) -> list[dict[str, Any]]:
    """One line for each person, at the house where she first stands. Of a family that asked not to be listed only the
    house number stays, once."""
    by_line: dict[str, list[WalkLine]] = {}
    for row in rows:
        by_line.setdefault(row.person_id if row.listed else f"number {row.number}", []).append(row)
    return [_line(found, today) for found in by_line.values() if found[0].listed or found[0].number]


def _line(rows: list[WalkLine], today: date) -> dict[str, Any]:
    first = rows[0]
    if not first.listed:
        return {
            "number": first.number,
            "name": "",
            "birth_date": "",
            "contact": "",
            "due_on": "",
            "until_on": False,
            "reach": False,
        }
    by = min((row.by_on for row in rows if row.by_on and row.by_on < today + A_YEAR), default=None)
    return {
        "number": first.number or "",
        "name": first.name,
        "birth_date": said.age(first.birth_date, today),
        "contact": _what(rows),
        "due_on": said.day(by) if by else "",
        "until_on": by is not None and by < today,
        "reach": first.reach == "only_me",
    }


def _what(rows: Iterable[WalkLine]) -> str:
    """What is to be done, in words anybody may read."""
    names = (named_at(row.place_id, row.pack_id, row.contact) for row in rows)
    return _(", ").join(dict.fromkeys(said.text(name) if name else _("Visit") for name in names))


def _words(elsewhere: int) -> Mapping[str, str]:
    wish = ngettext(
        "%(n)s more wishes to be met elsewhere or at another time: see the screen.",
        "%(n)s more wish to be met elsewhere or at another time: see the screen.",
        elsewhere,
    )
    return {
        "village": _("Village"),
        "walked_by": _("Walked by"),
        "printed": _("Printed"),
        "walked_on": _("Walked on"),
        "no": pgettext("row of a list", "No."),
        "house": _("House"),
        "name": _("Name"),
        "age": _("Age"),
        "what": _("What to do"),
        "by": _("By"),
        "done": _("Done"),
        "remark": _("Remark"),
        "people": _("people"),
        "nobody": _("Nobody is waiting for you."),
        "late": _("▲ its day has passed"),
        "screen": _("○ look at the screen first"),
        "keep": _("Keep this list with you. When you are back, write it up and tear the paper up."),
        "elsewhere": wish % {"n": elsewhere} if elsewhere else "",
    }
