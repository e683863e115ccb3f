"""The few places of each role, in the order of a day's work. The first one is where the role begins."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorstep.access.showing import declared


@dataclass(frozen=True, slots=True)
class Tab:
    """A place in the bar: the view's name, its word, its picture (static/web/icons.svg) and what it shows."""

    view: str
    label: str | Promise
    icon: str
    output: str
    not_for: str = ""  # a role that finds it elsewhere

    @property
    def url(self) -> str:
        return reverse(self.view)


TABS: tuple[Tab, ...] = (
    Tab("today", _("Today"), "today", "today"),
    Tab("families", _("Families"), "families", "families"),
    Tab("find", _("Find"), "find", "find"),
    Tab("invite", _("Whom to invite"), "families", "invite", not_for="worker"),
    Tab("type", _("Type in paper"), "form", "type"),
    Tab("notice", _("Tell of a birth"), "plus", "notice.write"),
    Tab("reports", _("Reports"), "report", "report"),
    Tab("pictures", _("Pictures"), "picture", "pictures"),
    Tab("board", _("Overview"), "board", "board"),
    Tab("problems", _("Repairs"), "repair", "problems"),
    Tab("repairs", _("Repairs"), "repair", "repairs"),
    Tab("workers", _("Workers"), "workers", "workers"),
    Tab("packs", _("Programmes"), "packs", "packs"),
    Tab("complaints", _("Complaints"), "warning", "complaints"),
    Tab("import", _("Take in"), "import", "import.alike"),
    Tab("openings", _("Openings"), "door", "openings"),
)


# what is used now and then stands in the sheet under one's name
ASIDE: tuple[Tab, ...] = (
    Tab("phone", _("Work without a network"), "phone", "today"),
    Tab("invite", _("Whom to invite"), "families", "invite", not_for="volunteer"),
    Tab("emergency", _("Open a record in an emergency"), "warning", "emergency"),
    Tab("disclosures", _("What a law compels"), "warning", "disclosures"),
    Tab("erasures", _("Asked to be deleted"), "done", "erase.asked"),
    Tab("mine", _("My figures"), "report", "figures.own"),
    Tab("forms", _("My own forms"), "form", "forms.own"),
    Tab("outreach", _("Events for everybody"), "families", "outreach"),
    Tab("complaint_counts", _("Complaints in figures"), "report", "complaint.counts"),
    Tab("own_cards", _("Cards for own pages"), "person", "resident.card"),
    Tab("said_wrong", _("Said to be wrong"), "warning", "said_wrong"),
    Tab("voices", _("What people say, in figures"), "report", "voices"),
    Tab("outreach_figures", _("Events in figures"), "report", "outreach.figures"),
)


def tabs_of(role: str, among: tuple[Tab, ...] = TABS) -> list[Tab]:
    """The tabs whose output is for this role and whose page is there."""
    outputs = declared()
    return [
        tab
        for tab in among
        if tab.output in outputs and role in outputs[tab.output].audience and role != tab.not_for and _is_there(tab)
    ]


def _is_there(tab: Tab) -> bool:
    try:
        return bool(tab.url)
    except NoReverseMatch:
        return False


def home_of(role: str) -> str:
    """Where someone of this role begins."""
    tabs = tabs_of(role)
    return tabs[0].url if tabs else reverse("role")
