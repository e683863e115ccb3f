"""Random packs and people, the same for the same seed: gaps, ties, corrections, late arrivals, month ends, leap days,
second episodes, twins. ``Written`` notes each kind of rule it wrote, so that a test can see that all of them fire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from doorstep.engine.model.history import Entry, History
from doorstep.engine.model.pack import EpisodeDef, Pack, TableDef
from doorstep.engine.model.planned import ContactDef

from .making import care, contact, form, indicator, measure, number, pack

_QUESTIONS = {"on": "date", "by": "date", "t": "text", "n": "integer", "m": "integer", "x": "decimal", "s": "set"}
_PLAIN = {"date": "on", "integer": "n", "decimal": "x", "text": "t"}
_BABIES = {"babies": {"t": "text", "n": "integer", "x": "decimal", "on": "date"}}
FORMS = (
    form("enrol", **_QUESTIONS),
    form("visit", **_QUESTIONS),
    form("check", **_QUESTIONS),
    form("leave", _BABIES, **_QUESTIONS),
    form("after", **_QUESTIONS),
    form("note", **_QUESTIONS),
    form("join", **_QUESTIONS),
)
CARE_FORMS = ("enrol", "visit", "check", "leave", "after")
NUMBERS = (
    number("span", ("2000-01-01", "10"), ("2024-03-01", "33")),
    number("share", ("2024-01-01", "0.5"), ("2025-01-01", "0.333333")),
    number("late", ("2024-12-01", "3")),
)
DOSES = TableDef(
    "doses",
    {"after": "integer", "upto": "integer", "since": "date"},
    (
        {"after": "0", "upto": "20", "since": "2023-01-01"},
        {"after": "10", "upto": "60", "since": "2023-01-01"},
        {"after": "40", "upto": "", "since": "2023-01-01"},
    ),
)
_SPECIAL_DAYS = [
    *("2024-01-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-31", "2024-12-31", "2025-01-01", "2025-02-28"),
    *("2025-03-01", "2025-06-30", "2026-01-01"),
]
_ROOT_STARTS = ["A", "Z", "a", "é", "中", "\U0001f600", "_"]

# What chance alone seldom writes, or writes where it does not show.
_ALWAYS = {
    "care.months": "months_between(last(visit.by), last(visit.occurred_on))",
    "care.weeks": "weeks_between(opened_on, last(visit.by))",
    "care.halves": "sum(visit.x) * number('share', opened_on)",
    "care.second_of_two": "all_of_last(2, visit.t = 'x')",
    "person.age": "years_between(person.birth_date, last(visit.by))",
}


@dataclass
class Writer:
    """Writes rule texts of a wanted type. ``row`` is the form whose one entry may be named."""

    random: Random
    facts: dict[str, list[str]] = field(default_factory=dict)
    row: str = ""
    repeat: str = ""
    aggregates: bool = True
    forms: tuple[str, ...] = CARE_FORMS
    moments: tuple[str, ...] = ("opened_on", "closed_on")
    person: bool = True

    def some(self, *ways: Callable[[], str]) -> str:
        return self.random.choice(ways)()

    def of(self, type_: str, depth: int = 3) -> str:
        return {
            "date": self.date,
            "integer": self.integer,
            "decimal": self.decimal,
            "truth": self.truth,
            "text": self.text,
        }[type_](depth)

    def leaf(self, type_: str) -> str:
        """A fact, an answer, an aggregate: whatever has no parts here."""
        ways: list[Callable[[], str]] = []
        names = {"date": ("on", "by"), "integer": ("n", "m"), "decimal": ("x",), "text": ("t",)}[type_]
        if self.facts.get(type_):
            ways.append(lambda: self.random.choice(self.facts[type_]))
        if self.row:
            ways.append(lambda: f"{self.row}.{self.random.choice(names)}")
            if self.repeat:
                ways.append(lambda: f"{self.row}.{self.repeat}.{names[0]}")
            if type_ == "date":
                ways.append(lambda: f"{self.row}.occurred_on")
        if self.aggregates:
            ways += [lambda: self.over(type_)] * 2
        if type_ == "date":
            ways += [lambda: self.random.choice(self.moments)]
            if self.person:
                ways.append(lambda: "person.birth_date")
        if type_ == "integer":
            ways.append(lambda: self.random.choice(["0", "1", "2", "12"]))
        if type_ == "text":
            ways.append(lambda: self.random.choice(["'x'", "'y'", "'it''s'"]))
        if not ways:
            return {"decimal": "number('share', opened_on)"}[type_]
        return self.some(*ways)

    def inside(self, form_id: str, repeat: str = "") -> Writer:
        """What may be written inside an aggregate over ``form_id``."""
        moments = tuple(m for m in self.moments if m != "next_on")
        return replace(self, row=form_id, repeat=repeat, aggregates=False, moments=moments)

    def over(self, type_: str) -> str:
        """An aggregate over the entries of a form, or the rows of its repeat."""
        form_id = self.random.choice(self.forms)
        repeat = "babies" if form_id == "leave" and self.random.random() < 0.6 else ""
        inner = self.inside(form_id, repeat)
        where = f" where {inner.truth(1)}" if self.random.random() < 0.4 else ""
        rows = f"{form_id}.{repeat}" if repeat else form_id
        plain = f"{rows}.{_PLAIN[type_]}"
        value = inner.of(type_, 1) if self.random.random() < 0.3 else plain
        if f"{form_id}." not in value:
            value = plain
        words = ["first", "last", "min", "max"]
        if type_ == "date" and not repeat:
            return self.some(
                lambda: f"{self.random.choice(words)}({value}{where})",
                lambda: f"{self.random.choice(['first_date', 'last_date'])}({form_id}{where})",
            )
        if type_ == "integer":
            return self.some(
                lambda: f"{self.random.choice([*words, 'sum'])}({value}{where})",
                lambda: f"count({self.random.choice([rows, value])}{where})",
            )
        if type_ == "decimal":
            return f"{self.random.choice([*words, 'sum', 'avg'])}({value}{where})"
        return f"{self.random.choice(words)}({value}{where})"

    def date(self, depth: int) -> str:
        if depth <= 0:
            return self.leaf("date")
        d = depth - 1
        return self.some(
            lambda: self.leaf("date"),
            lambda: f"add_days({self.date(d)}, {self.step(d)})",
            lambda: f"add_weeks({self.date(d)}, {self.step(d)})",
            lambda: f"add_months({self.date(d)}, {self.step(d)})",
            lambda: f"add_years({self.date(d)}, {self.step(d)})",
            lambda: f"add_interval({self.date(d)}, {self.step(d)}, {self.unit()})",
            lambda: f"coalesce({self.date(d)}, {self.date(d)})",
            lambda: f"{self.random.choice(['least', 'greatest'])}({self.date(d)}, {self.date(d)})",
            lambda: f"start_of_{self.random.choice(['year', 'quarter', 'month'])}({self.date(d)})",
            lambda: f"case when {self.truth(d)} then {self.date(d)} else {self.date(d)} end",
        )

    def unit(self) -> str:
        return self.random.choice(["'day'", "'week'", "'month'", "'year'", self.text(0)])

    def step(self, depth: int) -> str:
        return self.some(
            lambda: self.random.choice(["1", "-1", "2", "-2", "12", "-12", "0"]),
            lambda: f"number('{self.random.choice(['span', 'late'])}', {self.date(0)})",
            lambda: self.integer(depth),
        )

    def integer(self, depth: int) -> str:
        if depth <= 0:
            return self.leaf("integer")
        d = depth - 1
        return self.some(
            lambda: self.leaf("integer"),
            lambda: (
                f"{self.random.choice(['days', 'weeks', 'months', 'years'])}_between({self.date(d)}, {self.date(d)})"
            ),
            lambda: f"year({self.date(d)})",
            lambda: f"({self.integer(d)} {self.random.choice('+-*')} {self.integer(d)})",
            lambda: f"-({self.integer(d)})",
            lambda: f"coalesce({self.integer(d)}, {self.integer(d)})",
            lambda: f"number('span', {self.date(d)})",
            lambda: f"case when {self.truth(d)} then {self.integer(d)} end",
        )

    def decimal(self, depth: int) -> str:
        if depth <= 0:
            return self.leaf("decimal")
        d = depth - 1
        return self.some(
            lambda: self.leaf("decimal"),
            lambda: f"({self.decimal(d)} / {self.decimal(d)})",
            lambda: f"({self.integer(d)} / {self.integer(d)})",
            lambda: f"({self.decimal(d)} {self.random.choice('+-*')} {self.integer(d)})",
            lambda: f"({self.decimal(d)} * {self.decimal(d)})",
            lambda: f"greatest({self.decimal(d)}, {self.integer(d)})",
            lambda: f"number('share', {self.date(d)})",
        )

    def text(self, depth: int) -> str:
        if depth <= 0:
            return self.leaf("text")
        return self.some(
            lambda: self.leaf("text"),
            lambda: f"coalesce({self.text(depth - 1)}, {self.text(depth - 1)})",
        )

    def truth(self, depth: int) -> str:
        kind = self.random.choice(["date", "integer", "decimal", "text"])

        def compare(d: int) -> str:
            sign = self.random.choice(["=", "<>", "<", "<=", ">", ">="])
            return f"{self.of(kind, d)} {sign} {self.of(kind, d)}"

        if depth <= 0:
            return compare(0)
        d = depth - 1
        ways: list[Callable[[], str]] = [
            lambda: compare(d),
            lambda: f"({self.truth(d)} and {self.truth(d)})",
            lambda: f"({self.truth(d)} or {self.truth(d)})",
            lambda: f"not ({self.truth(d)})",
            lambda: f"is_missing({self.of(kind, d)})",
            lambda: f"{self.of(kind, d)} between {self.of(kind, d)} and {self.of(kind, d)}",
            lambda: f"{self.text(d)} in ('x', {self.text(0)})",
        ]
        if self.row and not self.repeat:
            ways.append(lambda: f"has({self.row}.s, 'x')")
        if self.aggregates:
            ways += [self.any_entry, self.last_entries]
        if self.facts.get("truth"):
            ways.append(lambda: self.random.choice(self.facts["truth"]))
        return self.some(*ways)

    def any_entry(self) -> str:
        form_id = self.random.choice(self.forms)
        return f"any({form_id}, {self._about(form_id)})"

    def last_entries(self) -> str:
        form_id = self.random.choice(self.forms)
        return f"all_of_last({self.random.choice('12')}, {form_id}, {self._about(form_id)})"

    def _about(self, form_id: str) -> str:
        inner = self.inside(form_id)
        return f"({form_id}.t = 'x' or {inner.truth(1)})"


def write_pack(random: Random) -> Pack:
    """A pack whose every kind of rule is random, over two kinds of episode and the person's life."""
    facts: dict[str, str] = {}
    life = Writer(random, forms=("note", "visit", "enrol", "leave"))
    life_facts = _write_facts(life, "person", facts)
    own = Writer(random, facts={k: list(v) for k, v in life_facts.items()})
    _write_facts(own, "care", facts)
    facts |= _ALWAYS
    contacts = (
        *_contacts(own, "care", "c"),
        *_contacts(replace(own, facts=life_facts, forms=life.forms), "person", "l"),
    )
    return pack(
        facts,
        contacts,
        episodes=(_episode(random), _second_kind(random)),
        forms=FORMS,
        numbers=NUMBERS,
        tables=(DOSES,),
        indicators=_indicators(own, life_facts),
    )


