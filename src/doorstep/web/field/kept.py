"""One person or family in the words of the contract (``front/src/field/pulled.ts``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import orjson
from django.http import Http404
from django.utils.translation import gettext as _

from doorstep.access.queries import staff
from doorstep.engine.model.pack import FormUse
from doorstep.engine.model.spec import Text
from doorstep.engine.outputs.tags import NEVER_SORTS
from doorstep.forms.queries import APPLIED, Library, StoredEntry, library
from doorstep.lib import sealed
from doorstep.register.fold import HouseholdRow
from doorstep.register.search import spelled
from doorstep.visits.queries import DueVisit
from doorstep.web import said
from doorstep.web.field.drawn import cards, grown
from doorstep.web.field.held import Held
from doorstep.web.reader import language
from doorstep.web.worker.consents import unsaid_of
from doorstep.web.worker.fill import fillable, household_line, path_of, person_line, prefilled
from doorstep.web.worker.offers import Offer, care_forms, openings, register_forms
from doorstep.web.worker.pictures import ahead
from doorstep.web.worker.records import IDENTITY, answers_said
from doorstep.web.worker.sheet import sheet_of
from doorstep.web.worker.story import Course

MOST_RECORDS = 12  # of one person; the earlier ones stand on her page, with a network
TELLS_WHO = frozenset({"phone", "birth_date", "sex"})  # what of her line is not told of somebody who is not listed
Told = dict[str, Any]


def family(home: HouseholdRow) -> Told:
    """A household of the member's own area."""
    return {
        "id": home.id,
        "v": home.version,
        "place": home.place_id,
        "number": home.number,
        "address": home.address if home.listed else "",
        "listed": home.listed,
        "visits": home.visits,
        "row": household_line(home),
    }


def person(one: Held, today: date) -> Told:
    """A person with everything the member may know of her."""
    row, named = one.person, bool(one.person.listed)
    wish = "" if row.reach in ("", "any") else str(said.REACH.get(row.reach, ""))
    line = person_line(row)
    if not named:
        number = _("No. %(number)s") % {"number": one.home.number} if one.home else _("Not listed by name")
        line = {key: value for key, value in line.items() if key not in TELLS_WHO} | {"label": number}
    phone = sealed.opened(row.phone) if named and row.reach in said.MAY_BE_CALLED else ""
    return {
        "id": row.id,
        "v": row.version,  # of the register alone: no count of what was said of a service (charter C4)
        "family": one.home.id if one.home and one.within.by_place else None,
        "place": row.place_id,
        "name": row.name if named else "",
        "listed": named,
        "sex": row.sex if named else "",
        "born": row.birth_date if named else None,
        "phone": phone,
        "wish": wish,
        "here": row.is_here,
        "find": spelled(row.name, phone) if named else "",
        "row": line,
        "visits": [_visit(one, visit) for visit in one.visits if not _far(visit, today)],
        "courses": [told for course in one.courses if (told := _course(one, course)) is not None],
        "forms": list(_forms(one, today)),
        "services": [
            {"id": service.id, "title": service.title, "ended": ending.ended_on} for service, ending in one.services
        ],
        "cards": list(cards(one, today)),
        "grown": grown(one),
        "records": [_record(one, entry) for entry in one.records()[:MOST_RECORDS]],
    }


def _far(visit: DueVisit, today: date) -> bool:
    """What comes years from now with age is not put on a phone. The bound moves with the year, when phones begin anew."""
    return visit.from_on is not None and visit.from_on > date(today.year + 2, 1, 31)


def _visit(one: Held, visit: DueVisit) -> Told:
    planned = visit.planned
    return {
        "key": "|".join((visit.pack_id, visit.contact, visit.episode, str(visit.k))),
        "pack": visit.pack_id,
        "contact": visit.contact,
        "form": visit.form_id,
        "service": visit.service,
        "title": planned.title if planned else {"zh": visit.contact, "en": visit.contact},
        "from": visit.from_on,
        "due": visit.due_on,
        "until": visit.until_on,
        "ends": visit.ends_on,
        "recurring": bool(visit.recurring),
        "priority": visit.priority,
        "mine": True,
        "met": visit.met_on,
        "why": [] if visit.met_by else list(_why(one, visit)),
    }


def _why(one: Held, visit: DueVisit) -> Iterator[str]:
    """Why this visit: its sentence, what must be known first, the norm it rests on. The steps stand on her page."""
    programme = next((p for p in one.programmes if p.pack.id == visit.pack_id), None)
    if programme is None or visit.planned is None:
        return
    pack = programme.pack
    if sentence := programme.rules.sentence(one.plans[pack.id], visit.window, language()):
        yield sentence
    need = [
        said.text(pack.facts[name].title) for name in visit.window.need if name in pack.facts and pack.facts[name].title
    ]
    if need:
        yield _("We first need to know:") + " " + _(", ").join(need)
    source = pack.sources.get(visit.planned.source)
    if source is not None:
        yield _("Source:") + " " + said.text(source.title)


def _course(one: Held, course: Course) -> Told | None:
    way = ahead(course)
    known = [[said.text(line.title), line.value, line.on] for line in sheet_of(one, course)]
    if way is None and not known:
        return None
    return {
        "title": course.definition.title,
        "headline": way.end_words if way else "",
        "counts": {"since": way.start, "unit": way.unit} if way else None,
        "known": known,
    }


def _forms(one: Held, today: date) -> Iterator[Told]:
    seen: set[str] = set()
    asked = openings(one, today)
    for part, offers in (("care", care_forms(one, today)), ("asked", asked), ("own", register_forms(one))):
        for offer in offers:
            if offer.form_id not in seen and (told := _fillable(one, offer, part)) is not None:
                seen.add(offer.form_id)
                yield told


def _fillable(one: Held, offer: Offer, part: str) -> Told | None:
    use = one.use_of(offer.form_id)
    try:
        published = fillable(one.within.actor, offer.form_id)
    except Http404:
        return None
    if use is None:
        return None
    spec = library().spec(published.form_id, published.version)
    known: dict[str, str] = {}
    if use.service in one.within.services:
        known = {path_of(spec, key): value for key, value in prefilled(one, use).items()}
    return {"form": offer.form_id, "part": part, "prefill": known}


def _record(one: Held, entry: StoredEntry) -> Told:
    forms = one.world.library
    spec = forms.spec(entry.form_id, entry.form_version)
    author = staff().by_id.get(entry.author_id)
    unsaid = unsaid_of(one)
    answers = {key: value for key, value in orjson.loads(entry.answers).items() if key not in unsaid}
    without = NEVER_SORTS if one.person.listed else NEVER_SORTS | IDENTITY
    lines = answers_said(spec, answers, without)
    return {
        "seq": entry.seq,
        "id": entry.instance_id,
        "form": entry.form_id,
        "title": form_title(forms, entry.form_id, one.use_of(entry.form_id)),
        "on": entry.occurred_on,
        "by": author.name if author else "",
        "stands": "in force" if entry.state == APPLIED else "review",
        "lines": [[line.question, line.answer] for line in lines],
    }


def form_title(forms: Library, form_id: str, use: FormUse | None) -> Text:
    """A form's name by language: its programme's words, else the form's own; one title in both is cut at the dot."""
    if use is not None and use.title:
        return use.title
    titles: Mapping[str, str] = forms.current[form_id].titles
    found = {}
    for at, lang in ((0, "zh"), (-1, "en")):
        both = titles.get(lang) or titles.get("default") or next(iter(titles.values()), form_id)
        found[lang] = both.split(" · ")[at]
    return found
