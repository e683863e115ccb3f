"""C1, C2, C9, C10, C14, C15, C16 and C21 over declared outputs: what may stand side by side, by whom it may be sorted, who sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from doorstep.engine.charter.consents import CONFIDENTIAL
from doorstep.engine.charter.lexicon import policing_in, said_in
from doorstep.engine.outputs.ground import Ground, Reach
from doorstep.engine.outputs.output import MATCHES, Output
from doorstep.engine.outputs.sources import FIGURES, known_roots, reach_of, tells_the_end
from doorstep.engine.outputs.tags import CHOICE, NEVER_SORTS, PREGNANCY, SENSITIVE, is_tag
from doorstep.lib.problems import Problem

# Figures of choice, pregnancy or births stand by these places at the smallest, other sensitive ones too.
WIDE_PLACES = frozenset({"place.township", "place.county", "place.city", "place.prefecture", "place.province"})

# C21: everybody something may be shown to, as a closed list. Police, civil registry, courts, schools, employers and discipline
# bodies have no name here, so nothing can be declared for them, by whatever word.
READERS = frozenset(
    {
        "worker", "volunteer", "clerk", "clinician", "supervisor", "benefits_clerk", "manager", "reviewer", "auditor",
        "hospital", "installer", "device", "resident", "guardian", "household_head", "anyone",
    }
)  # fmt: skip

# Readers who are somebody's family. None of them has a page yet; the day one has, this stands.
GUARDIANS = frozenset({"guardian", "household_head"})

# What a role may be told of a person, by tag, where that is less than what its care team is told (charter C15). A role
# that stands here with nothing sees no person, family, visit or record.
_FEW = frozenset({"identity", "household.residence"})
ROLE_TAGS: Mapping[str, frozenset[str]] = {
    "volunteer": _FEW,
    "clerk": _FEW | {"service"},  # whether a man or a woman
    "benefits_clerk": frozenset({"identity", "household.residence", "claim"}),
    **dict.fromkeys(("manager", "reviewer", "auditor", "hospital", "installer"), frozenset[str]()),
}
_NOT_OF_CARE = frozenset({"visit", "episode", "entry", "advice", "fact", "conflict", "bare", "notice", "care"})

_STEERS = frozenset({"goal", "target", "quota", "threshold", "color", "colour", "trend", "gap", "shortfall"})
_RANKS = frozenset({"rank", "position", "league", "percentile", "score"})
_FIND_BY = frozenset({"identity", "household.residence", "service"})
_FREE_TEXT = frozenset({"text", "string"})
# Sources whose value belongs to one person or one record alone.
_ONE = frozenset(
    f"{root}.{key}" for root in ("person", "entry", "visit", "episode", "conflict") for key in ("id", "seq", "key")
)
_MINE = frozenset({"care_team", "own"})
# C21: who may sign what a law compels, who may read that it happened, and the only figures of it that anybody is shown.
SIGNERS = frozenset({"supervisor"})
_TOLD = SIGNERS | {"worker", "clinician", "resident", "guardian"}
_ACTS = frozenset({"period.year"}) | {
    f"disclosure.{what}" for what in ("agreed", "not_agreed", "given", "told", "not_told", "told_later")
}


@dataclass(frozen=True)
class Seen:
    """An output with what each of its sources tells."""

    output: Output
    ground: Ground
    reach: dict[str, Reach]

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(tag for reach in self.reach.values() for tag in reach.tags)

    def touching(self, tags: frozenset[str]) -> list[str]:
        """Sources whose lineage has one of ``tags``."""
        return [source for source, reach in self.reach.items() if reach.tags & tags]

    @property
    def of_births_or_choice(self) -> list[str]:
        """Sources no figure of which may stand by worker or by village."""
        return [s for s, r in self.reach.items() if r.protected or PREGNANCY in r.tags]


def check_output(output: Output, ground: Ground) -> Iterator[Problem]:
    """Every breach of the charter in one output."""
    known: dict[str, Reach] = {}
    if not is_tag(output.up_to):
        yield Problem("charter.unknown_tag", output.where(), {"tag": output.up_to})
        return
    for source in output.sources:
        reach = reach_of(source, output, ground)
        if reach is None:
            args = {"source": source, "known": ", ".join(known_roots())}
            yield Problem("outputs.unknown_source", output.where(_column(output, source)), args)
        else:
            known[source] = reach
    seen = Seen(output, ground, known)
    yield from _steering(seen)
    yield from _league_tables(seen)
    yield from _surveillance(seen)
    yield from _notices(seen)
    yield from _families(seen)
    for reader in sorted(output.audience - READERS):
        yield Problem("charter.other_use", output.where(), {"clause": "C21", "words": reader})
    yield from _printed(seen)
    yield from _search(seen)
    yield from _small_numbers(seen)
    yield from _words(seen)
    yield from _declines(seen)
    if output.about_people and not output.logged:
        yield Problem("charter.not_logged", output.where(), {"clause": "C14"})
    yield from _scope(seen)
    yield from _compelled(seen)
    yield from _by_role(seen)


def _steering(seen: Seen) -> Iterator[Problem]:
    """C1: no goal, colour, trend or gap beside figures of choice or births."""
    for source, reach in seen.reach.items():
        if source.split(".")[-1] in _STEERS and (reach.protected or PREGNANCY in reach.tags):
            yield _problem("charter.output_steers", "C1", seen, source)
    if not seen.of_births_or_choice or seen.output.about_people:
        return
    if words := said_in("target", (seen.output.id, *seen.output.title.values())):
        yield Problem("charter.target_words", seen.output.where(), {"clause": "C1", "words": words})


def _league_tables(seen: Seen) -> Iterator[Problem]:
    """C2: no such figure by worker or village, and no ranking of places or people at all."""
    output = seen.output
    for source in output.sources:
        if source.split(".")[-1] in _RANKS:
            yield _problem("charter.ranking", "C2", seen, source)
    if output.about_people:
        return
    rows = (*(c.source for c in output.columns), *output.groups)
    compares = [s for s in rows if s.split(".")[0] in {"place", "user"} or _names_worker(s)]
    for source in dict.fromkeys(output.sorts):
        if compares and source.split(".")[0] in FIGURES and not _names_worker(source):
            yield _problem("charter.ranking", "C2", seen, source)
    if seen.of_births_or_choice:
        narrow = [s for s in dict.fromkeys((*rows, *output.selectors)) if _too_narrow(s)]
        if output.scope == "own":  # a worker's own figures: nobody else's stand beside them
            narrow = [s for s in narrow if s in output.groups]
        for source in narrow:
            args = {"clause": "C2", "column": _column(output, source), "source": seen.of_births_or_choice[0]}
            yield Problem("charter.by_worker_or_village", output.where(_column(output, source)), args)


def _too_narrow(source: str) -> bool:
    root = source.split(".")[0]
    return (root == "place" and source not in WIDE_PLACES) or root == "user" or _names_worker(source)


def _names_worker(source: str) -> bool:
    return source.split(".")[-1] in {"author", "worker", "user", "recorded_by"}


def _surveillance(seen: Seen) -> Iterator[Problem]:
    """C9: forbidden pairs, and selection by what must not sort people."""
    output = seen.output
    if output.single and not any(f.match == "is" and f.source in _ONE for f in output.filters):
        yield Problem("charter.single_of_nobody", output.where(), {"clause": "C9"})
    if not output.shows_many:
        return
    private = seen.touching(frozenset({CHOICE, PREGNANCY}))
    for source in seen.touching(NEVER_SORTS):
        beside = [other for other in private if other != source]
        if beside or source in private:
            args = {
                "clause": "C9",
                "column": _column(output, source),
                "other": _column(output, (beside or [source])[0]),
            }
            yield Problem("charter.forbidden_pair", output.where(_column(output, source)), args)
    for source in dict.fromkeys(output.selectors):
        reach = seen.reach.get(source)
        if reach is None:
            continue
        if reach.tags & NEVER_SORTS:
            yield _problem("charter.selects_people", "C9", seen, source)
        elif reach.tags & {PREGNANCY, CHOICE} and tells_the_end(source, seen.ground):
            yield _problem("charter.selects_by_birth", "C9", seen, source)


def _notices(seen: Seen) -> Iterator[Problem]:
    """C9: a hospital's notice of a birth goes to one worker, in a list; it is searched and counted nowhere."""
    output = seen.output
    told = [source for source in output.sources if source.split(".")[0] == "notice"]
    plain_list = output.kind == "list" and output.scope == "own" and output.counts == "none" and not output.filters
    if told and (not plain_list or output.groups or any(s in output.sorts for s in told)):
        yield _problem("charter.searches_private", "C9", seen, told[0])


