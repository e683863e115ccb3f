"""A person's card of doses: per series what was given, whether it counts and why, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from doorstep.access.actions import log_shown
from doorstep.access.showing import shows
from doorstep.engine.model.history import JudgedDose
from doorstep.engine.model.planned import SeriesDef
from doorstep.engine.model.spec import Text
from doorstep.forms.queries import StoredEntry
from doorstep.lib import days
from doorstep.programmes.library import Programme
from doorstep.visits.outputs import CARD
from doorstep.visits.queries import DueVisit
from doorstep.web import said
from doorstep.web.reader import actor_of, language
from doorstep.web.worker.offers import series_given
from doorstep.web.worker.person import NextVisit
from doorstep.web.worker.reach import Reach, reach
from doorstep.web.worker.records import Record, record, value_said
from doorstep.web.worker.story import Story


@dataclass(frozen=True, slots=True)
class GivenDose:
    """One given dose as the card shows it. ``counts`` as which dose, by its title; ``words`` why it does not."""

    on: date | None
    title: Text
    counted: bool
    words: str


@dataclass(frozen=True, slots=True)
class CardLine:
    """One chain: its doses in order, the next one, and what its row of the table adds about that."""

    title: Text
    given: tuple[GivenDose, ...]
    next: NextVisit | None
    note: Text

    @property
    def complete(self) -> bool:
        return self.next is None and any(dose.counted for dose in self.given)


@dataclass(frozen=True)
class Card:
    """One series of one person."""

    story: Story
    programme: Programme
    series: SeriesDef
    today: date

    @cached_property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows of the table, of every edition."""
        return self.programme.pack.tables[self.series.table].rows

    @cached_property
    def judged(self) -> Sequence[JudgedDose]:
        """Every dose given, with how it stands."""
        history = self.story.histories[self.programme.pack.id]
        return [dose for dose in self.programme.rules.judged(history) if dose.series == self.series.id]

    @cached_property
    def waiting(self) -> Mapping[str, DueVisit]:
        """The next dose of each chain that may be listed, by its row id."""
        start = f"{self.series.id}:"
        return {
            visit.contact.removeprefix(start): visit
            for visit in self.story.visits
            if visit.pack_id == self.programme.pack.id and visit.contact.startswith(start) and not visit.met_by
        }

    @cached_property
    def lines(self) -> list[CardLine]:
        """Every chain with something to show, in the order of the table."""
        chains = dict.fromkeys(str(row[self.series.chain]) for row in self.rows)
        return [line for chain in chains if (line := self._line(chain)).given or line.next]

    @property
    def doses(self) -> list[tuple[Text, tuple[GivenDose, ...]]]:
        """What was given alone: every chain that has a dose, in the order of the table, then what belongs to none."""
        first = {str(row[self.series.chain]): row for row in reversed(self.rows)}
        chains = dict.fromkeys(str(row[self.series.chain]) for row in self.rows)
        found = [(_words(first[chain], "name") or {"en": chain}, self._of_chain(chain)) for chain in chains]
        return [one for one in (*found, ({}, tuple(self.besides))) if one[1]]

    def _of_chain(self, chain: str) -> tuple[GivenDose, ...]:
        return tuple(self._given(dose) for dose in self.judged if dose.chain == chain)

    def _line(self, chain: str) -> CardLine:
        rows = [row for row in self.rows if row[self.series.chain] == chain]
        given = self._of_chain(chain)
        waits = [(row, self.waiting[i]) for row in rows if (i := str(row[self.series.row_id])) in self.waiting]
        coming = [(row, visit) for row, visit in waits if visit.state(self.today) != "missed"]
        row, visit = coming[-1] if coming else (rows[0], None)
        return CardLine(
            _words(rows[0], "name") or {"en": chain},
            given,
            NextVisit(visit, self.story, self.today) if visit else None,
            _words(row, "note") if visit else {},
        )

    def _given(self, dose: JudgedDose) -> GivenDose:
        row = next((r for r in self.rows if r[self.series.row_id] == dose.row_id), {})
        words = "" if dose.counted else self.programme.rules.judged_words(dose, language())
        return GivenDose(dose.on, _words(row, "title"), dose.counted, words)

    @property
    def besides(self) -> list[GivenDose]:
        """Doses that belong to no chain: kept, and named by what was answered."""
        words = self.programme.rules.judged_words
        return [
            GivenDose(dose.on, self._answered(dose), False, words(dose, language()))
            for dose in self.judged
            if not dose.chain
        ]

    def _answered(self, dose: JudgedDose) -> Text:
        """The first answer of a dose's own row, in words."""
        source = next(s for s in self.series.doses if s.form == dose.form)
        spec = self.programme.pack.forms[dose.form]
        asked = [q for q in spec.questions if (q.repeat[-1] if q.repeat else "") == source.repeat]
        for _entry, answers in self.story.answers_of(frozenset({dose.instance_id})):
            own = answers.get(source.repeat, [{}])[dose.row] if source.repeat else answers
            for question in asked:
                if own.get(question.key) is not None:
                    return {language(): value_said(spec, question, own[question.key])}
        return {}

    @property
    def writes(self) -> Text:
        """The title of the form a dose is written down on."""
        return self.programme.pack.uses[self.series.form].title

    @property
    def cautions(self) -> list[Record]:
        """The latest record of every other form of the service, but for the one that says who may see it: what must
        be known before a dose is given."""
        opening = self.programme.pack.services[self.series.service].care.partition(".")[0]
        doses = {opening, *(source.form for source in self.series.doses)}
        latest: dict[str, StoredEntry] = {}
        for entry in self.story.records():
            use = self.programme.pack.uses.get(entry.form_id)
            if use is not None and use.service == self.series.service and entry.form_id not in doses:
                latest.setdefault(entry.form_id, entry)
        named = self.story.person.listed
        return [record(entry, self.story.world.library, named=named) for entry in latest.values()]

    def of_entry(self, instance_id: str) -> list[str]:
        """How each dose of one record stands, in sentences, each once."""
        words = self.programme.rules.judged_words
        mine = (dose for dose in self.judged if dose.instance_id == instance_id)
        return list(dict.fromkeys(words(dose, language()) for dose in mine))


def _words(row: Mapping[str, Any], name: str) -> Text:
    """A text of a table: its columns ``name_<language>``."""
    start = f"{name}_"
    return {key.removeprefix(start): str(value) for key, value in row.items() if key.startswith(start) and value}


def doses_of(story: Story, instance_id: str) -> list[str]:
    """How the doses of one record stand, in sentences; none when it holds no doses or is not the reader's to see."""
    today = days.today()
    cards = (Card(story, programme, series, today) for programme, series in series_given(story))
    return [sentence for card in cards for sentence in card.of_entry(instance_id)]


@shows("person.card")
def card(request: HttpRequest, person_id: str, pack_id: str, series_id: str) -> HttpResponse:
    """The card of one series, for those who give its service."""
    actor = actor_of(request)
    within: Reach = reach(actor, person_id)
    log_shown(actor, CARD.id, [person_id])
    story = Story(within)
    found = next(((p, s) for p, s in series_given(story) if (p.pack.id, s.id) == (pack_id, series_id)), None)
    if found is None:
        raise Http404
    shown = {
        "person": story.person,
        "today": days.today(),
        "card": Card(story, *found, days.today()),
        "title": said.text(found[1].title),
    }
    return render(request, "web/worker/card.html", shown)
