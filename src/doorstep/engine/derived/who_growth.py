"""Growth by the WHO Child Growth Standards (0–5 years) and the WHO Reference 2007 (5–19 years).

The rules are those of WHO's own program (anthro, anthroplus):

* age in whole days; a month is 30.4375 days; from the 60th month on the reference of 2007, on the line between months;
* below 731 days length counts lying, from then on height standing: measured the other way, 0.7 cm are added or taken
  off. "Standing" before nine months is not believed and leaves the figure as it is;
* weight for length below 731 days, weight for height from then on, up to five years;
* beyond ±3 all that rests on weight goes on in equal steps (restricted); length, height and head do not;
* with swelling (oedema) of both feet nothing that rests on weight is worked out.

A figure WHO flags as implausible is missing, and ``who_growth_doubt`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from doorstep.engine.derived.functions import (
    Argument,
    Curve,
    DerivedFunction,
    Example,
    Picture,
    Point,
    Tables,
    Values,
)
from doorstep.engine.derived.standards import EXACT, Lms, columns, standard

MONTH = Decimal("30.4375")
FIVE_YEARS = Decimal(60)  # months
STANDS_FROM = 731  # days
BELIEVED_STANDING_FROM = Decimal(9)  # months
LYING_IS_LONGER = Decimal("0.7")
TENTH = Decimal("0.1")
LINES = (-3, -2, 0, 2, 3)

OF_WEIGHT = frozenset({"weight_for_age", "bmi_for_age", "weight_for_length"})
BELIEVED: Mapping[str, tuple[int, int]] = {
    "weight_for_age": (-6, 5),
    "length_for_age": (-6, 6),
    "bmi_for_age": (-5, 5),
    "head_for_age": (-5, 5),
    "weight_for_length": (-5, 5),
}
"""Beyond these WHO flags a figure as implausible."""

MEASURES = tuple(BELIEVED)
_SCHOOL_AGE = frozenset({"weight_for_age", "length_for_age", "bmi_for_age"})


def age_months(days: int) -> Decimal:
    """Age in WHO's months."""
    return EXACT.divide(Decimal(days), MONTH)


def days_of_month(month: int) -> int:
    """The day nearest to the end of so many months; from the 60th on the first that is no earlier, as there the
    reference of 2007 begins."""
    exact = Decimal(month) * MONTH
    return int(exact.to_integral_value(ROUND_CEILING if month >= FIVE_YEARS else ROUND_HALF_UP))


def length_counted(days: int, length: Decimal, position: str | None) -> Decimal:
    """The length as it counts at this age: lying below 731 days, standing from then on."""
    if position == "standing" and days < STANDS_FROM:
        believed = age_months(days) >= BELIEVED_STANDING_FROM
        return length + LYING_IS_LONGER if believed else length
    if position == "lying" and days >= STANDS_FROM:
        return length - LYING_IS_LONGER
    return length


def body_mass(weight: Decimal, length: Decimal) -> Decimal:
    metres = EXACT.divide(length, Decimal(100))
    return EXACT.divide(weight, EXACT.multiply(metres, metres))


def z_score(measure: str, given: Values, tables: Tables) -> Decimal | None:
    """The z-score, implausible or not; None when something it needs is missing or outside the tables."""
    days, sex = _days(given), given.get("sex")
    value = _measured(measure, given)
    if days is None or not isinstance(sex, str) or value is None or value <= 0:
        return None
    if measure in OF_WEIGHT and given.get("oedema") == "yes":
        return None
    row = _row(measure, sex, days, given, tables)
    return row.z(value, restricted=measure in OF_WEIGHT) if row is not None else None


def _days(given: Values) -> int | None:
    born, on = given.get("born"), given.get("on")
    if not isinstance(born, date) or not isinstance(on, date) or on < born:
        return None
    return (on - born).days


def _number(given: Values, name: str) -> Decimal | None:
    value = given.get(name)
    return value if isinstance(value, Decimal) and value > 0 else None


def _length(given: Values) -> Decimal | None:
    days, length, position = _days(given), _number(given, "length"), given.get("position")
    if days is None or length is None:
        return None
    return length_counted(days, length, position if isinstance(position, str) else None)


def _measured(measure: str, given: Values) -> Decimal | None:
    """What is looked up in the table: the weight, the length, the head, or weight over length squared."""
    if measure == "head_for_age":
        return _number(given, "head")
    if measure == "length_for_age":
        return _length(given)
    weight = _number(given, "weight")
    if measure != "bmi_for_age":
        return weight
    length = _length(given)
    return body_mass(weight, length) if weight is not None and length is not None else None


