"""A report's headings, paragraphs and tables are read, and whatever cannot stand in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.engine.model.reporting import filled
from doorstep.engine.packs import check, load
from doorstep.lib.problems import Problems

from .clinic import changed

FILE = "reports/yearly.yaml"
HONEST = """\
title: {en: Yearly, zh: 年报}
period: year
indicators: [seen_rate]
layout:
  - heading: {en: Care, zh: 护理}
  - paragraph: seen
  - table: {title: {en: Figures, zh: 指标}, show: [rate, numerator, last_year]}
  - table: {rows: periods, count: 3}
narrative:
  seen:
    say: {en: "In {place}, {period}, {seen_rate.numerator} were seen.", zh: "{place}{period}看了{seen_rate.numerator}人。"}
    hidden: {en: Too few to show., zh: 人数太少，不显示。}
    missing: {en: Nobody was seen., zh: 没有人。}
"""


def test_a_layout_is_read(tmp_path: Path) -> None:
    report = load(changed(tmp_path, [(FILE, None, HONEST)])).reports["yearly"]
    assert [(b.heading.get("en"), b.paragraph, b.table is not None) for b in report.layout] == [
        ("Care", "", False),
        (None, "seen", False),
        (None, "", True),
        (None, "", True),
    ]
    first, second = (b.table for b in report.layout if b.table is not None)
    assert (first.rows, first.show) == ("indicators", ("numerator", "rate", "last_year"))  # always in this order
    assert (second.rows, second.show, second.count) == ("periods", ("numerator", "denominator", "rate"), 3)
    assert report.narrative["seen"].figures == (("seen_rate", "numerator"),)


def test_a_paragraph_is_filled() -> None:
    assert filled("In {place}: {a.rate}.", {"place": "Liulin", "a.rate": "80.0 %"}) == "In Liulin: 80.0 %."


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{seen_rate.numerator} were", "{gone_rate.numerator} were", "not_in_report"),
        ("{seen_rate.numerator} were", "{seen_rate.goal} were", "not_a_part"),
        ("{seen_rate.numerator} were", "{seen_rate.rate} were", "fills_differ"),
        ("{seen_rate.numerator} were", "{seen_rate.numerator were", "braces"),
        ("    hidden: {en: Too few to show., zh: 人数太少，不显示。}\n", "", "variant_missing"),
        ("Nobody was seen.", '"{seen_rate.rate} seen."', "variant_fills"),
        ("- paragraph: seen", "- paragraph: sene", "unknown_paragraph"),
        ("  - paragraph: seen\n", "", "paragraph_unused"),
        ("count: 3", "count: 13", "periods_count"),
        ("rows: periods, count: 3", "rows: periods, show: [last_year]", "not_one_of"),
        ("rows: periods, count: 3", "rows: periods, indicators: [gone_rate]", "not_in_report"),
        (
            "- heading: {en: Care, zh: 护理}",
            "- {heading: {en: Care, zh: 护理}, paragraph: seen}",
            "block_unclear",
        ),
        ("rows: periods, count: 3", "rows: periods, goal: 90", "key_unknown"),
    ],
)
def test_what_cannot_stand_is_told(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert HONEST.count(old) == 1
    with pytest.raises(Problems) as problems:
        load(changed(tmp_path, [(FILE, None, HONEST.replace(old, new))]))
    assert f"packs.{code}" in {p.code for p in problems.value.problems}


def test_a_figure_no_table_shows_is_told(tmp_path: Path) -> None:
    alone = HONEST.replace("  - table: {title: {en: Figures, zh: 指标}, show: [rate, numerator, last_year]}\n", "")
    alone = alone.replace("  - table: {rows: periods, count: 3}\n", "")
    with pytest.raises(Problems) as problems:
        load(changed(tmp_path, [(FILE, None, alone)]))
    assert [p.code for p in problems.value.problems] == ["packs.figure_not_shown"]


def test_every_language_is_there(tmp_path: Path) -> None:
    folder = changed(tmp_path, [(FILE, None, HONEST.replace(", zh: 人数太少，不显示。", ""))])
    missing = [p for p in check(folder, forms=False) if p.code == "packs.language_missing"]
    assert [(p.where.item, p.args["languages"]) for p in missing] == [("report yearly, paragraph seen, hidden", "zh")]
