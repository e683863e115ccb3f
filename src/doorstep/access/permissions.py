"""Roles as readable lists of verbs, and the one question ``may``. Default deny."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Verb = Literal[
    "entry.write",  # fill and send forms about people within reach
    "paper.write",  # type in what stands on paper about people of one's own place, and read none of it again
    "register.read",  # names, households and how to reach people of one's own catchment
    "register.pick",  # the same few words that tell two people apart, to pick the right one
    "family.invite",  # house numbers and names to invite: nothing of anybody's care
    "care.read",  # health answers and planned visits of people who named me
    "clinic.care",  # the same for people who named my clinic
    "consent.end",  # take down that someone takes a yes back, wherever she lives (charter C12)
    "glass.break",  # open one person's record in an emergency, with a reason, for an hour, to read (charter C15)
    "resident.card",  # print the code with which a person reads her own record
    "disclosure.sign",  # one of the two who give out what a law compels (charter C21)
    "record.erase",  # carry out that somebody wants her record deleted (charter C17)
    "today.read",  # my own list of visits due
    "notice.write",  # send a birth notice, with the mother's yes
    "notice.read",  # birth notices of the places I serve
    "claim.read",  # what people stated for a claim of theirs; nobody before there is a claim
    "complaint.write",  # take down what somebody complains of; it is sealed to the reviewer (charter C19)
    "complaint.answer",
    "log.read",  # who opened how many records, whether the log is whole: never whose, never why they are in care
    "board.read",  # counts by village or township
    "problem.settle",  # repair entries, choose between two versions
    "register.import",
    "round.start",  # decide when a round is walked, see how far it is and what it found
    "device.manage",
    "device.collect",  # give an address for another app (ODK Collect), and renew it
    "session.end",  # log somebody out everywhere: supervisors in their own area
    "worker.read",  # list of workers and devices
    "worker.cover",  # decide who covers for whom, in one's own area
    "pack.read",
    "pack.manage",
    "pack.draft",  # change a copy of a programme, try it, take it along
    "tag.accept",  # vouch for a looser tag in a pack of one's own
    "tag.review",  # the same as the independent reviewer (charter: two named people)
    "form.publish",  # publish a bare form of one's own
    "report.read",
    "report.hand_in",  # check a report, hand in one that another manager checked
    "user.manage",
    "own.figures",  # one's own figures, alone
]

ROLES: Mapping[str, frozenset[Verb]] = {
    "worker": frozenset(
        {
            "entry.write",
            "register.read",
            "care.read",
            "consent.end",
            "resident.card",
            "today.read",
            "notice.read",
            "complaint.write",
            "form.publish",
            "own.figures",
        }
    ),
    "volunteer": frozenset({"family.invite", "complaint.write"}),
    "clerk": frozenset({"paper.write", "register.pick", "resident.card", "complaint.write"}),
    "clinician": frozenset(
        {
            "entry.write",
            "care.read",
            "clinic.care",
            "consent.end",
            "glass.break",
            "resident.card",
            "today.read",
            "complaint.write",
            "form.publish",
            "own.figures",
        }
    ),
    "supervisor": frozenset(
        {
            "entry.write",
            "register.read",
            "glass.break",
            "resident.card",
            "disclosure.sign",
            "record.erase",
            "complaint.write",
            "board.read",
            "problem.settle",
            "register.import",
            "round.start",
            "device.manage",
            "session.end",
            "worker.read",
            "worker.cover",
            "pack.read",
            "form.publish",
        }
    ),
    "benefits_clerk": frozenset({"claim.read", "complaint.write"}),
    "manager": frozenset({"board.read", "report.read", "report.hand_in", "pack.read", "pack.draft", "complaint.write"}),
    # belongs to nobody's line of work, and sees nobody's record
    "reviewer": frozenset({"pack.read", "tag.review", "complaint.write", "complaint.answer", "log.read"}),
    "auditor": frozenset({"log.read", "complaint.write"}),
    "hospital": frozenset({"notice.write"}),
    "installer": frozenset(
        {
            "device.manage",
            "device.collect",
            "session.end",
            "worker.read",
            "pack.read",
            "pack.manage",
            "pack.draft",
            "user.manage",
            "tag.accept",
            "complaint.write",
        }
    ),
}

ROLE_NAMES = {
    "worker": gettext_lazy("Village worker"),
    "volunteer": gettext_lazy("Volunteer"),
    "clerk": gettext_lazy("Clerk who types paper"),
    "clinician": gettext_lazy("Clinician"),
    "supervisor": gettext_lazy("Supervisor"),
    "benefits_clerk": gettext_lazy("Benefits clerk"),
    "manager": gettext_lazy("Manager"),
    "reviewer": gettext_lazy("Independent reviewer"),
    "auditor": gettext_lazy("Auditor"),
    "hospital": gettext_lazy("Hospital"),
    "installer": gettext_lazy("Installer"),
}


HERSELF = -1  # stands where a member's id stands, in records and in the log: a person on her own page


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who asks: who, in which role, where, on that day."""

    user_id: int
    role: str
    places: frozenset[int] = frozenset()  # the catchment with everything below
    clinic_id: int | None = None
    name: str = ""

    def has(self, verb: Verb) -> bool:
        return verb in ROLES.get(self.role, frozenset())

    @property
    def care_clinic(self) -> int:
        """The clinic whose patients this actor serves, 0 for none. A village worker belongs to a clinic too (so that a
        person can name it), but a person who named the clinic did not name every village's worker."""
        return self.clinic_id if self.clinic_id is not None and self.has("clinic.care") else 0


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for, described without a key to any person."""

    place_ids: frozenset[int] = frozenset()  # where the person or household is or was
    care_users: frozenset[int] = frozenset()  # who was named for the service
    care_clinics: frozenset[int] = frozenset()
    needs_care: bool = False  # pregnancy, sensitive and choice things: the named care team alone
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    reason: str = field(default="")

    def __bool__(self) -> bool:
        return self.allowed


def in_care(actor: Actor, thing: Thing) -> bool:
    """Whether the person named this actor, or the clinic whose patients this actor serves, for the service."""
    return actor.user_id in thing.care_users or (actor.care_clinic > 0 and actor.care_clinic in thing.care_clinics)


def may(actor: Actor, verb: Verb, thing: Thing | None = None) -> Decision:
    """Whether ``actor`` may do ``verb`` to ``thing``. The reason is a sentence in the reader's language."""
    if not actor.has(verb):
        return Decision(False, _("This is not part of your role."))
    if thing is None:
        return Decision(True, _("This is part of your role."))
    if thing.owner_id is not None:
        mine = thing.owner_id == actor.user_id
        return Decision(mine, _("It is your own.") if mine else _("There is nothing here that you can open."))
    if in_care(actor, thing):
        return Decision(True, _("The person named you or your clinic."))
    if thing.needs_care:
        return Decision(False, _("There is nothing here that you can open."))
    if thing.place_ids & actor.places:
        return Decision(True, _("The family lives in your area."))
    return Decision(False, _("There is nothing here that you can open."))
