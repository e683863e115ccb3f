"""C3, C7 and C9 in packs: what may be planned, advised and counted about a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from doorstep.engine.charter.lexicon import plain, said_in
from doorstep.engine.charter.places import at, in_form
from doorstep.engine.charter.texts import (
    words_of_contact,
    words_of_form,
    words_of_indicator,
    words_of_question,
    words_of_service,
)
from doorstep.engine.model.pack import AdviceDef, EpisodeDef, IndicatorDef, Pack
from doorstep.engine.model.planned import ContactDef, SeriesDef
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.engine.outputs.ground import Ground, Reach, forms_of
from doorstep.engine.outputs.tags import CHOICE, NEVER_SORTS, PREGNANCY
from doorstep.lib.problems import Problem, Where

# A pregnancy ends in one of these, nothing finer.
ENDS_OF_PREGNANCY = frozenset({"birth", "ended"})

_PREGNANCY_WORDS = re.compile(r"孕|妊娠|分娩|产妇|pregnan|gestation|antenatal|prenatal|maternity|maternal")
# Questions that are only ever asked of a pregnancy, however the form calls itself.
_PREGNANCY_ASKED = re.compile(
    r"预产期|胎心|胎动|胎位|宫高|(?:expected|due) (?:day|date) of (?:birth|delivery)|fo?etal heart|fundal"
)
_CHOOSES = ("select_one", "select_multiple", "rank")
_MISSING = re.compile(r"\bis_missing\s*\(|\bis\s+null\b", re.IGNORECASE)


def check_care(pack: Pack, ground: Ground) -> Iterator[Problem]:
    """Every breach of C3, C7 and C9 in what ``pack`` plans, advises and counts."""
    for contacts in pack.planned():
        for contact in contacts:
            yield from _contact(pack, contact, ground)
    for series in pack.series.values():
        yield from _series(pack, series, ground)
    for index, advice in enumerate(pack.advice):
        yield from _advice(pack, advice, index, ground)
    for indicator in pack.indicators.values():
        yield from _indicator(pack, indicator, ground)
    for service in pack.services.values():
        yield from _irreversible(at(pack, service.at, f"service {service.id}"), words_of_service(pack, service.id))
        yield from _must_accept(at(pack, service.at, f"service {service.id}"), words_of_service(pack, service.id))
    for episode in pack.episodes.values():
        yield from _episode(pack, episode, ground)
    yield from _consents(pack, ground)


def _contact(pack: Pack, contact: ContactDef, ground: Ground) -> Iterator[Problem]:
    where = at(pack, contact.at, f"contact {contact.id}")
    if contact.service not in pack.services:
        yield Problem("charter.contact_without_service", where, {"clause": "C3", "service": contact.service})
    episode = pack.episodes.get(contact.of)
    in_pregnancy = episode is not None and is_pregnancy(pack, episode, ground)
    own = (*words_of_contact(contact), *words_of_service(pack, contact.service), *words_of_form(pack, contact.form))
    yield from _must_accept(where, own)
    asked = _words_asked(pack, contact.form)
    if not in_pregnancy and (words := said_in("before_pregnancy", (*own, *asked))):
        yield Problem("charter.reminder_before_pregnancy", where, {"clause": "C3", "words": words})
    yield from _irreversible(where, (*own, *asked))
    closes_own = episode is not None and contact.form in episode.closes
    if contact.form in ground.closing_forms and (in_pregnancy or not closes_own):
        yield Problem("charter.chases_the_end", where, {"clause": "C7"})
    reach = ground.of_contact(pack, contact)
    yield from _sorts_people(where, reach)
    if reach_of_ends(reach, ground, *filter(None, (episode,))):
        yield Problem("charter.time_since_birth", where, {"clause": "C9"})


def _series(pack: Pack, series: SeriesDef, ground: Ground) -> Iterator[Problem]:
    """Every rule of a series, those that do not stand in its planned visits too."""
    where = at(pack, series.at, f"series {series.id}")
    reach = ground.reach({(source.form, "") for source in series.doses})
    for rule in series.rules:
        reach |= ground.of_rule(pack, rule, form=series.form, of=series.of)
    yield from _sorts_people(where, reach)
    own = (pack.episodes[series.of],) if series.of in pack.episodes else ()
    if reach_of_ends(reach, ground, *own):
        yield Problem("charter.time_since_birth", where, {"clause": "C9"})


def _advice(pack: Pack, advice: AdviceDef, index: int, ground: Ground) -> Iterator[Problem]:
    where = at(pack, advice.at, f"advice {advice.say}")
    words = (advice.say, *pack.words.get(advice.say, {}).values())
    yield from _irreversible(where, words)
    if not _in_pregnancy(pack, advice.form, ground) and (found := said_in("before_pregnancy", words)):
        yield Problem("charter.reminder_before_pregnancy", where, {"clause": "C3", "words": found})
    reach = ground.of_advice(pack, index)
    yield from _sorts_people(where, reach)
    if reach_of_ends(reach, ground, *(e for e in pack.episodes.values() if advice.form in forms_of(e))):
        yield Problem("charter.time_since_birth", where, {"clause": "C9"})


def _indicator(pack: Pack, indicator: IndicatorDef, ground: Ground) -> Iterator[Problem]:
    where = at(pack, indicator.at, f"indicator {indicator.id}")
    reach = ground.of_indicator(pack, indicator)
    touched = (
        word
        for form, key in reach.items
        if form in pack.forms and key
        for question in pack.forms[form].questions
        if key.replace("/", ".").split(".")[-1] == question.name
        for word in words_of_question(pack.forms[form], question)
    )
    yield from _irreversible(where, (*words_of_indicator(indicator), *touched))
    if said := said_in("decline", (indicator.id, *indicator.title.values())):
        yield Problem("charter.tells_of_declines", where, {"clause": "C4", "words": said})
    measures = [m for m in (indicator.numerator, indicator.denominator) if m is not None]
    for breakdown in indicator.breakdowns:
        reach |= ground.of_rule(pack, breakdown)
    yield from _sorts_people(where, reach)
    for measure in measures:
        over = [pack.episodes[measure.over]] if measure.over in pack.episodes else []
        if reach_of_ends(ground.of_measure(pack, measure), ground, *over):
            yield Problem("charter.time_since_birth", where, {"clause": "C9"})
        may_ask = [episode for episode in over if not is_pregnancy(pack, episode, ground)]
        for rule in (r for r in (measure.sum, measure.where) if r is not None):
            named = ground.of_rule(pack, rule, of=measure.over)
            if _MISSING.search(rule.text) and reach_of_ends(named, ground, *may_ask):
                yield Problem("charter.counts_missing_ends", at(pack, rule.at, where.item), {"clause": "C7"})


def reach_of_ends(reach: Reach, ground: Ground, *own_care: EpisodeDef) -> bool:
    """Whether something rests on how or when a pregnancy closed, or care that may be one: nobody has reviewed it.

    What belongs to ``own_care`` may know the end of that very care.
    """
    own = {form for episode in own_care for form in episode.closes}
    return any(form in ground.closing_forms and form not in own for form, _ in reach.items)


def _sorts_people(where: Where, reach: Reach) -> Iterator[Problem]:
    for tag in sorted(reach.tags & NEVER_SORTS):
        columns = ", ".join(sorted(".".join(filter(None, item)) for item in reach.items))
        yield Problem("charter.sorts_people", where, {"clause": "C9", "tag": tag, "column": columns})


def _irreversible(where: Where, words: Iterable[str]) -> Iterator[Problem]:
    if found := said_in("irreversible", words):
        yield Problem("charter.irreversible_planned", where, {"clause": "C7", "words": found})


def _must_accept(where: Where, words: Iterable[str]) -> Iterator[Problem]:
    if found := said_in("must_accept", words):
        yield Problem("charter.cannot_decline", where, {"clause": "C3", "words": found})


def is_pregnancy(pack: Pack, episode: EpisodeDef, ground: Ground) -> bool:
    """Whether the episode is a pregnancy: by a tag declared or counting in its forms, or by its words."""
    forms = [f for f in (episode.opens, *episode.closes) if f in pack.forms]
    tags = {tag for form in forms for tag in ground.question_tags.get(form, {}).values()}
    declared = {question.tag for form in forms for question in pack.forms[form].questions}
    words = (episode.id, *episode.title.values(), *(w for form in forms for w in words_of_form(pack, form)))
    asked = (word for form in forms_of(episode) for word in _words_asked(pack, form))
    return (
        PREGNANCY in tags | declared
        or any(_PREGNANCY_WORDS.search(plain(word)) for word in words)
        or any(_PREGNANCY_ASKED.search(plain(word)) for word in asked)
    )


def _in_pregnancy(pack: Pack, form: str, ground: Ground) -> bool:
    return any(form in forms_of(e) and is_pregnancy(pack, e, ground) for e in pack.episodes.values())


def _episode(pack: Pack, episode: EpisodeDef, ground: Ground) -> Iterator[Problem]:
    yield from _irreversible(at(pack, episode.at, f"episode {episode.id}"), (episode.id, *episode.title.values()))
    pregnancy = is_pregnancy(pack, episode, ground)
    if not pregnancy and not ground.guards(episode):
        return
    if pregnancy and episode.ends_by_itself is None:
        yield Problem("charter.never_ends", at(pack, episode.at, f"episode {episode.id}"), {"clause": "C7"})
    for form in (f for f in forms_of(episode) if f in pack.forms):
        spec = pack.forms[form]
        for question in (q for q in spec.questions if q.type.startswith(_CHOOSES)):
            closing = pregnancy and form in episode.closes
            yield from _outcome(spec, question, in_form(pack, form, question), closing)


def _outcome(spec: FormSpec, question: Question, where: Where, closing: bool) -> Iterator[Problem]:
    choices = spec.choices.get(question.list_name, ())
    names = [choice.name for choice in choices]
    said = [word for choice in choices for word in (choice.name, *choice.labels.values())]
    if words := said_in("finer_outcome", said):
        yield Problem("charter.finer_outcome", where, {"clause": "C7", "words": words})
    elif closing and not question.repeat and _asks_the_end(question, names) and set(names) != ENDS_OF_PREGNANCY:
        extra = ", ".join(sorted(set(names) ^ ENDS_OF_PREGNANCY))
        yield Problem("charter.finer_outcome", where, {"clause": "C7", "words": extra})


def _asks_the_end(question: Question, names: Sequence[str]) -> bool:
    asked = said_in("outcome_question", (question.name, *question.labels.values()))
    return bool(asked or ENDS_OF_PREGNANCY & set(names))


def _consents(pack: Pack, ground: Ground) -> Iterator[Problem]:
    """No field by which somebody else agrees to a woman's choice or pregnancy care."""
    for form, spec in pack.forms.items():
        tags = set(ground.question_tags.get(form, {}).values()) | {q.tag for q in spec.questions}
        if not tags & {CHOICE, PREGNANCY}:
            continue
        for question in spec.questions:
            if words := said_in("others_consent", words_of_question(spec, question)):
                where = in_form(pack, form, question)
                yield Problem("charter.consent_of_others", where, {"clause": "C7", "words": words})


def _words_asked(pack: Pack, form: str) -> tuple[str, ...]:
    spec = pack.forms.get(form)
    return tuple(word for q in spec.questions for word in words_of_question(spec, q)) if spec else ()