def _families(seen: Seen) -> Iterator[Problem]:
    """C13: a guardian reads nothing told in confidence; the head of a household reads his own record alone."""
    output = seen.output
    if output.audience & GUARDIANS:
        for source in seen.touching(CONFIDENTIAL):
            args = {"clause": "C13", "words": _column(output, source)}
            yield Problem("charter.told_to_guardian", output.where(_column(output, source)), args)
    if "household_head" in output.audience and output.about_people and not (output.scope == "own" and output.single):
        yield Problem("charter.told_to_guardian", output.where(), {"clause": "C13", "words": output.id})


def _printed(seen: Seen) -> Iterator[Problem]:
    """C9, C21: paper lies about and is passed on. Nothing of marriage, children, permit, employer or ethnicity stands on
    any of it, of one person or of many, and none certifies pregnancy or choice."""
    output = seen.output
    if output.kind != "print":
        return
    for source in seen.touching(NEVER_SORTS):
        yield _problem("charter.on_paper", "C9", seen, source)
    if not seen.touching(frozenset({CHOICE, PREGNANCY})):
        return
    if words := said_in("certificate", (output.id, *output.title.values(), *(c.name for c in output.columns))):
        yield Problem("charter.certifies", output.where(), {"clause": "C21", "words": words})


def _search(seen: Seen) -> Iterator[Problem]:
    """C9 and C10: no wildcard, no totals, no search by what somebody told or wrote."""
    output = seen.output
    for one in output.filters:
        if one.match not in MATCHES or "*" in one.source:
            yield _problem("charter.wildcard", "C9", seen, one.source)
        if _is_free_text(seen.ground, one.source):
            yield _problem("charter.searches_text", "C10", seen, one.source)
    if output.kind != "search":
        return
    if output.counts != "none" or output.groups:
        yield Problem("charter.totals_over_search", output.where(), {"clause": "C9"})
    if not output.filters:
        yield Problem("charter.wildcard", output.where(), {"clause": "C9", "column": "*"})
    for one in output.filters:
        reach = seen.reach.get(one.source)
        if reach is not None and not reach.tags <= _FIND_BY:
            yield _problem("charter.searches_private", "C9", seen, one.source)


