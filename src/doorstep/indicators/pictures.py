"""Pictures of counted people as they may be shown: steps of care, ages, boys per 100 girls. Raw numbers stay in here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from doorstep.engine.model.pack import NumberDef, ReportDef
from doorstep.engine.model.pictures import PictureDef
from doorstep.engine.model.spec import Text
from doorstep.indicators import periods
from doorstep.indicators.areas import WIDE_KINDS, is_wide, programmes_of
from doorstep.indicators.board import PEOPLE, register_page
from doorstep.indicators.hiding.pages import Cell, Shape
from doorstep.indicators.periods import Period
from doorstep.indicators.report import work_out
from doorstep.indicators.settled import Page, page, wide_places
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes.library import Programme
from doorstep.register.counting import SEXES, born_by_sex, people_by_age

LEFT_OUT = "left_out"
YEARS_BACK = 3  # lines in the picture of the ratio at birth
_Z95 = 1.959963984540054  # two-sided 95 per cent of the normal distribution
Judgement = Literal["too_few", "within", "above", "below"]


@dataclass(frozen=True, slots=True)
class Step:
    """``count`` is None where it is hidden; ``share`` (per cent of the first step) where either is."""

    title: Text
    count: int | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Cascade:
    programme: Programme
    picture: PictureDef
    period: Period
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Pyramid:
    """``bands``: the age each begins with, the youngest first; counts by side in the same order, None where hidden.
    ``left_out``: people without a day of birth or a sex that can be drawn."""

    programme: Programme
    picture: PictureDef
    bands: tuple[int, ...]
    male: tuple[int | None, ...]
    female: tuple[int | None, ...]
    left_out: int | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """Boys per 100 girls of one year, from the shown pair, with Wilson's 95 per cent interval; all None where hidden."""

    year: int
    boys: int | None
    girls: int | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class RatioAtBirth:
    programme: Programme
    picture: PictureDef
    county: Node
    lines: tuple[Ratio, ...]
    judged_from: Decimal
    usual: tuple[Decimal, Decimal]


Picture = Cascade | Pyramid | RatioAtBirth


def pictures(area: Node, within: Sequence[Node], year: int, today: date) -> list[Picture]:
    """The pictures of the programmes in force at a township or wider place (else ValueError), for a calendar year up to
    ``today``. The ratio at birth stands for the nearest county or wider place above that is one of ``within``, the
    reader's own areas; without one it is left out."""
    if not is_wide(area):
        raise ValueError(area.kind)
    return [
        made
        for programme in programmes_of(area)
        for picture in programme.pack.pictures.values()
        if (made := _made(programme, picture, area, within, year, today)) is not None
    ]


def _made(
    programme: Programme, picture: PictureDef, area: Node, within: Sequence[Node], year: int, today: date
) -> Picture | None:
    if picture.kind == "cascade":
        return _cascade(programme, picture, area, periods.parse(f"{year}"))
    if picture.kind == "age_pyramid":
        return _pyramid(programme, picture, area, today)
    wide = WIDE_KINDS - {"township"}  # a township has too few births for anything but harm
    county = next((n for n in places.tree().upward(area.id) if n.kind in wide and n in within), None)
    return _ratio_at_birth(programme, picture, county, year, today) if county is not None else None


def _cascade(programme: Programme, picture: PictureDef, area: Node, period: Period) -> Cascade:
    report = ReportDef(f"picture_{picture.id}", picture.title, tuple(step.of for step in picture.steps), period.kind)
    cells = work_out(programme, report, [period], area).cells
    counts = [cells[step.of, period.id, area.id].numerator for step in picture.steps]
    steps = [
        Step(
            step.title,
            int(count) if count is not None else None,
            _share(count, counts[0]),
        )
        for step, count in zip(picture.steps, counts, strict=True)
    ]
    return Cascade(programme, picture, period, tuple(steps))


