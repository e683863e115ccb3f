"""YAML read with its line numbers: what is wrong is collected with its place, never raised half way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, TypeVar

import yaml

from doorstep.engine.model.planned import At, Rule
from doorstep.engine.model.spec import Text
from doorstep.lib.problems import Problem, Where

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the compiled one is six times faster
_DEEPEST = 30
_MOST_DIGITS = 30
_NULL = "tag:yaml.org,2002:null"
_FLAGS = {"true": True, "false": False, "yes": True, "no": False}
_Option = TypeVar("_Option", bound=str)


class Found:
    """The problems of one pack, as they are met. ``root`` is the folder's name, shown before each file."""

    def __init__(self, root: str):
        self.root = root
        self.problems: list[Problem] = []

    def add(self, code: str, at: At, item: str = "", **args: Any) -> None:
        self.problems.append(Problem(f"packs.{code}", self.where(at, item), args))

    def where(self, at: At, item: str = "") -> Where:
        file = f"{self.root}/{at.file}" if at.file else self.root
        return Where(file=file, row=at.line, item=item)


def near(name: str, known: Sequence[str]) -> str:
    """The known names nearest to ``name``, for a message; else all of them (the first twelve)."""
    return ", ".join(get_close_matches(name, list(known), n=3, cutoff=0.6)) or ", ".join(list(known)[:12]) or "—"


def compose(text: str, file: str, found: Found) -> yaml.Node | None:
    """The node tree of one YAML document, or None with the problem noted.

    Aliases and endless nesting are refused before a tree is built: either can bring a machine down.
    """
    try:
        if not _harmless(text, file, found):
            return None
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found.add("not_yaml", At(file, mark.line + 1 if mark else None), said=error.problem or str(error))
        return None
    except yaml.YAMLError as error:
        found.add("not_yaml", At(file), said=str(error).splitlines()[0])
        return None
    if node is None:
        found.add("empty_file", At(file, 1))
    return node


def _harmless(text: str, file: str, found: Found) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            found.add("alias", At(file, line))
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            found.add("too_deep", At(file, line))
            return False
    return True


