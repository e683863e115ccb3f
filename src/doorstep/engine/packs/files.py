"""The files of a pack besides ``pack.yaml``: schedules, indicators, reports, numbers, words, tables, cases."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any, Literal, TypeVar

import yaml

from doorstep.engine.model.pack import CaseDef, DatedValue, IndicatorDef, Measure, NumberDef, TableDef
from doorstep.engine.model.planned import At, ContactDef, Rule
from doorstep.engine.model.spec import Text
from doorstep.engine.packs.parts import STATUSES
from doorstep.engine.packs.yaml_file import Found, Item, as_mapping, compose, list_items, plain

_Part = TypeVar("_Part")
EACH: tuple[Literal["", "year"], ...] = ("", "year")


def stem(file: str) -> str:
    """'numbers/window.yaml' → 'window'."""
    return file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def each(texts: dict[str, str], found: Found, kind: str, read: Callable[[Item, str], _Part]) -> dict[str, _Part]:
    """Read one part per file: the file's stem is its id. An ``id`` inside must be the same."""
    parts = {}
    for key, item in _mappings(texts, found, kind):
        own = item.words("id", key)
        if own != key:
            item.problem("id_differs", "id", said=own, stem=key)
        parts[key] = read(item, key)
        item.end()
    return parts


def words(texts: dict[str, str], found: Found) -> dict[str, Text]:
    """One text per file, by language. Here 'id' is a language (Indonesian), not an id."""
    return {key: item.all_words() for key, item in _mappings(texts, found, "words")}


def _mappings(texts: dict[str, str], found: Found, kind: str) -> Iterator[tuple[str, Item]]:
    for file, text in texts.items():
        item = as_mapping(compose(text, file, found), file, found, f"{kind} {stem(file)}")
        if item is not None:
            yield stem(file), item


@dataclass(frozen=True)
class Schedule:
    title: Text
    contacts: tuple[ContactDef, ...]
    default: bool
    at: At = field(default_factory=At)


def schedule(item: Item, key: str, subject: str, service_of: dict[str, str]) -> Schedule:
    """``service_of`` gives each form's service, for contacts that name none."""
    contacts = []
    for one in item.items("contacts", "contact", required=True):
        contacts.append(_contact(one, key, subject, service_of))
        one.end()
    return Schedule(item.text("title", required=True), tuple(contacts), item.flag("default"), item.at)


def _contact(item: Item, schedule_id: str, subject: str, service_of: dict[str, str]) -> ContactDef:
    form = item.words("form", required=True)
    every: Rule | str | None = item.rule("every")
    if isinstance(every, Rule) and every.text == "year":
        every = "year"
    return ContactDef(
        id=item.words("id", required=True),
        schedule=schedule_id,
        title=item.text("title", required=True),
        form=form,
        of=item.words("of", subject),
        service=item.words("service", service_of.get(form, "")),
        from_=item.rule("from"),
        due=item.rule("due"),
        until=item.rule("until"),
        while_=item.rule("while"),
        settled_by=item.rule("settled_by"),
        supersedes=item.names("supersedes"),
        priority=item.whole("priority", 0),
        for_each=item.words("for_each"),
        every=every,
        why=item.text("why"),
        source=item.words("source"),
        at=item.at,
    )


def indicator(item: Item, key: str) -> IndicatorDef:
    nothing = Measure(over="")
    numerator = item.item("numerator", f"indicator {key}, numerator", required=True)
    denominator = item.item("denominator", f"indicator {key}, denominator")
    return IndicatorDef(
        id=key,
        title=item.text("title", required=True),
        numerator=_measure(numerator) if numerator else nothing,
        denominator=_measure(denominator) if denominator else None,
        breakdowns=item.names("breakdowns"),
        per=item.whole("per", 100),
        note=item.text("note"),
        source=item.words("source"),
        status=item.one_of("status", STATUSES, "secondary"),
        goal=item.rule("goal"),
        at=item.at,
        service=item.words("service"),
    )


