"""Forms of the core itself. No rule can name them (charter C3, C9): endings and wishes of a service, choosing a version,
letting count what waits for an earlier record, and a hospital's notice of a birth."""

from __future__ import annotations

from pathlib import Path

from doorstep.engine.model.spec import FormSpec
from doorstep.engine.xlsform import read
from doorstep.forms.actions import publish

SERVICE_END, SERVICE_WANTED, VERSION_CHOICE = "service_end", "service_wanted", "version_choice"
SAME_PERSON, TWO_RECORDS = "same_person", "two_records"
HAND_OVER, ARRIVAL, LIVED_ELSEWHERE, STAY_END = "hand_over", "arrival", "lived_elsewhere", "stay_end"
BIRTH_NOTICE = "birth_notice"
RELEASE = "release"
SAID_WRONG, WRONG_ANSWERED = "said_wrong", "wrong_answered"
OWNER = "doorstep"  # stands where other forms name their pack
VERSIONS = "doorstep.version"  # the list under which a choice between versions is filed, by instance id
RELEASED = "doorstep.released"  # the list under which it is filed, by instance id, that a held record shall count
CLASHES = "doorstep.clash"  # the list under which a word about two records is filed, by the first of either's chain
HANDED = (
    "doorstep.handed"  # the list under which it is filed, by the mark of a code, who carries it and who came with it
)
SAME = "doorstep.same"  # the list under which it is filed, by both ids, whether two are one person
WRONG = "doorstep.wrong"  # the list under which it is filed what people say is wrong, and the answers
LISTS_OF_THE_CORE = frozenset({WRONG, VERSIONS, RELEASED, SAME, CLASHES, HANDED})

_USES = {
    SERVICE_END: {"subject": "person", "who": "person", "occurred_on": "on", "rank": 2, "tag": "choice"},
    SERVICE_WANTED: {"subject": "person", "who": "person", "occurred_on": "on", "rank": 0, "tag": "choice"},
    VERSION_CHOICE: {"occurred_on": "on", "rank": 1, "tag": "choice"},
    RELEASE: {"occurred_on": "on", "rank": 1, "tag": "choice"},
    TWO_RECORDS: {"occurred_on": "on", "rank": 1, "tag": "choice"},
    HAND_OVER: {"subject": "person", "who": "person", "occurred_on": "on", "rank": 2, "tag": "choice"},
    ARRIVAL: {"subject": "person", "occurred_on": "on", "rank": 0, "tag": "choice"},
    LIVED_ELSEWHERE: {"subject": "person", "who": "person", "occurred_on": "since", "rank": 0, "tag": "choice"},
    STAY_END: {"subject": "person", "who": "person", "occurred_on": "left_on", "rank": 2, "tag": "choice"},
    SAID_WRONG: {"subject": "person", "who": "person", "occurred_on": "on", "rank": 1, "tag": "choice"},
    WRONG_ANSWERED: {"subject": "person", "who": "person", "occurred_on": "on", "rank": 1, "tag": "choice"},
    SAME_PERSON: {"occurred_on": "on", "rank": 1, "tag": "choice"},
    # taken only from whom this verb is given, and only with the mother's own yes (charter C9)
    BIRTH_NOTICE: {
        "occurred_on": "on",
        "rank": 1,
        "tag": "sensitive.pregnancy",
        "verb": "notice.write",
        "only_with": {"agreed": "yes"},
    },
}


def specs() -> dict[str, FormSpec]:
    """The core's own forms by id. They are shipped whole, so ODK Validate (a second of Java each) looks at them in the
    tests and not in every store that is made."""
    return {form_id: read(Path(__file__).with_name(f"{form_id}.md"), check=False) for form_id in _USES}


def publish_all() -> None:
    """Publish the core's own forms (again does nothing)."""
    for form_id, spec in specs().items():
        publish(spec, _USES[form_id], pack_id=OWNER)
