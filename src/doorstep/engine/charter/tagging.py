"""Tags as written in forms: only the charter's own words are tags."""

from __future__ import annotations

from collections.abc import Iterator

from doorstep.engine.charter.places import in_form
from doorstep.engine.model.pack import Pack
from doorstep.engine.outputs.ground import Ground
from doorstep.engine.outputs.tags import TAGS, is_tag
from doorstep.lib.problems import Problem


def check_tags(pack: Pack, _ground: Ground) -> Iterator[Problem]:
    """A tag nobody knows. (It counts as the strictest anyway; the author should hear of the slip.)"""
    for form, spec in pack.forms.items():
        for question in spec.questions:
            if question.tag and not is_tag(question.tag):
                args = {"tag": question.tag, "known": ", ".join(TAGS)}
                yield Problem("charter.unknown_tag", in_form(pack, form, question), args)
