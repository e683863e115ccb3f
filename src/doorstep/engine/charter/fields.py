"""C10: no field for policing. Words by meaning, and the kinds of question a form about people may not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from doorstep.engine.charter.lexicon import policing_in, said_in
from doorstep.engine.charter.places import in_form
from doorstep.engine.charter.texts import texts_of_pack, words_of_question
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.engine.outputs.ground import Ground
from doorstep.lib.problems import Problem, Where

# What a person writes freely is short: it is the part of a record no clause can read.
LONGEST_FREE_TEXT = 200
# Stated uses of a photo (`bind::doorstep:means`): a paper the person shows, a medicine's packet, a wound or the skin.
PHOTO_USES = frozenset({"own_paper", "medicine_packet", "wound_or_skin"})

_TRACES = frozenset(
    {
        *("geopoint", "geotrace", "geoshape", "start-geopoint", "audio", "background-audio", "video", "audit"),
        *("select_one_from_map", "file"),
    }
)
_PLACE_PROPERTIES = frozenset({"geometry"})  # what entity lists call a point on the map
_LENGTH = re.compile(r"string-length\(\s*\.\s*\)\s*(<=?)\s*(\d+)")
_EITHER = re.compile(r"\bor\b")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_PATTERN = re.compile(r"\bregex\(\s*\.\s*,")


def check_fields(pack: Pack, _ground: Ground) -> Iterator[Problem]:
    """Every breach of C10 in the texts and forms of ``pack``."""
    yield from _policing_words(pack)
    for form, spec in pack.forms.items():
        use = pack.uses.get(form)
        if use is None or use.subject != "place":
            for question in spec.questions:
                yield from _question(spec, question, in_form(pack, form, question))


def _policing_words(pack: Pack) -> Iterator[Problem]:
    told: set[tuple[Where, str]] = set()
    for said in texts_of_pack(pack):
        for meaning, words in policing_in(said.text, said.means):
            if (said.where, meaning.id) not in told:
                told.add((said.where, meaning.id))
                code = "charter.unstated_word" if meaning.stated else "charter.policing_word"
                yield Problem(
                    code,
                    said.where,
                    {
                        "clause": meaning.clause,
                        "words": words,
                        "meaning_en": meaning.meaning["en"],
                        "meaning_zh": meaning.meaning["zh"],
                        "means": meaning.means_as,
                    },
                )


def _question(spec: FormSpec, question: Question, where: Where) -> Iterator[Problem]:
    if question.type in _TRACES or question.save_to in _PLACE_PROPERTIES:
        yield Problem("charter.trace_of_person", where, {"clause": "C10", "type": question.type})
    if question.type == "image":
        if question.means not in PHOTO_USES:
            uses = ", ".join(sorted(PHOTO_USES))
            yield Problem("charter.photo_without_use", where, {"clause": "C10", "uses": uses})
        elif words := said_in("visit_proof", words_of_question(spec, question)):
            yield Problem("charter.photo_as_proof", where, {"clause": "C10", "words": words})
    if question.type == "text" and not question.calculation and not question.readonly and not _short(question):
        yield Problem("charter.long_text", where, {"clause": "C10", "most": LONGEST_FREE_TEXT})


def _short(question: Question) -> bool:
    """Whether the constraint bounds the length: by a number, or by a pattern."""
    if _EITHER.search(_QUOTED.sub("", question.constraint)):
        return False
    bounds = [int(most) - (sign == "<") for sign, most in _LENGTH.findall(question.constraint)]
    return any(most <= LONGEST_FREE_TEXT for most in bounds) or bool(_PATTERN.search(question.constraint))
