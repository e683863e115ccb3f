"""Partial counts: what one county adds to a report of the level above it, and nothing about any person.

A file holds the sums of both sides of each indicator for the county and the townships in it, as they were counted, for
whoever adds them up: hiding comes after merging, or small counts of neighbours could never become one that may be
shown. It stands under the same seal of hash, pack and charter as a report handed in, and nothing below a township is in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from doorstep.engine.charter import charter_hash
from doorstep.engine.model.pack import ReportDef
from doorstep.indicators import periods
from doorstep.indicators.areas import is_wide, parts
from doorstep.indicators.periods import Period
from doorstep.indicators.values import Number, table
from doorstep.lib import days, db
from doorstep.lib.problems import Problem, Problems
from doorstep.places.queries import Node
from doorstep.programmes.library import Programme

FORMAT = "doorstep-partial-1"
SMALLEST_KIND = "township"
LARGEST_FILE = 5_000_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides of an indicator as counted; no denominator where it has none."""

    numerator: Number
    denominator: Number | None


@dataclass(frozen=True, slots=True)
class Part:
    """A place of a partial file, with what was counted there by indicator."""

    code: str
    kind: str
    names: Mapping[str, str]
    pairs: Mapping[str, Pair]


@dataclass(frozen=True, slots=True)
class Partial:
    """A partial file as read: the first part is the area, the others lie in it."""

    file: str
    report: str
    pack: tuple[str, str, str]  # id, version, digest
    charter: str
    period: Period
    parts: tuple[Part, ...]
    sha256: str

    @property
    def area(self) -> Part:
        return self.parts[0]


def partial_counts(programme: Programme, report: ReportDef, period: Period, area: Node) -> dict[str, Any]:
    """The partial counts of an area for one period, sealed. Raises Problems (``indicators.too_narrow``) below a township."""
    if not is_wide(area):
        raise Problems([Problem("indicators.too_narrow", args={"place": area.code})])
    places = [area, *(n for n in parts(area) if is_wide(n))]
    found = table(programme, report, [period], [n.id for n in places])
    counted = [
        {
            "code": node.code,
            "kind": node.kind,
            "names": dict(node.names),
            "counts": {
                indicator: [
                    str(found.values[indicator, period.id, node.id].numerator),
                    _said(found.values[indicator, period.id, node.id].denominator),
                ]
                for indicator in report.indicators
            },
        }
        for node in places
    ]
    content = {
        "format": FORMAT,
        "what": "Counts for the level above, not yet hidden or rounded: keep them as you keep records of people.",
        "report": report.id,
        "pack": [programme.pack.id, programme.pack.version, programme.pack.digest],
        "charter": charter_hash(),
        "period": period.id,
        "days": [period.first.isoformat(), period.last.isoformat()],
        "counted_at": days.now().isoformat(timespec="seconds"),
        "journal": int(db.current().value("SELECT value FROM counter WHERE name = 'journal'") or 0),
        "places": counted,
    }
    return content | {"sha256": seal(content)}


def seal(content: Mapping[str, Any]) -> str:
    """SHA-256 of everything but the seal itself, as canonical JSON."""
    told = {key: value for key, value in content.items() if key != "sha256"}
    return sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def read(name: str, content: bytes) -> Partial:
    """A partial file. Raises Problems: ``indicators.partial_cut_off`` for one that is not whole or was altered,
    ``indicators.partial_other_format`` for another kind of file."""
    try:
        told = json.loads(content[:LARGEST_FILE])
    except (ValueError, RecursionError) as error:
        raise _broken(name) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Problems([Problem("indicators.partial_other_format", args={"file": name})])
    if told.get("sha256") != seal(told):
        raise _broken(name)
    try:
        period = periods.parse(told["period"])
        if [period.first.isoformat(), period.last.isoformat()] != told["days"]:
            period = _with_days(period, told["days"])
        pack_id, version, digest = told["pack"]
        found = Partial(
            name,
            told["report"],
            (pack_id, version, digest),
            told["charter"],
            period,
            tuple(map(_part, told["places"])),
            told["sha256"],
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise _broken(name) from error
    if not found.parts:
        raise _broken(name)
    return found


def _with_days(period: Period, told: list[str]) -> Period:
    """A period whose days a report's own content says (a statistical year with another start, a week's last day)."""
    first, last = (days.parse_day(one) for one in told)
    if first is None or last is None or first > last:
        raise ValueError(told)
    return Period(period.id, period.kind, first, last)


def _part(told: Mapping[str, Any]) -> Part:
    pairs = {
        indicator: Pair(_number(top), None if bottom is None else _number(bottom))
        for indicator, (top, bottom) in told["counts"].items()
    }
    return Part(str(told["code"]), str(told["kind"]), dict(told["names"]), pairs)


def _number(text: str) -> Number:
    value = Decimal(text)
    if not value.is_finite() or value < 0:
        raise ValueError(text)
    return int(value) if value == value.to_integral_value() else value


def _said(number: Number | None) -> str | None:
    return None if number is None else str(number)


def _broken(name: str) -> Problems:
    return Problems([Problem("indicators.partial_cut_off", args={"file": name})])
