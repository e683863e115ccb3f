"""The sources an output may name, and what each one tells about a person.

``person.name`` · ``household.number`` · ``place.township`` · ``period.month`` · ``user.name`` · ``log.at`` …
``visit.due_on``                           of any contact of any pack
``visit.maternal.anc_2.due_on``            of one contact (also ``episode.PACK.KIND.…``, ``fact.PACK.FACT``)
``entry.occurred_on``                      of any record; ``entry.answers`` holds everything that was said
``entry.maternal.anc_visit.weight``        one question
``bare.answers``                           what was sent on a form that belongs to no programme: all of it is choice
``notice.answers``                         what a hospital told of a birth, with the mother's yes: to one worker, in a list
``disclosure.office``                      what a law compels: who asks, by which document, who signed, whether she was told
``indicator.value``                        of any indicator; ``indicator.maternal.early_registration_rate`` of one

A source that does not name its pack counts as the strictest its output may show (``Output.up_to``): which packs a
store will hold is not known when an output is written.
"""

from __future__ import annotations

from collections.abc import Mapping

from doorstep.engine.model.pack import Pack
from doorstep.engine.model.subjects import HOUSEHOLD_PROPERTIES, PERSON_PROPERTIES
from doorstep.engine.outputs.ground import NOWHERE, Ground, Reach
from doorstep.engine.outputs.output import Output
from doorstep.engine.outputs.tags import CHOICE, NEVER_SORTS, PREGNANCY, SENSITIVE, no_stricter_than

# Fields worked out from what is known of a person or family, besides the register's own properties.
_PERSON_MORE = {
    **dict.fromkeys(("id", "label", "age", "birth_year", "initials", "pinyin", "photo_code"), "identity"),
    "children": "household.parity",
    "marital": "household.marital",
    "ethnicity": "household.ethnicity",
    "employer": "household.employer",
    "permit": "household.permit",
}
_HOUSEHOLD_MORE = {
    "id": "household.residence",
    "label": "household.residence",
    "members": "identity",
    "head": "identity",
    "children": "household.parity",
    "round": "household.residence",  # what became of the last call on the round
    "call": "household.residence",
    "called_on": "household.residence",
    "findings": "household.residence",
    "remark": "identity",
}
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "person": {**_PERSON_MORE, **{name: tag for name, (_, tag) in PERSON_PROPERTIES.items()}},
    "household": {**_HOUSEHOLD_MORE, **{name: tag for name, (_, tag) in HOUSEHOLD_PROPERTIES.items()}},
}
# Roots that say nothing a person told, whatever the field.
_PLAIN = frozenset({"place", "period", "user", "device", "form", "pack", "number", "word", "job", "system", "file"})
_SAYS_WHO = {
    "log": "identity",
    "consent": "identity",
    "care": "identity",
    "claim": "claim",
    "complaint": "identity",  # what somebody says of the service may say who she is
    "disclosure": "identity",  # who asks for somebody's records, by which document
    "bare": CHOICE,
    "notice": PREGNANCY,
}
_OF_ANY_PACK = frozenset({"visit", "episode", "entry", "indicator", "fact", "advice", "conflict"})
_EVERYTHING_SAID = frozenset({"entry.answers", "conflict.answers"})

FIGURES = frozenset({"visit", "episode", "entry", "indicator", "fact", "claim", "person", "household"})
"""Roots that are counted in an aggregate; the others name its rows."""


def known_roots() -> tuple[str, ...]:
    """The first words a source may have, for messages."""
    return tuple(sorted({*_FIELDS, *_PLAIN, *_SAYS_WHO, *_OF_ANY_PACK}))


def reach_of(source: str, output: Output, ground: Ground) -> Reach | None:
    """What one source of ``output`` tells; None when nobody knows such a source."""
    root, *rest = source.split(".")
    if not rest or not all(rest):
        return None
    if root in _FIELDS:
        tag = _FIELDS[root].get(rest[0])
        return Reach(frozenset({(root, rest[0])}), frozenset({tag})) if tag and len(rest) == 1 else None
    if root in _PLAIN:
        return NOWHERE
    if root in _SAYS_WHO:
        return Reach(tags=frozenset({_SAYS_WHO[root]}))
    if root not in _OF_ANY_PACK:
        return None
    return _of_any_pack(source, output) if len(rest) == 1 else _of_one_pack(root, rest, ground)


def tells_the_end(source: str, ground: Ground) -> bool:
    """Whether ``source`` is one question, fact or day that tells how or when a pregnancy closed."""
    root, *rest = source.split(".")
    if root == "episode":
        kind = (
            ground.pack_by_id[rest[0]].episodes.get(rest[1]) if len(rest) > 2 and rest[0] in ground.pack_by_id else None
        )
        return rest[-1] in {"closed_on", "ended_on"} and (kind is None or ground.guards(kind))
    if len(rest) < 2 or rest[0] not in ground.pack_by_id:
        return False
    pack, name = ground.pack_by_id[rest[0]], rest[1]
    if root == "entry":
        return name in ground.closing_forms
    if root == "fact" and name in pack.facts:
        own = ground.of_rule(pack, pack.facts[name].rule, of=pack.facts[name].of)
        return any(form in ground.closing_forms for form, _ in own.items)
    return False


def _of_any_pack(source: str, output: Output) -> Reach:
    allowed = no_stricter_than(output.up_to)
    tags = allowed & (SENSITIVE | {"claim", "service"})
    if source in _EVERYTHING_SAID:
        tags |= allowed & (NEVER_SORTS | {"identity"})
    return Reach(tags=tags, births=PREGNANCY in tags)


def _of_one_pack(root: str, rest: list[str], ground: Ground) -> Reach:
    """One item of one pack; what cannot be found counts as choice."""
    pack = ground.pack_by_id.get(rest[0])
    found = _find(root, pack, rest[1:], ground) if pack is not None else None
    return found if found is not None else Reach(tags=frozenset({CHOICE}), births=True)


def _find(root: str, pack: Pack, rest: list[str], ground: Ground) -> Reach | None:
    name, field = rest[0], ".".join(rest[1:])
    if root == "entry" and name in pack.forms:
        return ground.reach({(name, field)})
    if root == "visit":
        same = [c for contacts in pack.planned() for c in contacts if c.id == name]
        return _joined(*(ground.of_contact(pack, c) for c in same))
    if root == "episode" and name in pack.episodes:
        return ground.of_episode(pack, pack.episodes[name])
    if root == "indicator" and name in pack.indicators:
        return ground.of_indicator(pack, pack.indicators[name])
    if root == "fact" and name in pack.facts:
        return ground.of_fact(pack, pack.facts[name])
    if root == "advice" and name.isdecimal() and int(name) < len(pack.advice):
        return ground.of_advice(pack, int(name))
    return None


def _joined(*reaches: Reach) -> Reach | None:
    total: Reach | None = None
    for reach in reaches:
        total = reach if total is None else total | reach
    return total
