"""Which forms can be filled for a person: only what the reader may know about shapes the list.

Someone outside a person's care team is offered the same forms for everybody, so that no button tells that she is in care.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from doorstep.engine.model.history import Entry, History
from doorstep.engine.model.pack import EpisodeDef, FormUse
from doorstep.engine.model.planned import SeriesDef
from doorstep.engine.model.spec import Text
from doorstep.engine.outputs.ground import forms_of
from doorstep.intake.consents import CONSENT
from doorstep.programmes.library import Programme
from doorstep.web.worker.story import Course, Story

OTHER_SEX = {"female": ("male",), "male": ("female",)}


@dataclass(frozen=True, slots=True)
class Offer:
    """A form to fill, with its words and how long it takes."""

    form_id: str
    title: Text
    minutes: int | None


def care_forms(story: Story, day: date) -> list[Offer]:
    """Forms of the care the reader gives: visits, and what closes it."""
    found: dict[str, Offer] = {}
    for course in story.courses:
        if course.open_on(day):
            for form in _forms_now(course):
                use = course.programme.pack.uses.get(form)
                if use is not None and _wanted(story, use):
                    found.setdefault(form, _offer(use))
    for use in _lifelong(story):
        if _wanted(story, use):
            found.setdefault(use.form, _offer(use))
    return list(found.values())


def _lifelong(story: Story) -> Iterator[FormUse]:
    """Forms of care that belong to no course: those some planned visit of this person asks for, and those that no
    planned visit of the pack ever asks for."""
    soon = story.world.horizon
    for programme in story.programmes:
        uses, planned = _uses_for_life(programme)
        if uses:
            hers = {w.form for w in story.windows(programme) if w.from_on is None or w.from_on <= soon}
            yield from (use for use in uses if use.form in hers or use.form not in planned)


_for_life: dict[tuple[str, str], tuple[list[FormUse], frozenset[str]]] = {}


def _uses_for_life(programme: Programme) -> tuple[list[FormUse], frozenset[str]]:
    """The forms of a programme's care that belong to no course, and those a planned visit asks for. A pack of one digest
    never changes, so this is gathered once per process."""
    pack = programme.pack
    key = (pack.digest, programme.schedule)
    if key not in _for_life:
        in_courses = {form for e in pack.episodes.values() for form in forms_of(e)}
        uses = [
            use
            for use in pack.uses.values()
            if use.service and use.subject == "person" and use.who and use.form not in in_courses and not use.on_request
        ]
        planned = frozenset(contact.form for contact in pack.schedules.get(programme.schedule, ()))
        _for_life[key] = (uses, planned)
    return _for_life[key]


def _forms_now(course: Course) -> tuple[str, ...]:
    definition, row = course.definition, course.row
    return definition.stays_open_forms if row.closed_on is not None else (*definition.visits, *definition.closes)


def _wanted(story: Story, use: FormUse) -> bool:
    """The reader was named for the service, and it has not ended."""
    ending = story.endings.get(use.service)
    return use.service in story.within.services and (ending is None or ending.ended_on is None)


def openings(story: Story, day: date) -> list[Offer]:
    """Forms that start a course of care, or that anybody may ask for any day. Left out only when the reader already
    gives that very care."""
    found = []
    for programme, definition in _episodes(story):
        use = programme.pack.uses.get(definition.opens)
        if use is None or definition.opens in pressed(programme):
            continue  # those are chosen on the page of methods, with everything shown
        if not story.within.by_place and use.service not in story.within.services:
            continue
        mine = (c for c in story.courses if c.definition is definition and c.row.closed_on is None and c.open_on(day))
        going_on = any(_wanted(story, use) for _ in mine)
        if not going_on and not over_at_once(story.person.id, story.life.properties, programme, definition, day):
            found.append(_offer(use))
    return found + [_offer(use) for use in _on_request(story)]


def over_at_once(
    person_id: str, known: Mapping[str, Any], programme: Programme, definition: EpisodeDef, day: date
) -> bool:
    """Whether a course begun that day would have ended by itself already: a grown-up is nobody's newborn. This rests on
    what the register knows alone, so that no button tells anything of care."""
    if definition.ends_by_itself is None:
        return False
    begun = Entry(definition.opens, "begun", day, day, {}, root_id="begun")
    rows = programme.rules.episodes(History(person_id, known, (begun,)), definition.id)
    return bool(rows) and all(row.ended_on is not None and row.ended_on < day for row in rows)


def _on_request(story: Story) -> Iterator[FormUse]:
    for programme in story.programmes:
        for use in programme.pack.uses.values():
            meant = not use.sex or story.person.sex not in OTHER_SEX[use.sex]
            if use.on_request and meant and (story.within.by_place or use.service in story.within.services):
                yield use


def pressed(programme: Programme) -> tuple[str, ...]:
    """Forms that are begun on the page of methods alone, where everything is shown."""
    own = programme.pack.choosing
    return (own.form, own.referral) if own is not None else ()


def _episodes(story: Story) -> Iterator[tuple[Programme, EpisodeDef]]:
    for programme in story.programmes:
        for definition in programme.pack.episodes.values():
            if definition.of == "person":
                yield programme, definition


def register_forms(story: Story) -> list[Offer]:
    """Forms about the person's own data, for those who look after her place."""
    if not story.within.by_place:
        return []
    opening = {definition.opens for _, definition in _episodes(story)}
    return [
        _offer(use)
        for programme in story.programmes
        for use in programme.pack.uses.values()
        if use.subject == "person" and use.who and not use.service and use.form not in {CONSENT, *opening}
    ]


def _offer(use: FormUse) -> Offer:
    return Offer(use.form, use.title, use.minutes)


@dataclass(frozen=True, slots=True)
class CardLink:
    """A card of doses that can be opened from a person's page."""

    pack_id: str
    series_id: str
    title: Text


def cards_of(story: Story) -> list[CardLink]:
    """The cards this reader may open, of whomever something is planned for on them."""
    return [
        CardLink(programme.pack.id, series.id, series.title)
        for programme, series in series_given(story)
        if any(visit.contact.startswith(f"{series.id}:") for visit in story.visits)
    ]


def series_given(story: Story) -> Iterator[tuple[Programme, SeriesDef]]:
    """The series of doses of services the reader gives."""
    for programme in story.programmes:
        for series in programme.pack.series.values():
            if series.service in story.within.services:
                yield programme, series
