"""Which forms a phone is given, and what it needs to know of each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.http import Http404

from doorstep.access.permissions import Actor
from doorstep.engine.model.pack import EpisodeDef, FormUse
from doorstep.engine.model.spec import FormSpec
from doorstep.forms import media
from doorstep.forms.builtin import SERVICE_END, SERVICE_WANTED
from doorstep.forms.queries import Library, Published, library
from doorstep.lib import days
from doorstep.programmes.library import Programme, programmes
from doorstep.web.field.kept import Told, form_title
from doorstep.web.worker.fill import fillable, path_of
from doorstep.web.worker.find import around_clinic
from doorstep.web.worker.offers import over_at_once, pressed

ENDINGS = (SERVICE_END, SERVICE_WANTED)
OLDEST_DAYS = 120 * 366  # nobody is older
_WHO, _ON = "person", "on"  # questions of the program's own two forms that end a service and want it again


def kept_forms(actor: Actor) -> list[Told]:
    """The forms of every programme where the member works, the member's own, and the two that end a service and want it
    again."""
    here = programmes_of(actor)
    uses = {use.form: (programme, use) for programme in here for use in programme.pack.uses.values()}
    found = []
    for published in mine(actor):
        if published.form_id in uses:
            found.append(_told(published, here, *uses[published.form_id]))
        elif published.owner_id == actor.user_id or published.form_id in ENDINGS:
            found.append(_told(published, here, None, None))
    return found


def mine(actor: Actor) -> Iterator[Published]:
    """Forms this member may fill in on a page or by the press of a button, by id."""
    forms = library()
    for form_id in sorted(forms.current):
        if form_id in ENDINGS and actor.has("care.read"):
            yield forms.current[form_id]
            continue
        try:
            yield fillable(actor, form_id)
        except Http404:
            continue


def programmes_of(actor: Actor) -> list[Programme]:
    """Every programme in force where a member works, each once."""
    found = {one.key: one for place_id in sorted(around_clinic(actor)) for one in programmes().at(place_id)}
    return [found[key] for key in sorted(found)]


def _told(published: Published, here: list[Programme], programme: Programme | None, use: FormUse | None) -> Told:
    forms = library()
    spec = forms.spec(published.form_id, published.version)
    given = media.given(published)
    subject = use.subject if use else ("person" if published.form_id in ENDINGS else "none")
    who = path_of(spec, use.who) if use and use.who else ""
    on = path_of(spec, use.occurred_on) if use and use.occurred_on else ""
    if published.form_id in ENDINGS:
        who, on = path_of(spec, _WHO), path_of(spec, _ON)
    return {
        "id": published.form_id,
        "version": published.version,
        "sha256": _hashed(forms, published.form_id, published.version),
        "title": form_title(forms, published.form_id, use),
        "subject": subject,
        "who": who,
        "on": on,
        "opens": _opens(programme, use),
        "oldest": _oldest(programme, use) if programme and use else None,
        "sex": use.sex if use else "",
        "minutes": use.minutes if use else None,
        "service": use.service if use else "",
        "meets": sorted(_meets(here, published.form_id)),
        "lists": [name for name in spec.attachments if name in media.LISTS_OF_OURS],
        "files": [{"name": name, "sha256": given[name]} for name in media.wanted(spec) if name in given],
    }


def _opens(programme: Programme | None, use: FormUse | None) -> bool:
    if programme is None or use is None or use.form in pressed(programme):
        return False
    return use.on_request or any(episode.opens == use.form for episode in programme.pack.episodes.values())


def _oldest(programme: Programme, use: FormUse) -> int | None:
    """How many days old somebody may be for whom this form begins a course that does not end at once; None for any age."""
    opened = [one for one in programme.pack.episodes.values() if one.opens == use.form and one.of == "person"]
    ages = [_oldest_of(programme, one, days.today()) for one in opened if one.ends_by_itself is not None]
    return max((age for age in ages if age is not None), default=None) if len(ages) == len(opened) else None


def _oldest_of(programme: Programme, definition: EpisodeDef, day: date) -> int | None:
    """Found by asking the programme's own rule of somebody of each age: the phone has no rules of its own."""

    def over(age: int) -> bool:
        return over_at_once("somebody", {"birth_date": day - timedelta(days=age)}, programme, definition, day)

    low, high = 0, OLDEST_DAYS
    if over(low) or not over(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if over(middle) else (middle, high)
    return low


def _meets(here: list[Programme], form_id: str) -> set[str]:
    """The planned visits that this form meets by its day alone. What also rests on an answer (which dose was given) a phone
    cannot tell: there is no rule engine on it."""
    return {
        f"{programme.pack.id}/{contact.id}"
        for programme in here
        for contact in programme.pack.schedules.get(programme.schedule, ())
        if contact.form == form_id and contact.settled_by is None
    }


@lru_cache(maxsize=1024)
def _hashed(forms: Library, form_id: str, version: str) -> str:
    return hashlib.sha256(forms.xml(form_id, version).encode()).hexdigest()


def asked_for(actor: Actor, form_id: str, version: str) -> tuple[Published, FormSpec]:
    """A form version this member's phone may fetch. Raises Http404."""
    published: Any = library().versions.get((form_id, version))
    if published is None or form_id not in {one.form_id for one in mine(actor)}:
        raise Http404
    return published, library().spec(form_id, version)
