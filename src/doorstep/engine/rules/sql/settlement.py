"""Which entry meets which window, as SQL.

Most entries lie in one window only: such a window is met by the first entry in it. Only care where an entry could
meet several windows, or where one visit supersedes another, is walked entry by entry: in a recursive query, or in
Python where the dialect folds.
"""

from __future__ import annotations

from collections.abc import Mapping

from doorstep.engine.rules.program import Slot
from doorstep.engine.rules.spark.folding import Rules
from doorstep.engine.rules.spark.settlement import K_SPAN, SettlementFold
from doorstep.engine.rules.sql.expressions import Expressions
from doorstep.engine.rules.sql.facts import needs_subject
from doorstep.engine.rules.sql.step import Step, table
from doorstep.engine.rules.sql.subjects import Tables

_FIRST = "r.day, r.rank, r.counter, r.root, r.instance_id"


class Settlement:
    """Settles the windows in ``planned``. ``slots`` are those that come once or every year, with their numbers."""

    def __init__(
        self,
        tables: Tables,
        expressions: Expressions,
        slots: list[tuple[int, Slot]],
        ranks: Mapping[str, int],
        rules: Rules,
    ):
        self._tables = tables
        self._dialect, self._rules = expressions.dialect, rules
        self._expressions = expressions
        self._slots = slots
        self._ranks = ranks
        ids = sorted({slot.contact.id for _, slot in slots})
        self._contact_numbers = {id_: number for number, id_ in enumerate(ids)}
        self._superseding = {
            self._contact_numbers[slot.contact.id]: sorted(
                self._contact_numbers[s] for s in slot.contact.supersedes if s in ids
            )
            for _, slot in slots
            if slot.contact.supersedes
        }

    def steps(self) -> list[Step]:
        candidates = self._tables.step("candidates")
        contested = self._tables.step("contested")
        steps = [
            table(candidates, " UNION ALL\n".join(self._candidates())),
            table(contested, self._contested(candidates)),
        ]
        met = self._tables.step("met")
        if not self._dialect.folds:
            return [
                *steps,
                table(met, f"{self._walk(candidates, contested)} UNION ALL ({self._plain(candidates, contested)})"),
            ]
        walked = self._tables.step("settled")
        among = f"SELECT r.* FROM {candidates} r {self._dialect.semi_join} {contested} c ON c.eid = r.eid"
        fold = SettlementFold(self._rules, self._superseding)
        known = f"SELECT eid, code, met_by, met_on, gone FROM {walked}"
        return [
            *steps,
            Step(walked, f"{among} DISTRIBUTE BY r.eid SORT BY r.eid", fold=fold),
            table(met, f"{known} UNION ALL ({self._plain(candidates, contested)})"),
        ]

    def _candidates(self) -> list[str]:
        """Each pair of an entry and a window that could hold it."""
        groups: dict[tuple[str, int], list[tuple[int, Slot]]] = {}
        for number, slot in self._slots:
            own = number if slot.settled_by is not None else -1
            groups.setdefault((slot.contact.form, own), []).append((number, slot))
        return [self._group(form, slots) for (form, _), slots in groups.items()]

    def _group(self, form: str, slots: list[tuple[int, Slot]]) -> str:
        """Candidates of one form. Plain comparisons of days: the join weighs them before it builds a row."""
        numbers = ", ".join(str(number) for number, _ in slots)
        contacts = " ".join(f"WHEN {number} THEN {self._contact_numbers[s.contact.id]}" for number, s in slots)
        settled_by = slots[0][1].settled_by
        windows = f"(SELECT * FROM {self._tables.planned} WHERE slot IN ({numbers})) w"
        condition = ""
        if settled_by is not None:
            if needs_subject(settled_by):
                known = f"JOIN {self._tables.facts} t ON t.eid = w.eid"
                windows = f"(SELECT w.*, t.* {self._expressions.dialect.excluding} (eid) FROM {windows} {known}) w"
            condition = f" AND ({self._expressions.of(settled_by, 'w', 'r')}) IS TRUE"
        return (
            f"SELECT w.eid, r.instance_id, r.day, {self._ranks[form]} AS rank, r.counter, r.root,"
            f" w.slot * {K_SPAN} + w.k AS code, CASE w.slot {contacts} END AS contact, w.until_day, w.from_day\n"
            f"FROM {self._tables.rows(form)} r JOIN {windows} ON w.eid = r.eid"
            f" AND r.day >= w.from_day AND r.day <= w.until_day{condition}"
        )

    def _contested(self, candidates: str) -> str:
        """Subjects whose entries must be walked one by one."""
        superseding = ", ".join(str(number) for number in self._superseding)
        also = f" OR bool_or(contact IN ({superseding}))" if superseding else ""
        return (
            f"SELECT DISTINCT eid FROM (SELECT eid, instance_id FROM {candidates}"
            f" GROUP BY eid, instance_id HAVING count(*) > 1{also})"
        )

    def _plain(self, candidates: str, contested: str) -> str:
        """Where every entry lies in one window only, a window is met by the first entry in it."""
        return (
            "SELECT r.eid, r.code, r.instance_id AS met_by, r.day AS met_on,"
            f" {self._dialect.no_numbers} AS gone FROM {candidates} r\n"
            f"{self._dialect.anti_join} {contested} c ON c.eid = r.eid\n"
            f"QUALIFY row_number() OVER (PARTITION BY r.eid, r.code ORDER BY {_FIRST}) = 1"
        )

    def _walk(self, candidates: str, contested: str) -> str:
        """The entries of contested care in their order, in a recursive query."""
        preferred = "r.until_day, r.from_day, r.contact, r.code"
        entries = (
            f"SELECT r.eid, r.instance_id, r.day, row_number() OVER (PARTITION BY r.eid ORDER BY {_FIRST}) AS n,"
            " r.choices FROM (SELECT r.eid, r.instance_id, r.day, r.rank, r.counter, r.root,"
            " list({'code': r.code, 'contact': r.contact} ORDER BY " + preferred + ") AS choices"
            f" FROM {candidates} r WHERE r.eid IN (SELECT eid FROM {contested}) GROUP BY ALL) r"
        )
        return (
            f"WITH RECURSIVE entries AS MATERIALIZED ({entries}),\n"
            "walk AS (\n"
            "SELECT eid, CAST(0 AS BIGINT) AS n, CAST(NULL AS BIGINT) AS code, CAST(NULL AS VARCHAR) AS met_by,"
            " CAST(NULL AS DATE) AS met_on, CAST([] AS BIGINT[]) AS taken, CAST([] AS INTEGER[]) AS gone\n"
            f"FROM {contested}\nUNION ALL\n"
            "SELECT x.eid, x.n, x.chosen.code, CASE WHEN x.chosen IS NOT NULL THEN x.instance_id END,"
            " CASE WHEN x.chosen IS NOT NULL THEN x.day END,"
            " CASE WHEN x.chosen IS NOT NULL THEN list_append(x.taken, x.chosen.code) ELSE x.taken END,"
            f" {self._gone()}\n"
            "FROM (SELECT e.eid, e.n, e.instance_id, e.day, w.taken, w.gone,"
            " list_filter(e.choices, lambda c: NOT list_contains(w.taken, c.code)"
            " AND NOT list_contains(w.gone, c.contact))[1] AS chosen\n"
            "FROM walk w JOIN entries e ON e.eid = w.eid AND e.n = w.n + 1) x\n)\n"
            "SELECT eid, code, met_by, met_on, gone FROM walk WHERE code IS NOT NULL OR len(gone) > 0"
        )

    def _gone(self) -> str:
        """Contacts out of the running once the chosen one is met."""
        cases = " ".join(
            f"WHEN {number} THEN list_concat(x.gone, CAST({others} AS INTEGER[]))"
            for number, others in self._superseding.items()
        )
        return f"CASE x.chosen.contact {cases} ELSE x.gone END" if cases else "x.gone"

    def settled_sql(self) -> str:
        """The windows that stand, with the entry that met them."""
        met = self._tables.step("met")
        columns = 'w.eid, w.slot, w.k, w."from", w."due", w."until", w.need, w.ends_on, m.met_by, m.met_on'
        select = (
            f"SELECT {columns} FROM {self._tables.planned} w"
            f" LEFT JOIN (SELECT * FROM {met} WHERE code IS NOT NULL) m ON m.eid = w.eid"
            f" AND m.code = w.slot * {K_SPAN} + w.k"
        )
        if not self._superseding:
            return select
        contacts = " ".join(
            f"WHEN {number} THEN {self._contact_numbers[slot.contact.id]}" for number, slot in self._slots
        )
        gone = f"SELECT DISTINCT m.eid, g.contact FROM {met} m, {self._dialect.each_of('m.gone')} AS g(contact)"
        return (
            f"{select} LEFT JOIN ({gone}) g ON g.eid = w.eid AND g.contact = CASE w.slot {contacts} END"
            " WHERE m.met_by IS NOT NULL OR g.contact IS NULL"
        )