def _write_facts(writer: Writer, of: str, into: dict[str, str]) -> dict[str, list[str]]:
    for type_ in writer.random.sample(["date", "date", "integer", "decimal", "truth", "text"], 5):
        name = f"{of}_{len(into)}"
        into[f"{of}.{name}"] = writer.of(type_, 2)
        writer.facts.setdefault(type_, []).append(name)
    return writer.facts


def _episode(random: Random) -> EpisodeDef:
    opening = Writer(random, row="enrol", aggregates=False, moments=("opened_on",))
    closing = replace(opening, row="leave", moments=("opened_on", "closed_on"))
    parts: dict[str, Any] = {}
    if random.random() < 0.6:
        parts["ends_by_itself"] = (
            f"add_days(coalesce(enrol.on, opened_on), number('span', opened_on) * {random.choice('12')})"
        )
        if random.random() < 0.3:
            parts["ends_by_itself"] = opening.date(2)
    if random.random() < 0.7:
        parts["new_one_if"] = f"days_between(opened.on, enrol.on) > {random.choice(['12', '0', 'opened.n'])}"
        if random.random() < 0.3:
            parts["new_one_if"] = opening.truth(2)
    if random.random() < 0.7:
        parts |= {"stays_open_forms": ("after",), "stays_open_days": closing.integer(1)}
        if random.random() < 0.5:
            parts["stays_open_days"] = "number('span', closed_on)"
    closes = ("leave", "check") if random.random() < 0.2 else ("leave",)
    if closes != ("leave",) and "stays_open_days" in parts:
        parts["stays_open_days"] = "number('span', closed_on)"
    visits = tuple(
        f for f in ("visit", "check", "after") if f not in closes and f not in parts.get("stays_open_forms", ())
    )
    return care(closes=closes, visits=visits, **parts)


