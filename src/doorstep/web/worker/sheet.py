"""What is known now in a course of care, one line each: the latest answer to each question its pack names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from doorstep.engine.model.pack import TrendLine
from doorstep.engine.model.spec import Text
from doorstep.forms.queries import StoredEntry
from doorstep.web.worker.records import value_said
from doorstep.web.worker.story import Course, Story


@dataclass(frozen=True, slots=True)
class Known:
    """One line: its words, the answer in words, and the day it was said."""

    title: Text
    value: str
    on: date


def sheet_of(story: Story, course: Course) -> list[Known]:
    """The sheet of a course in the pack's order; what nobody ever answered is left out."""
    lines = course.definition.sheet
    if not lines:
        return []
    said = [one for one in story.answers_of(frozenset(course.row.entries)) if story.may_show(one[0].form_id)]
    found = ((line, _latest(story, line, said)) for line in lines)
    return [Known(line.title, *known) for line, known in found if known is not None]


def _latest(
    story: Story, line: TrendLine, said: list[tuple[StoredEntry, Mapping[str, Any]]]
) -> tuple[str, date] | None:
    wanted = dict(address.split(".", 1) for address in line.of)
    for entry, answers in reversed(said):
        value = answers.get(wanted.get(entry.form_id, ""))
        if value is not None:
            spec = story.world.library.spec(entry.form_id, entry.form_version)
            return value_said(spec, spec.by_key[wanted[entry.form_id]], value), entry.occurred_on
    return None