def _share(count: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    if count is None or not whole:
        return None
    return (Decimal(count) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _pyramid(programme: Programme, picture: PictureDef, area: Node, today: date) -> Pyramid:
    bands = tuple(range(0, picture.open_at + 1, picture.band))
    keys = [(sex, band) for sex in SEXES for band in bands]
    kinds = (*(f"{sex}-{band}" for sex, band in keys), LEFT_OUT)
    shape = Shape(sums={PEOPLE: kinds})

    def counted(nodes: Sequence[Node]) -> dict[Cell, int]:
        found: dict[Cell, int] = {}
        for node in nodes:
            counts, left_out = people_by_age(places.tree().below(node.id), today, picture.band, picture.open_at)
            found |= {(node.id, f"{sex}-{band}"): counts.get((sex, band), 0) for sex, band in keys}
            found[node.id, LEFT_OUT] = left_out
            found[node.id, PEOPLE] = sum(counts.values()) + left_out
        return found

    def beside() -> Page:  # the overview shows how many people there are
        return register_page(area, today, anew=True)

    name = f"ages-{picture.band}-{picture.open_at}"
    stands = page(name, "", shape, area, wide_places(), counted, today, beside)
    male, female = (tuple(stands.shown(area.id, f"{sex}-{band}") for band in bands) for sex in SEXES)
    return Pyramid(programme, picture, bands, male, female, stands.shown(area.id, LEFT_OUT))


def _ratio_at_birth(programme: Programme, picture: PictureDef, area: Node, year: int, today: date) -> RatioAtBirth:
    numbers = programme.pack.numbers
    judged_from = _value(numbers[picture.judged_from], today)
    low, high = (_value(numbers[name], today) for name in picture.usual)
    lines = []
    for one in range(year - YEARS_BACK + 1, year + 1):
        stands = _born(periods.parse(f"{one}"), area, today)
        boys, girls = (stands.shown(area.id, sex) for sex in SEXES)
        lines.append(ratio(one, boys, girls, judged_from, (low, high)))
    return RatioAtBirth(programme, picture, area, tuple(lines), judged_from, (low, high))


def _born(year: Period, area: Node, today: date) -> Page:
    """Boys and girls born in a year, for counties and wider places."""

    def counted(nodes: Sequence[Node]) -> dict[Cell, int]:
        found: dict[Cell, int] = {}
        for node in nodes:
            born = born_by_sex(places.tree().below(node.id), year.first, year.last)
            found |= {(node.id, sex): n for sex, n in born.items()}
        return found

    wide = wide_places(WIDE_KINDS - {"township"})
    return page("born", year.id, Shape(grows=frozenset(SEXES)), area, wide, counted, today)


def _value(number: NumberDef, day: date) -> Decimal:
    """A number of a picture on a day. Raises LookupError before its first value."""
    values = [Decimal(one.value) for one in number.values if one.since <= day]
    if not values:
        raise LookupError(number.id)
    return values[-1]


def ratio(
    year: int, boys: int | None, girls: int | None, judged_from: Decimal, usual: tuple[Decimal, Decimal]
) -> Ratio:
    """A year's ratio from the pair as shown. Nothing is said of it below ``judged_from`` births, nor unless the whole
    interval lies on one side of ``usual``."""
    if boys is None or girls is None or not boys or not girls:
        return Ratio(year, boys, girls, None, None, None, "too_few")
    low, high = wilson(boys, girls)
    judgement: Judgement = "within"
    if boys + girls < judged_from:
        judgement = "too_few"
    elif low > usual[1]:
        judgement = "above"
    elif high < usual[0]:
        judgement = "below"
    return Ratio(year, boys, girls, _tenth(Decimal(boys) * 100 / girls), low, high, judgement)


def wilson(boys: int, girls: int) -> tuple[Decimal, Decimal]:
    """Wilson's 95 per cent interval of p = boys ÷ births, turned into boys per 100 girls (p ÷ (1 − p) × 100), one decimal.
    Wilson, E. B. (1927), J. Am. Stat. Assoc. 22:209–212. ``girls`` more than 0."""
    births = boys + girls
    share, square = boys / births, _Z95**2
    middle = (share + square / (2 * births)) / (1 + square / births)
    reach = _Z95 / (1 + square / births) * math.sqrt(share * (1 - share) / births + square / (4 * births**2))
    low, high = (_tenth(Decimal(p / (1 - p) * 100)) for p in _inside(middle - reach, middle + reach))
    return low, high


def _inside(*shares: float) -> Iterator[float]:
    yield from (min(max(share, 0.0), 1 - 1e-12) for share in shares)


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
