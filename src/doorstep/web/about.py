"""The About page: what Doorstep is, the charter in the reader's language, its hash, what is not enforced yet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

import doorstep
from doorstep.access.showing import shows_nobody
from doorstep.disclosures.queries import counted
from doorstep.engine.charter import charter_text
from doorstep.programmes.standing import report
from doorstep.web.markdown import to_html
from doorstep.web.reader import language


@shows_nobody("the charter, how it stands, and how often a law compelled something (disclosures.counted)", to="anyone")
def about(request: HttpRequest) -> HttpResponse:
    said = language()
    standing = report()
    waiting = [(clause, why[said]) for clause, why in standing.not_enforced]
    shown = {
        "charter": to_html(charter_text(said)),
        "standing": standing,
        "waiting": waiting,
        "compelled": counted(),
        "accepted": standing.accepted_by_pack(),
    }
    return render(request, "web/about.html", shown | {"version": doorstep.__version__})
