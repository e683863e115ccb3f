"""The card of doses on paper, laid out like the booklet: vaccine, dose, day, batch, who gave it, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from doorstep.access.actions import log_shown
from doorstep.access.queries import staff
from doorstep.engine.model.history import JudgedDose
from doorstep.engine.model.planned import CardColumn
from doorstep.engine.model.spec import Text
from doorstep.forms.queries import StoredEntry
from doorstep.lib import days
from doorstep.web import said
from doorstep.web.paper.press import Paper, prints
from doorstep.web.paper.who import who, who_words
from doorstep.web.reader import actor_of, language
from doorstep.web.worker.card import Card
from doorstep.web.worker.offers import series_given
from doorstep.web.worker.reach import reach
from doorstep.web.worker.records import value_said
from doorstep.web.worker.story import Story

TO_WRITE = 4  # empty lines at the end, for what is written by hand


@prints("print.vaccines")
def vaccines(request: HttpRequest, person_id: str, pack_id: str, series_id: str) -> Paper:
    """For those who give the service of the series."""
    within = reach(actor_of(request), person_id)
    log_shown(within.actor, "print.vaccines", [person_id])
    story = Story(within)
    found = next(((p, s) for p, s in series_given(story) if (p.pack.id, s.id) == (pack_id, series_id)), None)
    if found is None:
        raise Http404
    sheet = _Sheet(Card(story, *found, days.today()))
    told = {**who(story), "chains": sheet.chains(), "caution": sheet.cautions()}
    columns = [said.text(column.title) for column in sheet.card.series.card]
    return Paper("vaccines.typ", _words(said.text(sheet.card.series.title), columns), told)


class _Sheet:
    """The doses of one card, line by line."""

    def __init__(self, card: Card):
        self.card = card
        self.written: Mapping[str, tuple[StoredEntry, Mapping[str, Any]]] = {
            entry.instance_id: (entry, answers)
            for entry, answers in card.story.answers_of(frozenset(dose.instance_id for dose in card.judged))
        }

    def chains(self) -> list[dict[str, Any]]:
        """Every chain with a dose given or coming, all its steps; then what belongs to no chain; then room to write."""
        named = {said.text(line.title) for line in self.card.lines}
        chains = dict.fromkeys(str(row[self.card.series.chain]) for row in self.card.rows)
        found = [one for chain in chains if (one := self._chain(chain))["chain"] in named]
        if self.card.besides:
            loose = [self._dose("", dose, "") for dose in self.card.judged if not dose.chain]
            found.append({"chain": _("Besides"), "doses": loose})
        return [*found, *({"chain": "", "doses": [self._dose("", None, "")]} for _line in range(TO_WRITE))]

    def _chain(self, chain: str) -> dict[str, Any]:
        series = self.card.series
        rows = [row for row in self.card.rows if row[series.chain] == chain]
        step_of = {row[series.row_id]: row[series.step] for row in rows}
        given = [dose for dose in self.card.judged if dose.chain == chain]
        counted = {step_of.get(dose.row_id): dose for dose in given if dose.counted}
        coming = {step_of[i]: visit for i, visit in self.card.waiting.items() if i in step_of}
        steps = sorted(
            {*counted, *coming, *(row[series.step] for row in rows if _in_force(series, row, self.card.today))}
        )
        doses = []
        for step in steps:
            visit = coming.get(step)
            on = visit.from_on or visit.due_on if visit and step not in counted else None
            doses.append(self._dose(str(step), counted.get(step), said.whole_day(on) if on else ""))
        doses += [self._dose("", dose, self._why_not(dose)) for dose in given if not dose.counted]
        return {"chain": said.text(_words_of(rows[0], "name")) or chain, "doses": doses}

    def _why_not(self, dose: JudgedDose) -> str:
        return self.card.programme.rules.judged_words(dose, language())

    def _dose(self, step: str, dose: JudgedDose | None, following: str) -> dict[str, Any]:
        given = dose is not None
        return {
            "dose": step,
            "given": said.whole_day(dose.on) if dose is not None and dose.on else "",
            "more": list(self._more(dose)) if dose is not None else ["" for _column in self.card.series.card],
            "by": self._by(dose) if dose is not None else "",
            "next": following,
            "counts": not given or (dose is not None and dose.counted),
        }

    def _more(self, dose: JudgedDose) -> Iterator[str]:
        yield from (self._answer(dose, column) for column in self.card.series.card)

    def _answer(self, dose: JudgedDose, column: CardColumn) -> str:
        source = next(s for s in self.card.series.doses if s.form == dose.form)
        start = f"{source.form}.{source.repeat}." if source.repeat else f"{source.form}."
        entry, answers = self.written[dose.instance_id]
        own = answers.get(source.repeat, [{}])[dose.row] if source.repeat else answers
        spec = self.card.story.world.library.spec(entry.form_id, entry.form_version)
        for key in (address.removeprefix(start) for address in column.of if address.startswith(start)):
            asked = next((q for q in spec.questions if q.name == key), None)
            if asked is not None and own.get(key) is not None:
                return value_said(spec, asked, own[key])
        return ""

    def _by(self, dose: JudgedDose) -> str:
        """Who gave it: whoever wrote the vaccination down. A dose copied out from elsewhere names nobody."""
        source = next(s for s in self.card.series.doses if s.form == dose.form)
        if source.on:
            return ""
        member = staff().by_id.get(self.written[dose.instance_id][0].author_id)
        return member.name if member else ""

    def cautions(self) -> list[str]:
        """What must be known before a dose is given, as on the card's screen."""
        comma = _(", ")
        return [
            f"{record.title} ({said.whole_day(record.on)}): " + comma.join(one.answer for one in record.said)
            for record in self.card.cautions
        ]


def _in_force(series: Any, row: Mapping[str, Any], on: date) -> bool:
    since, before = row.get(series.since), row.get(series.before)
    return (not since or since <= on) and (not before or on < before)


def _words_of(row: Mapping[str, Any], name: str) -> Text:
    start = f"{name}_"
    return {key.removeprefix(start): str(value) for key, value in row.items() if key.startswith(start) and value}


def _words(title: str, columns: list[str]) -> dict[str, Any]:
    return {
        **who_words(),
        "heading": title,
        "vaccine": _("Vaccine"),
        "dose": _("Dose"),
        "day": pgettext("of a dose", "Given on"),
        "columns": columns,
        "by": _("Given by"),
        "next": _("Next, on or after"),
        "caution": _("To know before a dose"),
        "holder": _("The family keeps this card. Show it when a vaccine is given."),
    }
