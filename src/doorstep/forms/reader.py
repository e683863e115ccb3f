"""From a submission's XML to typed answers, by the form it was filled on.

The sender is never trusted: every value is read again by its type. A value that cannot be read is a fault and
leaves no answer; the bytes stay, and a person repairs it. Faults are ``[code, question key]`` pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from lxml import etree

from doorstep.engine.model.spec import DERIVED, EntityDecl, FormSpec, Question

LARGEST_INTEGER = 2**63 - 1
LARGEST_DECIMAL = Decimal(10) ** 12
DECIMAL_PLACES = Decimal("0.000001")
FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_REPEATS = 2000
LONGEST_BRANCH = 64
LONGEST_VERSION = 10  # digits: a version fits a column of 32 bits
_INTEGER = re.compile(r"[+-]?\d{1,19}\Z")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\Z")
_UUID = re.compile(r"(uuid:)?[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")

Convert = Callable[[str], Any]  # raises ValueError with the fault's code


@dataclass(frozen=True, slots=True)
class EntityAction:
    """What a submission says about one item of an entity list."""

    dataset: str
    entity_id: str
    creates: bool
    updates: bool
    base_version: int
    label: str
    properties: dict[str, str]
    trunk_version: int | None = None
    branch_id: str = ""


@dataclass(slots=True)
class Read:
    """All that was read from one submission."""

    answers: dict[str, Any] = field(default_factory=dict)
    entities: list[EntityAction] = field(default_factory=list)
    faults: list[list[str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@lru_cache(maxsize=4096)
def local(tag: Any) -> str:
    """A tag's name without its namespace; '' for comments and processing instructions."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _integer(text: str) -> int:
    if not _INTEGER.match(text):
        raise ValueError("not_an_integer")
    number = int(text)
    if abs(number) > LARGEST_INTEGER:
        raise ValueError("too_large")
    return number


def _decimal(text: str) -> str:
    if not _DECIMAL.match(text):
        raise ValueError("not_a_number")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("not_a_number") from error
    if abs(number) >= LARGEST_DECIMAL:
        raise ValueError("too_large")
    shown = f"{number.quantize(DECIMAL_PLACES):f}"
    return shown.rstrip("0").rstrip(".") or "0"


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueError("not_a_date") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("impossible_date")
    return day.isoformat()


def _several(allowed: frozenset[str] | None) -> Convert:
    def convert(text: str) -> list[str]:
        chosen = list(dict.fromkeys(text.split()))
        if allowed is not None and not allowed.issuperset(chosen):
            raise ValueError("not_a_choice")
        return chosen

    return convert


def _one_of(allowed: frozenset[str] | None) -> Convert:
    def convert(text: str) -> str:
        if allowed is not None and text not in allowed:
            raise ValueError("not_a_choice")
        return text

    return convert


_BY_DATA_TYPE: Mapping[str, Convert] = {"int": _integer, "decimal": _decimal, "date": _day}
FILE_TYPES = frozenset({"image", "audio", "video", "file", "background-audio", "binary"})


@dataclass(slots=True)
class _Node:
    """One place of the form's tree: a question, a group or a repeat."""

    children: dict[str, _Node] = field(default_factory=dict)
    question: Question | None = None
    convert: Convert | None = None
    repeat: str = ""
    entity: EntityDecl | None = None
    required: list[Question] = field(default_factory=list)  # of this level (form or one repeat)


