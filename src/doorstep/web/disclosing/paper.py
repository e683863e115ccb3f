"""The paper, made once: what two people agreed to give, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.showing import shows
from doorstep.disclosures import actions
from doorstep.disclosures.acts import Act
from doorstep.engine.outputs.tags import NEVER_SORTS
from doorstep.forms import queries as forms
from doorstep.forms.queries import APPLIED, StoredEntry, library
from doorstep.register import queries as register
from doorstep.web import said
from doorstep.web.disclosing.kinds import may_be_given
from doorstep.web.disclosing.words import document, name_of
from doorstep.web.paper.press import Paper, answer, printed
from doorstep.web.reader import actor_of
from doorstep.web.worker.records import answers_said, title_of

OUTPUT = "print.disclosure"


@shows(OUTPUT)
@require_POST
def give(request: HttpRequest, act_id: int) -> HttpResponse:
    """The one time. It counts as given before it leaves: a paper that was lost on the way is asked for anew."""
    actor = actor_of(request)
    try:
        act = actions.may_give(actor, act_id)
        log_shown(actor, OUTPUT, [act.person_id])
        content = printed(OUTPUT, actor, _paper(act))
        actions.give(actor, act_id)
    except actions.NotYours as error:
        raise Http404 from error
    return answer(content, OUTPUT)


def _paper(act: Act) -> Paper:
    person = register.people([act.person_id]).get(act.person_id)
    if person is None or act.order is None or act.asked is None:
        raise Http404
    told = {
        "name": person.name,
        "born": said.whole_day(person.birth_date) if person.birth_date else "",
        "kind": document(act),
        "office": act.order.office,
        "law": act.order.law,
        "first": name_of(act.first_id),
        "second": name_of(act.second_id),
        "forms": [
            {
                "form": title_of(library(), row.form_id),
                "on": said.whole_day(row.occurred_on),
                "facts": [{"question": one.question, "answer": one.answer} for one in answers],
            }
            for row, answers in _given(act)
        ],
    }
    return Paper("disclosure.typ", _words(act), told)


def _given(act: Act) -> Iterator[tuple[StoredEntry, list[Any]]]:
    """The records that count, of the kinds and days asked for, with the answers that are given."""
    assert act.asked is not None
    hers = [act.person_id]
    rows = forms.entries("person_id IN (?*)", hers)
    for row in sorted(rows, key=lambda r: (r.occurred_on, r.seq)):
        keys = act.given.get(row.form_id, ())
        if row.state == APPLIED and keys and act.asked.first <= row.occurred_on <= act.asked.last:
            yield row, answers_given(row, frozenset(keys))


def answers_given(row: StoredEntry, keys: frozenset[str]) -> list[Any]:
    spec = library().spec(row.form_id, row.form_version)
    told: Mapping[str, Any] = orjson.loads(row.answers)
    allowed = replace(spec, questions=tuple(q for q in may_be_given(spec) if q.key in keys))
    return list(answers_said(allowed, told, NEVER_SORTS))


def _words(act: Act) -> dict[str, Any]:
    assert act.asked is not None
    span = {"first": said.whole_day(act.asked.first), "last": said.whole_day(act.asked.last)}
    return {
        "heading": _("Given because a law compels it"),
        "to": _("To"),
        "document": _("Document"),
        "law": _("Law"),
        "of": _("About"),
        "born": _("Born"),
        "span": _("Written from %(first)s to %(last)s") % span,
        "signed": _("Signed by two people"),
        "nothing": _("There is no such record."),
        "end": _("Nothing else is given. What stands here may be used for what the document names and for nothing else. It is told to the person, and counted in public."),
        "printed": _("Printed"),
    }  # fmt: skip
