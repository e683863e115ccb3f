"""From a report worked out to the document it is: the pack's layout with its figures filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.utils import translation

import doorstep
from doorstep.engine.charter import CharterReport
from doorstep.engine.model import reporting
from doorstep.engine.model.pack import IndicatorDef, ReportDef
from doorstep.engine.model.reporting import Paragraph, TableLayout
from doorstep.engine.model.spec import Text
from doorstep.indicators import period_names, periods
from doorstep.indicators.documents.figures import figure, main_figure, said
from doorstep.indicators.documents.model import (
    Block,
    Definition,
    Document,
    Figure,
    Head,
    Line,
    Made,
    Place,
    Row,
    Table,
)
from doorstep.indicators.periods import Period
from doorstep.indicators.report import Report
from doorstep.places.queries import Node
from doorstep.programmes.moment import Moment

DJANGO_LANGUAGE = {"zh": "zh-hans", "en": "en"}
_BLANK_BY_HAN = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) | (?=[\u3000-\u9fff\uff00-\uffef])")


def asked_periods(report: ReportDef, period: Period) -> list[Period]:
    """Every period a report's layout looks at, the oldest first."""
    wanted = {period.id: period, (one := period.before()).id: one, (one := period.same_last_year()).id: one}
    for table in (block.table for block in layout_of(report) if block.table is not None):
        if table.rows == "periods":
            wanted |= {one.id: one for one in periods.latest(period.last, period.kind, table.count)}
    return sorted(wanted.values(), key=lambda one: one.last)


def layout_of(report: ReportDef) -> tuple[reporting.Block, ...]:
    """The layout a report states; of one that states none, all its figures, and their rates by place."""
    stated = report.layout
    by_place = TableLayout(rows="places", show=("rate",))
    return stated or (reporting.Block(table=TableLayout()), reporting.Block(table=by_place))


def build(worked: Report, period: Period, day: date, standing: CharterReport, moment: Moment | None = None) -> Document:
    """The document of one of the periods a report was worked out for (``asked_periods``).

    ``day``: when it is read; ``moment``: what it tells of when that is fixed, None for a draft of what is known now.
    """
    building = _Building(worked, period)
    return Document(
        report=worked.definition.id,
        title=dict(worked.definition.title),
        programme=dict(worked.programme.pack.titles),
        place=_place(worked.area),
        places=tuple(_place(node) for node in worked.parts),
        period=period.id,
        period_name=dict(period_names.name(period)),
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        unfinished=period.last >= day,
        blocks=tuple(building.blocks()),
        lines=tuple(building.lines()),
        definitions=tuple(building.definitions()),
        made=_made(worked, day, standing, moment),
    )


def _place(node: Node) -> Place:
    return Place(node.code, dict(node.names))


def _made(worked: Report, day: date, standing: CharterReport, moment: Moment | None) -> Made:
    pack = worked.programme.pack
    accepted = tuple((name, count, tuple(names)) for name, count, names in standing.accepted_by_pack())
    made = partial(Made, pack=pack.id, version=pack.version, digest=pack.digest, charter=standing.hash,
                   demonstration=standing.demonstration_only, program=doorstep.__version__, accepted=accepted)  # fmt: skip
    if moment is None:
        return made(day=day.isoformat())
    return made(day=moment.day.isoformat(), at=moment.at.isoformat(), seq=moment.seq)


