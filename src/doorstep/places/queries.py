"""The tree of places, in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from doorstep.lib import db
from doorstep.places.counters import Snapshot


@dataclass(frozen=True, slots=True)
class Node:
    id: int
    code: str
    kind: str
    names: Mapping[str, str]
    parent_id: int | None

    def name(self, language: str) -> str:
        """In ``language``, else in any language it has."""
        return self.names.get(language.split("-")[0]) or next(iter(self.names.values()), self.code)


class Tree:
    """All places. Ids are ours; codes are the outside world's."""

    def __init__(self, nodes: list[Node]):
        self.by_id = {n.id: n for n in nodes}
        self.by_code = {n.code: n for n in nodes}
        self._below: dict[int, frozenset[int]] = {}

    @cached_property
    def children(self) -> Mapping[int | None, list[Node]]:
        found: dict[int | None, list[Node]] = {}
        for node in self.by_id.values():
            found.setdefault(node.parent_id, []).append(node)
        for nodes in found.values():
            nodes.sort(key=lambda n: n.code)
        return found

    def upward(self, place_id: int | None) -> Iterator[Node]:
        """The place itself, then each place above it, nearest first."""
        while place_id is not None and (node := self.by_id.get(place_id)):
            yield node
            place_id = node.parent_id

    def below(self, place_id: int) -> frozenset[int]:
        """Ids of the place and everything under it."""
        found = self._below.get(place_id)
        if found is None:
            reached = {place_id}
            for child in self.children.get(place_id, ()):
                reached |= self.below(child.id)
            found = self._below[place_id] = frozenset(reached)
        return found

    def of_kind(self, place_id: int | None, kind: str) -> Node | None:
        """The nearest place of a kind at or above ``place_id``."""
        return next((n for n in self.upward(place_id) if n.kind == kind), None)


def _load() -> Tree:
    rows = db.current().rows("SELECT id, code, kind, names, parent_id FROM place ORDER BY code")
    return Tree([Node(i, code, kind, json.loads(names), parent) for i, code, kind, names, parent in rows])


_tree = Snapshot(_load)


def tree() -> Tree:
    """The tree as it stands."""
    return _tree.get()


def polygons(place_ids: frozenset[int]) -> dict[int, str]:
    """GeoJSON geometry text by place id, for the places that have one."""
    rows = db.current().rows_in("SELECT id, polygon FROM place WHERE polygon <> '' AND id IN (?*)", place_ids)
    return dict(rows)
