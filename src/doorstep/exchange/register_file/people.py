"""One row of a register file to a person, or to sentences about what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from doorstep.exchange.problems import at
from doorstep.exchange.register_file.mapping import Columns
from doorstep.exchange.register_file.reading import Row, Table
from doorstep.lib.days import EARLIEST
from doorstep.lib.problems import Problem, Problems

LONGEST_NAME, LONGEST_NUMBER, LONGEST_ADDRESS = 60, 30, 100  # as the register's own forms allow
SEXES = {
    "female": ("女", "女性", "f", "female", "2", "w", "woman"),
    "male": ("男", "男性", "m", "male", "1", "man"),
    "other": ("其他", "other", "不愿说", "x"),
}
REACHES = {
    "any": ("any", "怎么联系都行", "都行", "any way is fine"),
    "only_me": ("only_me", "只能跟我本人说", "只找本人", "only speak to me myself"),
    "not_home": ("not_home", "不要到家里来", "not at home"),
    "clinic_only": ("clinic_only", "只在卫生院（室）见面", "only at the clinic"),
    "by_phone": ("by_phone", "不要到家里来，可以打电话", "not at home, ringing is fine"),
    "none": ("none", "不要联系我", "不要联系", "do not contact me"),
}
CAREFUL_REACH = "only_me"  # when the file does not say how someone wants to be reached
_PHONE = re.compile(r"[0-9+ -]{5,20}\Z")
_PARTS = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*\Z")
_WHOLE = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_YEAR = re.compile(r"(\d{4})年?\Z")

FindPlace = Callable[[str, str], str]  # (village, group) as written → the place's code, '' for none


@dataclass(frozen=True, slots=True)
class Person:
    """One readable row."""

    row: int
    place: str  # code
    number: str
    address: str
    name: str
    sex: str
    born: date
    phone: str
    reach: str
    moved_in_on: date | None


class _Unreadable(Exception):
    """What is wrong with one cell, as a problem."""

    def __init__(self, problem: Problem):
        self.problem = problem


@dataclass(frozen=True)
class Reader:
    """Reads rows of one table. ``today``: no day may be later."""

    table: Table
    columns: Columns
    find_place: FindPlace
    today: date

    def read(self, row: Row) -> Person:
        """The person of a row. Raises Problems: everything in it that cannot be read."""
        problems: list[Problem] = []

        def told(read: Callable[[Row], str]) -> str:
            try:
                return read(row)
            except _Unreadable as fault:
                problems.append(fault.problem)
                return ""

        def told_day(field: str) -> date | None:
            try:
                return self._day(row, field)
            except _Unreadable as fault:
                problems.append(fault.problem)
                return None

        born, moved = told_day("birth_date"), told_day("moved_in_on")
        name, sex, place = told(self._name), told(self._sex), told(self._place)
        number, phone, reach = told(self._number), told(self._phone), told(self._reach)
        if problems or born is None:
            raise Problems(problems)
        address = self._cell(row, "address")[:LONGEST_ADDRESS]
        return Person(row.number, place, number, address, name, sex, born, phone, reach, moved)

    def _cell(self, row: Row, field: str) -> str:
        n = self.columns.columns.get(field, -1)
        return row.cells[n] if 0 <= n < len(row.cells) else ""

    def _wrong(self, code: str, row: Row, field: str, **args: object) -> _Unreadable:
        n = self.columns.columns.get(field, -1)
        column = self.table.headers[n] if n >= 0 else field
        return _Unreadable(at(code, self.table.file, row.number, column, self.table.sheet, column=column, **args))

    def _name(self, row: Row) -> str:
        name = self._cell(row, "name")
        if not name:
            raise self._wrong("exchange.no_name", row, "name")
        if len(name) > LONGEST_NAME:
            raise self._wrong("exchange.name_too_long", row, "name", limit=LONGEST_NAME)
        return name

    def _sex(self, row: Row) -> str:
        return self._one_of(row, "sex", SEXES, "exchange.bad_sex")

    def _reach(self, row: Row) -> str:
        if not self._cell(row, "reach"):
            return CAREFUL_REACH
        return self._one_of(row, "reach", REACHES, "exchange.bad_reach")

    def _one_of(self, row: Row, field: str, known: Mapping[str, tuple[str, ...]], code: str) -> str:
        said = self._cell(row, field)
        for value, words in known.items():
            if said.casefold() in words:
                return value
        raise self._wrong(code, row, field, text=said, known=", ".join(words[1] for words in known.values()))

    def _number(self, row: Row) -> str:
        number = self._cell(row, "number")
        if not number:
            raise self._wrong("exchange.no_number", row, "number")
        if len(number) > LONGEST_NUMBER:
            raise self._wrong("exchange.number_too_long", row, "number", limit=LONGEST_NUMBER)
        return number

    def _phone(self, row: Row) -> str:
        phone = self._cell(row, "phone")
        if phone and not _PHONE.match(phone):
            raise self._wrong("exchange.bad_phone", row, "phone")
        return phone

    def _place(self, row: Row) -> str:
        village, group = self._cell(row, "village"), self._cell(row, "group")
        if not village and not group:
            raise self._wrong("exchange.no_place", row, "village")
        code = self.find_place(village, group)
        if not code:
            raise self._wrong("exchange.unknown_place", row, "village", text=f"{village} {group}".strip())
        return code

    def _day(self, row: Row, field: str) -> date | None:
        said = self._cell(row, field)
        if not said:
            if field == "birth_date":
                raise self._wrong("exchange.no_birth_date", row, field)
            return None
        day = day_in(said)
        if day is None:
            raise self._wrong("exchange.bad_day", row, field, text=said)
        if day > self.today:
            raise self._wrong("exchange.future_day", row, field)
        if day < EARLIEST:
            raise self._wrong("exchange.too_old", row, field)
        return day


def day_in(said: str) -> date | None:
    """A day as people write it: 1985-3-1, 1985/03/01, 1985.3.1, 1985年3月1日, 19850301; a year alone is its 1 July."""
    parts = _PARTS.match(said) or _WHOLE.match(said)
    year = _YEAR.match(said)
    try:
        if parts:
            return date(int(parts[1]), int(parts[2]), int(parts[3]))
        return date(int(year[1]), 7, 1) if year else None
    except ValueError:
        return None
