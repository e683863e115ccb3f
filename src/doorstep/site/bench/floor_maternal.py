"""The visits of pregnancy care (the norm of 2017) written by hand for DuckDB, as someone who knows that programme would.

Courses of care are followed one entry after another only for women who signed up, or were delivered, more than once;
the windows do not overlap, so a visit's day says which it meets. The same rows as the rules engine's own SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

_SEVERAL = """
CREATE OR REPLACE TABLE floor_several AS
SELECT person_id FROM entry_pregnancy_registration GROUP BY person_id HAVING count(*) > 1
UNION SELECT person_id FROM entry_pregnancy_outcome GROUP BY person_id HAVING count(*) > 1
"""
_TURNS = """
CREATE OR REPLACE TABLE floor_turns AS
SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY day, opening DESC, counter, root_id, instance_id) AS n FROM (
  SELECT person_id, instance_id, root_id, counter, occurred_on AS day, TRUE AS opening, lmp, CAST(NULL AS VARCHAR) AS result,
    CAST(NULL AS DATE) AS ended_on, CAST(NULL AS DATE) AS discharged_on FROM entry_pregnancy_registration
  UNION ALL SELECT person_id, instance_id, root_id, counter, occurred_on, FALSE, NULL, result, ended_on, discharged_on
  FROM entry_pregnancy_outcome) SEMI JOIN floor_several USING (person_id)
"""
_WALK = """
CREATE OR REPLACE TABLE floor_walk AS
WITH RECURSIVE walk AS (
  SELECT person_id, n, 1 AS no, root_id AS key, day AS opened_on, lmp AS opened_lmp, lmp, CAST(NULL AS DATE) AS closed_on,
    coalesce(lmp, day) + {pregnancy_open_days} AS last_on, CAST(NULL AS DATE) AS cut_on, result, ended_on, discharged_on
  FROM floor_turns WHERE opening
  QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY n) = 1
  UNION ALL
  SELECT person_id, n, no + CAST(begins AS INTEGER), CASE WHEN begins THEN root_id ELSE key END,
    CASE WHEN begins THEN day ELSE opened_on END, CASE WHEN begins THEN new_lmp ELSE opened_lmp END,
    CASE WHEN begins THEN new_lmp WHEN holds THEN coalesce(lmp, new_lmp) ELSE lmp END,
    CASE WHEN begins THEN NULL WHEN closes THEN day ELSE closed_on END,
    CASE WHEN begins THEN coalesce(new_lmp, day) + {pregnancy_open_days}
      WHEN closes THEN day + {postpartum_open_days} ELSE last_on END,
    CASE WHEN begins AND holds THEN day WHEN begins THEN NULL ELSE cut_on END,
    CASE WHEN begins THEN NULL WHEN holds THEN coalesce(new_result, result) ELSE result END,
    CASE WHEN begins THEN NULL WHEN holds THEN coalesce(new_ended_on, ended_on) ELSE ended_on END,
    CASE WHEN begins THEN NULL WHEN holds THEN coalesce(new_discharged_on, discharged_on) ELSE discharged_on END
  FROM (
    SELECT w.* EXCLUDE (n), t.n, t.day, t.root_id, t.lmp AS new_lmp, t.result AS new_result, t.ended_on AS new_ended_on,
      t.discharged_on AS new_discharged_on, t.day <= coalesce(w.closed_on, w.last_on) AS holds,
      NOT t.opening AND holds AND w.closed_on IS NULL AS closes,
      t.opening AND (NOT holds
        OR coalesce(t.lmp - coalesce(w.opened_lmp, w.opened_on) > {new_pregnancy_gap_days}, FALSE)) AS begins
    FROM walk w JOIN floor_turns t ON t.person_id = w.person_id AND t.n = w.n + 1))
