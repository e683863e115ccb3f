"""Lineage to tags: what a fact, a contact, an indicator or a column of an output tells about a person, across packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from doorstep.engine.model.pack import EpisodeDef, FactDef, IndicatorDef, Measure, Pack
from doorstep.engine.model.planned import ContactDef, Rule, SeriesDef
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.engine.model.subjects import HOUSEHOLD_PROPERTIES, PERSON_PROPERTIES
from doorstep.engine.outputs.tags import CHOICE, PREGNANCY, SENSITIVE, Dictionary, address, strictest, tags_of_form
from doorstep.engine.outputs.written import names_in

Item = tuple[str, str]
"""A form and one of its questions ('' = that the form was filled), or 'person' / 'household' and a property."""

_PROPERTIES = {
    "person": {name: tag for name, (_, tag) in PERSON_PROPERTIES.items()},
    "household": {name: tag for name, (_, tag) in HOUSEHOLD_PROPERTIES.items()},
}
_OF_THE_CARE = frozenset({"opened_on", "closed_on", "start", "opened", "times_met", "next_on"})


class Lineage(Protocol):
    """What ``engine.rules`` offers for one compiled schedule."""

    def lineage(self, item: str) -> frozenset[Item]: ...


@dataclass(frozen=True, slots=True)
class Reach:
    """All that something rests on: the questions, their tags, and whether it tells of births or pregnancies begun."""

    items: frozenset[Item] = frozenset()
    tags: frozenset[str] = frozenset()
    births: bool = False

    @property
    def protected(self) -> bool:
        """Charter C1: it touches choice, or counts births or pregnancies."""
        return self.births or CHOICE in self.tags

    def __or__(self, other: Reach) -> Reach:
        return Reach(self.items | other.items, self.tags | other.tags, self.births or other.births)


NOWHERE = Reach()


@dataclass(frozen=True)
class Ground:
    """The packs of a store seen through their tags.

    ``compiled`` gives, by pack id, the compiled schedules; their lineage is joined with the words of the rules.
    """

    packs: tuple[Pack, ...]
    dictionary: Dictionary
    compiled: Mapping[str, Iterable[Lineage]] = field(default_factory=dict)

    @cached_property
    def owner(self) -> Mapping[str, Pack]:
        """Form id → the pack that holds it."""
        return {form: pack for pack in reversed(self.packs) for form in pack.forms}

    @cached_property
    def pack_by_id(self) -> Mapping[str, Pack]:
        return {pack.id: pack for pack in self.packs}

    @cached_property
    def question_tags(self) -> Mapping[str, Mapping[str, str]]:
        """Form id → address of the question → the tag that counts."""
        return {form: tags_of_form(pack.forms[form], self.dictionary, pack.id) for form, pack in self.owner.items()}

    @cached_property
    def form_tags(self) -> Mapping[str, str]:
        """Form id → its strictest tag."""
        return {form: strictest(tags.values()) for form, tags in self.question_tags.items()}

    @cached_property
    def existence_tags(self) -> Mapping[str, frozenset[str]]:
        """Form id → what the mere fact that it was filled tells: its strictest tag, every other sensitive one in it,
        and pregnancy when the form belongs to the care of one."""
        tags = {
            form: frozenset({self.form_tags[form], *(SENSITIVE & set(asked.values()))})
            for form, asked in self.question_tags.items()
        }
        for episode in self._guarded:
            if any(PREGNANCY in tags.get(form, ()) for form in (episode.opens, *episode.closes)):
                for form in forms_of(episode):
                    tags[form] = tags.get(form, frozenset({CHOICE})) | {PREGNANCY}
        return tags

    @cached_property
    def birth_forms(self) -> frozenset[str]:
        """Forms that open or close a pregnancy, or a stretch of care about choice."""
        return frozenset(form for e in self._guarded for form in (e.opens, *e.closes))

    @cached_property
    def closing_forms(self) -> frozenset[str]:
        """Forms that close a pregnancy."""
        return frozenset(form for e in self._guarded for form in e.closes)

    @cached_property
    def _guarded(self) -> tuple[EpisodeDef, ...]:
        return tuple(e for pack in self.packs for e in pack.episodes.values() if self.guards(e))

    def guards(self, episode: EpisodeDef) -> bool:
        """Whether the episode is one of pregnancy or choice."""
        tags = {tag for form in (episode.opens, *episode.closes) for tag in self.question_tags.get(form, {}).values()}
        return bool(tags & {PREGNANCY, CHOICE})

    def form_tag(self, form: str) -> str:
        """The strictest tag of a form; of one nobody knows, choice."""
        return self.form_tags.get(form, CHOICE)

    def reach(self, items: Iterable[Item]) -> Reach:
        """The tags of questions. A question carries also what its form's existence tells."""
        known = frozenset(items)
        tags = frozenset(tag for item in known for tag in self._tags_of(item))
        return Reach(known, tags, any(form in self.birth_forms for form, _ in known))

    def _tags_of(self, item: Item) -> Iterator[str]:
        root, key = item
        if root in _PROPERTIES and key in _PROPERTIES[root]:
            yield _PROPERTIES[root][key]
            return
        yield from self.existence_tags.get(root, (CHOICE,))
        pack = self.owner.get(root)
        if pack is not None and key:
            named = {address(q) for q in _named(pack.forms[root], key)}
            yield from (tag for at, tag in self.question_tags[root].items() if at in named)
            yield from self._tags_behind(pack, root, key.replace("/", ".").split(".")[-1])

    def _tags_behind(self, pack: Pack, form: str, answer: str) -> Iterator[str]:
        """An answer worked out tells what it is worked out from, through however many steps."""
        seen, ahead = {answer}, [answer]
        while ahead:
            one = ahead.pop()
            taken = {key for d in pack.derived.get(form, ()) if d.id == one for key in d.takes.values()} - seen
            seen |= taken
            ahead += taken
            for key in taken:
                named = {address(q) for q in _named(pack.forms[form], key)}
                yield from (tag for at, tag in self.question_tags[form].items() if at in named)

    def of_rule(self, pack: Pack, rule: Rule | str | None, form: str = "", of: str = "") -> Reach:
        """What one rule of ``pack`` rests on, by its words; ``form`` is what ``this`` means, ``of`` its subject."""
        if rule is None:
            return NOWHERE
        text = rule.text if isinstance(rule, Rule) else rule
        return self.reach(_Words(self, pack, form, of).items(text))

    def of_fact(self, pack: Pack, fact: FactDef) -> Reach:
        """A fact rests on its rule, and on there being the care it belongs to."""
        words = self.of_rule(pack, fact.rule, of=fact.of) | self.of_rule(pack, fact.of, of=fact.of)
        return self._joined(pack, f"fact:{fact.id}", words)

    def of_episode(self, pack: Pack, episode: EpisodeDef) -> Reach:
        words = _Words(self, pack, episode.opens, episode.id)
        return self._joined(pack, f"episode:{episode.id}", self.reach(words.episode(episode)))

    def of_contact(self, pack: Pack, contact: ContactDef) -> Reach:
        """A contact rests on its rules, its form and the care it belongs to."""
        words = _Words(self, pack, contact.form, contact.of)
        every = contact.every if isinstance(contact.every, Rule) else None
        rules = (contact.from_, contact.due, contact.until, contact.while_, contact.settled_by, every)
        items = {(contact.form, "")} | {item for rule in rules if rule for item in words.items(rule.text)}
        items |= words.items(contact.of) | words.items(contact.id.partition(":")[0])
        return self._joined(pack, f"contact:{contact.id}", self.reach(items))

    def of_indicator(self, pack: Pack, indicator: IndicatorDef) -> Reach:
        reach = self.of_measure(pack, indicator.numerator) | self.of_measure(pack, indicator.denominator)
        return self._joined(pack, f"indicator:{indicator.id}", reach)

    def of_measure(self, pack: Pack, measure: Measure | None) -> Reach:
        if measure is None:
            return NOWHERE
        words = _Words(self, pack, "", measure.over)
        rules = (measure.sum, measure.where, measure.by)
        return self.reach(words.items(measure.over) | {i for r in rules if r for i in words.items(r.text)})

    def of_advice(self, pack: Pack, index: int) -> Reach:
        advice = pack.advice[index]
        words = self.of_rule(pack, advice.when, form=advice.form) | self.reach({(advice.form, "")})
        for episode in pack.episodes.values():
            if advice.form in forms_of(episode):
                words |= self.of_rule(pack, episode.id)
        return self._joined(pack, f"advice:{index}", words)

    def _joined(self, pack: Pack, item: str, words: Reach) -> Reach:
        """``words`` and what each compiled schedule that knows the item says."""
        found = words.items
        for compiled in self.compiled.get(pack.id, ()):
            try:
                found |= compiled.lineage(item)
            except (KeyError, ValueError):  # a contact of another schedule
                continue
        return self.reach(found)


