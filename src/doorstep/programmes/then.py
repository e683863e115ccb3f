"""What was known at a past moment, where it differs from what is stored now.

Working a person out is done above this room (``intake``), which says how by ``working.configure`` when the program starts.
Everybody who is not ``touched`` stood then exactly as the store has her now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from doorstep.engine.model.history import History
from doorstep.programmes import working
from doorstep.programmes.library import Programme
from doorstep.programmes.moment import Moment
from doorstep.register.fold import HouseholdRow, PersonRow


class Then(Protocol):
    """What was known at a moment of the people and households of whom something may differ."""

    @property
    def moment(self) -> Moment: ...

    @property
    def touched(self) -> frozenset[str]:
        """Persons who may have stood otherwise than they do now."""

    @property
    def people(self) -> Mapping[str, PersonRow]:
        """Those of them who were known then, as they were."""

    @property
    def households(self) -> Mapping[str, HouseholdRow | None]:
        """Households of which something was learned since, as they were; None: not known then."""

    @property
    def in_force(self) -> frozenset[int]:
        """The entries of touched persons that were in force."""

    @property
    def corrections(self) -> Iterable[tuple[int, str, int]]:
        """Of those that correct others: the first of the chain, and its counter, whose place in the order each keeps."""

    @property
    def ended(self) -> Mapping[str, frozenset[str]]:
        """Touched person → the services she has ended today."""

    def histories(self, programme: Programme) -> Mapping[str, History]:
        """What a programme's rules saw of each touched person who was known."""

    def ends(self) -> Mapping[tuple[str, str], date]:
        """(touched person, service) → the day it ended, by what was known then and what is today."""

    def visits(self) -> Mapping[tuple[str, str, str, str, int], tuple[Any, ...]]:
        """The visits due of touched persons, as ``due_visit`` would have held them."""


def known_then(moment: Moment, person_ids: Iterable[str] | None = None) -> Then:
    """What was known at a moment of these persons (None: of everybody). Raises RuntimeError before ``working.configure``."""
    if (work_out := working.configured()) is None:
        raise RuntimeError("nothing says yet how people are worked out")
    return work_out(moment, person_ids)