def _measure(item: Item) -> Measure:
    if ("count" in item) == ("sum" in item):
        item.problem("count_or_sum", "sum" if "sum" in item else "count")
    total = item.rule("sum")
    over = item.words("over", required=True) if total else item.words("count")
    each = item.one_of("each", EACH, "")
    measure = Measure(over=over, sum=total, where=item.rule("where"), by=item.rule("by"), at=item.at, each=each)
    item.end()
    return measure


def number(item: Item, key: str) -> NumberDef:
    """A local number keeps only values that may be asserted: one to be checked locally is missing until entered."""
    local = item.flag("local")
    values = []
    for one in item.items("values", f"number {key}", required=not local):
        value, since = one.decimal("value", required=True), one.day("since", required=True)
        source, status = one.words("source", required=True), one.one_of("status", STATUSES, "secondary", required=True)
        one.end()
        if value is not None and since is not None and not (local and status == "check locally"):
            values.append(DatedValue(value, since, source, status))
    dates = [v.since for v in values]
    if len(set(dates)) < len(dates):
        item.problem("value_twice", "values")
    ordered = tuple(sorted(values, key=lambda v: v.since))
    return NumberDef(key, item.text("title", required=True), item.words("unit", required=True), ordered, item.at, local)


def cases(texts: dict[str, str], found: Found) -> tuple[CaseDef, ...]:
    """A file holds one story, or a list of them; their ids are the file's stem, and a number or their own ``id``."""
    stories: list[CaseDef] = []
    for file, text in texts.items():
        node = compose(text, file, found)
        if isinstance(node, yaml.SequenceNode):
            items = [(item, one) for item, one in zip(list_items(node, file, found, "case"), node.value, strict=False)]
        else:
            single = as_mapping(node, file, found, f"case {stem(file)}")
            items = [(single, node)] if single is not None and node is not None else []
        for number_, (item, one) in enumerate(items, start=1):
            own = item.words("id") or (f"{stem(file)}-{number_}" if len(items) > 1 else stem(file))
            item.name = f"case {own}"
            raw = {**plain(one), "_lines": _then_lines(one)}
            stories.append(CaseDef(own, item.text("say", required=True), raw, item.at))
    return tuple(stories)


def _then_lines(node: yaml.Node) -> dict[str, list[int]]:
    """The line of each entry under 'given' and each sentence under 'then'."""
    lines = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value in ("given", "then") and isinstance(value, yaml.SequenceNode):
            lines[str(key.value)] = [n.start_mark.line + 1 for n in value.value]
    return lines


_CELLS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "integer": int,
    "decimal": Decimal,
    "date": date.fromisoformat,
}


def table(text: str, file: str, found: Found) -> TableDef:
    """A CSV whose header names each column and its type: ``age_months:integer,dose``; without a type it is text."""
    try:
        rows = list(csv.reader(StringIO(text, newline="")))
    except csv.Error as error:
        found.add("not_table", At(file, 1), f"table {stem(file)}", said=str(error))
        rows = []
    header = rows[0] if rows else []
    columns: dict[str, str] = {}
    for cell in header:
        name, _, kind = cell.strip().partition(":")
        if name in columns:
            found.add("column_twice", At(file, 1), f"table {stem(file)}", column=name)
            return TableDef(stem(file), columns, (), At(file, 1))
        columns[name] = kind or "text"
        if columns[name] not in _CELLS:
            found.add("column_type", At(file, 1), f"table {stem(file)}", said=kind, options=", ".join(_CELLS))
            columns[name] = "text"
    typed = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        if len(row) != len(header):
            found.add("row_length", At(file, line), f"table {stem(file)}", count=len(row), wanted=len(header))
            continue
        typed.append(_table_row(row, columns, At(file, line), found))
    return TableDef(stem(file), columns, tuple(typed), At(file, 1))


def _table_row(row: list[str], columns: dict[str, str], at: At, found: Found) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for (name, kind), cell in zip(columns.items(), row, strict=True):
        if not cell.strip():
            continue
        try:
            values[name] = _CELLS[kind](cell.strip())
        except (ValueError, InvalidOperation):
            found.add("cell_type", at, f"table {stem(at.file)}", said=cell, column=name, kind=kind)
    return values
