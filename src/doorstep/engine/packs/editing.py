"""Changing one value of a pack's YAML file and leaving every other byte as its author wrote it, comments included."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache

import yaml

Path = Sequence[str | int]
"""Where a value stands: keys of mappings and positions in lists, from the file's top."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[A-Za-z0-9_][\w.\-]*\Z")  # needs no quotes: an id, a number, a day


class NoSuchPlace(LookupError):
    """The file has no such key or position (any more)."""


def value_at(text: str, path: Path) -> str | None:
    """The scalar at a place as YAML means it; None when the last key is not there. Raises NoSuchPlace."""
    parent, key = _parent(text, path)
    found = _child(parent, key)
    return None if found is None else str(found[1].value)


def length_of(text: str, path: Path) -> int:
    """How many items the list at a place has; 0 when it is not there. Raises NoSuchPlace."""
    parent, key = _parent(text, path)
    found = _child(parent, key)
    return len(found[1].value) if found is not None and isinstance(found[1], yaml.SequenceNode) else 0


def keys_at(text: str, path: Path) -> list[str]:
    """The keys of the mapping at a place, in order; none when it is not there. Raises NoSuchPlace."""
    parent, key = _parent(text, path)
    found = _child(parent, key)
    node = None if found is None else found[1]
    return [str(name.value) for name, _ in node.value] if isinstance(node, yaml.MappingNode) else []


def replaced(text: str, path: Path, value: str) -> str:
    """The file with another scalar at a place; a key that is not there is added, an empty value takes it away.

    Raises NoSuchPlace when what should hold the key is not there.
    """
    parent, key = _parent(text, path)
    found = _child(parent, key)
    if found is None:
        return text if value == "" else _added(text, parent, str(key), value)
    name, node = found
    if value == "" and name is not None:
        return _taken_away(text, parent, name, node)
    start, end = node.start_mark.index, node.end_mark.index
    tail = "\n" if text[start:end].endswith("\n") else ""  # a block scalar ends after its line break
    return text[:start] + _scalar(value) + tail + text[end:]


def with_item(text: str, path: Path, item: dict[str, str]) -> str:
    """The file with one more mapping, on a line of its own, at the end of the list at a place. Raises NoSuchPlace."""
    parent, key = _parent(text, path)
    found = _child(parent, key)
    if found is None or not isinstance(found[1], yaml.SequenceNode) or not found[1].value or found[1].flow_style:
        raise NoSuchPlace(str(key))
    last = found[1].value[-1]
    line = text.rfind("\n", 0, last.start_mark.index) + 1
    dash = text[line : last.start_mark.index]
    indent = dash[: len(dash) - len(dash.lstrip(" "))]
    end = _line_end(text, last)
    written = ", ".join(f"{name}: {_scalar(value)}" for name, value in item.items())
    return f"{text[:end]}{indent}- {{{written}}}\n{text[end:]}"


# Nodes


@lru_cache(maxsize=128)
def _composed(text: str) -> yaml.Node | None:
    """The file's tree, kept: a page asks for many values of one file, and nobody changes a tree."""
    node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    return node


def _parent(text: str, path: Path) -> tuple[yaml.CollectionNode, str | int]:
    node = _composed(text)
    for key in path[:-1]:
        found = _child(node, key)
        if found is None:
            raise NoSuchPlace(str(key))
        node = found[1]
    if node is None or not isinstance(node, yaml.CollectionNode):
        raise NoSuchPlace(str(path[-1]))
    return node, path[-1]


def _child(node: yaml.Node | None, key: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    """(the key's node, the value's node), or None; items of a list have no key's node."""
    if isinstance(node, yaml.MappingNode):
        return next(((name, value) for name, value in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and 0 <= key < len(node.value):
        return None, node.value[key]
    if isinstance(node, yaml.SequenceNode):
        raise NoSuchPlace(str(key))
    return None


def _scalar(value: str) -> str:
    if _PLAIN.match(value):
        return value
    # YAML takes these three for line breaks, JSON does not
    breaks: dict[str, str | int | None] = {"\x85": "\\x85", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    return json.dumps(value, ensure_ascii=False).translate(str.maketrans(breaks))


# Keys that come and go


def _added(text: str, parent: yaml.Node, key: str, value: str) -> str:
    """A new key as the last of a mapping, written the way the mapping is."""
    if not isinstance(parent, yaml.MappingNode) or not parent.value:
        raise NoSuchPlace(key)
    first, last = parent.value[0][0], parent.value[-1][1]
    if parent.flow_style:
        end = last.end_mark.index
        return f"{text[:end]}, {key}: {_scalar(value)}{text[end:]}"
    end = _line_end(text, last)
    return f"{text[:end]}{' ' * first.start_mark.column}{key}: {_scalar(value)}\n{text[end:]}"


def _taken_away(text: str, parent: yaml.CollectionNode, name: yaml.Node, node: yaml.Node) -> str:
    start, end = name.start_mark.index, node.end_mark.index
    if parent.flow_style:  # with the comma before it, or after it when it is the first
        before = re.search(r",\s*\Z", text[:start])
        after = re.match(r"\s*,\s*", text[end:])
        if before:
            return text[: before.start()] + text[end:]
        return text[:start] + text[end + (after.end() if after else 0) :]
    if parent.value[0][0] is name:
        if len(parent.value) == 1:
            raise NoSuchPlace(str(name.value))
        return text[:start] + text[parent.value[1][0].start_mark.index :]  # its place after a dash goes to the next key
    line = text.rfind("\n", 0, start) + 1
    return text[:line] + text[_line_end(text, node) :]


def _line_end(text: str, node: yaml.Node) -> int:
    """Where the line a value ends on is over. A block scalar and a block collection end at the next thing written."""
    end = _last_leaf(node).end_mark.index
    if text[:end].endswith("\n"):
        return end
    found = text.find("\n", end)
    return len(text) if found < 0 else found + 1


def _last_leaf(node: yaml.Node) -> yaml.Node:
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_leaf(last[1] if isinstance(last, tuple) else last)
    return node
