"""The sentences a story may end with, in English and Chinese. Anything else is a problem, not a guess.

================================================  ==========================================
look_3 is coming from 2026-06-01 to 2026-06-28    look_3：未到，从 2026-06-01 到 2026-06-28
look_2 is met on 2026-05-10                       look_2：已做，2026-05-10
look_1 of care 2026-03-02 is missed               look_1（care 2026-03-02）：错过
recheck 2 is overdue due 2026-05-24               recheck 2：超期，应在 2026-05-24
look_1 is not listed                              look_1：不列出
look_4 needs left_on                              look_4：缺 left_on
advice on visit 2026-05-10 is go_now              visit 2026-05-10 的建议：go_now
advice on visit 2026-06-15 is none                visit 2026-06-15 的建议：无
seen_rate counts 1 of 2 in 2026-Q2                seen_rate：2026-Q2 计 1/2
fact started_on is 2026-01-05                     事实 started_on：2026-01-05
care 2026-03-02 closed on 2026-10-10              care 2026-03-02：结束于 2026-10-10
care 2026-03-02 is not closed                     care 2026-03-02：未结束
there are 2 care                                  care：共 2 次
visit 2026-05-10 fits nowhere                     visit 2026-05-10：无处可归
visit on 2026-05-12 starts with weight 60.5       visit 2026-05-12 预填 weight 60.5
shot 2026-05-10 counts as HepB-2, DTaP-1          shot 2026-05-10：算作 HepB-2、DTaP-1
shot 2026-05-10 does not count for A: too late    shot 2026-05-10：对 A 不算，太晚
================================================  ==========================================

States: coming, due soon, open, overdue, missed, met, unknown (未到、快到、可做、超期、错过、已做、未知). A sentence about
a state is true when exactly one visit planned under that name is in that state, with just the days it names;
say which visit with a number (``recheck 2``: the second of a recurring visit) or ``of EPISODE DAY`` (the day that opened it).
A dose of a series is planned as ``vaccine:HepB-2``. Why a given dose does not count is said in the words of
``VERDICT_WORDS``, and by how many days: ``too early for the age by 3 days``, ``月龄不够，差 3 天``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Literal

from doorstep.engine.model.history import Verdict

State = Literal["coming", "due_soon", "open", "overdue", "missed", "met", "unknown"]

STATE_WORDS: dict[State, tuple[str, str]] = {
    "coming": ("coming", "未到"),
    "due_soon": ("due soon", "快到"),
    "open": ("open", "可做"),
    "overdue": ("overdue", "超期"),
    "missed": ("missed", "错过"),
    "met": ("met", "已做"),
    "unknown": ("unknown", "未知"),
}


VERDICT_WORDS: dict[Verdict, tuple[str, str]] = {
    "too_early_age": ("too early for the age", "月龄不够"),
    "too_early_interval": ("too soon after an earlier dose", "间隔不够"),
    "too_late": ("too late", "太晚"),
    "not_for_person": ("not meant for this person", "此人不用"),
    "other_product": ("another vaccine was next", "该打的不是这种"),
    "complete": ("already complete", "已种全"),
    "not_in_schedule": ("not in the schedule", "程序里没有"),
    "unknown": ("cannot be told", "无法判断"),
    "no_day": ("day not known", "日期不清"),
}


@dataclass(frozen=True, slots=True)
class WhichVisit:
    """A planned visit by name; ``number`` counts recurrences from 1, 0 = not said."""

    contact: str
    number: int = 0
    episode: str = ""
    opened: date | None = None


@dataclass(frozen=True, slots=True)
class VisitIs:
    visit: WhichVisit
    state: State
    from_on: date | None = None
    due_on: date | None = None
    until_on: date | None = None
    met_on: date | None = None


@dataclass(frozen=True, slots=True)
class VisitNotListed:
    visit: WhichVisit


@dataclass(frozen=True, slots=True)
class VisitNeeds:
    visit: WhichVisit
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class AdviceIs:
    form: str
    on: date
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counts:
    indicator: str
    numerator: Decimal
    denominator: Decimal | None
    period: str


@dataclass(frozen=True, slots=True)
class FactIs:
    fact: str
    value: str  # '' = unknown
    episode: str = ""
    opened: date | None = None


@dataclass(frozen=True, slots=True)
class EpisodeIs:
    episode: str
    opened: date
    closed: date | None


@dataclass(frozen=True, slots=True)
class EpisodesAre:
    episode: str
    count: int


@dataclass(frozen=True, slots=True)
class FitsNowhere:
    form: str
    on: date


@dataclass(frozen=True, slots=True)
class DoseCounts:
    """``rows`` are the ids of the schedule's rows that the doses of one form given that day count as, all of them."""

    form: str
    on: date
    rows: frozenset[str]


