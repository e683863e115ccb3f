"""What a heading says a column of figures is: a rate, one side of it, boys, girls, a total. In Chinese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RATE = re.compile(
    r"率(?!先)|比例|百分比|占比|比重|构成比|覆盖面|[%％‰]|\b(?:rates?|ratios?|per ?cent(?:age)?|percent(?:age)?|share|proportion|coverage|prevalence)\b",
    re.I,
)
_SEX_RATIO = re.compile(r"性别比|\bsex ratio\b|\bboys per (?:100|hundred) girls\b", re.I)
_PER = (
    (100_000, re.compile(r"10万|十万|100[ ,]?000|1/10\s?万|per (?:hundred thousand|lakh)", re.I)),
    (10_000, re.compile(r"(?<!十)(?<!10)万分|(?<![0-9,])10[ ,]?000(?!0)|per ten thousand", re.I)),
    (1000, re.compile(r"‰|千分|每千|per mille|per thousand|per 1[ ,]?000(?![ ,]?0)|/1[ ,]?000(?![ ,]?0)", re.I)),
    (100, re.compile(r"[%％]|百分|per ?cent|percent|per 100(?![ ,]?0)", re.I)),
)
_TOP = re.compile(r"分子|^(?:已|实)(?!.*率)|\bnumerator\b", re.I)  # 应登记、已登记: due and done
_BOTTOM = re.compile(r"分母|^应(?!.*率)|\bdenominator\b|\bout of\b", re.I)
_GIRLS = re.compile(r"女(?!工|士|职|方|户)|\b(?:girls?|females?)\b", re.I)
_WOMEN = re.compile(r"妇女|产妇|孕产妇|育龄|\bwom[ae]n\b", re.I)
_BOYS = re.compile(r"男(?!方|户|职)|\b(?:boys?|males?)\b", re.I)
_BIRTHS = re.compile(r"出生|活产|生育数|\bbirths?\b|\bborn\b", re.I)
_TOTAL = re.compile(r"合计|总计|共计|小计|总数|总人数|^计$|\b(?:totals?|sum|altogether|all)\b", re.I)
_SUBTOTAL = re.compile(r"小计|\bsub-?totals?\b", re.I)
_PART_OF = re.compile(r"^[（(]?(?:其中|#)|^of which\b|^including\b", re.I)
_STEM_OUT = re.compile(
    r"率|比例|百分比|占比|人数|例数|个数|次数|人次|数量|数|[（(].*?[)）]|[%％‰\s:：/、，,]|\b(?:rates?|ratios?|per ?cent(?:age)?|"
    r"percent(?:age)?|share|number|count|of|the|no)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading with what it says. ``per`` 0: it does not say per how many."""

    text: str
    rate: bool = False
    sex_ratio: bool = False
    per: int = 0
    top: bool = False
    bottom: bool = False
    boys: bool = False
    girls: bool = False
    births: bool = False
    total: bool = False

    @property
    def stem(self) -> str:
        """The heading without what makes it a rate or a count: '早孕建册率' and '早孕建册人数' share '早孕建册'."""
        return _STEM_OUT.sub("", self.text).strip().lower()


def heading(text: str) -> Heading:
    """What a heading says."""
    ratio = bool(_SEX_RATIO.search(text))
    top, bottom = bool(_TOP.search(text)), bool(_BOTTOM.search(text))
    rate = ratio or (bool(_RATE.search(text)) and not top and not bottom)
    girls = bool(_GIRLS.search(_WOMEN.sub("", text)))
    return Heading(
        text=text,
        rate=rate,
        sex_ratio=ratio,
        per=100 if ratio else next((per for per, said in _PER if said.search(text)), 0),
        top=top,
        bottom=bottom,
        boys=bool(_BOYS.search(text)) and not girls and not rate,
        girls=girls and not _BOYS.search(text) and not rate,
        births=bool(_BIRTHS.search(text)) and not rate,
        total=bool(_TOTAL.search(text)) and not rate,
    )


def is_total(label: str) -> bool:
    """Whether a line is the sum of others."""
    return bool(_TOTAL.search(label))


def is_subtotal(label: str) -> bool:
    return bool(_SUBTOTAL.search(label))


def is_part(label: str) -> bool:
    """'of which …': counted in another line already."""
    return bool(_PART_OF.search(label))
