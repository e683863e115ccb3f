"""Where a person was served on a day, and her properties as the rules want them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from doorstep.engine.model.subjects import PERSON_PROPERTIES
from doorstep.lib.days import parse_day
from doorstep.places.queries import Tree

Properties = Mapping[str, str]
Timeline = tuple[tuple[date, Properties], ...]
HouseholdPlaces = Mapping[str, int | None]
KEPT_BY_DAY = frozenset({"household", "place"})  # properties that say where


def current_place(properties: Properties, tree: Tree, homes: HouseholdPlaces) -> int | None:
    """Where a person with these properties is served: her own place when stated, else her household's."""
    node = tree.by_code.get(properties.get("place", ""))
    return node.id if node is not None else homes.get(properties.get("household", ""))


def place_on(day: date, timeline: Timeline, tree: Tree, homes: HouseholdPlaces) -> int | None:
    """Where she was served on a day: the latest statement up to it, else her first."""
    told: dict[str, str] = dict(timeline[0][1]) if timeline else {}
    for since, properties in timeline:
        if since > day:
            break
        told.update(properties)
    return current_place(told, tree, homes)


def typed_properties(properties: Properties) -> dict[str, Any]:
    """Properties as the rules want them: days as dates, everything else as text."""
    found: dict[str, Any] = {}
    for name, text in properties.items():
        if PERSON_PROPERTIES.get(name, ("text", ""))[0] == "date":
            day = parse_day(text)
            if day is not None:
                found[name] = day
        else:
            found[name] = text
    return found
