"""Windows of one subject as SQL: each contact's bounds, who met them, and the rows that come out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from doorstep.engine.rules.needs import roots
from doorstep.engine.rules.program import ReadFact, Slot
from doorstep.engine.rules.spark.folding import Rules
from doorstep.engine.rules.sql.expressions import Expressions, answers_in, column, is_life
from doorstep.engine.rules.sql.narrowing import left_out_sql, too_early
from doorstep.engine.rules.sql.settlement import Settlement
from doorstep.engine.rules.sql.step import Step, table
from doorstep.engine.rules.sql.subjects import Tables
from doorstep.engine.warehouse.quoting import quoted


class WindowsSql:
    """The steps that leave one subject's windows. ``slots`` come with their numbers in the program."""

    def __init__(
        self,
        subject: str,
        tables: Tables,
        expressions: Expressions,
        facts: Mapping[str, ReadFact],
        slots: list[tuple[int, Slot]],
        stays: tuple[str, ...],
        ranks: Mapping[str, int],
        rules: Rules,
    ):
        self._subject = subject
        self._tables = tables
        self._likely = tables.facts
        self._expressions = expressions
        self._facts = facts
        self._slots = slots
        self._stays = stays
        self._recurring_slots = [(n, s) for n, s in slots if s.kind == "recurring"]
        self._competing = [(n, s) for n, s in slots if s.kind != "recurring"]
        self._settlement = Settlement(tables, expressions, self._competing, ranks, rules)

    def steps(self, today: date) -> list[Step]:
        """Steps that plan and settle the windows that come once or every year, and order the entries that meet those
        that come again. Empty without contacts."""
        steps = [table(self._turns(number), self._in_turn(slot)) for number, slot in self._recurring_slots]
        if not self._competing:
            return steps
        self._narrow(steps)
        planned = " UNION ALL\n".join(self._planned(n, s, today) for n, s in self._competing)
        return [*steps, table(self._tables.planned, planned), *self._settlement.steps()]

    def select(self) -> str:
        """All windows of the subject, in the columns of the final table. '' without contacts."""
        parts = [self._settlement.settled_sql()] if self._competing else []
        parts += [self._recurring(n, s) for n, s in self._recurring_slots]
        return self._finished(" UNION ALL\n".join(parts)) if parts else ""

    def _last(self, form: str) -> str:
        """The column holding the last day on which an entry of ``form`` can belong."""
        return "stay_last" if form in self._stays else "visit_last"

    def _planned(self, number: int, slot: Slot, today: date) -> str:
        """Windows of a contact that comes once, or once every calendar year."""
        if slot.kind == "once":
            left_out = self._left_out(slot)
            some = f" WHERE NOT ({left_out})" if left_out else ""
            return self._bounded(number, slot, f"SELECT t.*, {slot.k} AS k FROM {self._likely} t{some}")
        last = f"coalesce(least(year(t.{self._last(slot.contact.form)}), {today.year}), {today.year})"
        dialect = self._expressions.dialect
        known = dialect.years("year(t.opened_on)", last)
        years = f"CASE WHEN t.opened_on IS NULL THEN {dialect.no_year} ELSE {known} END"
        started = (
            "SELECT t.*, CAST(coalesce(y.y - year(t.opened_on), 0) AS INTEGER) AS k,"
            ' CASE WHEN y.y IS NOT NULL THEN greatest(t.opened_on, make_date(y.y, 1, 1)) END AS "start"'
            f" FROM {self._tables.facts} t, {dialect.each_of(years)} AS y(y)"
        )
        return self._bounded(number, slot, started)

    def _narrow(self, steps: list[Step]) -> None:
        """Those no contact that comes once can concern are left out of what these are worked out over."""
        left_out = [self._left_out(slot) for _, slot in self._competing if slot.kind == "once"]
        if len(left_out) < 2 or not all(left_out):
            return
        nobody = " AND ".join(f"({one})" for one in left_out)
        self._likely = self._tables.step("likely")
        steps.append(table(self._likely, f"SELECT t.* FROM {self._tables.facts} t WHERE NOT ({nobody})"))

    def _left_out(self, slot: Slot) -> str:
        if slot.while_ is None:
            return ""
        found = too_early(slot.while_, dict(slot.bounds), self._expressions.program.pack.numbers)
        return left_out_sql(found, self._expressions.of)

    def _bounded(self, number: int, slot: Slot, source: str, more: str = "") -> str:
        """Bounds, need and reason to exist over ``source``; windows without reason are left out."""
        bounds = ", ".join(
            f"{self._expressions.of(tree) if tree is not None else 'CAST(NULL AS DATE)'} AS {quoted(name)}"
            for name, tree in slot.bounds
        )
        stands = f"WHERE ({self._expressions.of(slot.while_)}) IS NOT FALSE" if slot.while_ is not None else ""
        carried = "" if slot.kind == "recurring" else self._sides(slot)
        return (
            f'SELECT t.eid, {number} AS slot, t.k, t."from", t."due", t."until", {self._need(slot)} AS need,'
            f" t.{self._last(slot.contact.form)} AS ends_on{carried}{more}\n"
            f"FROM (SELECT t.*, {bounds} FROM ({source}) t) t {stands}"
        )

    @staticmethod
    def _sides(slot: Slot) -> str:
        """Both sides as days, for settling: NULL, holding nothing, when a stated one is missing. And the start."""
        start = 't."start"' if slot.kind == "year" else "CAST(NULL AS DATE)"
        from_day = 't."from"' if slot.from_ is not None else "DATE '0001-01-01'"
        until_day = 't."until"' if slot.until is not None else "DATE '9999-12-31'"
        return f', {start} AS "start", {from_day} AS from_day, {until_day} AS until_day'

    def _need(self, slot: Slot) -> str:
        """The names to ask for, sorted, when a stated bound is missing: the missing ones it rests on, or its own."""
        stated = {name: tree for name, tree in slot.bounds if tree is not None}
        if not stated:
            return f"CAST(NULL AS {self._expressions.dialect.column_types['set']})"
        below_every = roots(slot.every, self._facts) if slot.every is not None else {}
        asked: dict[tuple[str, str], list[str]] = {}
        told = []
        text = self._expressions.dialect.text
        for name, tree in stated.items():
            unknown = f"t.{quoted(name)} IS NULL"
            known = [unknown]
            for root, node in (roots(tree, self._facts) | below_every).items():
                value = self._expressions.of(node)
                asked.setdefault((root, value), []).append(unknown)
                known.append(f"{value} IS NOT NULL")
            told.append(f"CASE WHEN {' AND '.join(known)} THEN {text(name)} END")
        for (root, value), bounds in asked.items():
            told.append(f"CASE WHEN ({' OR '.join(bounds)}) AND {value} IS NULL THEN {text(root)} END")
        some = " OR ".join(f"t.{quoted(name)} IS NULL" for name in stated)
        return f"CASE WHEN {some} THEN {self._expressions.dialect.listed_words(told)} END"

    def _turns(self, number: int) -> str:
        """The table of a recurring contact's entries in turn."""
        return self._tables.step(f"turns_of_{number}")

    @staticmethod
    def _answers_of_this(slot: Slot) -> list[str]:
        return sorted(answers_in(slot.rules, slot.contact.form))

    def _in_turn(self, slot: Slot) -> str:
        """The entries that count, from 1, each with the one after it."""
        this = "".join(f", {column('q', key)} AS {column('this', key)}" for key in self._answers_of_this(slot))
        return (
            f"SELECT r.eid, r.instance_id, r.day, row_number() OVER o AS k, lead(r.instance_id) OVER o AS met_by,"
            f" lead(r.day) OVER o AS met_on{this}\nFROM ({self._counted(slot)}) r WINDOW o AS (PARTITION BY r.eid ORDER BY r.ord)"
        )

    def _recurring(self, number: int, slot: Slot) -> str:
        """Window k is counted from the k-th entry that counts (0: from enrolment) and met by the one after it."""
        keys = self._answers_of_this(slot)
        this = "".join(f", n.{column('this', key)}" for key in keys)
        empty = "".join(f", NULL AS {column('this', key)}" for key in keys)
        source = (
            f"SELECT t.*, n.k, n.met_by, n.met_on{this} FROM {self._tables.facts} t"
            f" JOIN {self._turns(number)} n ON n.eid = t.eid UNION ALL\n"
            f"SELECT t.*, 0, n.instance_id, n.day{empty} FROM {self._tables.facts} t"
            f" LEFT JOIN {self._turns(number)} n ON n.eid = t.eid AND n.k = 1"
        )
        assert slot.every is not None
        started = (
            f"SELECT t.*, CASE WHEN t.k = 0 THEN t.opened_on ELSE {self._expressions.of(slot.every)} END"
            f' AS "start" FROM ({source}) t'
        )
        return self._bounded(number, slot, started, ", t.met_by, t.met_on")

    def _counted(self, slot: Slot) -> str:
        """The entries of a recurring contact's form that count for it."""
        rows = f"SELECT r.* FROM {self._tables.rows(slot.contact.form)} r"
        conditions = []
        if not is_life(self._subject) or slot.settled_by is not None:
            rows += f" JOIN {self._tables.facts} t ON t.eid = r.eid"
        if not is_life(self._subject):
            conditions.append("r.instance_id <> t.opened_by")
        if slot.settled_by is not None:
            conditions.append(f"({self._expressions.of(slot.settled_by)}) IS TRUE")
        return rows + (f" WHERE {' AND '.join(conditions)}" if conditions else "")

    def _finished(self, windows: str) -> str:
        """The final columns; a window that would open only after its care ended is left out unless it was met."""
        known = ", ".join(self._described(number, slot) for number, slot in self._slots)
        return (
            'SELECT s.person_id, c.contact, w.k, s.key AS episode, c.form, c.service, w."from" AS from_on,'
            ' w."due" AS due_on, w."until" AS until_on, coalesce(w.met_by, \'\') AS met_by, w.met_on,'
            f" coalesce(w.need, {self._expressions.dialect.no_words}) AS need, c.recurring, c.priority, w.ends_on\n"
            f"FROM ({windows}) w\n"
            f"JOIN (VALUES {known}) c(slot, contact, form, service, recurring, priority) ON c.slot = w.slot\n"
            f"JOIN {self._tables.subject} s ON s.eid = w.eid\n"
            'WHERE w.met_by IS NOT NULL OR w.ends_on IS NULL OR coalesce(w."from", w."due") IS NULL'
            ' OR coalesce(w."from", w."due") <= w.ends_on'
        )

    def _described(self, number: int, slot: Slot) -> str:
        c, dialect = slot.contact, self._expressions.dialect
        words = ", ".join(map(dialect.text, (c.id, c.form, c.service)))
        return f"({number}, {words}, {dialect.constant(slot.kind == 'recurring')}, {c.priority})"
