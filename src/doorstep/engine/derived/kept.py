"""Derived answers as they are kept with a published form, so that its every version stays readable by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doorstep.engine.derived.working import mark_of, with_questions
from doorstep.engine.model.pack import DerivedDef, Pack
from doorstep.engine.model.spec import FormSpec

KEY = "derived"
"""Under which they stand in what is kept about a form version's use."""


def to_keep(pack: Pack, form: str) -> dict[str, Any]:
    """What is kept with a form of this pack; empty when nothing is derived. Under another ``mark`` the same entry
    would get other answers; ``version`` is that of the pack whose tables they come from."""
    definitions = pack.derived.get(form, ())
    if not definitions:
        return {}
    asked = pack.forms[form].by_key
    answers = [
        {"id": one.id, "by": one.by, "takes": dict(one.takes), "title": dict(one.title), "tag": asked[one.id].tag}
        for one in definitions
    ]
    return {KEY: {"answers": answers, "mark": mark_of(definitions, pack.tables), "version": pack.version}}


def with_kept(spec: FormSpec, form: str, use: Mapping[str, Any]) -> FormSpec:
    """A form as published, with its derived answers as questions."""
    told = use.get(KEY, {}).get("answers", ())
    definitions = [DerivedDef(one["id"], form, one["by"], one["takes"], one["title"]) for one in told]
    return with_questions(spec, definitions, {one["id"]: one["tag"] for one in told})


def mark(use: Mapping[str, Any]) -> str:
    """What decides the derived answers of a form version; '' when it has none."""
    return str(use.get(KEY, {}).get("mark", ""))