def _row(measure: str, sex: str, days: int, given: Values, tables: Tables) -> Lms | None:
    months = age_months(days)
    if measure == "weight_for_length":
        return _row_by_length(sex, days, months, _length(given), tables)
    if months < FIVE_YEARS:
        return standard(tables[f"who_{measure}"], "days").row(sex, Decimal(days))
    if measure not in _SCHOOL_AGE:
        return None
    return standard(tables[f"who_{measure}_2007"], "months").row(sex, months)


def _row_by_length(sex: str, days: int, months: Decimal, length: Decimal | None, tables: Tables) -> Lms | None:
    if length is None or months >= FIVE_YEARS:
        return None
    table = "who_weight_for_length" if days < STANDS_FROM else "who_weight_for_height"
    return standard(tables[table], "cm", TENTH).row(sex, length)


def believed(measure: str, z: Decimal) -> bool:
    least, most = BELIEVED[measure]
    return least <= z <= most


def who_growth(given: Values, tables: Tables) -> Decimal | None:
    measure = str(given["measure"])
    z = z_score(measure, given, tables)
    return z if z is not None and believed(measure, z) else None


def who_growth_doubt(given: Values, tables: Tables) -> str | None:
    for measure in MEASURES:
        z = z_score(measure, given, tables)
        if z is not None and not believed(measure, z):
            return "yes"
    return None


# What a pack must hold


def _tables_of(stated: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    measure = stated.get("measure", "")
    if measure == "weight_for_length":
        cm = columns("cm", "decimal")
        return {"who_weight_for_length": cm, "who_weight_for_height": cm}
    found = {f"who_{measure}": columns("days", "integer")}
    if measure in _SCHOOL_AGE:
        found[f"who_{measure}_2007"] = columns("months", "integer")
    return found


def _tables_of_all(_stated: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    return {name: held for measure in MEASURES for name, held in _tables_of({"measure": measure}).items()}


# How it is drawn


def _point(given: Values) -> Point | None:
    measure, days = str(given["measure"]), _days(given)
    value = _measured(measure, given)
    if days is None or value is None or (measure in OF_WEIGHT and given.get("oedema") == "yes"):
        return None
    return Point(_shown(age_months(days)), _shown(value))


def _curves(given: Values, months: int, tables: Tables) -> Sequence[Curve]:
    measure, sex = str(given["measure"]), str(given.get("sex"))
    rows = []
    for month in range(months + 1):
        row = _row(measure, sex, days_of_month(month), given, tables) if measure != "weight_for_length" else None
        if row is not None:
            rows.append((Decimal(month), row))
    return [
        Curve(f"{z:+d}" if z else "0", tuple(Point(month, _shown(row.at(Decimal(z)))) for month, row in rows))
        for z in LINES
        if rows
    ]


def _shown(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


_BODY = (
    Argument("sex"),
    Argument("born", "date"),
    Argument("on", "date"),
    Argument("weight", "decimal", needed=False),
    Argument("length", "decimal", needed=False),
    Argument("position", needed=False),
    Argument("head", "decimal", needed=False),
    Argument("oedema", needed=False),
)
_BOY = {"sex": "male", "born": date(2024, 1, 1), "on": date(2025, 1, 1)}

FUNCTIONS = (
    DerivedFunction(
        name="who_growth",
        takes=(Argument("measure", options=MEASURES), *_BODY),
        gives="decimal",
        python=who_growth,
        tables=_tables_of,
        help={
            "en": "How far a child's weight, length or head lies from the median of WHO, in standard deviations.",
            "zh": "孩子的体重、身长（身高）或头围离世界卫生组织中位数有几个标准差。",
        },
        examples=(
            Example("child", {"measure": "weight_for_age", **_BOY, "weight": Decimal("7.7")}, "-2.05"),
            Example("child", {"measure": "weight_for_age", **_BOY, "weight": Decimal("7.7"), "oedema": "yes"}, None),
            Example("child", {"measure": "length_for_age", **_BOY, "length": Decimal(75)}, "-0.33"),
        ),
        picture=Picture(_point, _curves, ("sex", ("female", "male"))),
    ),
    DerivedFunction(
        name="who_growth_doubt",
        takes=_BODY,
        gives="text",
        python=who_growth_doubt,
        tables=_tables_of_all,
        help={
            "en": "Says 'yes' when one of the measurements is beyond WHO's limits and can hardly be right.",
            "zh": "量的数有超出世界卫生组织界限、不大可能对的，就给“yes”。",
        },
        examples=(
            Example("child", {**_BOY, "weight": Decimal(77)}, "yes"),
            Example("child", {**_BOY, "weight": Decimal("7.7")}, None),
        ),
        choices={"yes": {"en": "Measure again", "zh": "请再量一次"}},
    ),
)
