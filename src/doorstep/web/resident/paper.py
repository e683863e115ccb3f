"""One's own record on paper: the same as the page shows, printed at the clinic or at home."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from doorstep.web import said
from doorstep.web.paper.press import Paper, answer, printed
from doorstep.web.resident.own import Own
from doorstep.web.resident.words import ANSWERS, REACHES

MOST_LOOKS = 60


def on_paper(own: Own) -> HttpResponse:
    person = own.story.person
    told: dict[str, Any] = {
        "name": person.name,
        "born": said.whole_day(person.birth_date) if person.birth_date else "",
        "reach": str(REACHES.get(person.reach, said.REACH.get(person.reach, ""))),
        "visits": [{"what": one.title, "when": one.when, "why": one.why.sentence if one.why else ""} for one in own.coming],
        "choices": [
            {"purpose": one.title, "given": str(ANSWERS[one.state]), "since": said.whole_day(one.since) if one.since else ""}
            for one in own.agreed
        ],
        "forms": [
            {
                "form": one.title,
                "on": said.whole_day(one.on),
                "by": one.by,
                "facts": [{"question": line.question, "answer": line.answer} for line in one.said],
            }
            for one in own.for_paper()
        ],
        "groups": [
            {
                "given_on": one.on,
                "office": one.office,
                "document": one.document,
                "law": one.law,
                "signed": one.signed,
                "kinds": [f"{title}: {asked}, {one.span}" for title, asked in one.groups],
            }
            for one in own.disclosed
        ],
        "people": [
            {"who": one.name, "role": one.role, "day": said.whole_day(one.day)} for one in own.looked[:MOST_LOOKS]
        ],
    }  # fmt: skip
    paper = Paper("resident.typ", _words(), told)
    return answer(printed("print.resident", own.story.within.actor, paper), "print.resident")


def _words() -> dict[str, Any]:
    return {
        "heading": _("My record"),
        "born": _("Born"),
        "reach": _("How I may be reached"),
        "coming": _("What is next"),
        "agreed": _("What I agreed to"),
        "written": _("What was written about me"),
        "disclosed": _("Given to others because a law compels it"),
        "signed": _("Signed by"),
        "looked": _("Who opened my record"),
        "nothing": _("Nothing."),
        "free": _("This paper is yours. Nobody may ask you for it, and it proves nothing."),
        "not_here": _("Care whose people have not added it to your card does not stand here. Show them your card to have it added."),
        "printed": _("Printed"),
    }  # fmt: skip
