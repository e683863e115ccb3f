"""Who of a family may see whose record: one's own, and a small child's from its guardian. Default deny (charter C13).

No page for families exists yet; whichever comes must ask here. Being the head of a household, a husband, a wife, a
parent or of the same family gives nobody a view: only the person, and the guardian of a child under the age the law
sets, and of that child's record only what is not confidential.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from doorstep.access.consent import grown_up_on
from doorstep.access.permissions import Decision
from doorstep.engine.outputs.tags import CHOICE, PREGNANCY

# What a child told in confidence: no guardian sees it, however young the child is.
CONFIDENTIAL = frozenset({CHOICE, PREGNANCY, "sensitive.violence", "sensitive.hiv", "sensitive.mental"})


@dataclass(frozen=True, slots=True)
class OfAPerson:
    """A part of somebody's record, described without a key: whose, born when, how it is tagged, who the guardians are."""

    person_id: str
    tags: frozenset[str]
    born: date | None = None
    guardians: frozenset[str] = frozenset()


def may_see(viewer: str, thing: OfAPerson, day: date, age: int | None) -> Decision:
    """Whether the person ``viewer`` may see it on a day. ``age``: from which one answers alone; None when not known.

    Where the day of birth or the age is not known, a guardian sees nothing: nobody can tell that it is a child.
    """
    if viewer == thing.person_id:
        return Decision(True, _("It is your own."))
    grown = grown_up_on(thing.born, age)
    if viewer not in thing.guardians or grown is None or day >= grown or not thing.tags or thing.tags & CONFIDENTIAL:
        return Decision(False, _("There is nothing here that you can open."))
    return Decision(True, _("You are the guardian of this child."))