class FormReader:
    """Reads submissions of one form version. ``use``: what the form's pack says about it."""

    def __init__(self, spec: FormSpec, use: Mapping[str, Any]):
        self.spec, self.use = spec, use
        self._root = _Node()
        self._declared = tuple(decl.path for decl in spec.entities)
        for path in spec.repeats:
            self._at(path).repeat = path[-1]
        for decl in spec.entities:
            self._at(decl.path).entity = decl
        for question in spec.questions:
            if question.type == DERIVED:
                continue  # what a sender puts there is not read
            node = self._at(question.path)
            node.question, node.convert = question, self._converter(question)
            if question.required:
                self._at(question.repeat).required.append(question)

    def read(self, root: etree._Element) -> Read:
        """Typed answers, entity actions, named files and faults of a submission's root element."""
        found = Read()
        self._level(root, self._root, found.answers, found)
        return found

    def _at(self, path: tuple[str, ...]) -> _Node:
        node = self._root
        for name in path:
            node = node.children.setdefault(name, _Node())
        return node

    def _converter(self, question: Question) -> Convert | None:
        if question.type in ("select_multiple", "rank"):
            return _several(self._allowed(question))
        if question.type == "select_one":
            return _one_of(self._allowed(question))
        return _BY_DATA_TYPE.get(question.data_type)

    def _allowed(self, question: Question) -> frozenset[str] | None:
        choices = self.spec.choices.get(question.list_name)
        return frozenset(c.name for c in choices) if choices else None

    def _level(self, element: etree._Element, node: _Node, answers: dict[str, Any], found: Read) -> None:
        """The form itself or one round of a repeat: its own answers, its own entity."""
        saved: dict[str, str] = {}
        metas: list[tuple[etree._Element, dict[str, str]]] = []
        self._walk(element, node, answers, found, saved, metas)
        for question in node.required:
            if question.key not in answers:
                found.faults.append(["required_missing", question.key])
        for meta, properties in metas:
            _entities(meta, properties, found)

    def _walk(
        self,
        element: etree._Element,
        node: _Node,
        answers: dict[str, Any],
        found: Read,
        saved: dict[str, str],
        metas: list[tuple[etree._Element, dict[str, str]]],
    ) -> None:
        if node.entity is not None:
            saved = {}
        for child in element:
            name = local(child.tag)
            if name == "meta" and "meta" not in node.children:
                if node.entity is not None:
                    metas.append((child, saved))
                continue
            below = node.children.get(name)
            if below is None:
                continue
            if below.repeat:
                rounds = answers.setdefault(below.repeat, [])
                if len(rounds) >= MOST_REPEATS:
                    found.faults.append(["too_many", below.repeat])
                    continue
                one: dict[str, Any] = {}
                rounds.append(one)
                self._level(child, below, one, found)
            elif below.question is not None:
                self._answer(child, below, answers, found, saved)
            else:
                self._walk(child, below, answers, found, saved, metas)

    def _answer(
        self, element: etree._Element, node: _Node, answers: dict[str, Any], found: Read, saved: dict[str, str]
    ) -> None:
        text = (element.text or "").strip()
        question = node.question
        if question is not None and question.save_to and not text:
            saved[question.save_to] = ""  # shown and left empty: it was asked for and there is none
        if question is None or not text:
            return
        if question.save_to:
            saved[question.save_to] = text
        if node.convert is None:
            answers[question.key] = text
            if question.type in FILE_TYPES:
                found.files.append(text)
            return
        try:
            answers[question.key] = node.convert(text)
        except ValueError as fault:
            found.faults.append([str(fault), question.key])
            saved.pop(question.save_to, None)


def _entities(meta: etree._Element, saved: dict[str, str], found: Read) -> None:
    """What a meta element says about entity lists, with the answers saved to them."""
    for element in meta:
        if local(element.tag) != "entity":
            continue
        told = {local(name): str(value) for name, value in element.attrib.items()}
        label = next((c.text or "" for c in element if local(c.tag) == "label"), "")
        creates, updates = told.get("create") in ("1", "true"), told.get("update") in ("1", "true")
        entity_id = told.get("id", "").removeprefix("uuid:")
        if not creates and not updates:
            continue
        if not _UUID.match(entity_id):
            found.faults.append(["bad_entity_id", told.get("dataset", "")])
            continue
        found.entities.append(
            EntityAction(
                told.get("dataset", ""),
                entity_id,
                creates,
                updates,
                _version(told.get("baseVersion", "")),
                label.strip(),
                dict(saved),
                _version(told.get("trunkVersion", "")) or None,
                told.get("branchId", "").strip()[:LONGEST_BRANCH],
            )
        )


def _version(text: str) -> int:
    """A version as the sender states it; 0 for anything but a positive whole number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_VERSION else 0