SELECT * FROM walk QUALIFY row_number() OVER (PARTITION BY person_id, no ORDER BY n DESC) = 1
"""
_COURSES = """
CREATE OR REPLACE TABLE floor_courses AS
SELECT row_number() OVER () AS id, *, coalesce(closed_on, stay_last) AS visit_last FROM (
  SELECT person_id, key, opened_on, closed_on, coalesce(lead(cut_on) OVER o, last_on) AS stay_last,
    lead(opened_on) OVER o AS next_on, lmp, result, ended_on, discharged_on
  FROM floor_walk WINDOW o AS (PARTITION BY person_id ORDER BY no)
  UNION ALL
  SELECT r.person_id, r.root_id, r.occurred_on, o.occurred_on,
    CASE WHEN o.occurred_on IS NOT NULL THEN o.occurred_on + {postpartum_open_days}
      ELSE coalesce(r.lmp, r.occurred_on) + {pregnancy_open_days} END,
    NULL, r.lmp, o.result, o.ended_on, o.discharged_on
  FROM entry_pregnancy_registration r ANTI JOIN floor_several s ON s.person_id = r.person_id
  LEFT JOIN entry_pregnancy_outcome o ON o.person_id = r.person_id
    AND o.occurred_on BETWEEN r.occurred_on AND coalesce(r.lmp, r.occurred_on) + {pregnancy_open_days})
"""
_OF_COURSE = """
SELECT c.id, e.* FROM entry_{form} e JOIN floor_courses c ON c.person_id = e.person_id
  AND e.occurred_on BETWEEN c.opened_on AND c.{last} AND (c.next_on IS NULL OR e.occurred_on < c.next_on)
"""
_VISITS = f"""
CREATE OR REPLACE TABLE floor_visits AS
SELECT id, instance_id, occurred_on, counter, root_id, lmp_by_scan, lmp_known, extra_on,
  referred = 'yes' OR NOT list_contains(danger_signs, 'none') AS sent
FROM ({_OF_COURSE.format(form="anc_visit", last="visit_last")})
"""
_HOME_VISITS = f"""
CREATE OR REPLACE TABLE floor_home_visits AS
SELECT id, instance_id, occurred_on, counter, root_id, discharged_on
FROM ({_OF_COURSE.format(form="postpartum_visit", last="stay_last")})
"""
_FACTS = """
CREATE OR REPLACE TABLE floor_facts AS
SELECT c.id, c.person_id, c.key, c.opened_on, c.visit_last, c.stay_last, v.sent_on, v.extra_on, v.agreed_on, v.last_seen,
  coalesce(v.scan, c.lmp, v.known) AS lmp,
  CASE WHEN c.result = 'birth' THEN c.ended_on END AS delivered_on, coalesce(h.discharged_on, c.discharged_on) AS discharged_on
FROM floor_courses c
LEFT JOIN (SELECT id, max(occurred_on) FILTER (sent) AS sent_on,
    arg_max(extra_on, (occurred_on, counter, root_id)) FILTER (extra_on IS NOT NULL) AS extra_on,
    max(occurred_on) FILTER (extra_on IS NOT NULL) AS agreed_on, max(occurred_on) AS last_seen,
    arg_max(lmp_by_scan, (occurred_on, counter, root_id)) FILTER (lmp_by_scan IS NOT NULL) AS scan,
    arg_max(lmp_known, (occurred_on, counter, root_id)) FILTER (lmp_known IS NOT NULL) AS known
  FROM floor_visits GROUP BY id) v ON v.id = c.id
LEFT JOIN (SELECT id, arg_max(discharged_on, (occurred_on, counter, root_id)) AS discharged_on
  FROM floor_home_visits WHERE discharged_on IS NOT NULL GROUP BY id) h ON h.id = c.id
"""
_ANTENATAL = """
CREATE OR REPLACE TABLE floor_antenatal AS
WITH plan(contact, first, due, last) AS (VALUES
  ('anc_1', NULL, 84, 90), ('anc_2', 112, 126, 146), ('anc_3', 147, 161, 174), ('anc_4', 196, 224, 258),
  ('anc_5', 259, 266, 286)),
met AS (
  SELECT v.id, CASE WHEN v.occurred_on - f.lmp <= 90 THEN 'anc_1' WHEN v.occurred_on - f.lmp BETWEEN 112 AND 146 THEN 'anc_2'
      WHEN v.occurred_on - f.lmp BETWEEN 147 AND 174 THEN 'anc_3' WHEN v.occurred_on - f.lmp BETWEEN 196 AND 258 THEN 'anc_4'
      WHEN v.occurred_on - f.lmp BETWEEN 259 AND 286 THEN 'anc_5' END AS contact,
    arg_min(v.instance_id, (v.occurred_on, v.counter, v.root_id)) AS met_by, min(v.occurred_on) AS met_on
  FROM floor_visits v JOIN floor_facts f ON f.id = v.id GROUP BY ALL)
