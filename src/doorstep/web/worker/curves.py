"""A child's measurements over the reference lines of a programme's tables, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson
from django.utils.translation import gettext as _

from doorstep.engine.derived import FUNCTIONS, Curve, DerivedFunction, Point, arguments
from doorstep.engine.model.pack import CurveDef, DerivedDef, Pack
from doorstep.programmes.library import Programme
from doorstep.web import said
from doorstep.web.reader import language
from doorstep.web.worker.story import Story

REACHES = (24, 60, 84, 228)  # months: how far a picture goes, the first that holds all points
NEAREST = Decimal("0.1")

Chart = Mapping[str, Any]  # as ``<doorstep-chart>`` wants it, for JSON


@dataclass(frozen=True, slots=True)
class Measured:
    """One entry in the picture: its day, where it stands, and the derived answer as kept."""

    on: date
    point: Point
    answer: str


def curves_of(story: Story) -> list[Chart]:
    """The pictures a person's programmes declare, of records the reader may see; none without a point or a line."""
    found = []
    for programme in story.programmes:
        definitions = {f"{one.form}.{one.id}": one for of in programme.pack.derived.values() for one in of}
        for curve in programme.pack.curves:
            chart = _chart(story, programme, curve, definitions[curve.of])
            if chart is not None:
                found.append(chart)
    return found


def tables_of(story: Story) -> list[Mapping[str, Any]]:
    """What the pictures show, in numbers and words alone."""
    found: list[Mapping[str, Any]] = []
    for programme in story.programmes:
        definitions = {f"{one.form}.{one.id}": one for of in programme.pack.derived.values() for one in of}
        for curve in programme.pack.curves:
            of = definitions[curve.of]
            measured = _measured_of(story, of)
            if measured:
                title = said.text(curve.title)
                note = _note(measured[-1], curve.unit)
                points = [[float(one.point.months), float(one.point.value)] for one in measured]
                drawn = {
                    "unit": curve.unit,
                    "lines": _key(story, programme, of),
                    "points": points,
                    "until": _until(measured),
                }
                found.append({"title": title, "note": note, **drawn, **_table(title, curve, measured)})
    return found


def lines_of(pack: Pack) -> Mapping[str, Sequence[Curve]]:
    """Every line that any picture of a pack is seen against, by the key that ``tables_of`` names."""
    definitions = {f"{one.form}.{one.id}": one for of in pack.derived.values() for one in of}
    found = {}
    for of in (definitions[curve.of] for curve in pack.curves):
        function = FUNCTIONS[of.by]
        name, answers = function.picture.apart if function.picture else ("", ())
        for answer in answers if function.picture else ():
            given = {**arguments(function, of.takes, {}), name: answer}
            lines = function.picture.curves(given, REACHES[-1], pack.tables) if function.picture else ()
            found[key_of(pack, of, answer)] = lines
    return {key: lines for key, lines in found.items() if lines}


def key_of(pack: Pack, of: DerivedDef, answer: str) -> str:
    return f"{pack.id}/{of.form}.{of.id}/{answer}"


def _key(story: Story, programme: Programme, of: DerivedDef) -> str:
    """The lines of her picture, by the latest record."""
    function = FUNCTIONS[of.by]
    rows = [about.row for about in story.life.in_force if about.row.form_id == of.form]
    if function.picture is None or not rows:
        return ""
    given = arguments(function, of.takes, orjson.loads(rows[-1].answers))
    return key_of(programme.pack, of, str(given.get(function.picture.apart[0])))


def _until(measured: Sequence[Measured]) -> int:
    furthest = max(one.point.months for one in measured)
    return next((reach for reach in REACHES if furthest <= reach), REACHES[-1])


def _measured_of(story: Story, of: DerivedDef) -> list[Measured]:
    function, published = FUNCTIONS[of.by], story.world.library.current.get(of.form)
    if function.picture is None or published is None or not story.within.sees(published):
        return []
    rows = (about.row for about in story.life.in_force if about.row.form_id == of.form)
    return _measured(function, of, [(row.occurred_on, orjson.loads(row.answers)) for row in rows])


def _table(title: str, curve: CurveDef, measured: Sequence[Measured]) -> dict[str, Any]:
    return {
        "columns": [_("Day"), _("Age in months"), f"{title} ({curve.unit})", _("Steps from the middle")],
        "rows": [
            [said.whole_day(one.on), _short(one.point.months), _short(one.point.value), _steps(one.answer)]
            for one in measured
        ],
    }


def _chart(story: Story, programme: Programme, curve: CurveDef, of: DerivedDef) -> Chart | None:
    function = FUNCTIONS[of.by]
    published = story.world.library.current.get(of.form)
    if function.picture is None or published is None or not story.within.sees(published):
        return None
    entries = [
        (a.row.occurred_on, orjson.loads(a.row.answers)) for a in story.life.in_force if a.row.form_id == of.form
    ]
    measured = _measured(function, of, entries)
    if not measured:
        return None
    given = arguments(function, of.takes, entries[-1][1])
    lines = function.picture.curves(given, _until(measured), programme.pack.tables)
    return _drawn(curve, measured, lines) if lines else None


def _measured(
    function: DerivedFunction, of: DerivedDef, entries: Sequence[tuple[date, Mapping[str, Any]]]
) -> list[Measured]:
    found = []
    for on, answers in entries:
        point = function.picture.point(arguments(function, of.takes, answers)) if function.picture else None
        if point is not None:
            found.append(Measured(on, point, str(answers.get(of.id, ""))))
    return sorted(found, key=lambda one: one.point.months)


def _drawn(curve: CurveDef, measured: Sequence[Measured], lines: Sequence[Curve]) -> Chart:
    title = said.text(curve.title)
    return {
        "type": "curves",
        "title": title,
        "unit": curve.unit,
        "language": language(),
        "xTitle": _("Age in months"),
        "until": int(lines[0].points[-1].months),
        "curves": [
            {"name": _signed(line.name), "points": [[int(p.months), float(p.value)] for p in line.points]}
            for line in lines
        ],
        "points": [
            {"x": float(one.point.months), "y": float(one.point.value), "said": said.day(one.on)} for one in measured
        ],
        "name": _("Measured"),
        "note": _note(measured[-1], curve.unit),
        "table": _table(title, curve, measured),
    }  # fmt: skip


def _note(last: Measured, unit: str) -> str:
    """The latest point in words, for those who cannot see the picture."""
    words = {"day": said.day(last.on), "value": _short(last.point.value), "unit": unit}
    if not last.answer:
        return _("%(day)s: %(value)s %(unit)s. This can hardly be right; please measure again.") % words
    z = Decimal(last.answer)
    if z < -2:
        where = _("below the line −2")
    elif z > 2:
        where = _("above the line +2")
    else:
        where = _("between the lines −2 and +2")
    return _("%(day)s: %(value)s %(unit)s, %(where)s.") % {**words, "where": where}


def _signed(name: str) -> str:
    return name.replace("-", "\N{MINUS SIGN}")


def _short(value: Decimal) -> str:
    """One decimal place, as scales and tape measures show it."""
    return str(value.quantize(NEAREST, ROUND_HALF_UP))


def _steps(answer: str) -> str:
    return _signed(answer) if answer else _("not to be believed")
