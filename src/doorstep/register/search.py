"""What finds a person: any ending part of a name, pinyin, initials, the last digits of a phone.

Every term starts at a place where a reader might start: '张秀英' gives 张秀英, 秀英, 英, zhangxiuying, xiuying, ying,
zxy and xy. A search is then a plain prefix search inside the places one may look at, which stays fast for a million
people; SQLite's own text index silently misses one- and two-character Chinese names.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # single characters are asked; the phrases would take 29 MB
from pypinyin import Style, lazy_pinyin

from doorstep.engine.outputs import Gate
from doorstep.lib import sealed

LONGEST_TERM = 60
PHONE, ID_NUMBER = "#", "!"  # first character of a term that finds a number by a keyed hash of its end, or of it whole
ENDINGS = range(3, 9)  # of a phone: as many digits from its end are a term each; more than that many are not looked at
MOST_FOUND = 50
LAST_CHARACTER = "\U0010ffff"

# Surnames that are read differently from the same character elsewhere.
SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "盖": "ge", "翟": "zhai", "区": "ou", "朴": "piao",
    "任": "ren", "华": "hua", "覃": "qin", "尉": "yu", "员": "yun", "缪": "miao", "冼": "xian", "燕": "yan", "尹": "yin",
}  # fmt: skip


LEAST_ID = 15
_ID_WITH_X = re.compile(r"\d{17}x")


def is_chinese(character: str) -> bool:
    return "㐀" <= character <= "鿿" or "𠀀" <= character <= "𱍊"


@lru_cache(maxsize=8192)
def _reading(character: str) -> str:
    found = lazy_pinyin(character, style=Style.NORMAL)
    return found[0].lower() if found else ""


def plain(text: str) -> str:
    """Lower case, one width, without accents or spaces at the ends."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
    return "".join(c for c in folded if not unicodedata.combining(c)).strip().lower()


@lru_cache(maxsize=8192)
def reading(name: str) -> str:
    """A whole name as it is read, in plain letters."""
    characters = [c for c in plain(name) if not c.isspace()]
    readings = [_reading(c) if is_chinese(c) else c for c in characters]
    if characters and len(characters) > 1:
        readings[0] = SURNAME_READINGS.get(characters[0], readings[0])
    return "".join(readings)


def digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def terms(name: str, phone: str, id_number: str = "") -> frozenset[str]:
    """All terms of a person's name, phone and ID number; both numbers may be sealed."""
    found: set[str] = set()
    name = plain(name)
    if any(is_chinese(c) for c in name):
        characters = [c for c in name if not c.isspace()]
        readings = [_reading(c) if is_chinese(c) else c for c in characters]
        readings[0] = SURNAME_READINGS.get(characters[0], readings[0])
        for start in range(len(characters)):
            found.add("".join(characters[start:]))
            found.add("".join(readings[start:]))
            found.add("".join(r[:1] for r in readings[start:]))
    else:
        words = name.split()
        for start in range(len(words)):
            found.add(" ".join(words[start:]))
        if len(words) > 1:
            found.add("".join(w[0] for w in words))
    number = digits(sealed.opened(phone))
    if len(number) >= 4:
        found |= {PHONE + sealed.blind(number[-n:], "phone") for n in ENDINGS if n <= len(number)}
    if whole := plain(sealed.opened(id_number)):
        found.add(ID_NUMBER + sealed.blind(whole, "id"))
    return frozenset(t[:LONGEST_TERM] for t in found if t)


def spelled(name: str, phone: str) -> str:
    """What someone is found by apart from the name as it is written: pinyin, initials, the phone; spaces between."""
    found = {term for term in terms(name, "") if not is_chinese(term[0])}
    number = digits(phone)
    return " ".join([*sorted(term.replace(" ", "") for term in found), *([number] if len(number) >= 4 else [])])


def query_sql(typed: str, place_ids: Iterable[int], only: Gate | None = None) -> tuple[str, Sequence[object]] | None:
    """The query (SQL, parameters) for ids of people in these places that what was typed may mean.

    ``only``: a condition over ``hit.person_id`` that removes whom the reader may not see.
    None when nothing can be searched: a sign that is no letter or digit is never a wildcard.
    """
    wanted = plain(typed)
    number = digits(wanted)
    if number and number == wanted.replace(" ", "").replace("-", "").lstrip("+"):
        if len(number) < 3:
            return None
        found = [PHONE + one for one in sealed.blinds(number[-ENDINGS[-1] :], "phone")]
        found += [ID_NUMBER + one for one in sealed.blinds(number, "id")] if len(number) >= LEAST_ID else []
    elif _ID_WITH_X.fullmatch(wanted):
        found = [ID_NUMBER + one for one in sealed.blinds(wanted, "id")]
    else:
        wanted = wanted.replace("'", "") if any(is_chinese(c) for c in wanted) else wanted
        if not wanted or not any(c.isalnum() for c in wanted):
            return None
        found = [wanted[:LONGEST_TERM]]
    ids = sorted(place_ids)
    if not ids:
        return None
    one = "SELECT person_id, term FROM search_term WHERE place_id = ? AND term >= ? AND term < ?"
    sql = " UNION ALL ".join([one] * len(ids) * len(found))
    params: list[object] = []
    for place_id in ids:
        for term in found:
            params += [place_id, term, term + LAST_CHARACTER]
    gate = f" WHERE {only.sql}" if only else ""
    params += only.params if only else ()
    return (
        f"SELECT DISTINCT person_id, MIN(LENGTH(term)) AS l FROM ({sql}) AS hit{gate} GROUP BY person_id ORDER BY l, person_id LIMIT {MOST_FOUND}",
        params,
    )
