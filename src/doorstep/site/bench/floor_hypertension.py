"""The visits of blood pressure care written by hand for DuckDB, as someone who knows that one programme would.

Stands beside the rules engine's own SQL to say what the general way costs. Thresholds come from the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

_VISITS = """
CREATE OR REPLACE TABLE floor_visits AS
WITH opened AS (
  SELECT person_id, min(occurred_on) AS opened_on, arg_min(root_id, (occurred_on, counter, root_id)) AS key
  FROM entry_htn_registration GROUP BY person_id)
SELECT o.person_id, o.opened_on, o.key, v.instance_id, v.occurred_on, v.counter, v.root_id,
  v.systolic >= {control_systolic} OR v.diastolic >= {control_diastolic} AS high,
  coalesce(v.reaction = 'yes', FALSE) AS reacted, v.new_illness = 'yes' AS ill,
  v.referred = 'yes' OR v.new_illness = 'yes' OR NOT list_contains(v.symptoms, 'none')
    OR v.systolic >= {emergency_systolic} OR v.diastolic >= {emergency_diastolic} AS sent,
  row_number() OVER (PARTITION BY o.person_id ORDER BY v.occurred_on, v.counter, v.root_id) AS n,
  count(v.instance_id) OVER (PARTITION BY o.person_id) AS visits
FROM opened o LEFT JOIN entry_htn_visit v ON v.person_id = o.person_id AND v.occurred_on >= o.opened_on
"""
_STARTS = """
CREATE OR REPLACE TABLE floor_followups AS
SELECT person_id, key, 0 AS k, opened_on AS from_on, opened_on + 14 AS due_on FROM floor_visits WHERE n = 1
UNION ALL
SELECT person_id, key, n AS k, start - 13 AS from_on, start AS due_on FROM (
  SELECT person_id, key, n, CASE WHEN reacted OR ill OR high THEN occurred_on + 14
    ELSE CAST(occurred_on + INTERVAL 3 MONTH AS DATE) END AS start
  FROM floor_visits WHERE instance_id IS NOT NULL)
"""
_REFERRALS = """
CREATE OR REPLACE TABLE floor_referrals AS
SELECT person_id, key, CASE WHEN twice THEN last_visit ELSE sent_on END AS refer_on FROM (
  SELECT person_id, any_value(key) AS key, max(occurred_on) AS last_visit,
    max(occurred_on) FILTER (WHERE sent) AS sent_on,
    any_value(visits) >= 2 AND (bool_and(high) FILTER (WHERE n > visits - 2)
      OR bool_and(reacted) FILTER (WHERE n > visits - 2)) AS twice
  FROM floor_visits WHERE instance_id IS NOT NULL GROUP BY person_id)
WHERE CASE WHEN twice THEN last_visit ELSE sent_on END IS NOT NULL
"""
_YEARS = """
CREATE OR REPLACE TABLE floor_years AS
SELECT person_id, key, CAST(y - year(opened_on) AS INTEGER) AS k, greatest(opened_on, make_date(y, 1, 1)) AS from_on,
  make_date(y, 12, 31) AS until_on
FROM floor_visits, unnest(range(year(opened_on), year(DATE '{today}') + 1)) AS years(y) WHERE n = 1
"""
_WINDOWS = """
CREATE OR REPLACE TABLE floor_windows AS
SELECT f.person_id, 'htn_followup' AS contact, f.k, f.key AS episode, f.from_on, f.due_on, CAST(NULL AS DATE) AS until_on,
  coalesce(v.instance_id, '') AS met_by, v.occurred_on AS met_on
FROM floor_followups f LEFT JOIN floor_visits v ON v.person_id = f.person_id AND v.n = f.k + 1
UNION ALL
SELECT r.person_id, 'htn_referral_result', 0, any_value(r.key), any_value(r.refer_on), any_value(r.refer_on) + 14,
  any_value(r.refer_on) + 14, coalesce(arg_min(c.instance_id, (c.occurred_on, c.counter, c.root_id)), ''), min(c.occurred_on)
FROM floor_referrals r LEFT JOIN entry_htn_referral_check c
  ON c.person_id = r.person_id AND c.occurred_on BETWEEN r.refer_on AND r.refer_on + 14
GROUP BY r.person_id
UNION ALL
SELECT y.person_id, 'htn_yearly_check', y.k, any_value(y.key), any_value(y.from_on), CAST(NULL AS DATE), any_value(y.until_on),
  coalesce(arg_min(e.instance_id, (e.occurred_on, e.counter, e.root_id)), ''), min(e.occurred_on)
FROM floor_years y LEFT JOIN entry_htn_exam e
  ON e.person_id = y.person_id AND e.occurred_on BETWEEN y.from_on AND y.until_on
GROUP BY y.person_id, y.k

"""
NUMBERS = ("control_systolic", "control_diastolic", "emergency_systolic", "emergency_diastolic")


def steps_sql(numbers: Mapping[str, Decimal], today: str) -> list[str]:
    """SQL texts that leave ``floor_windows``. ``numbers``: the pack's values of ``NUMBERS``."""
    return [text.format(today=today, **numbers) for text in (_VISITS, _STARTS, _REFERRALS, _YEARS, _WINDOWS)]
