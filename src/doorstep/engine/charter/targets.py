"""C1 and C2 in packs: no goal, quota, rank or gap on choice, births or pregnancies; no such figure by worker or village."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from doorstep.engine.charter.lexicon import said_in
from doorstep.engine.charter.places import at
from doorstep.engine.charter.texts import words_of_contact, words_of_indicator
from doorstep.engine.model.pack import IndicatorDef, Measure, Pack
from doorstep.engine.outputs.ground import Ground
from doorstep.engine.outputs.tags import PREGNANCY
from doorstep.engine.outputs.written import names_in, numbers_in
from doorstep.engine.rules.grammar import Malformed, parse
from doorstep.lib.problems import Problem

# Levels at which figures of choice, births and pregnancies may stand in a report. Deny what is not named.
WIDE_GRAINS = frozenset({"township", "county", "city", "prefecture", "province", "store"})
WIDE_BREAKDOWNS = frozenset({"place", "period", "year", "half_year", "quarter", "month"})

_ARITHMETIC = (exp.Div, exp.Mul, exp.Sub, exp.Add)


def check_targets(pack: Pack, ground: Ground) -> Iterator[Problem]:
    """Every breach of C1 and C2 in ``pack``."""
    guarded = frozenset(i.id for i in pack.indicators.values() if is_guarded(pack, i, ground))
    for indicator in pack.indicators.values():
        yield from _goal(pack, indicator, ground, indicator.id in guarded)
        if indicator.id in guarded:
            yield from _hidden_in_arithmetic(pack, indicator)
            yield from _hidden_in_words(pack, indicator)
            yield from _narrow(pack, indicator)
    yield from _reports(pack, guarded)
    yield from _pictures(pack)
    yield from _numbers(pack, guarded)
    yield from _contacts(pack, ground)


def is_guarded(pack: Pack, indicator: IndicatorDef, ground: Ground) -> bool:
    """Whether the indicator tells of choice, pregnancy or births: by lineage, or by what it calls itself."""
    reach = ground.of_indicator(pack, indicator)
    return (
        reach.protected or PREGNANCY in reach.tags or bool(said_in("births_and_choice", words_of_indicator(indicator)))
    )


def _goal(pack: Pack, indicator: IndicatorDef, ground: Ground, guarded: bool) -> Iterator[Problem]:
    if indicator.goal is None:
        return
    where = at(pack, indicator.goal.at or indicator.at, f"indicator {indicator.id}")
    if guarded or ground.of_rule(pack, indicator.goal, of=indicator.numerator.over).protected:
        yield Problem("charter.goal_on_choice", where, {"clause": "C1"})
    elif indicator.denominator is None or indicator.denominator.over not in pack.episodes:
        yield Problem("charter.goal_not_over_enrolled", where, {"clause": "C1"})


def _hidden_in_arithmetic(pack: Pack, indicator: IndicatorDef) -> Iterator[Problem]:
    """A figure worked against a fixed number is a quota, however it is called."""
    for measure in (indicator.numerator, indicator.denominator):
        if measure is not None and measure.sum is not None and _against_constant(pack, measure):
            where = at(pack, measure.sum.at, f"indicator {indicator.id}")
            yield Problem("charter.quota_in_arithmetic", where, {"clause": "C1"})


def _against_constant(pack: Pack, measure: Measure) -> bool:
    """Whether, facts written out, anything is added to, taken from, multiplied or divided by a fixed number."""
    assert measure.sum is not None
    tree = _written_out(pack, measure.sum.text, frozenset())
    if tree is None:
        return False  # not an expression: the rules refuse it with a better sentence
    return any(_is_constant(node.left) or _is_constant(node.right) for node in tree.find_all(*_ARITHMETIC))


def _written_out(pack: Pack, text: str, within: frozenset[str]) -> exp.Expression | None:
    try:
        tree = parse(text)
    except Malformed:
        return None

    def replaced(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and not node.table and node.name in pack.facts and node.name not in within:
            inner = _written_out(pack, pack.facts[node.name].rule.text, within | {node.name})
            return exp.Paren(this=inner) if inner is not None else node
        return node

    return tree.transform(replaced)


def _is_constant(node: exp.Expr) -> bool:
    """Whether nothing a person said goes into ``node``: literals and dated numbers only."""
    if isinstance(node, exp.Column):
        return False
    if isinstance(node, exp.Anonymous) and str(node.this).lower() == "number":
        return True
    below = [child for child in node.iter_expressions() if not isinstance(child, exp.Identifier)]
    if not below:
        return isinstance(node, exp.Literal)
    return all(_is_constant(child) for child in below)


def _hidden_in_words(pack: Pack, indicator: IndicatorDef) -> Iterator[Problem]:
    if words := said_in("target", words_of_indicator(indicator)):
        where = at(pack, indicator.at, f"indicator {indicator.id}")
        yield Problem("charter.target_words", where, {"clause": "C1", "words": words})


def _narrow(pack: Pack, indicator: IndicatorDef) -> Iterator[Problem]:
    for breakdown in indicator.breakdowns:
        if breakdown not in WIDE_BREAKDOWNS:
            where = at(pack, indicator.at, f"indicator {indicator.id}")
            yield Problem("charter.narrow_breakdown", where, {"clause": "C2", "column": breakdown})


def _reports(pack: Pack, guarded_ids: frozenset[str]) -> Iterator[Problem]:
    for report in pack.reports.values():
        where = at(pack, report.at, f"report {report.id}")
        shown = [pack.indicators[i] for i in report.indicators if i in pack.indicators]
        guarded = [i.id for i in shown if i.id in guarded_ids]
        unknown = [i for i in report.indicators if i not in pack.indicators]
        if not guarded and not unknown:
            continue
        if report.grain not in WIDE_GRAINS:
            args = {"clause": "C2", "column": ", ".join(guarded + unknown), "grain": report.grain}
            yield Problem("charter.narrow_report", where, args)
        if words := said_in("target", (report.id, *report.title.values())):
            yield Problem("charter.target_words", where, {"clause": "C1", "words": words})
        for part, text, place in report.texts():
            if words := said_in("target", text.values()):
                yield Problem("charter.target_words", at(pack, place, part), {"clause": "C1", "words": words})


def _pictures(pack: Pack) -> Iterator[Problem]:
    """Pictures stand for a township or more by what they are; none of them says what there ought to be."""
    for picture in pack.pictures.values():
        texts = (picture.title, picture.note, *(step.title for step in picture.steps))
        if words := said_in("target", [picture.id, *(said for text in texts for said in text.values())]):
            where = at(pack, picture.at, f"picture {picture.id}")
            yield Problem("charter.target_words", where, {"clause": "C1", "words": words})


def _numbers(pack: Pack, guarded: frozenset[str]) -> Iterator[Problem]:
    behind = _numbers_behind(pack, guarded)
    for number in pack.numbers.values():
        said = (number.id, number.unit, *number.title.values())
        words = said_in("target", said)
        if words and (number.id in behind or said_in("births_and_choice", said)):
            where = at(pack, number.at, f"number {number.id}")
            yield Problem("charter.target_number", where, {"clause": "C1", "words": words})


def _numbers_behind(pack: Pack, indicators: frozenset[str]) -> frozenset[str]:
    """Ids of the numbers these indicators ask for, through their facts."""
    found: set[str] = set()
    for indicator in (pack.indicators[i] for i in sorted(indicators)):
        for measure in filter(None, (indicator.numerator, indicator.denominator)):
            for rule in filter(None, (measure.sum, measure.where, measure.by)):
                found |= _numbers_through(pack, rule.text, frozenset())
    return frozenset(found)


def _numbers_through(pack: Pack, text: str, seen: frozenset[str]) -> frozenset[str]:
    found = numbers_in(text)
    for name in names_in(text) - seen:
        if name in pack.facts:
            found |= _numbers_through(pack, pack.facts[name].rule.text, seen | {name})
    return found


def _contacts(pack: Pack, ground: Ground) -> Iterator[Problem]:
    for contacts in pack.planned():
        for contact in contacts:
            words = said_in("target", words_of_contact(contact))
            if words and ground.of_contact(pack, contact).protected:
                where = at(pack, contact.at, f"contact {contact.id}")
                yield Problem("charter.target_words", where, {"clause": "C1", "words": words})
