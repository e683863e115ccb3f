"""An empty store with a village, its workers and their phones, for benches that need no people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.access import actions as access
from doorstep.engine import xlsform
from doorstep.forms import actions as forms
from doorstep.lib import db
from doorstep.places import actions as places
from doorstep.programmes import actions as programmes
from doorstep.site.store import shipped

PACKS = frozenset({"register", "maternal", "hypertension"})
FORM_ID = "seen_on_the_way"
_FORM = f"""| survey | | | |
| | type | name | label |
| | text | note | What was seen |
| | image | photo | A photo of it |
| settings | | | |
| | form_title | form_id | version |
| | Seen on the way | {FORM_ID} | 1 |
"""


@dataclass(frozen=True, slots=True)
class Phone:
    """A worker's two keys: for the app, and for another app."""

    user_id: int
    app: str
    other: str


def settle(phones: int) -> list[Phone]:
    """Put a village, ``phones`` workers with a phone each, three programmes and a small form into the store."""
    with db.transaction():
        village = places.add("c1-v1", "village", {"en": "Village", "zh": "村"}, None)
        forms.publish(xlsform.read(_FORM.encode(), f"{FORM_ID}.md", check=False), {}, pack_id="bench")
        for folder in shipped():
            if folder.name in PACKS:
                pack = programmes.install(folder, by=0)
                programmes.switch(village, pack.id, pack.version, by=0)
        return [_phone(n, village) for n in range(phones)]


def _phone(n: int, village: int) -> Phone:
    user = access.add_user(f"bench{n}", f"bench{n}", "worker", "a good long word")
    access.serve(user, village, date(2020, 1, 1))
    return Phone(user, access.add_device(user, "app"), access.add_collect_device(user, "other"))