def _second_kind(random: Random) -> EpisodeDef:
    """Another kind of care sharing forms with the first: 'visit' belongs to both; 'join' may be a visit of neither."""
    closes = ("leave",) if random.random() < 0.5 else ()
    return care(id="club", opens="join", closes=closes, visits=("visit", "enrol"))


def _contacts(writer: Writer, of: str, prefix: str) -> tuple[ContactDef, ...]:
    random = writer.random
    forms = ("visit", "check", "after") if of == "care" else ("visit", "note")
    made: list[ContactDef] = []
    for n in range(random.randint(2, 4)):
        anchor = random.choice(["opened_on", writer.date(1)])
        parts: dict[str, Any] = {"from_": anchor, "until": f"add_days(from, number('span', {writer.date(0)}))"}
        if random.random() < 0.5:
            parts = {key: writer.date(2) for key in random.sample(["from_", "due", "until"], random.randint(0, 3))}
        _adorn(writer, parts, forms)
        made.append(contact(f"{prefix}{n}", of, form=_pick_form(writer, parts, forms), **parts))
    if random.random() < 0.7:
        made += _superseding(prefix, of, forms)
    if random.random() < 0.7:  # the same window twice: only the id decides which is met first
        made.append(replace(made[-1], id=f"{prefix}Z", supersedes=()))
    made.append(_recurring(writer, of, prefix, forms))
    yearly: dict[str, Any] = {"every": "year"}
    if random.random() < 0.5:
        yearly["from_"] = f"add_months(start, {random.choice('12')})"
    made.append(contact(f"{prefix}y", of, form=forms[0], **yearly))
    rows = {"from_": "add_days(opened_on, row.after)", "until": "add_days(opened_on, row.upto)", "due": "row.since"}
    made.append(contact(f"{prefix}t", of, form=forms[0], for_each="doses", **rows))
    return tuple(made)


