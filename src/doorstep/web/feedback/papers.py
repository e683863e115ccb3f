"""The paper form: two parts with one code, the lower one stays with whoever writes."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from doorstep.access import codes
from doorstep.feedback import queries
from doorstep.lib.typeset import pdf
from doorstep.programmes.standing import report
from doorstep.web.feedback.words import KINDS, promise
from doorstep.web.paper.press import HERE, answer
from doorstep.web.reader import language


def empty_form() -> HttpResponse:
    """An empty form. Its code is drawn now and kept nowhere until somebody types the paper in."""
    data = {
        "lang": language(),
        "title": _("Complaint"),
        "foot": _("Demonstration, not for real people") if report().demonstration_only else "",
        "words": _words(),
        "kinds": [str(words) for words in KINDS.values()],
        "bodies": [list(body) for body in queries.bodies()],
        "code": codes.spoken(codes.new(queries.GROUPS)),
    }
    return answer(pdf(HERE / "complaint.typ", data), "print.complaint")


def _words() -> dict[str, str]:
    return {
        "heading": _("Complaint"),
        "free": _("Without a name, if you like. Only an independent reviewer reads it; the person it is about never learns who wrote."),
        "about": _("What is it about? Tick one."),
        "text": _("What happened?"),
        "clocks": _("Somebody tells you within %(read)s working days that it was read, and answers within %(answer)s. When somebody is pressed, forced or not safe: within %(hours)s hours.")
        % promise(),
        "give": _("Put it in the box, or give it to anybody who works here, folded."),
        "keep": _("Keep this part"),
        "code": _("Your code"),
        "read": _("With the code you read the answer: on the web under “complain”, or let anybody at the clinic open that page for you."),
        "bodies": _("You can also turn to:"),
        "none": _("Bodies outside are not entered here yet: ask at the county."),
        "award": _("A complaint never makes you lose a service or money."),
    }  # fmt: skip
