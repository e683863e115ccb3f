"""A small working pack to begin from."""

from __future__ import annotations

import re
from pathlib import Path

from doorstep.lib.problems import Problem, Problems, Where

_EXAMPLE = Path(__file__).parent / "example"
_ID = "example"


def new(folder: Path, pack_id: str) -> Path:
    """Write a small pack named ``pack_id`` into ``folder`` (one form, one planned visit, one story); its path.

    Raises ``Problems`` when the id is not sound or something of that name is there already.
    """
    target = folder / pack_id
    if not re.fullmatch(r"[a-z][a-z0-9_]*", pack_id):
        raise Problems([Problem("packs.id_unsound", Where(file=str(target)), {"name": pack_id})])
    if target.exists():
        raise Problems([Problem("packs.exists", Where(file=str(target)))])
    for source in sorted(_EXAMPLE.rglob("*")):
        if source.is_file():
            written = target / source.relative_to(_EXAMPLE)
            written.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text(encoding="utf-8")
            written.write_text(re.sub(rf"\b{_ID}\b", pack_id, text), encoding="utf-8")
    return target
