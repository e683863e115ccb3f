"""Which forms about places are in force around a reader."""

from __future__ import annotations

from collections.abc import Iterable

from doorstep.engine.model.pack import FormUse
from doorstep.programmes.library import programmes


def place_forms(place_ids: Iterable[int]) -> list[FormUse]:
    """The forms about a place of the programmes in force at these places, each once, in the packs' order."""
    found: dict[str, FormUse] = {}
    for place_id in sorted(place_ids):
        for programme in programmes().at(place_id):
            for use in programme.pack.uses.values():
                if use.subject == "place":
                    found.setdefault(use.form, use)
    return list(found.values())
