"""What a person said about each purpose, as her page shows it. It is no task: nothing is due, nothing is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorstep.access.consent import CONTACT, COUNTS, HOME_VISITS, LISTED, MOVING, State, said_no, states
from doorstep.intake.consents import CONSENT
from doorstep.web import said
from doorstep.web.worker.story import Story

TITLES = {
    LISTED: gettext_lazy("Name, birth and home in the list"),
    HOME_VISITS: gettext_lazy("Visits at home"),
    CONTACT: gettext_lazy("Ringing or writing"),
    MOVING: gettext_lazy("The record moves along"),
    COUNTS: gettext_lazy("Counted in figures"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One purpose and what was said about it."""

    title: str
    state: State
    words: str


def asked_of(story: Story, today: date) -> list[Asked]:
    """Every purpose; none where the register's form for it is not on."""
    if story.use_of(CONSENT) is None:
        return []
    found = []
    for purpose, state in states(story.life.consents, today).items():
        found.append(Asked(str(TITLES[purpose]), state, _words(story, purpose, state)))
    return found


def _words(story: Story, purpose: str, state: State) -> str:
    if state == "ask":
        old_enough = purpose in story.life.consents
        return _("old enough now: ask again") if old_enough else _("not asked yet")
    since = said.day(story.life.consents[purpose].since)
    return (_("yes, %(day)s") if state == "yes" else _("no, %(day)s")) % {"day": since}


def unsaid_of(story: Story) -> frozenset[str]:
    """Questions whose answers stay hidden in her records: a phone she does not want to be seen."""
    return frozenset({"phone"}) if said_no(story.life.consents, CONTACT) else frozenset()
