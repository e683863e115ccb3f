"""What finds a person, and what finds nobody."""

from __future__ import annotations

from doorstep.register.search import PHONE, query_sql, terms


def test_a_chinese_name_is_found_by_every_part_pinyin_and_initials() -> None:
    assert terms("张秀英", "") == {"张秀英", "秀英", "英", "zhangxiuying", "xiuying", "ying", "zxy", "xy", "y"}


def test_a_surname_is_read_as_a_surname() -> None:
    assert "zenglan" in terms("曾兰", "")
    assert terms("单丽", "") == {"单丽", "丽", "shanli", "li", "sl", "l"}


def test_other_names_are_found_by_each_word() -> None:
    assert terms("Maya Devi", "") == {"maya devi", "devi", "md"}


def test_a_phone_is_found_from_its_end() -> None:
    assert terms("", "138 0000-1234") == {PHONE + "43210000831"}


def test_a_short_number_is_no_phone() -> None:
    assert terms("", "12") == frozenset()


def test_what_finds_nobody() -> None:
    for typed in ("", "  ", "%", "*", "_", "12", "张"[:0]):
        assert query_sql(typed, [1]) is None
    assert query_sql("张", []) is None


def test_a_query_stays_inside_the_places() -> None:
    found = query_sql("Zhang", [7, 3])
    assert found is not None
    sql, params = found
    assert list(params) == [3, "zhang", "zhang\U0010ffff", 7, "zhang", "zhang\U0010ffff"]
    assert sql.count("place_id = ?") == 2
