"""Does a sentence hold? What really happened is said in the same kind of sentence, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from doorstep.engine.model.history import EpisodeRow, JudgedDose, Plan, Window, state_on
from doorstep.engine.packs import sentences as say
from doorstep.engine.packs.stories import Story
from doorstep.engine.rules import Compiled


@dataclass(frozen=True, slots=True)
class Got:
    """What happened instead, in English and Chinese, and the names a sentence used that do not exist."""

    en: str
    zh: str


Result = Got | None  # None: the sentence holds


@dataclass(frozen=True)
class Outcome:
    """One story with all that follows from it."""

    story: Story
    compiled: Compiled
    plan: Plan

    @property
    def episodes(self) -> dict[str, EpisodeRow]:
        return {row.key: row for row in self.plan.episodes}

    @cached_property
    def judged(self) -> tuple[JudgedDose, ...]:
        """Every given dose and how it stands: worked out once, however many sentences ask."""
        return self.compiled.judged(self.story.history)

    def windows(self, visit: say.WhichVisit) -> list[Window]:
        """The windows a sentence may mean, in the order of the plan."""
        found = [w for w in self.plan.windows if w.contact == visit.contact]
        if visit.episode:
            keys = {r.key for r in self.plan.episodes if (r.kind, r.opened_on) == (visit.episode, visit.opened)}
            found = [w for w in found if w.episode in keys]
        return [w for w in found if w.k == visit.number - 1] if visit.number else found

    def state(self, window: Window) -> say.State:
        return state_on(window, self.story.when, self.story.soon_days)

    def shown(self, windows: Iterable[Window]) -> Got:
        """Windows in the words of the sentences."""
        en, zh = [], []
        for window in windows:
            both = say.STATE_WORDS[self.state(window)]
            name = f"{window.contact} {window.k + 1}" if window.k else window.contact
            met = f" on {window.met_on}" if window.met_on else "", f"，{window.met_on}" if window.met_on else ""
            days = (("from", "从"), window.from_on), (("due", "应在"), window.due_on), (("to", "到"), window.until_on)
            need = f" (needs {', '.join(window.need)})" if window.need else ""
            en.append(f"{name} is {both[0]}{met[0]}" + "".join(f" {w[0]} {d}" for w, d in days if d) + need)
            lacks = f"（缺 {'、'.join(window.need)}）" if window.need else ""
            zh.append(f"{name}：{both[1]}{met[1]}" + "".join(f" {w[1]} {d}" for w, d in days if d) + lacks)
        return Got("; ".join(en) or "it is not listed", "；".join(zh) or "不列出")


def judge(sentence: say.Sentence, outcome: Outcome) -> Result:
    """None when ``sentence`` is true in ``outcome``, else what is true."""
    return _JUDGES[type(sentence)](sentence, outcome)


def _visit_is(said: say.VisitIs, outcome: Outcome) -> Result:
    windows = outcome.windows(said.visit)
    fitting = [w for w in windows if outcome.state(w) == said.state]
    if said.met_on is not None:
        fitting = [w for w in fitting if w.met_on == said.met_on]
    if len(fitting) != 1:
        return outcome.shown(windows)
    window = fitting[0]
    stated = ((said.from_on, window.from_on), (said.due_on, window.due_on), (said.until_on, window.until_on))
    return outcome.shown(fitting) if any(a is not None and a != b for a, b in stated) else None


def _visit_not_listed(said: say.VisitNotListed, outcome: Outcome) -> Result:
    windows = outcome.windows(said.visit)
    return outcome.shown(windows) if windows else None


def _visit_needs(said: say.VisitNeeds, outcome: Outcome) -> Result:
    windows = outcome.windows(said.visit)
    return None if len(windows) == 1 and frozenset(windows[0].need) == said.facts else outcome.shown(windows)


def _entries(outcome: Outcome, form: str, on: date) -> list[str]:
    return [e.instance_id for e in outcome.story.history.entries if (e.form, e.occurred_on) == (form, on)]


def advice_given(outcome: Outcome, form: str, on: date) -> set[str]:
    """The ids of all words said on the receipts of that form's entries of that day."""
    ids = _entries(outcome, form, on)
    return {a.say for one in ids for a in outcome.compiled.advice(outcome.story.history, one)}


def _advice_is(said: say.AdviceIs, outcome: Outcome) -> Result:
    if not _entries(outcome, said.form, said.on):
        return Got(f"there is no {said.form} on {said.on}", f"{said.on} 没有 {said.form}")
    given = advice_given(outcome, said.form, said.on)
    if given == said.words:
        return None
    return Got("it is " + (", ".join(sorted(given)) or "none"), "、".join(sorted(given)) or "无")


def in_period(day: date, period: str) -> bool:
    """Whether ``day`` lies in '2026', '2026-Q2' or '2026-05'."""
    year, _, part = period.partition("-")
    if day.year != int(year):
        return False
    if part.startswith("Q"):
        return (day.month - 1) // 3 + 1 == int(part[1:])
    return not part or day.month == int(part)


