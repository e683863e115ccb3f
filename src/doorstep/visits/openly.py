"""What may be said of a planned visit where others read it: on paper that lies about, or on a family's own card.

Only services offered to everybody of an age, which nobody signed up for, are named, and only when being due for one tells
nothing stricter than ordinary health. Every other visit reads the same, whatever it is for (charter C18).
"""

from __future__ import annotations

from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import Text
from doorstep.engine.outputs.tags import no_stricter_than
from doorstep.programmes import tags
from doorstep.programmes.library import Programme, programmes

MAY_TELL = "sensitive.health"

_known: dict[tuple[object, ...], frozenset[str]] = {}


def named_at(place_id: int | None, pack_id: str, contact: str) -> Text | None:
    """The title of the service a visit belongs to, when others may read it; None when they may not."""
    for programme in programmes().at(place_id):
        if programme.pack.id == pack_id:
            service = open_contacts(programme).get(contact)
            return programme.pack.services[service].title if service else None
    return None


def open_contacts(programme: Programme) -> dict[str, str]:
    """Planned visits of a programme that may be named where others read → their service."""
    own = (*programme.pack.schedules.get(programme.schedule, ()), *programme.pack.series_contacts())
    return {c.id: c.service for c in own if c.service in _open_services(programme)}


def _open_services(programme: Programme) -> frozenset[str]:
    """Worked out once per process: a pack of one digest changes only by the tags two people accepted."""
    key = (programme.pack.digest, programme.schedule, tags.acceptances())
    if key not in _known:
        _known[key] = frozenset(s for s, told in _told(programme).items() if told <= no_stricter_than(MAY_TELL))
    return _known[key]


def _told(programme: Programme) -> dict[str, frozenset[str]]:
    """Offered service → everything that being due for any of its visits tells."""
    pack: Pack = programme.pack
    ground = tags.ground([pack])
    found: dict[str, frozenset[str]] = {s.id: frozenset() for s in pack.services.values() if s.offered}
    for contact in (*pack.schedules.get(programme.schedule, ()), *pack.series_contacts()):
        if contact.service in found:
            found[contact.service] |= ground.of_contact(pack, contact).tags
    return found
