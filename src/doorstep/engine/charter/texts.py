"""Every text of a pack that a person may read, and every name in it, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from doorstep.engine.charter.lexicon import plain, policing_meanings
from doorstep.engine.charter.places import at, in_folder, in_form
from doorstep.engine.model.pack import EpisodeDef, IndicatorDef, Pack
from doorstep.engine.model.planned import At, ContactDef
from doorstep.engine.model.spec import FormSpec, Question, Text
from doorstep.engine.outputs.tags import PREGNANCY
from doorstep.lib.problems import Where


@dataclass(frozen=True, slots=True)
class Said:
    """One text. ``means`` is the meaning stated for it, '' when none."""

    text: str
    where: Where
    means: str = ""


def texts_of_pack(pack: Pack) -> Iterator[Said]:
    """All of them, names (ids) included, in every language."""
    here = at(pack, At(), f"pack {pack.id}")
    yield from _said(here, (pack.id,), pack.titles, pack.about)
    for form in pack.forms:
        yield from texts_of_form(pack, form)
    yield from _said_of_parts(pack)
    for contacts in pack.planned():
        for contact in contacts:
            yield from _said(at(pack, contact.at, f"contact {contact.id}"), words_of_contact(contact))
    for indicator in pack.indicators.values():
        yield from _said(at(pack, indicator.at, f"indicator {indicator.id}"), words_of_indicator(indicator))
    for report in pack.reports.values():
        yield from _said(at(pack, report.at, f"report {report.id}"), (report.id,), report.title)
        for part, text, place in report.texts():
            yield from _said(at(pack, place, part), (), text)
    for picture in pack.pictures.values():
        yield from _said(
            at(pack, picture.at, f"picture {picture.id}"),
            (picture.id,),
            picture.title,
            picture.note,
            *(s.title for s in picture.steps),
        )
    for number in pack.numbers.values():
        yield from _said(at(pack, number.at, f"number {number.id}"), (number.id, number.unit), number.title)
    yield from _said_of_tables(pack)
    for word, text in pack.words.items():
        yield from _said(in_folder(pack, "words", f"word {word}"), (word,), text)
    yield from _said_of_methods(pack)
    for case in pack.cases:
        yield from _said(at(pack, case.at, f"case {case.id}"), (case.id,), case.sentence)


def texts_of_form(pack: Pack, form: str) -> Iterator[Said]:
    """A form's own words and those of its questions and choices."""
    spec = pack.forms[form]
    use = pack.uses.get(form)
    yield from _said(in_form(pack, form), (form,), spec.titles, use.title if use else {})
    for group in spec.groups:
        yield from _said(in_form(pack, form), group.path[-1:], group.labels)
    for question in spec.questions:
        stated = question.means or _meaning_of_service(pack, form, question)
        yield from _said(in_form(pack, form, question), words_of_question(spec, question), means=stated)


def words_of_question(spec: FormSpec, question: Question) -> tuple[str, ...]:
    """What a question and its choices say."""
    choices = spec.choices.get(question.list_name, ())
    return (
        question.name,
        *question.labels.values(),
        *question.hints.values(),
        *question.constraint_message.values(),
        *question.required_message.values(),
        *(word for choice in choices for word in (choice.name, *choice.labels.values())),
    )


def words_of_contact(contact: ContactDef) -> tuple[str, ...]:
    return (contact.id, *contact.title.values(), *contact.why.values())


def words_of_indicator(indicator: IndicatorDef) -> tuple[str, ...]:
    return (indicator.id, *indicator.title.values(), *indicator.note.values())


def words_of_form(pack: Pack, form: str) -> tuple[str, ...]:
    """Name and titles of a form, its questions left out."""
    spec, use = pack.forms.get(form), pack.uses.get(form)
    return (form, *(spec.titles.values() if spec else ()), *(use.title.values() if use else ()))


def words_of_service(pack: Pack, service: str) -> tuple[str, ...]:
    found = pack.services.get(service)
    return (service, *(found.title.values() if found else ()))


def _meaning_of_service(pack: Pack, form: str, question: Question) -> str:
    """A question of pregnancy, in a form of a service that names itself, means what the service says."""
    use = pack.uses.get(form)
    if question.tag != PREGNANCY or use is None or not use.service:
        return ""
    service = words_of_service(pack, use.service)
    meant = (m.means_as for m in policing_meanings() if m.stated and any(m.stated.search(plain(w)) for w in service))
    return next(meant, "")


def _said_of_parts(pack: Pack) -> Iterator[Said]:
    for source in pack.sources.values():
        yield from _said(in_folder(pack, "pack.yaml", f"source {source.id}"), (source.id,), source.title)
    for service in pack.services.values():
        yield from _said(at(pack, service.at, f"service {service.id}"), (service.id,), service.title)
    for episode in pack.episodes.values():
        yield from _said(at(pack, episode.at, f"episode {episode.id}"), (episode.id,), *_words_of_episode(episode))
    for series in pack.series.values():
        yield from _said(at(pack, series.at, f"series {series.id}"), (series.id,), series.title)
        yield from _said(at(pack, series.at, f"series {series.id}, card"), (), *(c.title for c in series.card))
    for fact in pack.facts.values():
        yield from _said(at(pack, fact.rule.at, f"fact {fact.id}"), (fact.id,), fact.title)
    for schedule, title in pack.schedule_titles.items():
        yield from _said(in_folder(pack, "schedules", f"schedule {schedule}"), (schedule,), title)


def _words_of_episode(episode: EpisodeDef) -> Iterator[Text]:
    yield episode.title
    for trend in episode.trends:
        yield trend.title
        yield from (line.title for line in trend.lines)


def _said_of_tables(pack: Pack) -> Iterator[Said]:
    for table in pack.tables.values():
        cells = (value for row in table.rows for value in row.values() if isinstance(value, str))
        yield from _said(at(pack, table.at, f"table {table.id}"), (table.id, *table.columns, *dict.fromkeys(cells)))


def _said_of_methods(pack: Pack) -> Iterator[Said]:
    for method in pack.methods.values():
        note = method.figures.note if method.figures else {}
        where = in_folder(pack, "methods", f"method {method.id}")
        yield from _said(where, (method.id,), *method.said().values(), note)
    for table in pack.safety.values():
        where = in_folder(pack, "safety", f"safety {table.id}")
        yield from _said(where, (table.id,), table.title, *(c.title for c in table.conditions))
        yield from _said(where, (c.id for c in table.conditions))


def _said(where: Where, names: Iterable[str], *texts: Text, means: str = "") -> Iterator[Said]:
    for text in (*names, *(text for words in texts for text in words.values())):
        if text:
            yield Said(text, where, means)
