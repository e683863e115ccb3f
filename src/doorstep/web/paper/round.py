"""The round on paper: every door of a place in walking order, with boxes to tick."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from doorstep.access.actions import log_shown
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.register.printing import HomeLine, round_sheet
from doorstep.register.queries import doors, members
from doorstep.web import said
from doorstep.web.paper.press import Paper, group, prints, village
from doorstep.web.reader import actor_of


@prints("print.round")
def round_paper(request: HttpRequest) -> Paper:
    """``?place=`` one place of the reader's own with all its groups; else all of them."""
    actor, today, typed = actor_of(request), days.today(), request.GET.get("place", "")
    wanted = actor.places
    if typed.isdecimal():
        wanted = places.tree().below(int(typed)) & actor.places
        if not wanted:
            raise Http404
    tree = places.tree()
    nodes = sorted((tree.by_id[i] for i in wanted), key=lambda node: node.code)
    at = {node.id: [home for home, _open in doors(node.id)] for node in nodes}
    log_shown(actor, "print.round", members([home for homes in at.values() for home in homes]))
    found: list[dict[str, Any]] = []
    for place_id, homes in at.items():
        if not homes:
            continue
        name = village(place_id)
        if not found or found[-1]["place_id"] != name:
            found.append({"place_id": name, "groups": []})
        found[-1]["groups"].append({"place_id": group(place_id), "lines": _doors(round_sheet(homes), today)})
    return Paper("round.typ", _words(), {"places": found})


def _doors(lines: list[HomeLine], today: date) -> list[dict[str, Any]]:
    """One line for each door. A family that does not want to be listed or visited stands there by its number alone."""
    found = []
    for _home, part in groupby(lines, key=lambda line: line.household_id):
        rows = list(part)
        home, is_open = rows[0], rows[0].listed and rows[0].visits
        names = [f"{row.name} {said.age(row.birth_date, today)}".strip() for row in rows if row.person_id]
        found.append(
            {
                "number": home.number,
                "visits": bool(is_open),
                "address": home.address if is_open else "",
                "name": _(", ").join(names) if is_open else "",
            }
        )
    return found


def _words() -> dict[str, Any]:
    return {
        "village": _("Village"),
        "walked_by": _("Walked by"),
        "printed": _("Printed"),
        "walked_on": _("Walked on"),
        "no": pgettext("row of a list", "No."),
        "house": _("House"),
        "who": _("Who lives here"),
        "same": _("Nothing changed"),
        "not_in": _("Nobody in"),
        "different": _("Something was different"),
        "remark": _("What was different"),
        "nobody": _("No family is written down here yet."),
        "keep": _("Keep this list with you. When you are back, write it up and tear the paper up."),
    }