@dataclass(frozen=True, slots=True)
class DoseFails:
    form: str
    on: date | None
    chain: str
    verdict: Verdict
    days: int | None


@dataclass(frozen=True, slots=True)
class StartsWith:
    form: str
    on: date
    question: str
    value: str


Sentence = (
    VisitIs
    | VisitNotListed
    | VisitNeeds
    | AdviceIs
    | Counts
    | FactIs
    | EpisodeIs
    | EpisodesAre
    | FitsNowhere
    | StartsWith
    | DoseCounts
    | DoseFails
)

_DAY = r"\d{4}-\d{2}-\d{2}"
_ID = r"[a-z][a-z0-9_]*"
_ROW = r"[A-Za-z][A-Za-z0-9_-]*"
_PLANNED = rf"{_ID}(?::{_ROW})?"
_PARTS = {
    "VISIT": rf"(?P<contact>{_PLANNED})(?: #?(?P<number>[1-9]\d*))?(?: of (?P<episode>{_ID}) (?P<opened>{_DAY}))?",
    "VISIT_ZH": rf"(?P<contact>{_PLANNED})(?: #?(?P<number>[1-9]\d*))?(?: ?（(?P<episode>{_ID}) (?P<opened>{_DAY})）)?",
    "STATE": "(?P<state>" + "|".join(en for en, _ in STATE_WORDS.values()) + ")",
    "STATE_ZH": "(?P<state>" + "|".join(zh for _, zh in STATE_WORDS.values()) + ")",
    "ID": _ID,
    "IDS": rf"{_ID}(?:(?:, ?|、){_ID})*",
    "NEEDS": rf"{_ID}(?:\.{_ID})?(?:(?:, ?|、){_ID}(?:\.{_ID})?)*",
    "ROW": _ROW,
    "ROWS": rf"{_ROW}(?:(?:, ?|、){_ROW})*",
    "VERDICT": "(?P<verdict>" + "|".join(en for en, _ in VERDICT_WORDS.values()) + ")",
    "VERDICT_ZH": "(?P<verdict>" + "|".join(zh for _, zh in VERDICT_WORDS.values()) + ")",
    "DAY": _DAY,
    "PERIOD": r"\d{4}(?:-Q[1-4]|-\d{2})?",
    "NUMBER": r"\d+(?:\.\d+)?",
}

_FORMS: tuple[tuple[type, str], ...] = (
    (VisitIs, "VISIT is STATE(?: on (?P<met>DAY))?(?: from (?P<from>DAY))?(?: due (?P<due>DAY))?(?: to (?P<to>DAY))?"),
    (
        VisitIs,
        "VISIT_ZH：STATE_ZH(?:，(?P<met>DAY))?(?:，?从 ?(?P<from>DAY))?(?:，?应在 ?(?P<due>DAY))?(?:，? ?到 ?(?P<to>DAY))?",
    ),
    (VisitNotListed, "VISIT is not listed"),
    (VisitNotListed, "VISIT_ZH：不列出"),
    (VisitNeeds, "VISIT needs (?P<facts>NEEDS)"),
    (VisitNeeds, "VISIT_ZH：缺 ?(?P<facts>NEEDS)"),
    (AdviceIs, "advice on (?P<form>ID) (?P<on>DAY) is (?P<words>IDS)"),
    (AdviceIs, "(?P<form>ID) (?P<on>DAY) 的建议：(?P<words>无|IDS)"),
    (Counts, "(?P<id>ID) counts (?P<above>NUMBER)(?: of (?P<below>NUMBER))? in (?P<period>PERIOD)"),
    (Counts, "(?P<id>ID)：(?P<period>PERIOD) ?计 ?(?P<above>NUMBER)(?:/(?P<below>NUMBER))?"),
    (FactIs, "fact (?P<id>ID)(?: of (?P<episode>ID) (?P<opened>DAY))? is (?P<value>.+)"),
    (FactIs, "事实 ?(?P<id>ID)(?:（(?P<episode>ID) (?P<opened>DAY)）)?：(?P<value>.+)"),
    (EpisodeIs, "(?P<id>ID) (?P<opened>DAY) (?:is not closed|closed on (?P<closed>DAY))"),
    (EpisodeIs, "(?P<id>ID) (?P<opened>DAY)：(?:未结束|结束于 ?(?P<closed>DAY))"),
    (EpisodesAre, "there (?:are|is) (?P<count>\\d+) (?P<id>ID)"),
    (EpisodesAre, "(?P<id>ID)：共 ?(?P<count>\\d+) ?次"),
    (FitsNowhere, "(?P<form>ID) (?P<on>DAY) fits nowhere"),
    (FitsNowhere, "(?P<form>ID) (?P<on>DAY)：无处可归"),
    (DoseCounts, "(?P<form>ID) (?P<on>DAY) counts as (?P<rows>ROWS)"),
    (DoseCounts, "(?P<form>ID) (?P<on>DAY)：算作 ?(?P<rows>ROWS)"),
    (
        DoseFails,
        "(?P<form>ID) (?P<on>DAY) does not count(?: for (?P<chain>ROW))?: VERDICT(?: by (?P<days>\\d+) days?)?",
    ),
    (DoseFails, "(?P<form>ID) (?P<on>DAY)：(?:对 ?(?P<chain>ROW) ?)?不算，VERDICT_ZH(?:，差 ?(?P<days>\\d+) ?天)?"),
    (StartsWith, "(?P<form>ID) on (?P<on>DAY) starts with (?P<question>[^ ]+) (?P<value>.+)"),
    (StartsWith, "(?P<form>ID) (?P<on>DAY) 预填 ?(?P<question>[^ ]+) (?P<value>.+)"),
)

