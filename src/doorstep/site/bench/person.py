"""What working out one person costs: everything from her records, and the rules alone."""

from __future__ import annotations

import time
from typing import Any

from doorstep.intake import persons
from doorstep.intake.follow import history_of
from doorstep.lib import db
from doorstep.site.bench.stand import percentile

LEAST_ENTRIES = 8


def measure(count: int) -> dict[str, Any]:
    """CPU milliseconds for each of ``count`` people with care on record: whole, and the rules of all programmes."""
    sql = "SELECT person_id, COUNT(*) FROM entry WHERE person_id IS NOT NULL GROUP BY 1 HAVING COUNT(*) >= ? ORDER BY 1 LIMIT ?"
    people = db.current().rows(sql, [LEAST_ENTRIES, count + 20])
    whole, rules = [], []
    for n, (person_id, _entries) in enumerate(people):
        began = time.process_time()
        with db.transaction():
            persons.work_out(db.current(), [person_id])
        worked_out = time.process_time() - began
        lives, world = persons.lives(db.current(), [person_id])
        life = lives[person_id]
        place_id = life.person.place_id if life.person else None
        programmes = world.programmes.at(place_id)
        began = time.process_time()
        for programme in programmes:
            programme.rules.plan(history_of(life, programme, world), until=world.horizon)
        if n >= 20:
            whole.append(worked_out * 1000)
            rules.append((time.process_time() - began) * 1000)
    return {
        "people": len(whole),
        "entries_each": round(sum(entries for _, entries in people) / max(1, len(people)), 1),
        "whole_p50_cpu_ms": round(percentile(whole, 0.5), 3),
        "whole_p95_cpu_ms": round(percentile(whole, 0.95), 3),
        "rules_p50_cpu_ms": round(percentile(rules, 0.5), 3),
        "rules_p95_cpu_ms": round(percentile(rules, 0.95), 3),
    }