class _Words:
    """Resolves the names in the rules of one pack to items, through facts and episodes, each once."""

    def __init__(self, ground: Ground, pack: Pack, form: str, of: str):
        self.ground, self.pack, self.form, self.of = ground, pack, form, of
        self.seen: set[tuple[str, str]] = set()

    def items(self, rule: str) -> frozenset[Item]:
        return frozenset(item for name in names_in(rule) for item in self._name(name))

    def _name(self, name: str) -> Iterator[Item]:
        root, _, rest = name.partition(".")
        if root in _PROPERTIES and rest:
            yield root, rest
        if root in self.ground.owner:
            yield root, rest
        elif root == "this" and self.form:
            yield self.form, rest
        elif rest and root not in _PROPERTIES | dict.fromkeys(("this", *_OF_THE_CARE)):
            yield from self._loose(root, rest)
        yield from self._defined(root)

    def _loose(self, root: str, rest: str) -> Iterator[Item]:
        """A dotted name whose root is no form: a column of a table, an answer of a series' dose, else something nobody
        reviewed."""
        if root == "dose" and self.pack.series:
            for series in self.pack.series.values():
                yield from ((source.form, rest) for source in series.doses)
        elif root not in self.pack.tables and root != "row":
            yield root, rest

    def _defined(self, root: str) -> Iterator[Item]:
        if (root, self.of) in self.seen:
            return
        self.seen.add((root, self.of))
        if root in self.pack.facts:
            fact = self.pack.facts[root]
            if fact.of != self.of and fact.of in self.pack.episodes:
                yield from self.episode(self.pack.episodes[fact.of])
            yield from self._within(fact.of, fact.rule.text)
        if root in self.pack.episodes:
            yield from self.episode(self.pack.episodes[root])
        if root in self.pack.series:
            yield from self._series(self.pack.series[root])
        if root in _OF_THE_CARE:
            yield from self._care()

    def _series(self, series: SeriesDef) -> Iterator[Item]:
        """What a series rests on: that doses were given and when, and its rules."""
        for source in series.doses:
            yield source.form, ""
            yield from ((source.form, source.on),) if source.on else ()
        for rule in series.rules:
            yield from self._within(series.of, rule.text)

    def _within(self, of: str, rule: str) -> frozenset[Item]:
        before, self.of = self.of, of
        found = self.items(rule)
        self.of = before
        return found

    def _care(self) -> Iterator[Item]:
        """The care a rule belongs to; every one of the pack when it does not say."""
        known = self.pack.episodes
        for episode in (known[self.of],) if self.of in known else known.values():
            yield from self.episode(episode)

    def episode(self, episode: EpisodeDef) -> Iterator[Item]:
        for form in forms_of(episode):
            yield form, ""
        for rule in (episode.stays_open_days, episode.ends_by_itself, episode.new_one_if):
            if rule is not None:
                yield from self._within(episode.id, rule.text)


def forms_of(episode: EpisodeDef) -> tuple[str, ...]:
    """Every form that belongs to an episode, each once."""
    return tuple(dict.fromkeys((episode.opens, *episode.closes, *episode.stays_open_forms, *episode.visits)))


def _named(spec: FormSpec, key: str) -> list[Question]:
    """Questions a rule or lineage may mean by ``key``: their key, or any of that last name."""
    parts = tuple(key.replace("/", ".").split("."))
    return [q for q in spec.questions if q.key == key or q.path[-1] == parts[-1]]