def _superseding(prefix: str, of: str, forms: tuple[str, ...]) -> list[ContactDef]:
    """A visit that makes a later one needless, and one of another form."""
    early = {"from_": "opened_on", "until": "add_days(opened_on, number('span', opened_on) * 2)"}
    late = {"from_": "add_days(opened_on, 1)", "until": "add_days(from, number('span', opened_on) * 12)"}
    return [
        contact(f"{prefix}B", of, form=forms[0], supersedes=(f"{prefix}C", f"{prefix}D"), **early),
        contact(f"{prefix}C", of, form=forms[0], **late),
        contact(f"{prefix}D", of, form=forms[1], **late),
    ]


def _pick_form(writer: Writer, parts: dict[str, Any], forms: tuple[str, ...]) -> str:
    return parts.pop("_form", None) or writer.random.choice(forms)


def _adorn(writer: Writer, parts: dict[str, Any], forms: tuple[str, ...]) -> None:
    random = writer.random
    if random.random() < 0.4:
        parts["while_"] = (
            random.choice(["until >= opened_on", writer.truth(2)]) if "until" in parts else writer.truth(2)
        )
    if random.random() < 0.4:
        parts["_form"] = random.choice(forms)
        row = replace(writer, row=parts["_form"], aggregates=False)
        parts["settled_by"] = random.choice([f"{parts['_form']}.t = 'x'", row.truth(1)])
    parts["priority"] = random.randint(0, 2)


def _recurring(writer: Writer, of: str, prefix: str, forms: tuple[str, ...]) -> ContactDef:
    random = writer.random
    form_id = random.choice(forms)
    steps = ["add_weeks(this.occurred_on, 2)", "add_months(this.occurred_on, 1)", "add_days(this.on, this.n)"]
    every = f"case when this.t = 'x' then {random.choice(steps)} else {random.choice(steps)} end"
    parts: dict[str, Any] = {"every": every}
    if random.random() < 0.5:
        parts["until"] = "add_days(start, 12)"
        parts["from_"] = "case when times_met = 0 then start else add_days(start, -2) end"
    if random.random() < 0.3:
        parts["while_"] = writer.truth(1)
    if random.random() < 0.4:
        parts["settled_by"] = f"{form_id}.t <> 'y'"
    return contact(f"{prefix}r", of, form=form_id, **parts)


