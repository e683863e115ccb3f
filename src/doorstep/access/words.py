"""What each role and verb means, in a sentence for those who work here."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from doorstep.access.permissions import Verb

ROLE_SAYS: Mapping[str, Promise] = {
    "worker": gettext_lazy("Sees the families of her own area, and the care of those who named her for it."),
    "volunteer": gettext_lazy(
        "Sees house numbers and names of her own area, to invite people. Nothing of anybody's care."
    ),
    "clerk": gettext_lazy("Types in paper forms. Sees names of her own area to pick the right person, and no answers."),
    "clinician": gettext_lazy("Sees the care of people who named her or her clinic."),
    "supervisor": gettext_lazy(
        "Sees names, houses and counts of her own area, and who works there. No care, except in an emergency."
    ),
    "benefits_clerk": gettext_lazy("Sees what people state for a claim. As long as there is no claim, sees nobody."),
    "manager": gettext_lazy("Sees counts, reports and programmes. Nobody's name."),
    "reviewer": gettext_lazy("Reads complaints and programmes, and how many records each opened. Nobody's record."),
    "auditor": gettext_lazy("Sees who opened how many records, and whether the log is whole. Nobody's record."),
    "hospital": gettext_lazy("Tells a worker of a birth when the mother agrees. Reads nothing."),
    "installer": gettext_lazy("Looks after accounts, phones and programmes. Sees nobody who is cared for."),
}

VERB_SAYS: Mapping[Verb, Promise] = {
    "entry.write": gettext_lazy("Fill in forms about people within reach"),
    "paper.write": gettext_lazy(
        "Type in what stands on paper about people of one’s own area, without reading it again later"
    ),
    "register.read": gettext_lazy("See names, house numbers and how to reach people of one’s own area"),
    "register.pick": gettext_lazy("See the few words that tell two people of one’s own area apart"),
    "family.invite": gettext_lazy("See whom to invite in one’s own area: house number and name"),
    "care.read": gettext_lazy("See visits and records of people who named one for their care"),
    "clinic.care": gettext_lazy("See visits and records of people who named the clinic"),
    "consent.end": gettext_lazy("Take down that someone takes a yes back, wherever she lives"),
    "glass.break": gettext_lazy("In an emergency, open one person’s record for an hour, to read"),
    "resident.card": gettext_lazy("Print the code with which a person reads her own record"),
    "disclosure.sign": gettext_lazy(
        "Be one of the two people who give out what a law compels, after which she is told and it is counted"
    ),
    "record.erase": gettext_lazy("Delete what somebody wants deleted"),
    "today.read": gettext_lazy("See one’s own list of visits"),
    "notice.write": gettext_lazy("Tell a worker of a birth, when the mother agrees"),
    "notice.read": gettext_lazy("Read births a hospital told one of"),
    "claim.read": gettext_lazy("See what people state for a claim"),
    "complaint.write": gettext_lazy("Take down a complaint; only the reviewer reads it"),
    "complaint.answer": gettext_lazy("Read and answer complaints"),
    "log.read": gettext_lazy("See who opened how many records, and whether that log is whole"),
    "board.read": gettext_lazy("See counts by place"),
    "problem.settle": gettext_lazy("Repair entries of the register that do not count yet"),
    "register.import": gettext_lazy("Take in a register from a file, and take it out"),
    "round.start": gettext_lazy("Decide when every house is called on, and see how far it is"),
    "device.manage": gettext_lazy("Take phones back, sign them out"),
    "device.collect": gettext_lazy("Let another app be used on a phone"),
    "session.end": gettext_lazy("Log somebody out everywhere"),
    "worker.read": gettext_lazy("See who works here and on which phones"),
    "worker.cover": gettext_lazy("Decide who takes over whose work in one’s own area"),
    "pack.read": gettext_lazy("Read the programmes"),
    "pack.manage": gettext_lazy("Switch programmes on and off"),
    "pack.draft": gettext_lazy("Change a copy of a programme and try it"),
    "tag.accept": gettext_lazy("Vouch for how a question is guarded"),
    "tag.review": gettext_lazy("Vouch for it as the independent reviewer"),
    "form.publish": gettext_lazy("Make forms of one’s own"),
    "report.read": gettext_lazy("Read reports and pictures"),
    "report.hand_in": gettext_lazy("Check a report and hand it in"),
    "user.manage": gettext_lazy("Add people who log in, and give them a role"),
    "own.figures": gettext_lazy("See one’s own figures, alone"),
}
