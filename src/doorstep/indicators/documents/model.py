"""What a report shows, whole: everything a page or a file of it needs, in every language, and nothing hidden.

It is plain data, so that it can be kept as one canonical text with its hash and read again by a later version of the
program. Figures are exact: a count as written, a rate as it was rounded, each beside its pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Literal

from doorstep.engine.model.spec import Text

FORMAT = 1  # of the canonical text; raised when a later version could not read an older one

Kind = Literal["number", "hidden", "none"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell. ``value`` is exact and '' unless it is a number; ``per``: 0 for a count, else what a rate is per.
    'none': there is no such figure (nobody to divide by), which is neither zero nor hidden."""

    kind: Kind
    value: str = ""
    per: int = 0

    @property
    def number(self) -> Decimal | None:
        return Decimal(self.value) if self.kind == "number" else None


@dataclass(frozen=True, slots=True)
class Head:
    """The title of a column of figures: whose, and what of it (a name of ``SHOWS``)."""

    of: Text
    shows: str


@dataclass(frozen=True, slots=True)
class Row:
    title: Text
    cells: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: what stands in the first column ('indicators', 'places', 'periods')."""

    title: Text
    rows: str
    heads: tuple[Head, ...]
    lines: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a table."""

    heading: Text = field(default_factory=dict)
    paragraph: Text = field(default_factory=dict)
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the period itself at one place, as a tidy row."""

    place: str
    indicator: str
    numerator: Figure
    denominator: Figure
    rate: Figure


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure counts, and where that is written."""

    id: str
    title: Text
    note: Text
    source: Text
    status: str


@dataclass(frozen=True, slots=True)
class Made:
    """How it was made: the day or moment it tells of (``at`` '' while it is a draft), by which programme and charter."""

    day: str
    pack: str
    version: str
    digest: str
    charter: str
    demonstration: bool
    program: str
    accepted: tuple[tuple[str, int, tuple[str, ...]], ...] = ()  # looser tags: pack, questions, who accepted them
    at: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    names: Text


@dataclass(frozen=True, slots=True)
class Document:
    """A report of a period for a place."""

    report: str
    title: Text
    programme: Text
    place: Place
    places: tuple[Place, ...]  # those shown beside it
    period: str
    period_name: Text
    first: str
    last: str
    unfinished: bool
    blocks: tuple[Block, ...]
    lines: tuple[Line, ...]
    definitions: tuple[Definition, ...]
    made: Made

    def content(self) -> dict[str, Any]:
        """As plain data. What tells only of the moment stands apart: two that differ in nothing else say the same."""
        plain: dict[str, Any] = _plain(asdict(self))
        as_of = {name: plain["made"].pop(name) for name in ("day", "at", "seq")}
        return {"format": FORMAT, "as_of": as_of, **plain}

    @staticmethod
    def of(content: Mapping[str, Any]) -> Document:
        """A document as it was kept. Raises ValueError for a format of a later version."""
        if content["format"] != FORMAT:
            raise ValueError(content["format"])
        rest = {key: value for key, value in content.items() if key not in ("format", "as_of")}
        accepted = tuple((pack, count, tuple(names)) for pack, count, names in rest["made"]["accepted"])
        return Document(
            **{
                **rest,
                "place": Place(**rest["place"]),
                "places": tuple(Place(**one) for one in rest["places"]),
                "blocks": tuple(_block(one) for one in rest["blocks"]),
                "lines": tuple(_line(one) for one in rest["lines"]),
                "definitions": tuple(Definition(**one) for one in rest["definitions"]),
                "made": Made(**{**rest["made"], **content["as_of"], "accepted": accepted}),
            }
        )


def _plain(value: Any) -> Any:
    """Tuples as lists, so that what is kept and what is read again are equal."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value


def _block(one: Mapping[str, Any]) -> Block:
    table = one["table"]
    return Block(one["heading"], one["paragraph"], _table(table) if table else None)


def _table(one: Mapping[str, Any]) -> Table:
    lines = tuple(Row(row["title"], tuple(Figure(**cell) for cell in row["cells"])) for row in one["lines"])
    return Table(one["title"], one["rows"], tuple(Head(**head) for head in one["heads"]), lines)


def _line(one: Mapping[str, Any]) -> Line:
    figures = {name: Figure(**one[name]) for name in ("numerator", "denominator", "rate")}
    return Line(one["place"], one["indicator"], **figures)
