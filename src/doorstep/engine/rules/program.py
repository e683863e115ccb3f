"""A pack's rules once read: the same thing every engine starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from doorstep.engine.model.pack import AdviceDef, DatedValue, EpisodeDef, FactDef, IndicatorDef, NumberDef, Pack
from doorstep.engine.model.planned import ContactDef, SeriesDef
from doorstep.engine.model.subjects import HOUSEHOLD, PERSON
from doorstep.engine.rules.tree import Counted, Expr, FactRef, Moment, Type, walk

LIVES = (PERSON, HOUSEHOLD)
"""The subjects that are no episode: a whole life, or a household for as long as it is known."""


@dataclass(frozen=True, slots=True)
class ReadFact:
    definition: FactDef
    tree: Expr

    @property
    def id(self) -> str:
        return self.definition.id

    @property
    def of(self) -> str:
        return self.definition.of

    @property
    def type(self) -> Type:
        return self.tree.type


@dataclass(frozen=True, slots=True)
class ReadEpisode:
    definition: EpisodeDef
    stays_open_days: Expr | None
    ends_by_itself: Expr | None
    new_one_if: Expr | None

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form whose entries belong to it, each once."""
        d = self.definition
        return tuple(dict.fromkeys((d.opens, *d.closes, *d.visits, *d.stays_open_forms)))


