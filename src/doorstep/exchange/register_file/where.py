"""Places as people write them in a spreadsheet: '东坡', '东坡村', '3组', '第3组', or a code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from doorstep.places.queries import Node, Tree

_TAIL = re.compile(r"(村民委员会|村委会|行政村|村|居委会|社区| village| community)$", re.IGNORECASE)
_GROUP_NUMBER = re.compile(r"第?\s*(\d{1,3})\s*(?:村民)?小?组?$|group (\d{1,3})$", re.IGNORECASE)
NOT_LIVED_IN = frozenset({"clinic"})


class Finder:
    """Finds the place of a row among some places of the tree."""

    def __init__(self, tree: Tree, inside: frozenset[int]):
        self._tree = tree
        nodes = [tree.by_id[i] for i in sorted(inside) if tree.by_id[i].kind not in NOT_LIVED_IN]
        self._by_name: dict[str, list[Node]] = {}
        for node in nodes:
            for word in {node.code, *map(_bare, node.names.values())}:
                self._by_name.setdefault(word, []).append(node)
        self._found: dict[tuple[str, str], str] = {}

    def find(self, village: str, group: str) -> str:
        """The code of the one place meant; '' for none, or when it could be several."""
        key = (village, group)
        if key not in self._found:
            self._found[key] = self._find(village, group)
        return self._found[key]

    def _find(self, village: str, group: str) -> str:
        villages = self._by_name.get(_bare(village), []) if village else []
        if village and len(villages) != 1:
            return ""
        if not group:
            return villages[0].code if villages else ""
        named = [n for n in self._by_name.get(_bare(group), []) if not villages or n.parent_id == villages[0].id]
        if len(named) == 1:
            return named[0].code
        return self._by_number(villages[0], group) if villages else ""

    def _by_number(self, village: Node, group: str) -> str:
        wanted = _number(group)
        below = self._tree.children.get(village.id, [])
        found = [n for n in below if wanted and any(_number(name) == wanted for name in n.names.values())]
        return found[0].code if len(found) == 1 else ""


def _bare(name: str) -> str:
    return _TAIL.sub("", name.strip()).strip().casefold()


def _number(group: str) -> str:
    match = _GROUP_NUMBER.search(group.strip())
    return (match[1] or match[2]).lstrip("0") if match else ""


def village_and_group(tree: Tree, place_id: int | None, language: str) -> Mapping[str, str]:
    """A place as the two columns of a file: its village, and its group when it is one."""
    node = tree.by_id.get(place_id) if place_id is not None else None
    if node is None:
        return {"village": "", "group": ""}
    parent = tree.by_id.get(node.parent_id) if node.parent_id is not None else None
    if node.kind == "group" and parent is not None:
        return {"village": parent.name(language), "group": node.name(language)}
    return {"village": node.name(language), "group": ""}
