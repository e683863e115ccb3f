"""Reading all rules of a pack at once: facts in the order they need, episodes, contacts, indicators, advice."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

from doorstep.engine.model.pack import EpisodeDef, IndicatorDef, Measure, Pack
from doorstep.engine.model.planned import ContactDef, Rule
from doorstep.engine.model.subjects import PERSON
from doorstep.engine.rules.complaints import Complaints
from doorstep.engine.rules.contacts import read_contact
from doorstep.engine.rules.functions import nearest
from doorstep.engine.rules.program import (
    LIVES,
    Program,
    ReadAdvice,
    ReadEpisode,
    ReadFact,
    ReadIndicator,
    ReadMeasure,
    ReadSeries,
    Slot,
    subject_of_form,
    subject_register,
)
from doorstep.engine.rules.reading import read
from doorstep.engine.rules.scope import HIDDEN_FORMS, LIFE_MOMENTS, RESERVED, FindFact, Scope, no_facts
from doorstep.engine.rules.series_reading import read_series
from doorstep.engine.rules.tree import Answer, Expr, FactRef, Moment


class Facts:
    """Facts read on demand, so that one may name another in any order; a circle is told once, by its names."""

    def __init__(self, pack: Pack, complaints: Complaints):
        self.pack = pack
        self.complaints = complaints
        self.read: dict[str, ReadFact] = {}
        self.series: dict[str, ReadSeries] = {}
        self._reading: list[str] = []
        self._circles: set[frozenset[str]] = set()

    def visible_to(self, subject: str) -> FindFact:
        """The facts a rule of ``subject`` may name: its own, and those of the person it is about."""
        lives = {subject, subject_register(self.pack, subject)}

        def find(name: str) -> FactRef | None:
            fact = self.pack.facts.get(name)
            return self._reference(name) if fact is not None and fact.of in lives else None

        return find

    def names_for(self, subject: str) -> tuple[str, ...]:
        lives = {subject, subject_register(self.pack, subject)}
        return tuple(fact.id for fact in self.pack.facts.values() if fact.of in lives)

    def _reference(self, name: str) -> FactRef:
        of = self.pack.facts[name].of
        if name in self._reading:
            self._tell_circle(name)
            return FactRef(name, of, "unknown")
        if name not in self.read:
            self._read(name)
        return FactRef(name, of, self.read[name].type)

    def ask_series(self, name: str) -> None:
        """Reads a series, and so the facts it rests on, before what names it."""
        word = f"series {name}"
        if word in self._reading:
            self._tell_circle(word)
        elif name not in self.series:
            self._reading.append(word)
            found = read_series(self.asking_scope(PERSON), self.pack.series[name], self.complaints)
            self._reading.pop()
            if found is not None:
                self.series[name] = found

    def _tell_circle(self, name: str) -> None:
        circle = self._reading[self._reading.index(name) :]
        if frozenset(circle) not in self._circles:
            self._circles.add(frozenset(circle))
            fact = self.pack.facts.get(circle[0])
            at = fact.rule.at if fact else self.pack.series[circle[0].removeprefix("series ")].at
            about = self.complaints.about(f"fact {fact.id}" if fact else circle[0], circle[0], at)
            about.add("rules.cycle", names=" → ".join([*circle, name]))

    def _read(self, name: str) -> None:
        fact = self.pack.facts[name]
        about = self.complaints.about(f"fact {name}", name, fact.rule.at)
        if name in RESERVED:
            about.add("rules.reserved_name", name=name)
        if fact.of not in LIVES and fact.of not in self.pack.episodes:
            about.add("rules.unknown_subject", name=fact.of, nearest=nearest(fact.of, [*LIVES, *self.pack.episodes]))
        self._reading.append(name)
        tree = read(fact.rule, self.asking_scope(fact.of), about)
        self._reading.pop()
        self.read[name] = ReadFact(fact, tree)

    def read_all(self) -> dict[str, ReadFact]:
        for name in self.pack.facts:
            self._reference(name)
        for name in self.pack.series:
            self.ask_series(name)
        return self.read

    def scope(
        self,
        subject: str,
        moments: frozenset[str] = LIFE_MOMENTS,
        row_form: str = "",
        aggregates: bool = True,
        literals: bool = False,
    ) -> Scope:
        """What a rule of ``subject`` may name."""
        return Scope(
            self.pack,
            subject,
            self.visible_to(subject),
            self.names_for(subject),
            moments,
            row_form=row_form,
            aggregates=aggregates,
            literals=literals,
        )

    def asking_scope(self, subject: str) -> Scope:
        """That of a fact or a series: a person's may ask a series."""
        scope = replace(self.scope(subject), lookups=True)
        return replace(scope, ask_series=self.ask_series) if subject == PERSON else scope