SELECT f.person_id, p.contact, f.key, CASE WHEN p.first IS NULL THEN f.opened_on ELSE f.lmp + p.first END AS from_on,
  CASE WHEN f.opened_on > f.lmp + p.due THEN f.lmp + p.last ELSE f.lmp + p.due END AS due_on, f.lmp + p.last AS until_on,
  f.visit_last AS ends_on, m.met_by, m.met_on
FROM floor_facts f CROSS JOIN plan p LEFT JOIN met m ON m.id = f.id AND m.contact = p.contact
WHERE coalesce(f.opened_on <= f.lmp + p.last, TRUE)
"""
_LATER = """
CREATE OR REPLACE TABLE floor_later AS
SELECT f.person_id, 'referral_result' AS contact, f.key, f.sent_on AS from_on, f.sent_on + 14 AS due_on,
  f.sent_on + 14 AS until_on, f.stay_last AS ends_on, e.met_by, e.met_on
FROM floor_facts f LEFT JOIN ({referrals}) e ON e.id = f.id WHERE f.sent_on IS NOT NULL
UNION ALL
SELECT f.person_id, 'extra_visit', f.key, f.agreed_on + 1, f.extra_on, NULL, f.visit_last, NULL, NULL
FROM floor_facts f WHERE f.agreed_on = f.last_seen AND f.extra_on > f.agreed_on
UNION ALL
SELECT f.person_id, 'pnc_home', f.key, f.discharged_on, f.discharged_on + 7, f.discharged_on + 28, f.stay_last, e.met_by, e.met_on
FROM floor_facts f LEFT JOIN ({home_visits}) e ON e.id = f.id WHERE f.delivered_on IS NOT NULL
UNION ALL
SELECT f.person_id, 'pnc_check_42', f.key, f.delivered_on + 35, f.delivered_on + 42, f.delivered_on + {postpartum_open_days},
  f.stay_last, e.met_by, e.met_on
FROM floor_facts f LEFT JOIN ({checks}) e ON e.id = f.id WHERE f.delivered_on IS NOT NULL
"""
_FIRST = """
SELECT e.id, arg_min(e.instance_id, (e.occurred_on, e.counter, e.root_id)) AS met_by, min(e.occurred_on) AS met_on
FROM ({entries}) e JOIN floor_facts f ON f.id = e.id AND e.occurred_on BETWEEN {first} AND {last} GROUP BY e.id
"""
_WINDOWS = """
CREATE OR REPLACE TABLE floor_windows AS
SELECT person_id, contact, 0 AS k, key AS episode, from_on, due_on, until_on, coalesce(met_by, '') AS met_by, met_on
FROM (SELECT * FROM floor_antenatal UNION ALL SELECT * FROM floor_later)
WHERE met_by IS NOT NULL OR coalesce(from_on, due_on) IS NULL OR coalesce(from_on, due_on) <= ends_on
"""
NUMBERS = ("pregnancy_open_days", "postpartum_open_days", "new_pregnancy_gap_days")


def steps_sql(numbers: Mapping[str, Decimal], today: str) -> list[str]:
    """SQL texts that leave ``floor_windows``. ``numbers``: the pack's values of ``NUMBERS``. No visit here rests on
    the asked day."""
    del today
    known = {
        **{name: int(value) for name, value in numbers.items()},
        "referrals": _first("referral_check", "f.sent_on", "f.sent_on + 14"),
        "home_visits": _FIRST.format(
            entries="SELECT * FROM floor_home_visits", first="f.discharged_on", last="f.discharged_on + 28"
        ),
        "checks": _first("check_42", "f.delivered_on + 35", f"f.delivered_on + {int(numbers['postpartum_open_days'])}"),
    }
    texts = (_SEVERAL, _TURNS, _WALK, _COURSES, _VISITS, _HOME_VISITS, _FACTS, _ANTENATAL, _LATER, _WINDOWS)
    return [text.format(**known) for text in texts]


def _first(form: str, first: str, last: str) -> str:
    return _FIRST.format(entries=_OF_COURSE.format(form=form, last="stay_last"), first=first, last=last)
