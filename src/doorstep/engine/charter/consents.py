"""C12 and C13 in packs: consent free and for its own purpose, no papers, a child's guardian, an adolescent's confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from doorstep.engine.charter.lexicon import said_in
from doorstep.engine.charter.places import at, in_folder, in_form
from doorstep.engine.charter.steps import required_in
from doorstep.engine.charter.texts import words_of_contact, words_of_form, words_of_service
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.engine.outputs.ground import Ground, Reach
from doorstep.engine.outputs.tags import CHOICE, address
from doorstep.lib.problems import Problem, Where

CONFIDENTIAL = frozenset({CHOICE, "sensitive.violence", "sensitive.hiv", "sensitive.mental"})
"""What an adolescent tells in confidence; said of a tag as stated, for what nobody tagged may be anything."""

_AGREES = frozenset({"yes", "no", "agree", "agreed", "refused", "true", "false", "1", "0"})


def check_consents(pack: Pack, ground: Ground) -> Iterator[Problem]:
    """Every breach of C12 and C13 in ``pack``."""
    for form, spec in pack.forms.items():
        must = required_in(spec)
        for question in spec.questions:
            where = in_form(pack, form, question)
            yield from _papers(spec, question, question.required or question.path in must, ground, where)
            yield from _unfree(where, _said(question))
        yield from _forced(pack, spec, must)
        yield from _guardians(pack, spec)
    for contacts in pack.planned():
        for contact in contacts:
            where, said = at(pack, contact.at, f"contact {contact.id}"), words_of_contact(contact)
            yield from _papers_named(where, said)
            yield from _unfree(where, said)
            yield from _other_purpose(pack, ground.of_contact(pack, contact), contact.service, where)
    for service in pack.services.values():
        where, said = at(pack, service.at, f"service {service.id}"), words_of_service(pack, service.id)
        yield from _papers_named(where, said)
        yield from _unfree(where, said)
    for word, text in pack.words.items():
        where = in_folder(pack, "words", f"word {word}")
        yield from _papers_named(where, text.values())
        yield from _unfree(where, text.values())
    for index, advice in enumerate(pack.advice):
        of = pack.uses[advice.form].service if advice.form in pack.uses else ""
        where = at(pack, advice.at, f"advice {advice.say}")
        yield from _other_purpose(pack, ground.of_advice(pack, index), of, where)
        if _is_confidential(pack.forms.get(advice.form)):
            yield from _tells(where, pack.words.get(advice.say, {}).values())


# --- C12 ------------------------------------------------------------------------------------------------------
def _papers(spec: FormSpec, question: Question, must: bool, ground: Ground, where: Where) -> Iterator[Problem]:
    """A paper or number nobody gets on without. What a claimant shows for a claim is another matter."""
    counts = ground.question_tags.get(spec.form_id, {}).get(address(question), CHOICE)
    if counts == "claim" or not (found := said_in("papers", (question.name, *question.labels.values()))):
        return
    if must or _gates(spec, question):
        yield Problem("charter.needs_papers", where, {"clause": "C12", "words": found})


def _gates(spec: FormSpec, question: Question) -> bool:
    """Whether anything else in the form waits for this answer."""
    named = (f"${{{question.name}}}", f"/{question.name} ", f"/{question.name})", f"/{question.name}=")
    rules = [rule for q in spec.questions if q is not question for rule in (q.relevant, q.constraint)]
    rules += [group.relevant for group in spec.groups]
    return any(name in f"{rule} " for rule in rules for name in named)


def _papers_named(where: Where, words: Iterable[str]) -> Iterator[Problem]:
    if found := said_in("papers_wanted", words):
        yield Problem("charter.needs_papers", where, {"clause": "C12", "words": found})


def _unfree(where: Where, words: Iterable[str]) -> Iterator[Problem]:
    if found := said_in("unfree_consent", words):
        yield Problem("charter.consent_not_free", where, {"clause": "C12", "words": found})


def _forced(pack: Pack, spec: FormSpec, must: set[tuple[str, ...]]) -> Iterator[Problem]:
    """A form that begins a service asks for that service alone: one question may want a yes, no second one."""
    opens = any(episode.opens == spec.form_id for episode in pack.episodes.values()) or any(
        entity.creates for entity in spec.entities
    )
    wanting = [
        q for q in spec.questions if (q.required or q.path in must) and is_consent(spec, q) and _only_yes(spec, q)
    ]
    for question in wanting[1:] if opens else wanting:
        args = {"clause": "C12", "words": next(iter(question.labels.values()), question.name)}
        yield Problem("charter.consent_not_free", in_form(pack, spec.form_id, question), args)


def _only_yes(spec: FormSpec, question: Question) -> bool:
    choices = spec.choices.get(question.list_name, ())
    return (question.type == "select_one" and len(choices) == 1) or question.constraint.replace(" ", "").startswith(
        ".="
    )


def is_consent(spec: FormSpec, question: Question) -> bool:
    """Whether the question asks somebody to agree to something: by its words, to be answered with yes or no."""
    answers = {choice.name for choice in spec.choices.get(question.list_name, ())}
    agrees = question.type in ("acknowledge", "trigger") or bool(answers & _AGREES)
    return agrees and bool(said_in("asks_consent", (question.name, *question.labels.values())))


def _other_purpose(pack: Pack, reach: Reach, service: str, where: Where) -> Iterator[Problem]:
    """A visit or advice that rests on a yes given for something else."""
    for form, key in sorted(reach.items):
        use, spec = pack.uses.get(form), pack.forms.get(form)
        if use is None or spec is None or not key or use.service == service:
            continue
        last = key.replace("/", ".").split(".")[-1]
        if any(q.name == last and is_consent(spec, q) for q in spec.questions):
            yield Problem("charter.consent_of_other_purpose", where, {"clause": "C12", "column": f"{form}.{last}"})


# --- C13 ------------------------------------------------------------------------------------------------------
def _guardians(pack: Pack, spec: FormSpec) -> Iterator[Problem]:
    """In confidential care no guardian must agree, whatever the age, and none is told."""
    if not _is_confidential(spec):
        return
    must = required_in(spec)
    yield from _tells(in_form(pack, spec.form_id), words_of_form(pack, spec.form_id))
    for question in spec.questions:
        where = in_form(pack, spec.form_id, question)
        yield from _tells(where, _said(question))
        wanted = question.required or question.path in must
        found = said_in("guardian", (question.name, *question.labels.values()))
        if found and wanted and not question.relevant:
            yield Problem("charter.guardian_of_confidential", where, {"clause": "C13", "words": found})


def _tells(where: Where, words: Iterable[str]) -> Iterator[Problem]:
    if found := said_in("tells_guardian", words):
        yield Problem("charter.told_to_guardian", where, {"clause": "C13", "words": found})


def _is_confidential(spec: FormSpec | None) -> bool:
    return spec is not None and any(question.tag in CONFIDENTIAL for question in spec.questions)


def _said(question: Question) -> tuple[str, ...]:
    return (question.name, *question.labels.values(), *question.hints.values())
