"""Names that parts of a pack call each other by: each must be there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from doorstep.engine.model.pack import EpisodeDef, FormUse, Pack
from doorstep.engine.model.planned import At
from doorstep.engine.packs.reports import wrong_periods
from doorstep.engine.packs.yaml_file import Found, near

_ID = re.compile(r"[a-z][a-z0-9_]*")
_SUBJECTS = ("person", "household")
_DAYS = ("date", "dateTime", "today", "start", "end", "calculate")


def check_references(pack: Pack, found: Found) -> None:
    """Add a problem for every name that leads nowhere, stands twice, or is not a sound id."""
    names = _Names(pack, found)
    _check_ids(pack, found)
    _check_forms(pack, names)
    _check_care(pack, names)
    for episode in pack.episodes.values():
        item = f"episode {episode.id}"
        for form in (episode.opens, *episode.closes, *episode.visits, *episode.stays_open_forms):
            names.form(form, episode.at, item)
        _check_pictures(episode, names)
    for fact in pack.facts.values():
        names.subject(fact.of, fact.rule.at, f"fact {fact.id}")
    _check_contacts(pack, names)
    _check_figures(pack, names)
    for advice in pack.advice:
        item = f"advice {advice.say}"
        names.form(advice.form, advice.at, item)
        names.one("unknown_word", advice.say, list(pack.words), advice.at, item)


class _Names:
    def __init__(self, pack: Pack, found: Found):
        self.pack = pack
        self.found = found
        self.known_forms = list(dict.fromkeys([*pack.forms, *pack.files]))

    def one(self, code: str, name: str, known: Sequence[str], at: At, item: str) -> bool:
        """True when ``name`` is known or was not given at all."""
        if not name or name in known:
            return True
        self.found.add(code, at, item, name=name, near=near(name, known))
        return False

    def form(self, name: str, at: At, item: str) -> bool:
        return self.one("unknown_form", name, self.known_forms, at, item)

    def service(self, name: str, at: At, item: str) -> None:
        self.one("unknown_service", name, list(self.pack.services), at, item)

    def source(self, name: str, at: At, item: str) -> None:
        self.one("unknown_source", name, list(self.pack.sources), at, item)

    def subject(self, name: str, at: At, item: str) -> None:
        self.one("unknown_subject", name, [*self.pack.episodes, *_SUBJECTS], at, item)

    def question(self, form: str, name: str, at: At, item: str) -> bool:
        spec = self.pack.forms.get(form)
        return spec is None or self.one("unknown_question", name, list(spec.by_key), at, item)


def _check_ids(pack: Pack, found: Found) -> None:
    named: list[tuple[str, At, str]] = [(pack.id, At("pack.yaml", 1), "id")]
    named += [(form, At(pack.files.get(form, "")), f"form {form}") for form in pack.forms]
    named += [(e.id, e.at, f"episode {e.id}") for e in pack.episodes.values()]
    named += [(f.id, f.rule.at, f"fact {f.id}") for f in pack.facts.values()]
    named += [(s.id, s.at, f"service {s.id}") for s in pack.services.values()]
    for contacts in pack.schedules.values():
        named += [(c.id, c.at, f"contact {c.id}") for c in contacts]
        for name, times in Counter(c.id for c in contacts).items():
            if times > 1:
                found.add("contact_twice", [c for c in contacts if c.id == name][1].at, f"contact {name}", name=name)
    named += [(i.id, i.at, f"indicator {i.id}") for i in pack.indicators.values()]
    named += [(n.id, n.at, f"number {n.id}") for n in pack.numbers.values()]
    for name, at, item in named:
        if name and not _ID.fullmatch(name):
            found.add("id_unsound", at, item, name=name)


def _check_forms(pack: Pack, names: _Names) -> None:
    for form, file in pack.files.items():
        if form not in pack.uses:
            names.found.add("form_unused", At(file), f"form {form}", form=form)
    for use in pack.uses.values():
        item = f"form {use.form}"
        if not names.form(use.form, use.at, item):
            continue
        names.service(use.service, use.at, item)
        for key in use.prefill:
            names.question(use.form, key, use.prefill[key].at, item)
        _check_subject_and_day(pack, use, names)


def _check_subject_and_day(pack: Pack, use: FormUse, names: _Names) -> None:
    spec = pack.forms.get(use.form)
    if spec is None:
        return
    item = f"form {use.form}"
    if names.question(use.form, use.occurred_on, use.at, item) and use.occurred_on:
        kind = spec.by_key[use.occurred_on].type
        if kind not in _DAYS:
            names.found.add("occurred_on_no_date", use.at, item, name=use.occurred_on, kind=kind)
    creates = any(e.dataset == use.subject and e.creates and not e.path for e in spec.entities)
    if use.who:
        names.question(use.form, use.who, use.at, item)
    elif not creates and use.subject != "place":
        names.found.add("who_missing", use.at, item, subject=use.subject)


def _check_care(pack: Pack, names: _Names) -> None:
    for service in pack.services.values():
        form, _, question = service.care.partition(".")
        item = f"service {service.id}"
        if service.care and names.form(form, service.at, item):
            names.question(form, question, service.at, item)
        if service.offered and not service.care:
            names.found.add("offered_without_care", service.at, item)


def _check_pictures(episode: EpisodeDef, names: _Names) -> None:
    """The facts a strip is drawn from, and the questions of a trend or a sheet."""
    item = f"episode {episode.id}"
    for fact in (episode.strip.start, episode.strip.end) if episode.strip else ():
        names.one("unknown_fact", fact, list(names.pack.facts), episode.at, item)
    lines = [line for trend in episode.trends for line in trend.lines] + list(episode.sheet)
    for address in (address for line in lines for address in line.of):
        form, _, question = address.partition(".")
        if names.form(form, episode.at, item):
            names.question(form, question, episode.at, item)


def _check_contacts(pack: Pack, names: _Names) -> None:
    for contacts in pack.schedules.values():
        for contact in contacts:
            item = f"contact {contact.id}"
            names.form(contact.form, contact.at, item)
            names.subject(contact.of, contact.at, item)
            names.service(contact.service, contact.at, item)
            names.source(contact.source, contact.at, item)
            names.one("unknown_table", contact.for_each, list(pack.tables), contact.at, item)
            for other in contact.supersedes:
                names.one("unknown_contact", other, [c.id for c in contacts], contact.at, item)


def _check_figures(pack: Pack, names: _Names) -> None:
    for indicator in pack.indicators.values():
        item = f"indicator {indicator.id}"
        names.source(indicator.source, indicator.at, item)
        names.service(indicator.service, indicator.at, item)
        for measure in filter(None, (indicator.numerator, indicator.denominator)):
            _check_over(measure.over, names, measure.at, item)
    for report in pack.reports.values():
        for name in report.indicators:
            names.one("unknown_indicator", name, list(pack.indicators), report.at, f"report {report.id}")
        chosen = (v.source for v in (*report.year_starts, *report.week_ends))
        for source in _once((*chosen, *(one.source for one in report.hand_in))):
            names.source(source, report.at, f"report {report.id}")
        for indicator, period in wrong_periods(pack, report):
            args = {"indicator": indicator.id, "period": period}
            names.found.add("wrong_period", report.at, f"report {report.id}", **args)
    for number in pack.numbers.values():
        for source in _once(v.source for v in number.values):
            names.source(source, number.at, f"number {number.id}")


def _check_over(over: str, names: _Names, at: At, item: str) -> None:
    """What an indicator counts: a subject, or the entries of a form."""
    names.one("unknown_subject", over, [*names.pack.episodes, *_SUBJECTS, *names.known_forms], at, item)


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