class Item:
    """One mapping of a pack file. Ask for its keys, then ``end()``: keys nobody asked for are problems."""

    def __init__(self, node: yaml.MappingNode, file: str, found: Found, name: str = ""):
        self.file = file
        self.found = found
        self.name = name
        self.at = At(file, node.start_mark.line + 1)
        self.nodes: dict[str, yaml.Node] = {}
        self.lines: dict[str, int] = {}
        self._asked: list[str] = []
        for key, value in node.value:
            word, line = str(key.value), key.start_mark.line + 1
            if word in self.nodes:
                found.add("key_twice", At(file, line), name, key=word)
            self.nodes[word] = value
            self.lines[word] = line

    def __contains__(self, key: str) -> bool:
        return self._node(key) is not None

    def place(self, key: str) -> At:
        return At(self.file, self.lines.get(key, self.at.line))

    def problem(self, code: str, key: str, **args: Any) -> None:
        self.found.add(code, self.place(key), self.name, key=key, **args)

    def _node(self, key: str) -> yaml.Node | None:
        if key not in self._asked:
            self._asked.append(key)
        node = self.nodes.get(key)
        return None if node is None or node.tag == _NULL else node

    def _needed(self, key: str, required: bool) -> yaml.Node | None:
        node = self._node(key)
        if node is None and required:
            self.problem("key_missing", key)
        return node

    def words(self, key: str, default: str = "", required: bool = False) -> str:
        """A single value as written."""
        node = self._needed(key, required)
        if node is None:
            return default
        if not isinstance(node, yaml.ScalarNode):
            self.problem("not_single", key)
            return default
        return str(node.value).strip()

    def one_of(self, key: str, options: tuple[_Option, ...], default: _Option, required: bool = False) -> _Option:
        said = self.words(key, default, required)
        for option in options:
            if said == option:
                return option
        self.problem("not_one_of", key, said=said, options=", ".join(options))
        return default

    def text(self, key: str, required: bool = False) -> Text:
        """Words by language."""
        node = self._needed(key, required)
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.problem("not_text", key)
            return {}
        return Item(node, self.file, self.found, self.name).all_words()

    def all_words(self) -> dict[str, str]:
        """Every key with its single value."""
        return {key: self.words(key) for key in self.nodes}

    def rule(self, key: str, required: bool = False) -> Rule | None:
        said = self.words(key, required=required)
        return Rule(said, self.place(key)) if said else None

    def day(self, key: str, required: bool = False) -> date | None:
        said = self.words(key, required=required)
        if not said:
            return None
        try:
            return date.fromisoformat(said)
        except ValueError:
            self.problem("not_date", key, said=said)
            return None

    def decimal(self, key: str, required: bool = False) -> Decimal | None:
        said = self.words(key, required=required)
        if not said:
            return None
        try:
            value = Decimal(said)
            if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS or len(said) > 2 * _MOST_DIGITS:
                raise InvalidOperation  # written out, it could fill all the memory there is
        except InvalidOperation:
            self.problem("not_number", key, said=said)
            return None
        return value

    def whole(self, key: str, default: int) -> int:
        value = self.decimal(key)
        if value is None:
            return default
        if value != value.to_integral_value():
            self.problem("not_number", key, said=str(value))
            return default
        return int(value)

    def flag(self, key: str) -> bool:
        said = self.words(key, "false").lower()
        if said not in _FLAGS:
            self.problem("not_one_of", key, said=said, options="true, false")
        return _FLAGS.get(said, False)

    def names(self, key: str) -> tuple[str, ...]:
        """A list of names; one name alone is a list of one."""
        node = self._node(key)
        if node is None:
            return ()
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not all(isinstance(n, yaml.ScalarNode) for n in nodes):
            self.problem("not_names", key)
            return ()
        return tuple(str(n.value).strip() for n in nodes)

    def item(self, key: str, name: str = "", required: bool = False) -> Item | None:
        """A mapping under ``key``."""
        node = self._needed(key, required)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self.problem("not_mapping", key)
            return None
        return Item(node, self.file, self.found, name or self.name)

    def items(self, key: str, name: str = "", required: bool = False) -> list[Item]:
        """A list of mappings under ``key``; each is called ``name`` and its id, if it has one."""
        node = self._needed(key, required)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.problem("not_list", key)
            return []
        return list_items(node, self.file, self.found, name)

    def named(self, key: str, name: str) -> dict[str, Item]:
        """A mapping of ids to mappings under ``key``."""
        outer = self.item(key)
        if outer is None:
            return {}
        return {word: inner for word in outer.nodes if (inner := outer.item(word, f"{name} {word}")) is not None}

    def end(self) -> None:
        """Every key that nobody asked for is a problem, with the nearest known one."""
        for key in self.nodes:
            if key not in self._asked:
                self.problem("key_unknown", key, near=near(key, self._asked))


def list_items(node: yaml.SequenceNode, file: str, found: Found, name: str) -> list[Item]:
    """Each mapping of a list as an ``Item``."""
    items = []
    for one in node.value:
        if isinstance(one, yaml.MappingNode):
            item = Item(one, file, found, name)
            own = item.nodes.get("id")
            item.name = f"{name} {own.value}" if isinstance(own, yaml.ScalarNode) else name
            items.append(item)
        else:
            found.add("not_mapping", At(file, one.start_mark.line + 1), name, key=name)
    return items


def plain(node: yaml.Node) -> Any:
    """A node as plain data with every single value as the text written (nothing becomes true, a date or a float)."""
    if isinstance(node, yaml.MappingNode):
        return {str(k.value): plain(v) for k, v in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(n) for n in node.value]
    return None if node.tag == _NULL else str(node.value)


def as_mapping(node: yaml.Node | None, file: str, found: Found, name: str = "") -> Item | None:
    """The whole document as one ``Item``; a problem when it is a list or a single value."""
    if node is None:
        return None
    if not isinstance(node, yaml.MappingNode):
        found.add("not_mapping", At(file, 1), name, key=file)
        return None
    return Item(node, file, found, name)