@dataclass(frozen=True, slots=True)
class Slot:
    """A contact ready to be worked out; with ``for_each``, one per table row, ``k`` counting them."""

    contact: ContactDef
    kind: Literal["once", "year", "recurring"]
    k: int
    from_: Expr | None
    due: Expr | None
    until: Expr | None
    while_: Expr | None
    settled_by: Expr | None
    every: Expr | None

    @property
    def bounds(self) -> tuple[tuple[str, Expr | None], ...]:
        return (("from", self.from_), ("due", self.due), ("until", self.until))

    @property
    def rules(self) -> tuple[Expr, ...]:
        """Everything this contact's lineage goes through."""
        parts = (self.from_, self.due, self.until, self.while_, self.settled_by, self.every)
        return tuple(part for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class ReadMeasure:
    """``subject`` is whose facts it may name; ``form`` is set when it goes over entries instead of subjects, ``each_year``
    when it goes over the calendar years of each subject."""

    subject: str
    form: str
    value: Expr | None
    where: Expr | None
    by: Expr
    each_year: bool = False

    @property
    def rules(self) -> tuple[Expr, ...]:
        span = (Moment("opened_on", "date"), Moment("closed_on", "date")) if self.each_year else ()
        return tuple(part for part in (self.value, self.where, self.by, *span) if part is not None)


@dataclass(frozen=True, slots=True)
class ReadIndicator:
    definition: IndicatorDef
    numerator: ReadMeasure
    denominator: ReadMeasure | None

    @property
    def measures(self) -> tuple[tuple[Literal["numerator", "denominator"], ReadMeasure], ...]:
        below = (("denominator", self.denominator),) if self.denominator else ()
        return (("numerator", self.numerator), *below)


@dataclass(frozen=True)
class SeriesRow:
    """A row of a series' table: one step of one chain in one edition. ``cells`` are its typed values by column."""

    place: int
    chain: str
    step: int
    id: str
    since: date | None
    before: date | None
    cells: Mapping[str, Any]
    contact: ContactDef

    def in_force(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.before is None or day < self.before)


@dataclass(frozen=True)
class ReadSeries:
    """``chains`` stand in an order in which each comes after those its rules ask."""

    definition: SeriesDef
    fits: Expr
    from_: Expr | None
    due: Expr | None
    until: Expr | None
    not_after: Expr | None
    while_: Expr | None
    listed_while: Expr | None
    listed_from: Expr | None
    rows: tuple[SeriesRow, ...]
    chains: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.definition.id

    @property
    def rules(self) -> tuple[Expr, ...]:
        parts = (self.fits, self.from_, self.due, self.until, self.not_after, self.while_, self.listed_while)
        return tuple(part for part in (*parts, self.listed_from) if part is not None)


@dataclass(frozen=True, slots=True)
class ReadAdvice:
    definition: AdviceDef
    subject: str
    when: Expr


@dataclass(frozen=True)
class Program:
    """``facts`` stand in an order in which each comes after those it rests on."""

    pack: Pack
    schedule: str
    facts: Mapping[str, ReadFact]
    episodes: Mapping[str, ReadEpisode]
    slots: tuple[Slot, ...]
    indicators: Mapping[str, ReadIndicator]
    advice: tuple[ReadAdvice, ...]
    prefill: Mapping[str, Mapping[str, Expr]]
    series: Mapping[str, ReadSeries] = field(default_factory=dict)

    def contact(self, id_: str) -> ContactDef:
        """A planned visit by its id. Raises KeyError."""
        for slot in self.slots:
            if slot.contact.id == id_:
                return slot.contact
        for series in self.series.values():
            for row in series.rows:
                if row.contact.id == id_:
                    return row.contact
        raise KeyError(id_)

    def series_of_contact(self, id_: str) -> ReadSeries | None:
        """The series a planned visit is a dose of."""
        series = self.series.get(id_.partition(":")[0])
        return series if series and any(row.contact.id == id_ for row in series.rows) else None

    def facts_of(self, subject: str) -> tuple[ReadFact, ...]:
        return tuple(fact for fact in self.facts.values() if fact.of == subject)

    def slots_of(self, subject: str) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if slot.contact.of == subject)

    def life_of(self, subject: str) -> str:
        """'person' or 'household': whom the subject is about."""
        return subject_register(self.pack, subject)

    def for_windows(self) -> Program:
        """The same without what no window rests on."""
        trees = [tree for slot in self.slots for tree in slot.rules]
        trees += [tree for series in self.series.values() for tree in series.rules]
        facts = self._facts_below(trees)
        return replace(self, facts=facts, indicators={}, advice=(), prefill={})

    def for_figures(self) -> Program:
        """The same without what no indicator rests on."""
        trees = [tree for one in self.indicators.values() for _, measure in one.measures for tree in measure.rules]
        facts = self._facts_below(trees)
        counting = [*trees, *(fact.tree for fact in facts.values())]
        series = self.series if any(isinstance(node, Counted) for tree in counting for node in walk(tree)) else {}
        if series:
            facts = self._facts_below([*trees, *(tree for one in series.values() for tree in one.rules)])
        return replace(self, facts=facts, slots=(), series=series, advice=(), prefill={})

    def _facts_below(self, trees: list[Expr]) -> dict[str, ReadFact]:
        """The facts these rest on, directly or through others."""
        left, wanted = list(trees), set[str]()
        while left:
            named = {node.name for node in walk(left.pop()) if isinstance(node, FactRef)} - wanted
            wanted |= named
            left += [self.facts[name].tree for name in named]
        return {name: fact for name, fact in self.facts.items() if name in wanted}


def values_of(number: NumberDef) -> tuple[DatedValue, ...]:
    """The values a rule may use, latest first: a place's own number has none of the pack's that is still unsure."""
    sure = (v for v in number.values if not (number.local and v.status == "check locally"))
    return tuple(sorted(sure, key=lambda value: value.since, reverse=True))


def subject_register(pack: Pack, subject: str) -> str:
    episode = pack.episodes.get(subject)
    return episode.of if episode else subject


def subject_of_form(pack: Pack, form: str) -> str:
    """Whose facts a rule about one entry of ``form`` may name: its only kind of episode, else the whole life."""
    kinds = [e.id for e in pack.episodes.values() if form in (e.opens, *e.closes, *e.visits, *e.stays_open_forms)]
    if len(kinds) == 1:
        return kinds[0]
    use = pack.uses.get(form)
    return HOUSEHOLD if use is not None and use.subject == "household" else PERSON


def ranks_of(pack: Pack) -> dict[str, int]:
    """A form's rank among entries of one day: those that open care, then visits, then those that close it."""
    opening = {e.opens for e in pack.episodes.values()}
    closing = {form for e in pack.episodes.values() for form in e.closes}
    return {form: 0 if form in opening else 2 if form in closing else 1 for form in pack.forms}
