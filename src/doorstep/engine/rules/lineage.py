"""What each rule rests on, down to questions and register properties: never declared, always worked out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from doorstep.engine.rules.program import LIVES, Program, ReadMeasure
from doorstep.engine.rules.scope import ENTRY_COLUMNS
from doorstep.engine.rules.tree import Aggregate, Answer, Expr, FactRef, Moment, Property, walk

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

    def items(self) -> tuple[str, ...]:
        """Every item there is a lineage for, as ``of_item`` names them."""
        p = self._program
        return (
            *(f"fact:{name}" for name in p.facts),
            *(f"episode:{name}" for name in p.episodes),
            *dict.fromkeys(f"contact:{slot.contact.id}" for slot in p.slots),
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

    def _contact(self, name: str) -> frozenset[Origin]:
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