def _is_free_text(ground: Ground, source: str) -> bool:
    root, *rest = source.split(".")
    if root != "entry" or len(rest) < 3 or rest[0] not in ground.pack_by_id:
        return source in {"entry.answers", "entry.remark", "conflict.answers"}
    spec = ground.pack_by_id[rest[0]].forms.get(rest[1])
    return spec is not None and any(q.type in _FREE_TEXT and q.name == rest[-1] for q in spec.questions)


def _words(seen: Seen) -> Iterator[Problem]:
    for text in (seen.output.id, *seen.output.title.values(), *(c.name for c in seen.output.columns)):
        for meaning, words in policing_in(text):
            said = {"meaning_en": meaning.meaning["en"], "meaning_zh": meaning.meaning["zh"]}
            args = {"clause": meaning.clause, "words": words, **said}
            yield Problem("charter.policing_word", seen.output.where(), args)


def _declines(seen: Seen) -> Iterator[Problem]:
    """C4: no list, figure or column of those who said no."""
    output = seen.output
    names = (*(column.name for column in output.columns), *output.sources)
    if words := said_in("decline", (output.id, *output.title.values(), *names)):
        yield Problem("charter.tells_of_declines", output.where(), {"clause": "C4", "words": words})


def _scope(seen: Seen) -> Iterator[Problem]:
    """C15: what is sensitive stays with the care team; boards and maps show it by township."""
    output = seen.output
    sensitive = seen.touching(SENSITIVE)
    if output.about_people:
        if output.kind == "map":
            yield Problem("charter.map_of_people", output.where(), {"clause": "C15"})
        if sensitive and output.kind == "board":
            yield _problem("charter.board_of_people", "C15", seen, sensitive[0])
        if output.scope == "emergency":
            yield from _emergency(seen)
        elif output.scope not in {*_MINE, "compelled"}:
            for source in sensitive:
                yield _problem("charter.outside_care_team", "C15", seen, source)
        return
    if output.kind == "map":
        for source in (*(c.source for c in output.columns), *output.groups):
            if source.split(".")[0] in {"household", "person"} or source == "place.point":
                yield _problem("charter.map_of_people", "C15", seen, source)
    if sensitive and (output.kind in {"board", "map"} or output.scope not in _MINE):
        for source in dict.fromkeys((*(c.source for c in output.columns), *output.selectors)):
            if source.startswith("place.") and source not in WIDE_PLACES:
                yield _problem("charter.sensitive_by_village", "C15", seen, source)