def _counts(said: say.Counts, outcome: Outcome) -> Result:
    above, below = Decimal(0), Decimal(0)
    for one in outcome.compiled.indicator(said.indicator, [outcome.story.history], outcome.story.when):
        if in_period(one.on, said.period):
            if one.part == "numerator":
                above += one.value
            else:
                below += one.value
    if above == said.numerator and (said.denominator is None or below == said.denominator):
        return None
    shown = f"{above} of {below}", f"{above}/{below}"
    return Got(f"it counts {shown[0]} in {said.period}", f"{said.period} 计 {shown[1]}")


def _same(value: Any, said: str) -> bool:
    if value is None or said == "":
        return value is None and said == ""
    if isinstance(value, bool):
        return said == ("yes" if value else "no")
    if isinstance(value, int | Decimal):
        try:
            return value == Decimal(said)
        except InvalidOperation:
            return False
    if isinstance(value, list | tuple):  # a question with several answers: the story names them one after another
        return sorted(value) == sorted(said.split())
    return str(value) == said


def _plain(value: Any) -> str:
    return "unknown" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _fact_is(said: say.FactIs, outcome: Outcome) -> Result:
    values = []
    for key, facts in outcome.plan.facts.items():
        episode = outcome.episodes.get(key)
        wanted = not said.episode or (
            episode is not None and (episode.kind, episode.opened_on) == (said.episode, said.opened)
        )
        if wanted and said.fact in facts:
            values.append(facts[said.fact])
    if len(values) == 1 and _same(values[0], said.value):
        return None
    shown = ", ".join(map(_plain, values))
    return Got(f"{said.fact} is {shown or 'unknown'}", f"{said.fact}：{shown or '未知'}")


def _episode_is(said: say.EpisodeIs, outcome: Outcome) -> Result:
    rows = [r for r in outcome.plan.episodes if r.kind == said.episode]
    if any(r.opened_on == said.opened and r.closed_on == said.closed for r in rows):
        return None
    en = "; ".join(f"{r.opened_on} " + (f"closed on {r.closed_on}" if r.closed_on else "is not closed") for r in rows)
    zh = "；".join(f"{r.opened_on}：" + (f"结束于 {r.closed_on}" if r.closed_on else "未结束") for r in rows)
    return Got(f"{said.episode}: {en or 'none'}", f"{said.episode}：{zh or '无'}")


def _episodes_are(said: say.EpisodesAre, outcome: Outcome) -> Result:
    count = sum(r.kind == said.episode for r in outcome.plan.episodes)
    return None if count == said.count else Got(f"there are {count}", f"共 {count} 次")


def _fits_nowhere(said: say.FitsNowhere, outcome: Outcome) -> Result:
    ids = _entries(outcome, said.form, said.on)
    if ids and all(one in outcome.plan.unplaced for one in ids):
        return None
    return Got("it has its place" if ids else "there is no such entry", "它有去处" if ids else "没有这条记录")


def _doses(outcome: Outcome, form: str, on: date | None) -> list[JudgedDose]:
    return [d for d in outcome.judged if (d.form, d.on) == (form, on)]


def _shown_doses(doses: list[JudgedDose]) -> Got:
    """How doses stand, in the words of the sentences."""
    en, zh = [], []
    for dose in doses:
        if dose.counted:
            en.append(f"it counts as {dose.row_id}")
            zh.append(f"算作 {dose.row_id}")
            continue
        words = say.VERDICT_WORDS[dose.verdict]
        en.append(f"it does not count{f' for {dose.chain}' if dose.chain else ''}: {words[0]}")
        zh.append(f"{f'对 {dose.chain} ' if dose.chain else ''}不算，{words[1]}")
        if dose.days:
            en[-1] += f" by {dose.days} days"
            zh[-1] += f"，差 {dose.days} 天"
    return Got("; ".join(en) or "there is no such dose", "；".join(zh) or "没有这一剂")


def _dose_counts(said: say.DoseCounts, outcome: Outcome) -> Result:
    doses = _doses(outcome, said.form, said.on)
    return None if {d.row_id for d in doses if d.counted} == said.rows else _shown_doses(doses)


def _dose_fails(said: say.DoseFails, outcome: Outcome) -> Result:
    doses = _doses(outcome, said.form, said.on)
    fitting = [d for d in doses if d.verdict == said.verdict and said.chain in ("", d.chain)]
    if fitting and (said.days is None or any(d.days == said.days for d in fitting)):
        return None
    return _shown_doses(doses)


def _starts_with(said: say.StartsWith, outcome: Outcome) -> Result:
    given = outcome.compiled.prefill(outcome.story.history, said.form, said.on)
    if _same(given.get(said.question), said.value):
        return None
    shown = _plain(given.get(said.question))
    return Got(f"it starts with {said.question} {shown}", f"预填 {said.question} {shown}")


_JUDGES: dict[type, Callable[[Any, Outcome], Result]] = {
    say.VisitIs: _visit_is,
    say.VisitNotListed: _visit_not_listed,
    say.VisitNeeds: _visit_needs,
    say.AdviceIs: _advice_is,
    say.Counts: _counts,
    say.FactIs: _fact_is,
    say.EpisodeIs: _episode_is,
    say.EpisodesAre: _episodes_are,
    say.FitsNowhere: _fits_nowhere,
    say.StartsWith: _starts_with,
    say.DoseCounts: _dose_counts,
    say.DoseFails: _dose_fails,
}
