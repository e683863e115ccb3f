"""What must be known before a bound can be worked out: the facts at the root of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doorstep.engine.rules.program import ReadFact, ReadSeries
from doorstep.engine.rules.tree import Aggregate, Answer, Expr, FactRef, Moment, Property, children

_ASKABLE = ("opened_on", "closed_on")


def roots(node: Expr, facts: Mapping[str, ReadFact]) -> dict[str, Expr]:
    """What ``node`` rests on, by the name a person would be asked for. A fact worked out from other facts alone
    gives way to those: 'expected day of birth' is not known because 'last period' is not."""
    found: dict[str, Expr] = {}
    for name, root in _roots(node, facts):
        found.setdefault(name, root)
    return found


def series_roots(series: ReadSeries, node: Expr, facts: Mapping[str, ReadFact]) -> dict[str, Expr]:
    """``roots`` of a series' rule without its own doses, which are no matter of asking."""
    forms = {source.form for source in series.definition.doses}
    return {
        name: root
        for name, root in roots(node, facts).items()
        if not (isinstance(root, Aggregate) and root.form in forms)
    }


def _roots(node: Expr, facts: Mapping[str, ReadFact]) -> Iterator[tuple[str, Expr]]:
    if isinstance(node, FactRef):
        tree = facts[node.name].tree
        below = [] if _reads_entries(tree) else list(_roots(tree, facts))
        yield from below or [(node.name, node)]
    elif isinstance(node, Property):
        yield f"{node.list_name}.{node.name}", node
    elif isinstance(node, Aggregate):
        yield _name_of(node), node
    elif isinstance(node, Answer):
        yield f"{node.form}.{node.key}", node
    elif isinstance(node, Moment):
        if node.name in _ASKABLE:
            yield node.name, node
    else:
        for child in children(node):
            yield from _roots(child, facts)


def _reads_entries(tree: Expr) -> bool:
    return isinstance(tree, Aggregate) or any(_reads_entries(child) for child in children(tree))


def _name_of(node: Aggregate) -> str:
    if isinstance(node.value, Answer):
        return f"{node.form}.{node.value.key}"
    return node.form
