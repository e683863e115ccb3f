"""How far a course of care has come, and how its measurements went, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorstep.engine.model.pack import Strip, Trend
from doorstep.visits.queries import DueVisit
from doorstep.web import said
from doorstep.web.reader import language
from doorstep.web.worker.story import Course, Story

DAYS_OF = {"week": 7, "month": 30}
AFTER_END_DAYS = 14  # the strip goes on a little after its end, for those who are late
MARK_EVERY = {"week": 4, "month": 1}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the strip: percent from its start, and the word there."""

    at: str
    word: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A planned visit on the strip, with how it stands."""

    at: str
    wide: str
    state: str
    words: str


@dataclass(frozen=True)
class DrawnStrip:
    """A strip with its words; ``now`` is where today is, '' outside the strip."""

    headline: str
    end_words: str
    marks: list[Mark]
    visits: list[Stretch]
    now: str
    end_at: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """From when to when a course of care goes, and what its end is called."""

    start: date
    end: date
    unit: str
    end_words: str


def ahead(course: Course) -> Ahead | None:
    """How far a course of care goes; None when its pack does not say, or its days are not known."""
    strip = course.definition.strip
    start, end = (course.facts.get(strip.start), course.facts.get(strip.end)) if strip else (None, None)
    if strip is None or not isinstance(start, date) or not isinstance(end, date) or end <= start:
        return None
    if course.row.closed_on is not None:
        return None
    fact = course.programme.pack.facts[strip.end]
    between = "：" if language() == "zh" else ": "
    return Ahead(start, end, strip.unit, f"{said.text(fact.title) or fact.id}{between}{said.day(end)}")


def strip_of(course: Course, visits: list[DueVisit], today: date) -> DrawnStrip | None:
    """The strip of a course that goes on; None when its pack names none or its days are not known."""
    way, strip = ahead(course), course.definition.strip
    if way is None or strip is None or today < way.start:
        return None
    last = max(way.end + timedelta(days=AFTER_END_DAYS), min(today, way.end + timedelta(days=4 * AFTER_END_DAYS)))
    scale = _Scale(way.start, last)
    return DrawnStrip(
        headline=_so_far(strip, way.start, today),
        end_words=way.end_words,
        marks=_marks(strip, way.start, way.end, scale),
        visits=[_stretch(v, scale, today) for v in visits if _belongs(v, course)],
        now=scale.at(today) if today <= last else "",
        end_at=scale.at(way.end),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def share(self, day: date) -> float:
        return min(1.0, max(0.0, (day - self.first).days / (self.last - self.first).days))

    def at(self, day: date) -> str:
        return f"{100 * self.share(day):.2f}%"


def _so_far(strip: Strip, start: date, today: date) -> str:
    whole, rest = divmod((today - start).days, DAYS_OF[strip.unit])
    if strip.unit == "week":
        return _("%(weeks)s weeks and %(days)s days") % {"weeks": whole, "days": rest} if rest else _week(whole)
    return ngettext("%(n)s month", "%(n)s months", whole) % {"n": whole}


def _week(whole: int) -> str:
    return _("%(weeks)s weeks") % {"weeks": whole}


def _marks(strip: Strip, start: date, end: date, scale: _Scale) -> list[Mark]:
    step = MARK_EVERY[strip.unit]
    last = (end - start).days // DAYS_OF[strip.unit]
    counts = range(step, last + 1, step)
    return [Mark(scale.at(start + timedelta(days=n * DAYS_OF[strip.unit])), str(n)) for n in counts]


def _belongs(visit: DueVisit, course: Course) -> bool:
    mine = visit.pack_id == course.programme.pack.id and visit.episode == course.row.key
    return mine and visit.from_on is not None and (visit.until_on or visit.due_on) is not None


def _stretch(visit: DueVisit, scale: _Scale, today: date) -> Stretch:
    first, last = visit.from_on or today, visit.until_on or visit.due_on or today
    state = visit.state(today)
    wide = max(0.012, scale.share(last) - scale.share(first))
    title = said.text(visit.planned.title) if visit.planned else visit.contact
    said_so = said.state(visit.window, today)
    return Stretch(
        scale.at(first), f"{100 * wide:.2f}%", state, f"{title}{'：' if language() == 'zh' else ': '}{said_so}"
    )


Chart = Mapping[str, Any]  # as ``<doorstep-chart>`` wants it, for JSON


def trends_of(story: Story, course: Course) -> list[Chart]:
    """The charts of a course; those with fewer than two points left out."""
    drawn = [_chart(story, course, trend) for trend in course.definition.trends]
    return [one for one in drawn if one is not None]


def _chart(story: Story, course: Course, trend: Trend) -> Chart | None:
    wanted = [dict(address.split(".", 1) for address in line.of) for line in trend.lines]
    days_, rows = [], []
    for entry, answers in story.answers_of(frozenset(course.row.entries)):
        values = [
            _number(answers.get(by_form[entry.form_id])) if entry.form_id in by_form else None for by_form in wanted
        ]
        if any(value is not None for value in values):
            days_.append(said.day(entry.occurred_on))
            rows.append(values)
    if len(rows) < 2:
        return None
    series = [{"name": said.text(line.title), "values": [row[n] for row in rows]} for n, line in enumerate(trend.lines)]
    title = said.text(trend.title)
    return {
        "type": "line", "title": title, "unit": trend.unit, "language": language(), "x": days_, "series": series,
    }  # fmt: skip


def _number(value: object) -> float | int | None:
    if isinstance(value, bool) or value is None:
        return None
    return value if isinstance(value, int) else float(Decimal(str(value)))
