"""A pack as written: its YAML and forms as typed data, rules still as text.

The folder (file → where it lands here)::

    pack.yaml         id, version, titles, sources, forms, services, episodes, facts, care
    forms/*.md        FormSpec per form (also .csv, .xlsx)
    schedules/*.yaml  one schedule per file, a place chooses one; the file's stem is its id
    indicators/*.yaml one per file
    reports/*.yaml    one per file: a title, the indicators it shows, and how it reads (``engine.model.reporting``)
    numbers/*.yaml    one per file: unit, and dated values
    words/*.yaml      advice and message texts
    cases/*.yaml      stories in plain sentences
    tables/*.csv      reference tables
    methods/*.yaml    methods to choose from, one per file (``engine.model.methods``)
    safety/*.yaml     for whom each is safe, one edition per file

pack.yaml::

    id: maternal
    version: 2026.11.1
    titles: {en: Maternal care, zh: 孕产妇健康管理}
    sources:
      nbphs_2017_maternal: {title: {en: …, zh: …}, dated: 2017-02-28, status: verified}
    services:
      antenatal: {title: {en: …, zh: …}, care: pregnancy_registration.care_by}
      elder_check: {title: {en: …, zh: …}, care: elder_exam.care_by, offered: true}   # to everybody it concerns
    forms:                       # one line per form: what pack.yaml says about it
      pregnancy_registration: {subject: person, who: person, occurred_on: registered_on, service: antenatal}
      anc_visit: {subject: person, who: person, occurred_on: visit_date, service: antenatal,
                  prefill: {lmp_known: lmp}}
    episodes:
      pregnancy: {of: person, opens: …, closes: …, visits: […], stays_open_for: {forms: […], days: …},
                  ends_by_itself: …, new_one_if: …,
                  strip: {from: lmp, to: edd, unit: week},          # drawn on the person's page
                  trends: [{title: {en: …, zh: …}, unit: mmHg, lines: [{title: {…}, of: [anc_visit.systolic]}]}],
                  sheet: [{title: {…}, of: [record.blood_group]}]}   # what is known now, one line each, on her page
    facts:
      lmp: "coalesce(…)"                              # short, or with words for the reasons:
      edd: {is: "add_days(lmp, …)", title: {en: Expected day of birth, zh: 预产期}, of: pregnancy}
    advice:
      - {form: htn_visit, when: "…", say: refer_now, level: urgent}
      - {form: pregnancy_outcome, when: "live_births > 0", say: write_down_baby, newcomer: true}
    leaflet: [folic_acid, free_check]                # words anyone may read and print, in this order
    choosing: {form: …, asked: …, start: …, stop: …, method: …, shown: …, care: …, again: …, referral: …, where: …}
    derived:                     # answers that follow from the others, worked out once when a record comes in
      child_visit:
        weight_for_age: {by: who_growth, measure: weight_for_age, sex: sex, born: birth_date, …, title: {en: …, zh: …}}
    curves:                      # drawn on the person's page: her own points over the lines of the tables
      - {of: child_visit.weight_for_age, title: {en: …, zh: …}, unit: kg}
    series:                      # doses over a table of editions; see docs/packs.md
      vaccine: {title: {…}, form: vaccination, dose: vaccination.doses, table: schedule, chain: …, step: …, row_id: …,
                fits: …, from: …, due: …, until: …}

A fact without ``of`` belongs to the pack's only kind of episode when there is exactly one, else to the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, get_args

from doorstep.engine.model.methods import Choosing, MethodDef, SafetyDef
from doorstep.engine.model.pictures import PictureDef
from doorstep.engine.model.planned import At, ContactDef, Rule, SeriesDef
from doorstep.engine.model.reporting import Block, Paragraph
from doorstep.engine.model.spec import FormSpec, Text

Status = Literal["verified", "secondary", "local entry", "check locally"]


@dataclass(frozen=True, slots=True)
class Source:
    id: str
    title: Text
    dated: date | None = None
    status: Status = "secondary"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What a person chooses or declines. ``care`` is 'form.question' whose answer names her care team:
    'worker' (who registered her), 'clinic' (that worker's clinic) or 'both'. '' for a service with none.

    ``offered``: planned for everybody it concerns without signing up (by age, say). Until somebody was named for it,
    those who give care at her place see its visits."""

    id: str
    title: Text
    care: str = ""
    at: At = field(default_factory=At)
    offered: bool = False


@dataclass(frozen=True, slots=True)
class FormUse:
    """What a pack says about one of its forms. ``who`` is the question holding the subject's id
    ('' when the form creates the subject by an entity declaration)."""

    form: str
    subject: Literal["person", "household", "place"]
    who: str
    occurred_on: str
    service: str = ""
    title: Text = field(default_factory=dict)
    prefill: Mapping[str, Rule] = field(default_factory=dict)
    minutes: int | None = None
    at: At = field(default_factory=At)
    sex: str = ""  # offered on a page to people of this sex, or of none stated, alone
    anonymous: bool = False  # filled by nobody known: only the answers are kept, with a place and a month
    on_request: bool = False  # anybody may ask for it any day, whether or not a visit of it is planned


