"""For importers: which columns of somebody else's file are not taken in (charter C10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorstep.engine.charter.lexicon import policing_in
from doorstep.engine.model.spec import Text


@dataclass(frozen=True, slots=True)
class Refused:
    """A column that is not imported: what it would hold, and the clause that forbids it. For the receipt."""

    column: str
    clause: str
    meaning: Text


def policing_columns(headers: Sequence[str], means: Mapping[str, str] | None = None) -> list[Refused]:
    """The headers that would bring policing back, in their order, one line each.

    ``means`` states the meaning of an everyday header, as ``bind::doorstep:means`` does in a form:
    ``{"孕检": "antenatal_check"}``.
    """
    stated = means or {}
    refused = []
    for header in headers:
        for meaning, _words in policing_in(header, stated.get(header, ""))[:1]:
            refused.append(Refused(header, meaning.clause, meaning.meaning))
    return refused