_PATTERNS = tuple(
    (kind, re.compile(re.sub(r"[A-Z]+(?:_ZH)?", lambda m: _PARTS.get(m[0], m[0]), form))) for kind, form in _FORMS
)

_SHOWN = tuple(
    tuple(re.split(r" {3,}", line)) for line in (__doc__ or "").splitlines() if re.match(r"[a-z].* {3,}\S", line)
)


def nearest(text: str) -> tuple[str, str]:
    """The three documented sentences most like ``text``, in English and in Chinese, for a message."""
    column = 1 if re.search(r"[\u4e00-\u9fff：]", text) else 0
    close = sorted(_SHOWN, key=lambda both: -SequenceMatcher(None, both[column], text).ratio())[:3]
    return " | ".join(both[0] for both in close), " | ".join(both[1] for both in close)


def parse(text: str) -> Sentence | None:
    """The sentence, or None when it is none of the known forms or names a day that does not exist."""
    said = text.strip().rstrip(".。")
    for kind, pattern in _PATTERNS:
        found = pattern.fullmatch(said)
        if found:
            try:
                return _sentence(kind, found.groupdict())
            except ValueError:
                return None
    return None


def _sentence(kind: type, said: dict[str, str | None]) -> Sentence:
    def word(name: str) -> str:
        return said.get(name) or ""

    def day(name: str) -> date | None:
        return date.fromisoformat(word(name)) if said.get(name) else None

    def names(name: str) -> frozenset[str]:
        listed = re.split(r", ?|、", word(name))
        return frozenset(() if listed in (["none"], ["无"]) else listed)

    if kind in (VisitIs, VisitNotListed, VisitNeeds):
        visit = WhichVisit(word("contact"), int(word("number") or 0), word("episode"), day("opened"))
        if kind is VisitNotListed:
            return VisitNotListed(visit)
        if kind is VisitNeeds:
            return VisitNeeds(visit, names("facts"))
        state = next(s for s, both in STATE_WORDS.items() if word("state") in both)
        if said.get("met") and state != "met":
            raise ValueError(said)
        return VisitIs(visit, state, day("from"), day("due"), day("to"), day("met"))
    if kind is Counts:
        below = Decimal(word("below")) if said.get("below") else None
        return Counts(word("id"), Decimal(word("above")), below, word("period"))
    if kind is FactIs:
        value = "" if word("value") in ("unknown", "未知") else word("value")
        return FactIs(word("id"), value, word("episode"), day("opened"))
    if kind is EpisodesAre:
        return EpisodesAre(word("id"), int(word("count")))
    if kind is EpisodeIs:
        return EpisodeIs(word("id"), date.fromisoformat(word("opened")), day("closed"))
    on = date.fromisoformat(word("on"))
    if kind is AdviceIs:
        return AdviceIs(word("form"), on, names("words"))
    if kind is DoseCounts:
        return DoseCounts(word("form"), on, names("rows"))
    if kind is DoseFails:
        verdict = next(v for v, both in VERDICT_WORDS.items() if word("verdict") in both)
        return DoseFails(word("form"), on, word("chain"), verdict, int(word("days")) if said.get("days") else None)
    if kind is FitsNowhere:
        return FitsNowhere(word("form"), on)
    return StartsWith(word("form"), on, word("question"), word("value"))
