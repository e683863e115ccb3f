"""How reports are laid out: read from ``reports/*.yaml``, and looked through."""

from __future__ import annotations

from doorstep.engine.model.pack import Pack, ReportDef
from doorstep.engine.model.planned import At
from doorstep.engine.model.reporting import (
    ABOUT,
    ROWS,
    SHOWS,
    SHOWS_OF_THE_DAY,
    Block,
    Paragraph,
    TableLayout,
    figures_in,
    fills_in,
)
from doorstep.engine.packs.yaml_file import Found, Item, near

MOST_PERIODS = 12


def layout(item: Item) -> tuple[Block, ...]:
    """The pieces of a report in order."""
    blocks = []
    for one in item.items("layout", item.name):
        table = one.item("table", f"{item.name}, table")
        block = Block(one.text("heading"), one.words("paragraph"), _table(table) if table else None, one.at)
        if sum((bool(block.heading), bool(block.paragraph), block.table is not None)) != 1:
            one.found.add("block_unclear", one.at, item.name)
        one.end()
        blocks.append(block)
    return tuple(blocks)


def _table(item: Item) -> TableLayout:
    rows = item.one_of("rows", ROWS, "indicators")
    offered = SHOWS if rows == "indicators" else SHOWS_OF_THE_DAY
    named = item.names("show")
    for name in named:
        if name not in offered:
            item.problem("not_one_of", "show", said=name, options=", ".join(offered))
    count = item.whole("count", 4)
    if not 2 <= count <= MOST_PERIODS:
        item.problem("periods_count", "count", most=MOST_PERIODS)
    show = tuple(s for s in offered if s in named) if named else SHOWS_OF_THE_DAY
    table = TableLayout(rows, show, item.text("title"), item.names("indicators"), count, item.at)
    item.end()
    return table


def narrative(item: Item) -> dict[str, Paragraph]:
    """The paragraphs of a report by id."""
    found = {}
    for key, one in item.named("narrative", f"{item.name}, paragraph").items():
        found[key] = Paragraph(key, one.text("say", required=True), one.text("hidden"), one.text("missing"), one.at)
        one.end()
    return found


def check_layouts(pack: Pack, found: Found) -> None:
    """Add a problem for each figure, paragraph or table of a report that cannot stand."""
    for report in pack.reports.values():
        item = f"report {report.id}"
        placed = {b.paragraph for b in report.layout if b.paragraph}
        for block in report.layout:
            if block.paragraph and block.paragraph not in report.narrative:
                known = near(block.paragraph, list(report.narrative))
                found.add("unknown_paragraph", block.at, item, name=block.paragraph, near=known)
            for name in block.table.indicators if block.table else ():
                if name not in report.indicators:
                    known = near(name, report.indicators)
                    found.add("not_in_report", block.at, item, name=name, near=known)
        for one in report.narrative.values():
            if one.id not in placed:
                found.add("paragraph_unused", one.at, item, name=one.id)
            _check_paragraph(pack, report, one, found)
        _check_all_shown(report, found)


def _check_all_shown(report: ReportDef, found: Found) -> None:
    """A figure told in words stands in a table as well: a report of which one cannot see the pair is not defended."""
    tables = [b.table for b in report.layout if b.table is not None]
    shown = {name for table in tables for name in table.indicators or report.indicators}
    for name in report.indicators if report.layout else ():
        if name not in shown:
            found.add("figure_not_shown", report.at, f"report {report.id}", name=name)


def _check_paragraph(pack: Pack, report: ReportDef, one: Paragraph, found: Found) -> None:
    item = f"report {report.id}, paragraph {one.id}"
    for _, text in one.texts():
        for words in text.values():
            _check_fills(pack, report, words, one.at, item, found)
    if len({frozenset(figures_in(words)) for words in one.say.values()}) > 1:
        found.add("fills_differ", one.at, item)
    for name, text in (("hidden", one.hidden), ("missing", one.missing)):
        if one.figures and not text:
            found.add("variant_missing", one.at, item, key=name)
        if any(figures_in(words) for words in text.values()):
            found.add("variant_fills", one.at, item, key=name)


def _check_fills(pack: Pack, report: ReportDef, words: str, at: At, item: str, found: Found) -> None:
    fills = fills_in(words)
    if words.count("{") != len(fills) or words.count("}") != len(fills):
        found.add("braces", at, item, said=words)
    for fill in fills:
        name, _, part = fill.partition(".")
        if fill in ABOUT:
            continue
        if name not in report.indicators:
            found.add("not_in_report", at, item, name=name, near=near(name, report.indicators))
        elif part not in SHOWS or (part in ("denominator", "rate") and _counts_alone(pack, name)):
            found.add("not_a_part", at, item, said=fill, options=", ".join(SHOWS))


def _counts_alone(pack: Pack, indicator: str) -> bool:
    return indicator in pack.indicators and pack.indicators[indicator].denominator is None
