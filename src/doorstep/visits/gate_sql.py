"""The built-in gate for everybody at once, as SQL for DuckDB: the same as ``visits.gate`` for one person after another.

Read: ``service_word`` (person_id, "on", service, ends), ``resident`` (person_id, place_id, here) and ``windows``.
"""

from __future__ import annotations

ENDINGS = """
CREATE OR REPLACE TABLE ending AS
WITH ended AS (
  SELECT person_id, service, max("on") AS ended_on FROM service_word WHERE ends GROUP BY person_id, service)
SELECT e.person_id, e.service, min(w."on") AS wanted_again_on
FROM ended e LEFT JOIN service_word w
  ON w.person_id = e.person_id AND w.service = e.service AND NOT w.ends AND w."on" > e.ended_on
GROUP BY e.person_id, e.service
"""
PASSING = """
CREATE OR REPLACE TABLE passing AS
SELECT w.*, r.place_id
FROM windows w JOIN resident r ON r.person_id = w.person_id
LEFT JOIN ending e ON e.person_id = w.person_id AND e.service = w.service
WHERE w.met_by <> ''
  OR (r.here AND (e.person_id IS NULL
    OR (e.wanted_again_on IS NOT NULL AND (w.until_on IS NULL OR w.until_on >= e.wanted_again_on))))
"""
STEPS = (ENDINGS, PASSING)
"""They leave ``passing``: the windows that may be listed, with the person's place."""