@dataclass(frozen=True, slots=True)
class Strip:
    """How far a course of care has come, drawn as a strip from one fact's day to another's, counted in ``unit``."""

    start: str
    end: str
    unit: Literal["week", "month"] = "week"


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One line of a trend, or of a sheet: its words, and the questions ('form.question') whose answers are its points,
    or whose latest answer stands there."""

    title: Text
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """Measurements over the visits of a course of care."""

    title: Text
    lines: tuple[TrendLine, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DerivedDef:
    """An answer of ``form`` that is not asked: the function ``by`` works it out from the entry's other answers and the
    pack's tables. ``takes``: argument → a question's key, or the word the pack states for it."""

    id: str
    form: str
    by: str
    takes: Mapping[str, str]
    title: Text = field(default_factory=dict)
    at: At = field(default_factory=At)


@dataclass(frozen=True, slots=True)
class CurveDef:
    """A picture on the person's page: what the derived answer ``of`` ('form.answer') rests on, over reference lines."""

    of: str
    title: Text
    unit: str = ""
    at: At = field(default_factory=At)


@dataclass(frozen=True, slots=True)
class EpisodeDef:
    id: str
    of: Literal["person", "household"]
    opens: str
    closes: tuple[str, ...] = ()
    stays_open_forms: tuple[str, ...] = ()
    stays_open_days: Rule | None = None
    ends_by_itself: Rule | None = None
    new_one_if: Rule | None = None
    visits: tuple[str, ...] = ()  # forms that belong to it besides opens, closes, stays_open_forms
    title: Text = field(default_factory=dict)
    at: At = field(default_factory=At)
    strip: Strip | None = None
    trends: tuple[Trend, ...] = ()
    sheet: tuple[TrendLine, ...] = ()


@dataclass(frozen=True, slots=True)
class FactDef:
    id: str
    rule: Rule
    of: str  # episode id, or 'person' / 'household'
    title: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatedValue:
    value: Decimal
    since: date
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class NumberDef:
    """A threshold, span or amount with its dated values, oldest first. Before the first date it is missing."""

    id: str
    title: Text
    unit: str
    values: tuple[DatedValue, ...]
    at: At = field(default_factory=At)
    local: bool = False  # each place enters its own value; until then it is missing


@dataclass(frozen=True, slots=True)
class Measure:
    """One side of an indicator: {count: SUBJECT | sum: fact, over: SUBJECT, where: rule, by: date fact}.

    ``each``: a subject is asked once in each calendar year, and counted at the end of it unless ``by`` says otherwise."""

    over: str
    sum: Rule | None = None  # None = count
    where: Rule | None = None
    by: Rule | None = None
    at: At = field(default_factory=At)
    each: Literal["", "year"] = ""


@dataclass(frozen=True, slots=True)
class IndicatorDef:
    id: str
    title: Text
    numerator: Measure
    denominator: Measure | None
    breakdowns: tuple[str, ...] = ()
    per: int = 100
    note: Text = field(default_factory=dict)
    source: str = ""
    status: Status = "secondary"
    goal: Rule | None = None
    at: At = field(default_factory=At)
    service: str = ""  # whoever ended it is counted on neither side from that day on; '' = the pack's only one, if so


@dataclass(frozen=True, slots=True)
class HandInDef:
    """When a report of a period is handed in, from ``since`` on: so many days after its end, or on the first of these
    days of the year (month, day) after it."""

    since: date
    source: str
    status: Status
    days_after: int | None = None
    on: tuple[tuple[int, int], ...] = ()


PeriodName = Literal[
    "ten_day",
    "week",
    "month",
    "quarter",
    "half",
    "year",
    "statistical",
    "to_month",
    "to_ten_day",
    "statistical_to_month",
    "statistical_to_ten_day",
]  # what each means: ``indicators.periods``
PERIOD_NAMES: tuple[PeriodName, ...] = get_args(PeriodName)


