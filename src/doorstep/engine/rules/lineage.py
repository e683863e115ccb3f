"""What each rule rests on, down to questions and register properties: never declared, always worked out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from doorstep.engine.rules.program import LIVES, Program, ReadMeasure
from doorstep.engine.rules.scope import ENTRY_COLUMNS, repeat_name
from doorstep.engine.rules.tree import Aggregate, Answer, Counted, DoseAnswer, Expr, FactRef, Moment, Property, walk

Origin = tuple[str, str]
"""(form, question key), (form, '') for there being an entry at all, or ('person', property)."""

_LIFE_MOMENTS = {"opened_on": "birth_date", "closed_on": "died_on"}


class Lineage:
    """Lineage of every named thing of a program."""

    def __init__(self, program: Program):
        self._program = program
        self.of_item = cache(self._of_item)
        self._fact = cache(self._of_fact)
        self._episode = cache(self._of_episode)
        self._series = cache(self._of_series)

    def items(self) -> tuple[str, ...]:
        """Every item there is a lineage for, as ``of_item`` names them."""
        p = self._program
        return (
            *(f"fact:{name}" for name in p.facts),
            *(f"episode:{name}" for name in p.episodes),
            *(f"series:{name}" for name in p.series),
            *dict.fromkeys(f"contact:{slot.contact.id}" for slot in p.slots),
            *dict.fromkeys(f"contact:{row.contact.id}" for series in p.series.values() for row in series.rows),
            *(f"indicator:{name}" for name in p.indicators),
            *(f"advice:{place}" for place in range(len(p.advice))),
            *(f"prefill:{form}.{question}" for form, questions in p.prefill.items() for question in questions),
        )

    def _of_item(self, item: str) -> frozenset[Origin]:
        kind, _, name = item.partition(":")
        program = self._program
        if kind == "fact":
            return self._fact(name)
        if kind == "episode":
            return self._episode(name)
        if kind == "series":
            return self._series(name)
        if kind == "contact":
            return self._contact(name)
        if kind == "indicator":
            sides = [self._measure(measure) for _, measure in program.indicators[name].measures]
            return frozenset().union(*sides)
        if kind == "advice":
            advice = program.advice[int(name)]
            existence = frozenset({(advice.definition.form, "")})
            return existence | self._subject(advice.subject) | self._trees([advice.when], advice.subject)
        if kind == "prefill":
            form, _, question = name.partition(".")
            return self._trees([program.prefill[form][question]], "")
        raise KeyError(item)

    def _of_fact(self, name: str) -> frozenset[Origin]:
        fact = self._program.facts[name]
        return self._trees([fact.tree], fact.of) | self._subject(fact.of)

    def _subject(self, subject: str) -> frozenset[Origin]:
        return frozenset() if subject in LIVES else self._episode(subject)

    def _of_episode(self, name: str) -> frozenset[Origin]:
        episode = self._program.episodes[name]
        rules = (episode.stays_open_days, episode.ends_by_itself, episode.new_one_if)
        shaping = (episode.definition.opens, *episode.definition.closes)
        existence = {(form, "") for form in shaping} | {(form, self._day_question(form)) for form in shaping}
        return frozenset(existence) | self._trees([rule for rule in rules if rule is not None], name)

    def _of_series(self, name: str) -> frozenset[Origin]:
        """All that its rules name, and that doses were given, and when."""
        series = self._program.series[name]
        found: set[Origin] = set()
        for node in (node for tree in series.rules for node in walk(tree)):
            if not (isinstance(node, Counted) and node.series == name):
                found |= self._node(node, "person")
        for source in series.definition.doses:
            found |= {(source.form, ""), (source.form, source.on or self._day_question(source.form))}
            form = self._program.pack.forms[source.form]
            keys = {node.key for node in walk(series.fits) if isinstance(node, DoseAnswer)}
            found |= {
                (source.form, q.key)
                for q in form.questions
                if q.key in keys and repeat_name(q.repeat) in ("", source.repeat)
            }
        return frozenset(found)

    def _contact(self, name: str) -> frozenset[Origin]:
        series = self._program.series_of_contact(name)
        if series is not None:
            return self._series(series.id) | {(series.definition.form, "")}
        slots = [slot for slot in self._program.slots if slot.contact.id == name]
        if not slots:
            raise KeyError(name)
        contact = slots[0].contact
        own = self._subject(contact.of) | self._trees([r for s in slots for r in s.rules], contact.of)
        met = {(contact.form, ""), (contact.form, self._day_question(contact.form))}
        if any(slot.kind != "once" for slot in slots):
            own |= self._trees([Moment("opened_on", "date")], contact.of)
        return own | met

    def _measure(self, measure: ReadMeasure) -> frozenset[Origin]:
        existence = {(measure.form, "")} if measure.form else set()
        return frozenset(existence) | self._subject(measure.subject) | self._trees(measure.rules, measure.subject)

    def _trees(self, trees: Iterable[Expr], subject: str) -> frozenset[Origin]:
        found: set[Origin] = set()
        for tree in trees:
            for node in walk(tree):
                found |= self._node(node, subject)
        return frozenset(found)

    def _node(self, node: Expr, subject: str) -> set[Origin] | frozenset[Origin]:
        if isinstance(node, FactRef):
            return self._fact(node.name)
        if isinstance(node, Property):
            return {(node.list_name, node.name)}
        if isinstance(node, Answer):
            return {(node.form, ""), (node.form, self._question(node.form, node.key))}
        if isinstance(node, Aggregate):
            day = (
                {(node.form, self._day_question(node.form))} if node.function in ("first_date", "last_date") else set()
            )
            return {(node.form, "")} | day
        if isinstance(node, Counted):
            return self._series(node.series) if node.series in self._program.series else set()
        if isinstance(node, Moment) and node.name in _LIFE_MOMENTS and subject in LIVES:
            return {(subject, _LIFE_MOMENTS[node.name])} if subject == "person" else set()
        return set()

    def _question(self, form: str, key: str) -> str:
        if key == "occurred_on":
            return self._day_question(form)
        return "" if key in ENTRY_COLUMNS else key

    def _day_question(self, form: str) -> str:
        """The question that says on which day an entry happened; '' when the pack names none."""
        use = self._program.pack.uses.get(form)
        return use.occurred_on if use is not None else ""
