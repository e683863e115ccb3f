"""Everybody counted by age and sex, and the children born in a period: raw numbers, for ``indicators`` alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from doorstep.access.queries import counted_sql
from doorstep.lib import db

SEXES = ("male", "female")


def people_by_age(
    place_ids: Iterable[int], day: date, band: int, open_at: int
) -> tuple[Mapping[tuple[str, int], int], int]:
    """How many people of each sex live at these places on ``day`` in each band of ``band`` completed years, by the age it
    begins with; all from ``open_at`` years on together. Beside it how many could not be placed."""
    here = "died_on IS NULL AND (left_on IS NULL OR moved_in_on > left_on)"
    sql = (
        f"SELECT sex, birth_date, COUNT(*) FROM person p WHERE {here} AND {counted_sql('p.id')} AND place_id IN (?*)"
        " GROUP BY sex, birth_date"
    )
    found: Counter[tuple[str, int]] = Counter()
    left_out = 0
    for sex, born, count in db.current().rows_in(sql, place_ids):
        if sex not in SEXES or born is None or born > day:
            left_out += count
            continue
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        found[sex, min(years // band * band, open_at)] += count
    return found, left_out


def born_by_sex(place_ids: Iterable[int], first: date, last: date) -> Mapping[str, int]:
    """How many boys and girls were born from ``first`` to ``last`` of those registered at these places who did not move
    in after their birth. Children who died or left since are among them."""
    sql = (
        "SELECT sex, COUNT(*) FROM person p WHERE birth_date >= ? AND birth_date <= ?"
        f" AND (moved_in_on IS NULL OR moved_in_on <= birth_date) AND {counted_sql('p.id')} AND place_id IN (?*)"
        " GROUP BY sex"
    )
    found: Counter[str] = Counter()
    for sex, count in db.current().rows_in(sql, place_ids, [first, last]):
        found[sex] += count
    return {sex: found[sex] for sex in SEXES}
