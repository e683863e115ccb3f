"""A printed rate equals its own pair: what a table somebody typed says is worked out again from its own figures."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.exchange.typed_table import Answer, check
from doorstep.lib.problems import Problems

Rows = list[list[object]]


def typed(rows: Rows, ending: str = "csv") -> Answer:
    """The answer for a table typed into a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{ending}"
        if ending == "csv":
            with path.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows(rows)
        else:
            with xlsxwriter.Workbook(str(path)) as book:
                sheet = book.add_worksheet()
                per_cent = book.add_format({"num_format": "0.0%"})
                for r, row in enumerate(rows):
                    for c, cell in enumerate(row):
                        if isinstance(cell, float):
                            sheet.write_number(r, c, cell, per_cent)
                        else:
                            sheet.write(r, c, cell)
        return check(path)


def wrong(answer: Answer) -> list[tuple[str, str, str]]:
    """(cell, printed, what it is) of each that does not follow."""
    return [(p.where.item, p.args["printed"], p.args["is"]) for p in answer.wrong]


# The two real ones, from a published township report
BIRTHS: Rows = [["乡镇", "出生人数", "其中女孩", "性别比"], ["甲乡", 285, 109, "134.17"]]
REGISTERED: Rows = [["项目", "应登记人数", "已登记人数", "登记率"], ["流动人口", "2,444", "2,199", "87%"]]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_sex_ratio_that_is_not_that_of_its_births(ending: str) -> None:
    answer = typed(BIRTHS, ending)
    assert wrong(answer) == [("D2", "134.17", "161.47")]
    assert answer.wrong[0].args["one"] == "161.5"
    assert "176 (B2 − C2) ÷ 109 (C2) × 100" in answer.wrong[0].text("zh")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_per_cent_that_is_not_that_of_its_pair(ending: str) -> None:
    answer = typed(REGISTERED, ending)
    assert wrong(answer) == [("D2", "87%", "90%")]
    assert answer.wrong[0].args["one"] == "90.0%"
    assert "2,199 (C2) ÷ 2,444 (B2) × 100" in answer.wrong[0].text("en")