def _by_role(seen: Seen) -> Iterator[Problem]:
    """C15: a volunteer, a clerk, an auditor … gets no column that tells more of a person than the role may know."""
    output = seen.output
    if not output.about_people:
        return
    for role in sorted(output.audience & ROLE_TAGS.keys()):
        allowed, own = ROLE_TAGS[role], (c.source for c in output.columns_for(role))
        for source in dict.fromkeys((*own, *output.selectors)):
            told = seen.reach[source].tags if source in seen.reach else frozenset[str]()
            if not told <= allowed or source.split(".")[0] in _NOT_OF_CARE:
                args = {"clause": "C15", "column": _column(output, source), "role": role}
                yield Problem("charter.not_for_role", output.where(_column(output, source)), args)


def _emergency(seen: Seen) -> Iterator[Problem]:
    """C15: what is opened in an emergency is the page of one person, to read, and never touches choice."""
    output = seen.output
    if output.kind != "page" or not output.single:
        yield Problem("charter.emergency_of_many", output.where(), {"clause": "C15"})
    for source in seen.touching(frozenset({CHOICE})):
        yield _problem("charter.emergency_choice", "C15", seen, source)


def _compelled(seen: Seen) -> Iterator[Problem]:
    """C21: what a law compels is one act about one person: a page and a paper of those who sign it. Nothing of it is a
    list, a search, an export or a feed. That it happened is told to her, and to those who tell her, alone."""
    output = seen.output
    if output.scope == "compelled":
        one = output.kind in {"page", "print"} and output.single and output.grain == "entry"
        if not one or output.audience & READERS != SIGNERS:
            yield Problem("charter.compelled_standing", output.where(), {"clause": "C21"})
    if any(source.split(".")[0] == "disclosure" and source not in _ACTS for source in output.sources):
        for reader in sorted(output.audience & READERS - _TOLD):
            yield Problem("charter.other_use", output.where(), {"clause": "C21", "words": reader})


def _small_numbers(seen: Seen) -> Iterator[Problem]:
    """C16: outside the care team figures are rounded, and small ones hidden. How often a law compelled something is told
    as it is: that counts what offices do, and nobody's record (decision 0042)."""
    output = seen.output
    if output.grain == "aggregate" and set(output.sources) <= _ACTS:
        return
    if output.scope in _MINE or output.counts == "rounded" or output.kind == "search":  # a search has no totals at all
        return
    if output.counts == "raw" or output.grain == "aggregate":
        yield Problem("charter.raw_counts", output.where(), {"clause": "C16"})


def _problem(code: str, clause: str, seen: Seen, source: str) -> Problem:
    column = _column(seen.output, source)
    return Problem(code, seen.output.where(column), {"clause": clause, "column": column})


def _column(output: Output, source: str) -> str:
    """The source as its reader knows it: the column's name, if it is shown, and the source."""
    name = next((c.name for c in output.columns if c.source == source), "")
    return f"{name} ({source})" if name and name != source else source
