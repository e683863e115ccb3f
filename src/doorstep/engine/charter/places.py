"""Where a piece of a pack stands, for messages."""

from __future__ import annotations

from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import At
from doorstep.engine.model.spec import Question
from doorstep.lib.problems import Where


def at(pack: Pack, place: At, item: str) -> Where:
    """A piece of a YAML file of the pack."""
    return Where(file=_file(pack, place.file or "pack.yaml"), row=place.line, item=item)


def in_form(pack: Pack, form: str, question: Question | None = None) -> Where:
    """A form, or one question of it."""
    file = _file(pack, pack.files.get(form) or f"forms/{form}")
    if question is None:
        return Where(file=file, item=f"form {form}")
    return Where(file=file, sheet="survey", row=question.row, item=f"question {question.name}")


def in_folder(pack: Pack, folder: str, item: str) -> Where:
    """A piece whose file has the name of the item."""
    return Where(file=_file(pack, folder), item=item)


def _file(pack: Pack, inside: str) -> str:
    return f"{pack.id}/{inside}"