def _indicators(writer: Writer, life_facts: dict[str, list[str]]) -> tuple[Any, ...]:
    moments = ("opened_on", "closed_on", "next_on")
    life = replace(writer, facts=life_facts, forms=("note", "visit"))
    check = replace(writer, row="check", moments=moments)
    visit = replace(life, row="visit", moments=moments)
    year = replace(life, moments=("opened_on", "closed_on", "start", "until"))
    year_of_care = replace(writer, moments=year.moments)
    return (
        indicator(
            "of_care",
            measure("care", where=writer.truth(2), by=writer.date(1)),
            measure("care", sum_=writer.random.choice([writer.integer(1), writer.decimal(1)]), by="opened_on"),
        ),
        indicator(
            "of_visits", measure("visit", where=visit.truth(1)), measure("visit", sum_="visit.x", by=visit.date(1))
        ),
        indicator(
            "of_checks", measure("check", where=check.truth(1), by="next_on"), measure("check", by=check.date(1))
        ),
        indicator("of_people", measure("person", where=life.truth(1), by=life.date(1))),
        indicator(
            "of_years",
            measure("person", where=year.truth(1), each="year"),
            measure("care", where=f"({year_of_care.truth(1)}) or start >= opened_on", each="year"),
        ),
        indicator(
            "in_years",
            measure("care", where="count(visit where year(visit.occurred_on) = year(start)) >= 1", each="year"),
            measure(
                "person",
                sum_="sum(visit.x where visit.occurred_on >= start and visit.occurred_on <= until)",
                each="year",
            ),
        ),
        indicator(
            "babies_in_years",
            measure(
                "care",
                where="count(leave.babies where leave.occurred_on between start and until) > 0 and opened_on <= until",
                each="year",
            ),
        ),
    )


# People


def make_people(random: Random, number: int) -> list[History]:
    return [_person(random, f"p{n:03}") for n in range(number)]


def _person(random: Random, subject: str) -> History:
    days = [date.fromisoformat(d) for d in random.sample(_SPECIAL_DAYS, 4)]
    days += [date(2024, 1, 1) + timedelta(days=random.randint(0, 730)) for _ in range(3)]
    entries = [_entry(random, subject, n, random.choice(days)) for n in range(random.randint(0, 14))]
    random.shuffle(entries)
    known = {
        "birth_date": random.choice(["1960-02-29", "2000-12-31", "2024-02-29"]),
        "died_on": "2025-03-01",
        "sex": "female",
    }
    properties = {name: value for name, value in known.items() if random.random() < (0.2 if name == "died_on" else 0.8)}
    return History(subject, properties, tuple(entries))


def _entry(random: Random, subject: str, n: int, on: date) -> Entry:
    weights = {"enrol": 3, "visit": 6, "check": 3, "leave": 2, "after": 3, "note": 2, "join": 1}
    form_id = random.choices(list(weights), list(weights.values()))[0]
    start = random.choice(_ROOT_STARTS)
    instance = f"{start}{subject}-{n}"
    root = (
        f"{random.choice(_ROOT_STARTS)}{subject}-{n}-first" if random.random() < 0.3 else random.choice(["", instance])
    )
    answers = _answers(random, on)
    if form_id == "leave":
        answers["babies"] = [
            {k: v for k, v in _answers(random, on).items() if k in _BABIES["babies"]}
            for _ in range(random.randint(0, 3))
        ]
    place = random.choice(["", "north", "south"])
    return Entry(form_id, instance, on, on, answers, root, random.randint(0, 2), place, "w", random.randint(1, 10**6))


def _answers(random: Random, on: date) -> dict[str, Any]:
    whole = {
        "on": (on + timedelta(days=random.choice([0, -1, -30, 40, 366]))).isoformat(),
        "by": random.choice(_SPECIAL_DAYS),
        "t": random.choice(["x", "y", "é", "Z"]),
        "n": random.choice([0, 1, 2, 3, 30, -5]),
        "m": random.choice([0, 7, 9_000_000_000_000_000_000]),
        "x": random.choice(["0", "0.5", "60.123456", "-1.000001", "999999999999.999999", "2.5"]),
        "s": random.choice([[], ["x"], ["y", "x"]]),
    }
    return {key: value for key, value in whole.items() if random.random() < 0.75}
