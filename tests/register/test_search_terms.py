"""What finds a person, and what finds nobody."""

from __future__ import annotations

from doorstep.lib import sealed
from doorstep.register.search import ID_NUMBER, PHONE, query_sql, terms


def test_a_chinese_name_is_found_by_every_part_pinyin_and_initials() -> None:
    assert terms("张秀英", "") == {"张秀英", "秀英", "英", "zhangxiuying", "xiuying", "ying", "zxy", "xy", "y"}


def test_a_surname_is_read_as_a_surname() -> None:
    assert "zenglan" in terms("曾兰", "")
    assert terms("单丽", "") == {"单丽", "丽", "shanli", "li", "sl", "l"}


def test_other_names_are_found_by_each_word() -> None:
    assert terms("Maya Devi", "") == {"maya devi", "devi", "md"}


def test_a_phone_is_found_from_its_end() -> None:
    found = terms("", "138 0000-1234")
    assert found == {
        PHONE + sealed.blind(end, "phone") for end in ("234", "1234", "01234", "001234", "0001234", "00001234")
    }
    assert terms("", sealed.token("13800001234")) == found
    for typed in ("234", "1234", "0 1234", "13800001234", "+8613800001234"):
        asked = query_sql(typed, [1])
        assert asked is not None and asked[1][1] in found, typed
    for typed in ("123", "4321", "8613800001235"):
        asked = query_sql(typed, [1])
        assert asked is not None and asked[1][1] not in found, typed


def test_an_id_number_is_found_whole_only() -> None:
    (found,) = terms("", "", sealed.token("11010519491231002X"))
    assert found == ID_NUMBER + sealed.blind("11010519491231002x", "id")
    asked = query_sql("11010519491231002x", [1])
    assert asked is not None and asked[1][1] == found
    for typed in ("002x", "1101051949123100"):
        asked = query_sql(typed, [1])
        assert asked is None or found not in asked[1], typed


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
