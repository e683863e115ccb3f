"""C5 and C6 in packs: everything there is to choose from, well told and in no order; and stopping as easy as starting."""

from __future__ import annotations

from collections.abc import Iterator

from doorstep.engine.charter.care import is_pregnancy
from doorstep.engine.charter.lexicon import said_in
from doorstep.engine.charter.places import in_folder, in_form
from doorstep.engine.charter.steps import Steps, asked, default_of, is_shuffled, shown_for, steps
from doorstep.engine.charter.texts import words_of_question
from doorstep.engine.model.methods import OFFERED
from doorstep.engine.model.pack import EpisodeDef, Pack
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.engine.outputs.ground import Ground
from doorstep.engine.outputs.tags import CHOICE
from doorstep.lib.problems import Problem, Where

_PICKS = ("select_one", "select_multiple")


def check_choosing(pack: Pack, ground: Ground) -> Iterator[Problem]:
    """Every breach of C5 and C6 in ``pack``."""
    yield from _methods(pack)
    yield from _method_question(pack)
    for form, spec in pack.forms.items():
        for question in spec.questions:
            yield from _ranked(pack, form, spec, question)
    for episode in pack.episodes.values():
        if is_choice(pack, episode, ground):
            yield from _ending(pack, episode)
    yield from _stopping_in_one_form(pack)


def is_choice(pack: Pack, episode: EpisodeDef, ground: Ground) -> bool:
    """Whether the care is about choice by what its forms state. (What nobody tagged counts as choice too, but may be
    anything: such a pack is not measured by this.)"""
    forms = [pack.forms[f] for f in (episode.opens, *episode.closes) if f in pack.forms]
    stated = any(q.tag == CHOICE for spec in forms for q in spec.questions)
    return stated and not is_pregnancy(pack, episode, ground)


# --- C5 -------------------------------------------------------------------------------------------------------
def _methods(pack: Pack) -> Iterator[Problem]:
    for method in pack.methods.values():
        where = in_folder(pack, method.file or f"methods/{method.id}.yaml", f"method {method.id}")
        for part, text in method.said().items():
            missing = [language for language in pack.languages if not text.get(language, "").strip()]
            if missing:
                args = {"clause": "C5", "part": part, "languages": ", ".join(missing)}
                yield Problem("charter.method_untold", where, args)
        if method.offered not in OFFERED:
            yield Problem("charter.method_nowhere", where, {"clause": "C5"})
        if method.irreversible and method.offered != "referral":
            yield Problem("charter.irreversible_here", where, {"clause": "C7"})


def _method_question(pack: Pack) -> Iterator[Problem]:
    """The whole range in one question: nothing left out, nothing added, nothing ticked, no order."""
    chosen = pack.choosing
    if chosen is None:
        if pack.methods:
            yield Problem("charter.range_not_offered", in_folder(pack, "pack.yaml", "choosing"), {"clause": "C5"})
        for episode in pack.episodes.values():
            yield from _partial_range(pack, episode.opens)
        return
    spec = pack.forms.get(chosen.form)
    question = _question(spec, chosen.method)
    if spec is None or question is None:
        where = in_folder(pack, "pack.yaml", "choosing")
        yield Problem("charter.range_not_offered", where, {"clause": "C5"})
        return
    where = in_form(pack, spec.form_id, question)
    offered = {choice.name for choice in spec.choices.get(question.list_name, ())}
    whole = {m.id for m in pack.methods.values() if not m.irreversible}
    if left_out := ", ".join(sorted((whole - offered) | (offered - set(pack.methods)))):
        yield Problem("charter.range_not_whole", where, {"clause": "C5", "methods": left_out})
    if not is_shuffled(spec, question):
        yield Problem("charter.range_in_order", where, {"clause": "C5"})
    for one in filter(None, (question, _question(spec, chosen.asked))):
        if default_of(spec, one):
            yield Problem("charter.default_choice", in_form(pack, spec.form_id, one), {"clause": "C5"})


def _partial_range(pack: Pack, form: str) -> Iterator[Problem]:
    """Somebody signs up for one of a few methods: the others are kept from her."""
    spec = pack.forms.get(form)
    for question in spec.questions if spec else ():
        if spec is not None and question.type.startswith(_PICKS):
            choices = spec.choices.get(question.list_name, ())
            named = [c.name for c in choices if said_in("method_of_contraception", (c.name, *c.labels.values()))]
            if named:
                args = {"clause": "C5", "methods": ", ".join(named)}
                yield Problem("charter.range_not_whole", in_form(pack, form, question), args)


def _ranked(pack: Pack, form: str, spec: FormSpec, question: Question) -> Iterator[Problem]:
    """Putting methods in an order, or pointing at one, is a push."""
    if question.tag not in (CHOICE, ""):
        return
    words = words_of_question(spec, question)
    method = said_in("method_of_contraception", words)
    if question.type == "rank" and (question.tag == CHOICE or method):
        yield Problem("charter.ranks_methods", in_form(pack, form, question), {"clause": "C5", "words": question.name})
    elif method and (found := said_in("recommends", words)):
        yield Problem("charter.ranks_methods", in_form(pack, form, question), {"clause": "C5", "words": found})


# --- C6 -------------------------------------------------------------------------------------------------------
def _ending(pack: Pack, episode: EpisodeDef) -> Iterator[Problem]:
    opening = pack.forms.get(episode.opens)
    for form in episode.closes:
        closing = pack.forms.get(form)
        if closing is None or opening is None:
            continue
        if form != episode.opens:
            yield from _compared(
                steps(closing, asked(closing)), steps(opening, asked(opening)), in_form(pack, form), episode.id
            )
            yield from _asks_why(pack, closing, asked(closing))


def _stopping_in_one_form(pack: Pack) -> Iterator[Problem]:
    """Starting and stopping stand on one form: what is seen for each answer is compared."""
    chosen = pack.choosing
    spec = pack.forms.get(chosen.form) if chosen else None
    if chosen is None or spec is None:
        return
    stop, start = (shown_for(spec, chosen.asked, answer) for answer in (chosen.stop, chosen.start))
    yield from _compared(steps(spec, stop), steps(spec, start), in_form(pack, spec.form_id), chosen.stop)
    yield from _asks_why(pack, spec, stop)


def _compared(stop: Steps, start: Steps, where: Where, item: str) -> Iterator[Problem]:
    if stop.harder_than(start):
        args = {
            "clause": "C6",
            "item": item,
            "stop": f"{stop.questions}/{stop.required}/{stop.pages}",
            "start": f"{start.questions}/{start.required}/{start.pages}",
        }
        yield Problem("charter.stopping_harder", where, args)


def _asks_why(pack: Pack, spec: FormSpec, questions: list[Question]) -> Iterator[Problem]:
    for question in questions:
        words = (question.name, *question.labels.values(), *question.hints.values())
        where = in_form(pack, spec.form_id, question)
        if found := said_in("reason_for_stopping", words):
            yield Problem("charter.asks_reason", where, {"clause": "C6", "words": found})
        if found := said_in("approval", words):
            yield Problem("charter.needs_approval", where, {"clause": "C6", "words": found})


def _question(spec: FormSpec | None, name: str) -> Question | None:
    return next((q for q in spec.questions if q.name == name), None) if spec else None