def build(pack: Pack, schedule: str) -> tuple[Program, Complaints]:
    """The pack's rules under one schedule, and everything wrong with them."""
    complaints = Complaints(pack.id)
    facts = Facts(pack, complaints)
    read_facts = facts.read_all()
    episodes = {e.id: _episode(pack, e, complaints) for e in pack.episodes.values()}
    slots = _slots(facts, pack.schedules.get(schedule, ()), complaints)
    indicators = {i.id: read for i in pack.indicators.values() if (read := _indicator(facts, i, complaints))}
    return (
        Program(
            pack,
            schedule,
            read_facts,
            episodes,
            slots,
            indicators,
            _advice(facts, complaints),
            _prefill(facts, complaints),
            facts.series,
        ),
        complaints,
    )


# Episodes


def _episode(pack: Pack, episode: EpisodeDef, complaints: Complaints) -> ReadEpisode:
    item = f"episode {episode.id}"
    about = complaints.about(item, "forms", episode.at)
    for form in (episode.opens, *episode.closes, *episode.visits, *episode.stays_open_forms):
        check_form(pack, form, about)
    if episode.opens in episode.closes:
        about.add("rules.opens_and_closes", form=episode.opens)
    opening = Scope(pack, episode.id, no_facts, moments=frozenset({"opened_on"}), aggregates=False)

    def part(name: str, rule: Rule | None, scope: Scope, wants: str) -> Expr | None:
        if rule is None:
            return None
        return read(rule, scope, complaints.about(item, name, rule.at), wants)  # type: ignore[arg-type]

    own = _with(opening, row_form=episode.opens, opened_form=episode.opens)
    closer = episode.closes[0] if len(episode.closes) == 1 else ""
    closing = _with(own, row_form=closer, moments=LIFE_MOMENTS)
    return ReadEpisode(
        episode,
        part("stays_open_for", episode.stays_open_days, closing, "integer"),
        part("ends_by_itself", episode.ends_by_itself, own, "date"),
        part("new_one_if", episode.new_one_if, own, "truth"),
    )


def _with(scope: Scope, row_form: str, opened_form: str = "", moments: frozenset[str] = frozenset()) -> Scope:
    return Scope(
        scope.pack,
        scope.subject,
        no_facts,
        moments=moments or scope.moments,
        row_form=row_form,
        opened_form=opened_form or scope.opened_form,
        aggregates=False,
    )


def check_form(pack: Pack, form: str, about: Complaints) -> bool:
    """Whether ``form`` may be named, telling when not."""
    if form in HIDDEN_FORMS:
        about.add("rules.hidden_form", name=form)
    elif form not in pack.forms:
        about.add("rules.unknown_form", name=form, nearest=nearest(form, list(pack.forms)))
    else:
        return True
    return False


# Contacts


def _slots(facts: Facts, contacts: tuple[ContactDef, ...], complaints: Complaints) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    for contact in contacts:
        about = complaints.about(f"contact {contact.id}", "contact", contact.at)
        if _contact_stands(facts.pack, contact, contacts, about):
            _check_why(facts, contact, about)
            slots.extend(read_contact(facts.scope(contact.of), contact, complaints))
    return tuple(slots)


def _contact_stands(pack: Pack, contact: ContactDef, among: tuple[ContactDef, ...], about: Complaints) -> bool:
    """Checks what the contact is attached to; without it no rule of it can be read."""
    if contact.of not in LIVES and contact.of not in pack.episodes:
        about.add("rules.unknown_subject", name=contact.of, nearest=nearest(contact.of, [*LIVES, *pack.episodes]))
        return False
    if not check_form(pack, contact.form, about):
        return False
    episode = pack.episodes.get(contact.of)
    if episode and contact.form not in (episode.opens, *episode.closes, *episode.visits, *episode.stays_open_forms):
        about.add("rules.form_outside_episode", form=contact.form, episode=contact.of)
    if contact.source and contact.source not in pack.sources:
        about.add("rules.unknown_source", name=contact.source, nearest=nearest(contact.source, list(pack.sources)))
    if contact.for_each and contact.for_each not in pack.tables:
        about.add("rules.unknown_table", name=contact.for_each, nearest=nearest(contact.for_each, list(pack.tables)))
        return False
    if contact.for_each and contact.every:
        about.add("rules.every_and_for_each")
        return False
    beside = {other.id for other in among if other.of == contact.of and other.id != contact.id}
    for name in contact.supersedes:
        if name not in beside:
            about.add("rules.unknown_contact", name=name, nearest=nearest(name, sorted(beside)))
    return True