@pytest.mark.parametrize(
    "rows",
    [
        [["地区", "出生", "女", "性别比"], ["甲", 285, 109, "161.5"]],
        [["Place", "Births", "Girls", "Sex ratio (boys per 100 girls)"], ["A", 285, 109, "161.47"]],
        [["Place", "Boys", "Girls", "Sex ratio"], ["A", 176, 109, "161.5"]],
        [["指标", "数值"], ["应登记人数", 2444], ["登记人数", 2199], ["登记率", "90.0%"]],
        [["Place", "Numerator", "Denominator", "Rate (%)"], ["A", 15, 4762, "0.3"]],
        [["地区", "活产数", "婴儿死亡数", "婴儿死亡率（‰）"], ["甲", 4762, 15, "3.15"], ["乙", 1000, 4, "4.00"]],
        [["地区", "活产数", "孕产妇死亡数", "孕产妇死亡率（1/10万）"], ["甲", 250000, 3, "1.2"]],
        [["", "分母", "分子", "率"], ["甲", 2444, 2199, "0.900"]],  # a part of one
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_right_tables_pass(rows: Rows, ending: str) -> None:
    answer = typed(rows, ending)
    assert (wrong(answer), answer.unrelated, answer.nothing) == ([], (), False)


def test_a_county_yearbook_is_right() -> None:
    """Published figures whose ratios equal their own pairs."""
    answer = typed(
        [
            ["指标", "人数", "总数", "率（%）"],
            ["新生儿访视", 853, 865, "98.61"],
            ["3岁以下系统管理", 2655, 2935, "90.46"],
            ["7岁以下保健管理", 6881, 7111, "96.77"],
            ["眼保健和视力检查", 6568, 7111, "92.36"],
        ]
    )
    assert (wrong(answer), answer.right) == ([], 4)


def test_cells_of_excel_shown_as_per_cent() -> None:
    rows: Rows = [["乡", "分子", "分母", "率"], ["甲", 2199, 2444, 0.87], ["乙", 1, 2, 0.5]]
    assert wrong(typed(rows, "xlsx")) == [("D2", "87.0%", "90.0%")]


def test_decimals_cut_off_are_told_apart() -> None:
    answer = typed([["乡", "分子", "分母", "率"], ["甲", 2, 3, "66.6%"]])
    assert [p.code for p in answer.wrong] == ["exchange.rate_cut_off_headings"]


def test_in_one_sentence() -> None:
    assert wrong(typed([["登记率87%（2199/2444），建档率90.0%（2,199/2,444）"]])) == [("A1", "87%", "90%")]


def test_a_total_that_is_not_the_sum_of_its_parts() -> None:
    rows: Rows = [["村", "儿童", "老人"], ["东坡", 12, 30], ["西沟", 15, 41], ["合计", 28, 71]]
    answer = typed(rows)
    assert wrong(answer) == [("B4", "28", "27")]
    assert answer.right == 1


def test_parts_counted_already_are_no_parts() -> None:
    rows: Rows = [["村", "儿童"], ["合计", 27], ["东坡", 12], ["其中：女", 5], ["西沟", 15]]
    assert (wrong(typed(rows)), typed(rows).right) == ([], 1)


def test_two_headings_one_above_the_other() -> None:
    rows: Rows = [
        ["乡", "早孕建册", "早孕建册", "早孕建册", "产后访视", "产后访视", "产后访视"],
        ["", "活产数", "人数", "率", "活产数", "人数", "率"],
        ["甲", 100, 80, "80.0%", 100, 90, "90.0%"],
        ["乙", 200, 150, "75.0%", 200, 190, "59.0%"],
    ]
    assert wrong(typed(rows)) == [("G4", "59.0%", "95.0%")]


def test_what_cannot_be_related_is_said() -> None:
    answer = typed([["乡", "户数", "人口", "儿童", "合格率"], ["甲", 210, 701, 55, "12.3%"]])
    assert [(p.code, p.where.item) for p in answer.unrelated] == [("exchange.rate_unrelated", "E2")]
    assert (answer.wrong, answer.right) == ((), 0)


def test_a_table_without_rates_has_nothing_to_check() -> None:
    assert typed([["乡", "户数"], ["甲", 210]]).nothing


def test_no_table_at_all(tmp_path: Path) -> None:
    (tmp_path / "no.xlsx").write_bytes(b"no workbook")
    (tmp_path / "no.txt").write_text("text")
    for name, code in (("no.xlsx", "exchange.unreadable_file"), ("no.txt", "exchange.unknown_format")):
        with pytest.raises(Problems) as problems:
            check(tmp_path / name)
        assert [p.code for p in problems.value.problems] == [code]


# Any right table passes, and one changed rate is found


@st.composite
def right_tables(draw: st.DrawFn) -> Rows:
    places = draw(st.integers(0, 3))
    per, sign = draw(st.sampled_from([(100, "%"), (1000, "‰")]))
    zh = draw(st.booleans())
    heads = ["地区", "应查人数", "实查人数", "检查率"] if zh else ["Place", "Eligible", "Examined", "Rate"]
    turned = draw(st.booleans())
    rows: Rows = []
    for n in range(draw(st.integers(3, 8))):
        bottom = draw(st.integers(20, 9000))
        top = draw(st.integers(1, bottom))
        exact = (Decimal(top) * per / bottom).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        pair: list[object] = [top, bottom] if turned else [bottom, top]
        rows.append([f"{'村' if zh else 'Village '}{chr(65 + n)}", *pair, f"{exact}{sign}"])
    head: list[object] = [heads[0], *([heads[2], heads[1]] if turned else heads[1:3]), heads[3]]
    return [head, *rows]


@given(right_tables())
@settings(max_examples=150)
def test_any_right_table_passes(rows: Rows) -> None:
    answer = typed(rows)
    assert (wrong(answer), answer.unrelated, answer.right) == ([], (), len(rows) - 1)


@given(right_tables(), st.data())
@settings(max_examples=150)
def test_one_changed_rate_is_found(rows: Rows, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(rows) - 1))
    printed = str(rows[at][3])
    number, sign = printed[:-1], printed[-1]
    rows[at][3] = f"{Decimal(number) + data.draw(st.sampled_from([2, 5, 11]))}{sign}"
    answer = typed(rows)
    assert [cell for cell, _, _ in wrong(answer)] == [f"D{at + 1}"]
    assert wrong(answer)[0][2] == printed
