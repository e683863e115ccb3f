"""Answers worked out from an entry's own answers (``engine.derived``): at the door, and again for a rebuild."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson

from doorstep.engine.derived import Deriver
from doorstep.engine.derived.kept import KEY
from doorstep.forms import queries as forms
from doorstep.lib import db
from doorstep.programmes.library import installed_pack

CHUNK = 500


def derived(library: forms.Library, form_id: str, version: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """The derived answers of an entry of this form version: a function of nothing but its other answers."""
    published = library.versions[(form_id, version)]
    told = published.use.get(KEY)
    return _deriver(published.pack_id, told["version"], form_id, told["mark"]).of(answers) if told else {}


@lru_cache(maxsize=64)
def _deriver(pack_id: str, pack_version: str, form_id: str, _mark: str) -> Deriver:
    pack = installed_pack(pack_id, pack_version)
    return Deriver(pack.derived[form_id], pack.tables)


def differing(connection: db.Db) -> Iterator[tuple[int, str]]:
    """Entries whose stored derived answers are not what follows today: (seq, the answers as they should be)."""
    library = forms.library()
    for (form_id, version), published in sorted(library.versions.items()):
        if KEY in published.use:
            yield from _differing_of(connection, library, form_id, version)


def _differing_of(connection: db.Db, library: forms.Library, form_id: str, version: str) -> Iterator[tuple[int, str]]:
    keys = {one["id"] for one in library.versions[(form_id, version)].use[KEY]["answers"]}
    sql = (
        f"SELECT seq, answers FROM entry WHERE form_id = ? AND form_version = ? AND seq > ? ORDER BY seq LIMIT {CHUNK}"
    )
    last = 0
    while rows := connection.rows(sql, [form_id, version, last]):
        for seq, stored in rows:
            had = orjson.loads(stored)
            own = {key: value for key, value in had.items() if key not in keys}
            right = own | derived(library, form_id, version, own)
            if right != had:
                yield seq, orjson.dumps(right).decode()
        last = rows[-1][0]


def work_out_again(connection: db.Db) -> None:
    """Give every entry the derived answers that follow today."""
    connection.many(
        "UPDATE entry SET answers = ? WHERE seq = ?", [(right, seq) for seq, right in differing(connection)]
    )