def _check_why(facts: Facts, contact: ContactDef, about: Complaints) -> None:
    known = {*facts.names_for(contact.of), "from", "due", "until"}
    for sentence in contact.why.values():
        for _, name, _, _ in Formatter().parse(sentence):
            if name is not None and name not in known:
                about.add("rules.unknown_in_why", name=name, nearest=nearest(name, sorted(known)))


# Indicators, advice, prefill


def _indicator(facts: Facts, indicator: IndicatorDef, complaints: Complaints) -> ReadIndicator | None:
    item = f"indicator {indicator.id}"
    numerator = _measure(facts, item, "numerator", indicator.numerator, complaints)
    below = indicator.denominator
    denominator = _measure(facts, item, "denominator", below, complaints) if below else None
    if indicator.goal is not None:
        scope = facts.scope("person", frozenset({"start"}), aggregates=False)
        read(indicator.goal, scope, complaints.about(item, "goal", indicator.goal.at))
    if numerator is None or (below and denominator is None):
        return None
    return ReadIndicator(indicator, numerator, denominator)


def _measure(facts: Facts, item: str, side: str, measure: Measure, complaints: Complaints) -> ReadMeasure | None:
    pack, over = facts.pack, measure.over
    about = complaints.about(item, side, measure.at)
    known = [*LIVES, *pack.episodes, *pack.forms]
    if over not in known:
        about.add("rules.unknown_subject", name=over, nearest=nearest(over, known))
        return None
    form = over if over in pack.forms and over not in pack.episodes else ""
    subject = subject_of_form(pack, form) if form else over
    if form and not check_form(pack, form, about):
        return None
    each_year = measure.each == "year"
    if form and each_year:
        about.add("rules.each_over_entries", form=form)
        return None
    own = {"next_on"} if form else {"start", "until"} if each_year else set()
    scope = facts.scope(subject, LIFE_MOMENTS | own, row_form=form)
    if each_year:
        scope = replace(scope, inner_moments=scope.moments)
    value = read(measure.sum, scope, complaints.about(item, f"{side}: sum", measure.sum.at)) if measure.sum else None
    if value is not None and value.type not in ("integer", "decimal", "unknown"):
        complaints.about(item, f"{side}: sum", measure.at).add("rules.wrong_result", gives=value.type, wants="decimal")
    where = (
        read(measure.where, scope, complaints.about(item, f"{side}: where", measure.where.at), "truth")
        if measure.where
        else None
    )
    if measure.by is not None:
        by = read(measure.by, scope, complaints.about(item, f"{side}: by", measure.by.at), "date")
    elif form:
        by = Answer(form, "occurred_on", "date")
    elif each_year:
        by = Moment("until", "date")
    else:
        about.add("rules.measure_without_day")
        return None
    return ReadMeasure(subject, form, value, where, by, each_year)


def _advice(facts: Facts, complaints: Complaints) -> tuple[ReadAdvice, ...]:
    found: list[ReadAdvice] = []
    for place, advice in enumerate(facts.pack.advice):
        about = complaints.about(f"advice {place}", "when", advice.when.at)
        if not check_form(facts.pack, advice.form, about):
            continue
        subject = subject_of_form(facts.pack, advice.form)
        when = read(advice.when, facts.scope(subject, row_form=advice.form), about, "truth")
        found.append(ReadAdvice(advice, subject, when))
    return tuple(found)


def _prefill(facts: Facts, complaints: Complaints) -> dict[str, dict[str, Expr]]:
    found: dict[str, dict[str, Expr]] = {}
    for form, use in facts.pack.uses.items():
        for question, rule in use.prefill.items():
            about = complaints.about(f"form {form}", f"prefill {question}", rule.at)
            if not check_form(facts.pack, form, about):
                continue
            scope = facts.scope(subject_of_form(facts.pack, form))
            found.setdefault(form, {})[question] = read(rule, scope, about)
    return found
