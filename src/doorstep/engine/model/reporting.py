"""How a report reads: its headings, paragraphs with filled figures, and tables, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from doorstep.engine.model.planned import At
from doorstep.engine.model.spec import Text

Rows = Literal["indicators", "places", "periods"]
Show = Literal["numerator", "denominator", "rate", "before", "last_year"]
ROWS: tuple[Rows, ...] = ("indicators", "places", "periods")
SHOWS: tuple[Show, ...] = ("numerator", "denominator", "rate", "before", "last_year")
SHOWS_OF_THE_DAY: tuple[Show, ...] = ("numerator", "denominator", "rate")  # of the row's own place and period
ABOUT = ("place", "period")  # what a paragraph may fill in besides figures
_FILL = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences with figures filled in: '{early_registration_rate.rate}'. ``hidden`` is said whole where one of its
    figures may not be shown, ``missing`` where one is not there (nobody to divide by)."""

    id: str
    say: Text
    hidden: Text = field(default_factory=dict)
    missing: Text = field(default_factory=dict)
    at: At = field(default_factory=At)

    @property
    def figures(self) -> tuple[tuple[str, str], ...]:
        """(indicator, part) of every figure filled in, each once."""
        return tuple(dict.fromkeys(fill for words in self.say.values() for fill in figures_in(words)))

    def texts(self) -> Iterator[tuple[str, Text]]:
        """Its texts by name: 'say' and those of the variants that are there."""
        yield "say", self.say
        yield from ((name, text) for name, text in (("hidden", self.hidden), ("missing", self.missing)) if text)


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A table. ``rows`` of indicators, or of the places or latest ``count`` periods with a column for each indicator.
    ``show``: what stands of each figure. ``indicators``: some of the report's, none named = all."""

    rows: Rows = "indicators"
    show: tuple[Show, ...] = SHOWS_OF_THE_DAY
    title: Text = field(default_factory=dict)
    indicators: tuple[str, ...] = ()
    count: int = 4
    at: At = field(default_factory=At)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a report: a heading, a paragraph by its id, or a table."""

    heading: Text = field(default_factory=dict)
    paragraph: str = ""
    table: TableLayout | None = None
    at: At = field(default_factory=At)


def fills_in(words: str) -> list[str]:
    """What stands in braces, as written."""
    return _FILL.findall(words)


def figures_in(words: str) -> list[tuple[str, str]]:
    """(indicator, part) of the figures among them."""
    dotted = (fill.partition(".") for fill in fills_in(words) if fill not in ABOUT)
    return [(name, part) for name, _, part in dotted]


def filled(words: str, values: Mapping[str, str]) -> str:
    """``words`` with what stands in braces taken from ``values``."""
    return _FILL.sub(lambda found: values[found[1]], words)
