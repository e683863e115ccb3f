"""Which courses of care can be printed: those going on now, of the services the reader gives, that are nothing told in
confidence. A course about choice, violence, HIV or the mind has no paper at all."""

from __future__ import annotations

from datetime import date

from doorstep.access.showing import declared
from doorstep.engine.outputs.tags import no_stricter_than
from doorstep.programmes import tags
from doorstep.web.worker.story import Course, Story

OPENS_AT_MOST = {"print.health": "sensitive.health", "print.care": "sensitive.pregnancy"}


def output_of(course: Course) -> str:
    """A course whose pack names what is known now prints as a record; the others as a sheet of their visits."""
    return "print.health" if course.definition.sheet else "print.care"


def printable(story: Story, today: date) -> list[Course]:
    """The newest of each kind that is going on."""
    found: dict[tuple[str, str], Course] = {}
    for course in story.courses:
        if course.open_on(today) and may_be_printed(course):
            found.setdefault((course.programme.pack.id, course.definition.id), course)
    return list(found.values())


def latest(story: Story, output_id: str, pack_id: str, kind: str, today: date) -> Course | None:
    """The one course of a kind that this paper may be about."""
    wanted = (output_id, pack_id, kind)
    return next(
        (c for c in printable(story, today) if (output_of(c), c.programme.pack.id, c.definition.id) == wanted), None
    )


def may_be_printed(course: Course) -> bool:
    """Whether the form that begins it tells little enough, and there is something to print."""
    output = declared()[output_of(course)]
    ground = tags.ground([course.programme.pack])
    allowed = no_stricter_than(OPENS_AT_MOST[output.id])
    return ground.form_tag(course.definition.opens) in allowed and bool(course.definition.sheet or visit_forms(course))


def visit_forms(course: Course) -> list[str]:
    """The forms of its visits that may stand on paper, in the pack's order. What opens or closes a course is left out: no
    paper says how a pregnancy ended."""
    own, pack = course.definition, course.programme.pack
    ground = tags.ground([pack])
    allowed = no_stricter_than(declared()["print.care"].up_to)
    both = dict.fromkeys((*own.visits, *own.stays_open_forms))
    return [f for f in both if f not in (own.opens, *own.closes) and ground.form_tag(f) in allowed]
