"""Running a pack's own stories, and telling which of its rules they try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from doorstep.engine import rules
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import At
from doorstep.engine.model.spec import Text
from doorstep.engine.packs import sentences as say
from doorstep.engine.packs.outcomes import Outcome, judge
from doorstep.engine.packs.stories import Story, story
from doorstep.engine.packs.yaml_file import Found, near
from doorstep.lib.problems import Problem, Where


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one story went. ``tries`` names the rules its sentences are about: 'contact:SCHEDULE/ID',
    'advice:FORM/WORDS', 'indicator:ID', 'dose:SERIES:ROW'; that a visit is *not* listed tries no rule."""

    id: str
    sentence: Text
    schedule: str
    problems: tuple[Problem, ...]
    tries: frozenset[str]

    @property
    def passed(self) -> bool:
        return not self.problems


def run_cases(pack: Pack) -> list[CaseResult]:
    """Run every story of a pack. Raises ``Problems`` when its rules do not compile."""
    return list(each_case(pack))


def each_case(pack: Pack) -> Iterator[CaseResult]:
    """The stories of a pack one by one, each run when it is asked for."""
    compiled: dict[str, rules.Compiled] = {}
    for case in pack.cases:
        found = Found(pack.id)
        ready = story(case, pack, found)
        tries: set[str] = set()
        schedule = ""
        if ready is not None:
            schedule = ready.schedule
            if ready.entered is not None:
                own = rules.compile(ready.entered, schedule or None)
            elif schedule in compiled:
                own = compiled[schedule]
            else:
                own = compiled[schedule] = rules.compile(pack, schedule or None)
            outcome = Outcome(ready, own, own.plan(ready.history, ready.when))
            tries = _run(ready, outcome, pack, found)
        yield CaseResult(case.id, case.sentence, schedule, tuple(found.problems), frozenset(tries))


def _run(ready: Story, outcome: Outcome, pack: Pack, found: Found) -> set[str]:
    tries: set[str] = set()
    item = f"case {ready.case.id}"
    for text, at in ready.then:
        sentence = say.parse(text)
        if sentence is None:
            en, zh = say.nearest(text)
            found.add("sentence_unknown", at, item, said=text, near=en, near_zh=zh)
            continue
        if not _names_exist(sentence, ready, pack, at, found):
            continue
        got = judge(sentence, outcome)
        if got is not None:
            found.add("case_fails", at, item, said=text, got=got.en, got_zh=got.zh)
        tries |= _tried(sentence, ready.schedule, pack)
    return tries


def _tried(sentence: say.Sentence, schedule: str, pack: Pack) -> set[str]:
    match sentence:
        case say.VisitIs(visit) | say.VisitNeeds(visit):
            planned = f"contact:{schedule}/{visit.contact}"
            return {f"dose:{visit.contact}" if ":" in visit.contact else planned}
        case say.DoseCounts(_, _, rows):
            return {f"dose:{series}:{row}" for series in pack.series for row in rows}
        case say.AdviceIs(form, _, words):
            return {f"advice:{form}/{word}" for word in words}
        case say.Counts(indicator):
            return {f"indicator:{indicator}"}
    return set()


def _names_exist(sentence: say.Sentence, ready: Story, pack: Pack, at: At, found: Found) -> bool:
    """Every name in a sentence is one of the pack's: 'look_9 is not listed' must not be true by a slip of the pen."""
    wanted: list[tuple[str, str, list[str]]] = []
    contacts = [c.id for c in (*pack.schedules.get(ready.schedule, ()), *pack.series_contacts())]
    match sentence:
        case say.VisitIs(visit) | say.VisitNotListed(visit) | say.VisitNeeds(visit):
            wanted = [("unknown_contact", visit.contact, contacts)]
            wanted += [("unknown_subject", visit.episode, list(pack.episodes))] if visit.episode else []
        case say.AdviceIs(form, _, words):
            wanted = [("unknown_form", form, list(pack.forms))]
            wanted += [("unknown_word", word, list(pack.words)) for word in sorted(words)]
        case say.Counts(indicator):
            wanted = [("unknown_indicator", indicator, list(pack.indicators))]
        case say.FactIs(fact, _, episode):
            wanted = [("unknown_fact", fact, list(pack.facts))]
            wanted += [("unknown_subject", episode, list(pack.episodes))] if episode else []
        case say.EpisodeIs(episode) | say.EpisodesAre(episode):
            wanted = [("unknown_subject", episode, list(pack.episodes))]
        case say.DoseCounts(form, _, rows):
            ids = sorted(c.id.partition(":")[2] for c in pack.series_contacts())
            wanted = [("unknown_form", form, list(pack.forms)), *(("unknown_contact", r, ids) for r in sorted(rows))]
        case say.DoseFails(form, _, chain):
            wanted = [("unknown_form", form, list(pack.forms))]
            wanted += [("unknown_contact", chain, _chains(pack))] if chain else []
        case say.FitsNowhere(form) | say.StartsWith(form):
            wanted = [("unknown_form", form, list(pack.forms))]
    missing = [(code, name, known) for code, name, known in wanted if name not in known]
    for code, name, known in missing:
        found.add(code, at, f"case {ready.case.id}", name=name, near=near(name, known))
    return not missing


def _chains(pack: Pack) -> list[str]:
    chains = {str(row.get(s.chain)) for s in pack.series.values() for row in pack.tables[s.table].rows}
    return sorted(chains)


def untried(pack: Pack, results: list[CaseResult]) -> list[Problem]:
    """A problem for every planned visit, advice and indicator that no passing story is about."""
    tried = {name for result in results if result.passed for name in result.tries}
    rules_at: dict[str, At] = {}
    for schedule, contacts in pack.schedules.items():
        rules_at |= {f"contact:{schedule}/{c.id}": c.at for c in contacts}
    rules_at |= {f"dose:{c.id}": c.at for c in pack.series_contacts()}
    rules_at |= {f"advice:{a.form}/{a.say}": a.at for a in pack.advice}
    rules_at |= {f"indicator:{i.id}": i.at for i in pack.indicators.values()}
    problems = []
    for name, at in rules_at.items():
        if name not in tried:
            where = Where(file=str(Path(pack.id) / at.file), row=at.line, item=name.replace(":", " ", 1))
            problems.append(Problem("packs.no_case", where, {"name": name.partition(":")[2]}))
    return problems