@dataclass(frozen=True)
class _Building:
    worked: Report
    period: Period

    @property
    def report(self) -> ReportDef:
        return self.worked.definition

    def _defined(self, indicator: str) -> IndicatorDef:
        return self.worked.programme.pack.indicators[indicator]

    def _figure(self, indicator: str, part: str, node: Node, period: Period) -> Figure:
        """One part of a figure; 'before' and 'last_year' are its main figure in another period."""
        definition = self._defined(indicator)
        if part in ("before", "last_year"):
            other = period.before() if part == "before" else period.same_last_year()
            return main_figure(self.worked.cells[indicator, other.id, node.id], definition)
        return figure(self.worked.cells[indicator, period.id, node.id], part, definition)

    # Blocks

    def blocks(self) -> list[Block]:
        """Every piece that has something to say: a heading goes where nothing is left below it."""
        found = list(self._all_blocks())
        after = [*found[1:], Block(heading={"": ""})]
        return [one for one, below in zip(found, after, strict=True) if not (one.heading and below.heading)]

    def _all_blocks(self) -> Iterator[Block]:
        for block in layout_of(self.report):
            if block.heading:
                yield Block(heading=dict(block.heading))
            elif block.table is None:
                yield Block(paragraph=self._told(self.report.narrative[block.paragraph]))
            elif (table := self._table(block.table)).lines:
                yield Block(table=table)

    def _told(self, one: Paragraph) -> Text:
        """A paragraph with its figures, or the whole sentence that stands for it where one cannot be told."""
        figures = {
            f"{name}.{part}": self._figure(name, part, self.worked.area, self.period) for name, part in one.figures
        }
        kinds = {found.kind for found in figures.values()}
        words = one.hidden if "hidden" in kinds else one.missing if "none" in kinds else one.say
        return {language: self._filled(words[language], language, figures) for language in words}

    def _filled(self, words: str, language: str, figures: Mapping[str, Figure]) -> str:
        with translation.override(DJANGO_LANGUAGE.get(language, language)):
            values = {name: said(one) for name, one in figures.items()}
        values |= {
            "place": _in(self.worked.area.names, language),
            "period": _in(period_names.name(self.period), language),
        }
        text = reporting.filled(" ".join(words.split()), values)
        return _BLANK_BY_HAN.sub("", text) if language == "zh" else text

    # Tables

    def _table(self, layout: TableLayout) -> Table:
        chosen = layout.indicators or self.report.indicators
        rows: dict[str, Callable[[], Sequence[Row]]] = {
            "indicators": lambda: self._by_indicator(layout, chosen),
            "places": lambda: self._by_place(layout, chosen),
            "periods": lambda: self._by_period(layout, chosen),
        }
        heads = self._heads(layout, chosen)
        return Table(dict(layout.title), layout.rows, heads, tuple(rows[layout.rows]()))

    def _heads(self, layout: TableLayout, chosen: Sequence[str]) -> tuple[Head, ...]:
        if layout.rows == "indicators":
            return tuple(Head({}, part) for part in layout.show)
        return tuple(Head(dict(self._defined(i).title), part) for i in chosen for part in self._parts(layout, i))

    def _parts(self, layout: TableLayout, indicator: str) -> list[str]:
        """What stands of a figure in a table with a column for each: its count alone where it has no rate."""
        if self._defined(indicator).denominator is None:
            return ["numerator"]
        return list(layout.show)

    def _by_indicator(self, layout: TableLayout, chosen: Sequence[str]) -> list[Row]:
        area = self.worked.area
        return [
            Row(
                dict(self._defined(i).title),
                tuple(self._figure(i, part, area, self.period) for part in layout.show),
            )
            for i in chosen
        ]

    def _by_place(self, layout: TableLayout, chosen: Sequence[str]) -> list[Row]:
        """A line for each place shown beside the whole, and the whole last: in the places' own order, never by size."""
        if not self.worked.parts:
            return []
        return [
            Row(dict(node.names), self._cells(layout, chosen, node, self.period))
            for node in (*self.worked.parts, self.worked.area)
        ]

    def _by_period(self, layout: TableLayout, chosen: Sequence[str]) -> list[Row]:
        latest = periods.latest(self.period.last, self.period.kind, layout.count)
        return [Row(dict(period_names.name(one)), self._cells(layout, chosen, self.worked.area, one)) for one in latest]

    def _cells(self, layout: TableLayout, chosen: Sequence[str], node: Node, period: Period) -> tuple[Figure, ...]:
        return tuple(self._figure(i, part, node, period) for i in chosen for part in self._parts(layout, i))

    # Beside the layout

    def lines(self) -> Iterator[Line]:
        for node in (self.worked.area, *self.worked.parts):
            for i in self.report.indicators:
                parts = {
                    part: self._figure(i, part, node, self.period) for part in ("numerator", "denominator", "rate")
                }
                yield Line(node.code, i, **parts)

    def definitions(self) -> Iterator[Definition]:
        for i, one in self.worked.indicators():
            source = self.worked.programme.pack.sources.get(one.source)
            yield Definition(i, dict(one.title), dict(one.note), dict(source.title) if source else {}, one.status)


def _in(words: Text, language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")