@dataclass(frozen=True, slots=True)
class ReportDef:
    """``period``: what it is made for; ``also``: what else it may be asked for. ``year_starts``: the first month of the
    statistical year; ``week_ends``: the last weekday, 1 is Monday. Dated values, oldest first."""

    id: str
    title: Text
    indicators: tuple[str, ...]
    period: str = "quarter"
    grain: str = "township"
    at: At = field(default_factory=At)
    also: tuple[str, ...] = ()
    year_starts: tuple[DatedValue, ...] = ()
    week_ends: tuple[DatedValue, ...] = ()
    hand_in: tuple[HandInDef, ...] = ()
    layout: tuple[Block, ...] = ()
    narrative: Mapping[str, Paragraph] = field(default_factory=dict)

    def texts(self) -> Iterator[tuple[str, Text, At]]:
        """Every text beside the title that somebody reads: what it belongs to, the words, the place."""
        for block in self.layout:
            if block.heading:
                yield f"report {self.id}, heading", block.heading, block.at
            if block.table is not None and block.table.title:
                yield f"report {self.id}, table", block.table.title, block.table.at
        for one in self.narrative.values():
            yield from ((f"report {self.id}, paragraph {one.id}, {name}", text, one.at) for name, text in one.texts())


@dataclass(frozen=True, slots=True)
class AdviceDef:
    """Shown on the receipt of an entry of ``form`` when ``when`` holds for that entry."""

    form: str
    when: Rule
    say: str  # word id
    level: Literal["info", "soon", "urgent"] = "info"
    at: At = field(default_factory=At)
    newcomer: bool = False  # somebody was born that day: the receipt leads to writing a person of the family down


@dataclass(frozen=True, slots=True)
class TableDef:
    id: str
    columns: Mapping[str, str]  # name → 'text' | 'integer' | 'decimal' | 'date'
    rows: tuple[Mapping[str, Any], ...]
    at: At = field(default_factory=At)


@dataclass(frozen=True, slots=True)
class CaseDef:
    """A story: given these entries, on this day, this must follow. ``raw`` keeps the YAML for the runner."""

    id: str
    sentence: Text
    raw: Mapping[str, Any]
    at: At = field(default_factory=At)


@dataclass(frozen=True)
class Pack:
    id: str
    version: str
    titles: Text
    sources: Mapping[str, Source]
    services: Mapping[str, Service]
    uses: Mapping[str, FormUse]
    forms: Mapping[str, FormSpec]
    episodes: Mapping[str, EpisodeDef] = field(default_factory=dict)
    facts: Mapping[str, FactDef] = field(default_factory=dict)
    schedules: Mapping[str, tuple[ContactDef, ...]] = field(default_factory=dict)
    schedule_titles: Mapping[str, Text] = field(default_factory=dict)
    default_schedule: str = ""
    indicators: Mapping[str, IndicatorDef] = field(default_factory=dict)
    reports: Mapping[str, ReportDef] = field(default_factory=dict)
    numbers: Mapping[str, NumberDef] = field(default_factory=dict)
    tables: Mapping[str, TableDef] = field(default_factory=dict)
    words: Mapping[str, Text] = field(default_factory=dict)
    advice: tuple[AdviceDef, ...] = ()
    cases: tuple[CaseDef, ...] = ()
    digest: str = ""  # sha256 over every file of the folder, names and bytes
    about: Text = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # form id → its file inside the pack
    methods: Mapping[str, MethodDef] = field(default_factory=dict)
    safety: Mapping[str, SafetyDef] = field(default_factory=dict)
    choosing: Choosing | None = None
    leaflet: tuple[str, ...] = ()  # words for everybody, in order
    derived: Mapping[str, tuple[DerivedDef, ...]] = field(default_factory=dict)  # by form
    curves: tuple[CurveDef, ...] = ()
    series: Mapping[str, SeriesDef] = field(default_factory=dict)
    pictures: Mapping[str, PictureDef] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages every text of the pack is written in: those of its title."""
        return tuple(self.titles)

    def service_of(self, indicator: IndicatorDef) -> str:
        """The service an indicator tells of; '' when it names none and the pack has several."""
        return indicator.service or (next(iter(self.services)) if len(self.services) == 1 else "")

    @staticmethod
    def periods_of(indicator: IndicatorDef) -> tuple[str, ...]:
        """The periods an indicator may be asked for: by calendar year alone what is counted once in each."""
        if any(side is not None and side.each for side in (indicator.numerator, indicator.denominator)):
            return ("year",)
        named = tuple(name for name in indicator.breakdowns if name in PERIOD_NAMES)
        return named or PERIOD_NAMES  # one that names none may be asked for any

    def series_contacts(self) -> tuple[ContactDef, ...]:
        """The planned visits that series give, each once however many editions it stands in."""
        return self._series_contacts

    @cached_property
    def _series_contacts(self) -> tuple[ContactDef, ...]:
        found: dict[str, ContactDef] = {}
        for series in self.series.values():
            for row in self.tables[series.table].rows if series.table in self.tables else ():
                contact = series.contact(row)
                found.setdefault(contact.id, contact)
        return tuple(found.values())

    def planned(self) -> tuple[tuple[ContactDef, ...], ...]:
        """All planned visits: those of each schedule, and those of the series, which stand in every schedule."""
        return (*self.schedules.values(), self.series_contacts())
