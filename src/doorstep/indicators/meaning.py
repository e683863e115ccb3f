"""What an indicator counts, in words: above the line, below it, by which day, and the names its rules hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from doorstep.engine.model.pack import IndicatorDef, Measure, Pack
from doorstep.engine.model.spec import Text
from doorstep.engine.outputs.written import names_in, numbers_in

LIVES: dict[str, Text] = {"person": {"en": "person", "zh": "人"}, "household": {"en": "family", "zh": "家庭"}}


@dataclass(frozen=True, slots=True)
class Side:
    """``counts``: what is counted, and by which day. ``where``: the rule as written, '' when everyone counts."""

    counts: Text
    where: str


@dataclass(frozen=True, slots=True)
class Named:
    """A name that stands in the rules: a fact or a number, in words. ``value``: of a number, as it stands today."""

    name: str
    title: Text
    value: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """``facts`` and ``forms``: the names of those its rules look at, in order."""

    above: Side
    below: Side | None
    formula: Text
    names: tuple[Named, ...]
    facts: tuple[str, ...]
    forms: tuple[str, ...]


def meaning(pack: Pack, indicator: IndicatorDef, today: date) -> Meaning:
    """What one indicator of a pack counts."""
    sides = [side for side in (indicator.numerator, indicator.denominator) if side is not None]
    texts = [rule.text for side in sides for rule in (side.sum, side.where, side.by) if rule is not None]
    facts = tuple(dict.fromkeys(name for text in texts for name in _facts_in(pack, text)))
    numbers = sorted({name for text in texts for name in numbers_in(text)} & set(pack.numbers))
    formula: Text = {"en": "what stands above the line", "zh": "只有上面一个数"}
    if indicator.denominator is not None:
        times = {1: "", 100: " × 100 %"}.get(indicator.per, f" × {indicator.per}")
        formula = {"en": f"above ÷ below{times}", "zh": f"上面 ÷ 下面{times}"}
    return Meaning(
        _side(pack, indicator.numerator),
        _side(pack, indicator.denominator) if indicator.denominator is not None else None,
        formula,
        (*(Named(name, pack.facts[name].title) for name in facts), *(_number(pack, name, today) for name in numbers)),
        facts,
        tuple(dict.fromkeys(form for text in texts for form in _forms_in(pack, text, facts))),
    )


def _side(pack: Pack, measure: Measure) -> Side:
    of = _title(pack, measure.over)
    if measure.sum is not None:
        fact = pack.facts.get(measure.sum.text)
        what: Text = fact.title if fact is not None and fact.title else {"en": measure.sum.text, "zh": measure.sum.text}
        en, zh = (
            f"“{what.get('en', '')}” of each {of['en']}, added up",
            f"每个{of['zh']}的“{what.get('zh', '')}”加在一起",
        )
    else:
        en, zh = f"each {of['en']} counts one", f"每个{of['zh']}算一个"
    day = _day(pack, measure)
    return Side({"en": f"{en}, {day['en']}", "zh": f"{zh}，{day['zh']}"}, measure.where.text if measure.where else "")


def _title(pack: Pack, over: str) -> Text:
    if over in LIVES:
        return LIVES[over]
    if over in pack.episodes:
        title = pack.episodes[over].title
        return {"en": f"“{title.get('en', over)}”", "zh": f"“{title.get('zh', over)}”"}
    use = pack.uses.get(over)
    title = use.title if use is not None else {}
    return {"en": f"record “{title.get('en', over)}”", "zh": f"“{title.get('zh', over)}”记录"}


def _day(pack: Pack, measure: Measure) -> Text:
    by = measure.by.text if measure.by is not None else ""
    if by in pack.facts and pack.facts[by].title:
        title = pack.facts[by].title
        return {"en": f"by: {title.get('en', by)}", "zh": f"按“{title.get('zh', by)}”算时间"}
    if measure.each:
        return {"en": "once in each calendar year", "zh": "每个日历年问一次"}
    if not by:
        return {"en": "on the day of the record", "zh": "算在记录那天"}
    known: dict[str, Text] = {
        "opened_on": {"en": "on the day the care began", "zh": "算在开始那天"},
        "closed_on": {"en": "on the day its end was written for", "zh": "算在结束那天"},
    }
    return known.get(by, {"en": f"by: {by}", "zh": f"按 {by} 算时间"})


def _facts_in(pack: Pack, text: str) -> Iterator[str]:
    return (name for name in sorted(names_in(text)) if name in pack.facts and pack.facts[name].title)


def _forms_in(pack: Pack, text: str, facts: tuple[str, ...]) -> Iterator[str]:
    """Forms the rule names itself, or through the facts it names."""
    for rule in (text, *(pack.facts[name].rule.text for name in facts)):
        yield from (head for name in sorted(names_in(rule)) if (head := name.partition(".")[0]) in pack.forms)


def _number(pack: Pack, name: str, today: date) -> Named:
    number = pack.numbers[name]
    now = next((v for v in reversed(number.values) if v.since <= today), None)
    value = f"{now.value.normalize():f} {number.unit}" if now is not None else ""
    return Named(name, number.title, value, now.status if now is not None else "")
