"""What was counted at events, and what people said without a name, by township and wider, as it may be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from doorstep.forms import held
from doorstep.indicators.hiding.pages import Cell, Shape
from doorstep.indicators.periods import Period
from doorstep.indicators.settled import Page, page, wide_places
from doorstep.places import queries as places
from doorstep.places.queries import Node

SHEETS = "sheets"


def attended(counted: Mapping[str, Sequence[str]], area: Node, period: Period, today: date) -> Page:
    """Sums of what was counted at events of a period. ``counted``: the questions to add up, by form; see ``kind``."""

    def count(nodes: Sequence[Node]) -> dict[Cell, int]:
        found: dict[Cell, int] = {}
        for node in nodes:
            sums = held.figures(places.tree().below(node.id), period.first, period.last, counted).sums
            found |= {(node.id, kind(form, q)): sums[form, q] for form, questions in counted.items() for q in questions}
        return found

    every = frozenset(kind(form, question) for form, questions in counted.items() for question in questions)
    return page("events", period.id, Shape(grows=every), area, wide_places(), count, today)


def voices(form: str, choices: Mapping[str, Sequence[str]], area: Node, period: Period, today: date) -> Page:
    """How many sheets of an anonymous form were filled in a period, and how often each answer was given. ``choices``: by
    question; nobody gives two answers to one."""

    def count(nodes: Sequence[Node]) -> dict[Cell, int]:
        found: dict[Cell, int] = {}
        for node in nodes:
            heard = held.voices(form, places.tree().below(node.id), period.first, period.last)
            found[node.id, SHEETS] = heard[""][SHEETS]
            for question, offered in choices.items():
                given = heard.get(question, Counter())
                found |= {(node.id, kind(question, one)): given.get(one, 0) for one in offered}
        return found

    each = {question: tuple(kind(question, one) for one in offered) for question, offered in choices.items()}
    shape = Shape(
        within=tuple((kinds, SHEETS) for kinds in each.values()),
        grows=frozenset({SHEETS, *(one for kinds in each.values() for one in kinds)}),
    )
    return page("voices", f"{form}/{period.id}", shape, area, wide_places(), count, today)


def kind(of: str, one: str) -> str:
    """The name of a count: of a form's question, or of a question's answer."""
    return f"{of}:{one}"
