"""The visits of children (the norm of 2017) written by hand for DuckDB, as someone who knows that programme would.

Ages follow one another without gap or overlap, so a visit's day says which it meets. The day from which visits are
listed comes from the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MONTHS = (
    # contact, months to its first, best and last day (the day before the next age)
    ("month_3", 3, 4, 6),
    ("month_6", 6, 7, 8),
    ("month_8", 8, 9, 12),
    ("month_12", 12, 14, 18),
    ("month_18", 18, 20, 24),
    ("month_24", 24, 26, 30),
    ("month_30", 30, 32, 36),
)
_YEARS = (4, 5, 6)


def _birthday(years: int) -> str:
    """The birthday after so many years; one of 29 February is on 1 March in other years."""
    there = f"make_date(year(birth_date) + {years}, 2, 1)"
    return (
        f"CASE WHEN month(birth_date) = 2 AND day(birth_date) = 29 AND day(last_day({there})) = 28"
        f" THEN make_date(year(birth_date) + {years}, 3, 1) ELSE CAST(birth_date + to_years({years}) AS DATE) END"
    )


_ROWS = ", ".join(f"('{contact}', {first}, {due}, {end})" for contact, first, due, end in _MONTHS)
_PARTS = [
    f"""SELECT id, here, contact, CAST(birth_date + to_months(first) AS DATE) AS from_on,
  CAST(birth_date + to_months(due) AS DATE) AS due_on, CAST(birth_date + to_months(ends) AS DATE) - 1 AS until_on
FROM child, (VALUES {_ROWS}) AS ages(contact, first, due, ends)""",
    f"""SELECT id, here, 'month_36', CAST(birth_date + to_months(36) AS DATE), CAST(birth_date + to_months(38) AS DATE),
  {_birthday(4)} - 1 FROM child""",
    *(
        f"""SELECT id, here, 'year_{n}', {_birthday(n)}, CAST({_birthday(n)} + to_months(6) AS DATE), {_birthday(n + 1)} - 1
FROM child"""
        for n in _YEARS
    ),
]
_WINDOWS = (
    """
CREATE OR REPLACE TABLE floor_children AS
WITH child AS (SELECT id, birth_date, greatest(coalesce(moved_in_on, birth_date), DATE '{listed_since}') AS here FROM person
  WHERE birth_date + to_years(8) > DATE '{listed_since}')
SELECT * FROM (
"""
    + "\nUNION ALL ".join(_PARTS)
    + "\n) WHERE until_on >= here"
)
_MET = """
CREATE OR REPLACE TABLE floor_windows AS
SELECT c.id AS person_id, c.contact, 0 AS k, '' AS episode, any_value(c.from_on) AS from_on, any_value(c.due_on) AS due_on,
  any_value(c.until_on) AS until_on,
  coalesce(arg_min(v.instance_id, (v.occurred_on, v.counter, v.root_id)), '') AS met_by, min(v.occurred_on) AS met_on
FROM floor_children c LEFT JOIN entry_child_visit v
  ON v.person_id = c.id AND v.occurred_on BETWEEN c.from_on AND c.until_on
GROUP BY c.id, c.contact
"""
NUMBERS: tuple[str, ...] = ()
SINCE = {"listed_since": "visits_listed"}
"""What the texts call the day from which a number of the pack holds."""


def steps_sql(numbers: Mapping[str, Any], today: str) -> list[str]:
    """SQL texts that leave ``floor_windows``. ``numbers``: the days of ``SINCE``."""
    del today
    return [text.format(**numbers) for text in (_WINDOWS, _MET)]
