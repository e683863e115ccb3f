"""Doses that build on one another: which count, which do not and why, and what is due next."""

from __future__ import annotations

from typing import Any

import pytest

from doorstep.engine.model.history import History, JudgedDose
from doorstep.engine.model.pack import Pack, TableDef
from doorstep.engine.model.planned import DoseSource
from doorstep.engine.rules import Compiled, check, compile

from .making import codes, day, entry, form, history, number, pack, series_of

_PLAN = (
    "chain  step id  since      before     age unit  gap gunit last lunit sex    asks",
    "A      1    A-1 2020-01-01 .          0   day   .   .     .    .     .      .",
    "A      2    A-2 2020-01-01 .          1   month 28  day   .    .     .      .",
    "A      3    A-3 2020-01-01 .          6   month 60  day   .    .     .      .",
    "B      1    B-1 2020-01-01 2025-01-01 3   month .   .     .    .     .      .",
    "B      2    B-2 2020-01-01 2025-01-01 4   month 28  day   .    .     .      .",
    "B      1    B-1 2025-01-01 .          2   month .   .     .    .     .      .",
    "B      2    B-2 2025-01-01 .          4   month 28  day   .    .     .      .",
    "B      3    B-3 2025-01-01 .          6   year  1   year  .    .     .      .",
    "C      1    C-1 2020-01-01 .          0   day   .   .     4    year  .      .",
    "H      1    H-1 2025-11-10 .          13  year  .   .     .    .     female .",
    "D      1    D-1 2020-01-01 .          0   day   12  month .    .     .      A",
)
_KINDS = {"step": "integer", "age": "integer", "gap": "integer", "last": "integer", "since": "date", "before": "date"}


def plan(lines: tuple[str, ...] = _PLAN) -> TableDef:
    """A table of words between blanks; '.' is an empty cell."""
    header, *rows = (line.split() for line in lines)
    columns = {name: _KINDS.get(name, "text") for name in header} | {"title_en": "text", "title_zh": "text"}
    made = []
    for row in rows:
        cells: dict[str, Any] = {name: said for name, said in zip(header, row, strict=True) if said != "."}
        for name in cells:
            if columns[name] == "integer":
                cells[name] = int(cells[name])
            if columns[name] == "date":
                cells[name] = day(cells[name])
        made.append({**cells, "title_en": f"dose {cells['id']}", "title_zh": f"{cells['id']}剂"})
    return TableDef("plan", columns, tuple(made))


FORMS = (
    form("shot", {"doses": {"what": "text", "given_on": "date", "kind": "text"}}, where="text"),
    form("card", {"old": {"what": "text", "given_on": "date"}}),
    form("visit", t="text", on="date"),
)
DOSES = (DoseSource("shot", "doses"), DoseSource("card", "old", "given_on", True))
FROM = (
    "greatest(add_interval(person.birth_date, row.age, row.unit),"
    " coalesce(add_interval(previous, row.gap, row.gunit), person.birth_date),"
    " coalesce(add_interval(last_counted(shots, row.asks), row.gap, row.gunit), person.birth_date),"
    " coalesce(case when row.chain = 'C' then add_days(max(shot.occurred_on where shot.doses.kind = 'live'), 28) end,"
    " person.birth_date))"
)
RULES: dict[str, Any] = {
    "fits": "dose.what = row.chain",
    "from_": FROM,
    "due": "add_days(from, 28)",
    "until": "add_months(from, 12)",
    "not_after": "add_interval(person.birth_date, row.last, row.lunit)",
    "while_": "is_missing(row.sex) or person.sex = row.sex",
    "source": "norm",
}


def made(facts: dict[str, str] | None = None, table: TableDef | None = None, **changed: Any) -> Pack:
    return pack(
        facts,
        episodes=(),
        forms=FORMS,
        numbers=(number("span", ("1900-01-01", "40")),),
        tables=(table or plan(),),
        series=(series_of(DOSES, **{**RULES, **changed}),),
    )


COMPILED = compile(made())


def shot(on: str, *what: str, **more: Any) -> Any:
    return entry("shot", on, id_=f"shot {on}", doses=[{"what": w, **more} for w in what])


def said(judged: tuple[JudgedDose, ...]) -> list[str]:
    """Each dose in a line: its day, and the row it counts as, or the chain and why not."""
    lines = []
    for one in judged:
        why = one.verdict + (f" {one.days}" if one.days else "")
        lines.append(f"{one.on} {one.row_id}" if one.counted else f"{one.on} {one.chain or '-'}: {why}")
    return lines


def windows(known: History, compiled: Compiled = COMPILED) -> dict[str, tuple[str | None, ...]]:
    """What is planned by its id: from, due, until and who met it."""
    return {
        w.contact.removeprefix("shots:"): (
            *(str(on) if on else None for on in (w.from_on, w.due_on, w.until_on)),
            w.met_by,
        )
        for w in compiled.plan(known).windows
    }


def test_each_valid_dose_rests_on_the_one_before():
    known = history(
        shot("2024-01-01", "A"), shot("2024-02-01", "A"), shot("2024-07-01", "A"), birth_date=day("2024-01-01")
    )
    assert said(COMPILED.judged(known)) == ["2024-01-01 A-1", "2024-02-01 A-2", "2024-07-01 A-3"]
    found = windows(known)
    assert found["A-2"] == ("2024-02-01", "2024-02-29", "2025-02-01", "shot 2024-02-01")
    assert found["A-3"] == ("2024-07-01", "2024-07-29", "2025-07-01", "shot 2024-07-01")
    assert found["B-1"] == ("2024-04-01", "2024-04-29", "2025-04-01", "")
    assert sorted(found) == ["A-1", "A-2", "A-3", "B-1", "C-1", "D-1", "H-1"]


@pytest.mark.parametrize(
    ("second", "verdict"),
    [("2024-01-31", "A: too_early_age 1"), ("2024-02-01", "A-2")],
)
def test_a_day_too_early_for_the_age(second: str, verdict: str):
    known = history(shot("2024-01-01", "A"), shot(second, "A"), birth_date=day("2024-01-01"))
    assert said(COMPILED.judged(known)) == ["2024-01-01 A-1", f"{second} {verdict}"]


def test_a_day_too_soon_after_the_dose_before_is_kept_and_the_series_goes_on():
    known = history(
        shot("2024-02-10", "A"), shot("2024-03-08", "A"), shot("2024-03-09", "A"), birth_date=day("2024-01-01")
    )
    assert said(COMPILED.judged(known)) == ["2024-02-10 A-1", "2024-03-08 A: too_early_interval 1", "2024-03-09 A-2"]
    assert windows(known)["A-3"] == ("2024-07-01", "2024-07-29", "2025-07-01", "")


def test_a_late_child_goes_on_where_it_stopped():
    known = history(shot("2024-01-01", "A"), shot("2026-03-01", "A"), birth_date=day("2024-01-01"))
    assert said(COMPILED.judged(known)) == ["2024-01-01 A-1", "2026-03-01 A-2"]
    assert windows(known)["A-3"][0] == "2026-04-30"


def test_a_dose_is_judged_by_the_edition_of_its_day():
    """Born 2024-11-01: two months old before the edition that gives B at two months began."""
    early = history(shot("2024-12-31", "B"), birth_date=day("2024-10-31"))
    assert said(COMPILED.judged(early)) == ["2024-12-31 B: too_early_age 31"]
    after = history(shot("2025-01-01", "B"), birth_date=day("2024-10-31"))
    assert said(COMPILED.judged(after)) == ["2025-01-01 B-1"]


def test_the_next_window_begins_no_earlier_than_its_edition():
    assert windows(history(birth_date=day("2024-10-31")))["B-1"][0] == "2025-01-01"
    assert windows(history(birth_date=day("2024-09-30")))["B-1"][0] == "2024-12-30"


def test_a_step_that_only_a_later_edition_has_is_due_then():
    given = [shot("2020-05-01", "B"), shot("2020-06-01", "B")]
    assert windows(history(*given, birth_date=day("2020-01-01")))["B-3"][0] == "2026-01-01"
    again = history(*given, shot("2024-12-31", "B"), birth_date=day("2018-01-01"))
    assert said(COMPILED.judged(again))[-1] == "2024-12-31 B: complete"
    assert windows(again)["B-3"][0] == "2025-01-01"


def test_after_the_last_day_nothing_counts_and_nothing_is_planned_any_more():
    known = history(shot("2024-01-02", "C"), birth_date=day("2020-01-01"))
    assert said(COMPILED.judged(known)) == ["2024-01-02 C: too_late 1"]
    assert windows(known)["C-1"][:1] == ("2020-01-01",)
    window = next(w for w in COMPILED.plan(known).windows if w.contact == "shots:C-1")
    assert (window.ends_on, window.recurring, window.met_by) == (day("2024-01-02"), True, "")
    never = history(birth_date=day("2010-01-01"))
    assert "C-1" not in windows(never)


def test_a_row_may_be_for_some_people_only():
    girl, boy = (history(shot("2026-01-01", "H"), birth_date=day("2012-01-01"), sex=s) for s in ("female", "male"))
    assert said(COMPILED.judged(girl)) == ["2026-01-01 H-1"]
    assert said(COMPILED.judged(boy)) == ["2026-01-01 H: not_for_person"]
    assert "H-1" not in windows(boy)


def test_without_a_date_of_birth_doses_are_kept_and_the_date_is_asked_for():
    known = history(shot("2024-01-02", "A"))
    assert said(COMPILED.judged(known)) == ["2024-01-02 A: unknown"]
    window = next(w for w in COMPILED.plan(known).windows if w.contact == "shots:A-1")
    assert (window.from_on, window.need) == (None, ("person.birth_date",))


def test_what_no_edition_of_that_day_has_is_kept_without_a_chain():
    known = history(shot("2024-01-02", "X"), shot("2019-12-31", "A"), birth_date=day("2019-01-01"))
    assert said(COMPILED.judged(known)) == ["2019-12-31 -: not_in_schedule", "2024-01-02 -: not_in_schedule"]


def test_another_vaccine_of_the_series_than_the_one_due_is_kept():
    compiled = compile(made(fits="dose.what = row.id"))
    known = history(shot("2024-02-01", "A-2"), shot("2024-02-02", "A-1"), birth_date=day("2024-01-01"))
    assert said(compiled.judged(known)) == ["2024-02-01 A: other_product", "2024-02-02 A-1"]


def test_doses_copied_from_a_card_stand_on_the_day_they_were_given():
    card = entry("card", "2025-06-01", old=[{"what": "A", "given_on": "2024-01-01"}, {"what": "A"}])
    known = history(shot("2024-03-01", "A"), card, birth_date=day("2024-01-01"))
    assert said(COMPILED.judged(known)) == ["None -: no_day", "2024-01-01 A-1", "2024-03-01 A-2"]


def test_live_doses_of_one_day_never_hinder_each_other_but_those_of_other_days_do():
    together = history(shot("2024-06-01", "X", "C", kind="live"), birth_date=day("2024-01-01"))
    assert said(COMPILED.judged(together))[1] == "2024-06-01 C-1"
    apart = history(
        shot("2024-06-01", "X", kind="live"),
        shot("2024-06-15", "C"),
        shot("2024-06-29", "C"),
        birth_date=day("2024-01-01"),
    )
    assert said(COMPILED.judged(apart))[1:] == ["2024-06-15 C: too_early_interval 14", "2024-06-29 C-1"]


def test_one_chain_may_rest_on_another():
    first = [shot("2024-01-01", "A"), shot("2024-02-01", "A")]
    known = history(*first, shot("2025-01-31", "D"), shot("2025-02-01", "D"), birth_date=day("2024-01-01"))
    assert said(COMPILED.judged(known))[2:] == ["2025-01-31 D: too_early_interval 1", "2025-02-01 D-1"]
    assert windows(history(*first, birth_date=day("2024-01-01")))["D-1"][0] == "2025-02-01"


def test_facts_ask_a_series_and_series_rest_on_facts():
    compiled = compile(
        made(
            {
                "person.kept_back": "any(visit, visit.t = 'no')",
                "person.times": "doses_counted(shots, 'A')",
                "person.latest": "last_counted(shots, 'A')",
            },
            while_="not kept_back",
        )
    )
    first = [shot("2024-01-01", "A"), shot("2024-02-01", "A"), shot("2024-02-02", "A")]
    known = history(*first, birth_date=day("2024-01-01"))
    facts = compiled.plan(known).facts[""]
    assert (facts["times"], facts["latest"]) == (2, day("2024-02-01"))
    held = history(*first, entry("visit", "2024-05-01", t="no"), birth_date=day("2024-01-01"))
    assert compiled.plan(held).facts[""]["times"] == 0
    assert windows(held, compiled) == {}


def test_a_dose_may_be_judged_and_yet_not_offered():
    compiled = compile(made(listed_while="row.chain <> 'C' or doses_counted(shots, row.asks) > 0"))
    assert "C-1" in windows(history(birth_date=day("2024-01-01")))
    assert "C-1" in windows(history(birth_date=day("2024-01-01")), compiled)  # row.asks is empty: unknown, so it stands
    offered = compile(made(listed_while="row.chain = 'A'"))
    known = history(shot("2024-03-01", "C"), birth_date=day("2024-01-01"))
    assert set(windows(known, offered)) == {"A-1", "C-1"}
    assert said(offered.judged(known)) == ["2024-03-01 C-1"]


def test_a_window_may_be_put_off_and_doses_are_judged_all_the_same():
    compiled = compile(made({"person.wait": "last(visit.on)"}, listed_from="wait"))
    known = history(
        shot("2024-01-01", "A"), shot("2024-02-01", "A"), entry("visit", "2024-02-02", on="2024-09-01"),
        birth_date=day("2024-01-01"),
    )  # fmt: skip
    assert said(compiled.judged(known)) == ["2024-01-01 A-1", "2024-02-01 A-2"]
    found = windows(known, compiled)
    assert (found["A-2"][0], found["A-3"][:2]) == ("2024-02-01", ("2024-09-01", "2024-09-29"))
    assert "wait" in [s.name for s in compiled.why(known, "shots:A-3", "", 0)[0].steps]


def test_arrival_changes_nothing_and_order_within_a_day_does():
    known = [entry("shot", "2024-03-01", id_="b", counter=1, doses=[{"what": "A"}, {"what": "B"}])]
    known += [entry("shot", "2024-03-01", id_="a", counter=2, doses=[{"what": "A"}])]
    one, other = (history(*each, birth_date=day("2023-01-01")) for each in (known, known[::-1]))
    assert COMPILED.plan(one) == COMPILED.plan(other)
    assert COMPILED.judged(one) == COMPILED.judged(other)
    assert [d.instance_id for d in COMPILED.judged(one) if d.row_id == "A-1" and d.counted] == ["b"]


def test_reasons_name_the_dose_before_and_the_date_of_birth():
    known = history(shot("2024-02-10", "A"), birth_date=day("2024-01-01"))
    steps = COMPILED.why(known, "shots:A-2", "", 0)
    assert [step.name for step in steps] == ["from", "due", "until", "while"]
    assert (steps[0].value, steps[0].source) == (day("2024-03-09"), "norm")
    below = {step.name: step.value for step in steps[0].steps}
    assert below["person.birth_date"] == day("2024-01-01")
    assert below["previous"] == day("2024-02-10")
    assert next(s for s in steps[0].steps if s.name == "previous").entry == "shot 2024-02-10"
    edition = COMPILED.why(history(birth_date=day("2024-10-31")), "shots:B-1", "", 0)
    assert [(s.name, s.value) for s in edition[0].steps if s.name == "edition"] == [("edition", day("2025-01-01"))]
    with pytest.raises(KeyError):
        COMPILED.why(known, "shots:B-2", "", 0)


def test_what_does_not_count_is_said_in_both_languages():
    known = history(shot("2024-01-01", "A"), shot("2024-01-31", "A"), birth_date=day("2024-01-01"))
    _, early = COMPILED.judged(known)
    assert COMPILED.judged_words(early, "en") == (
        "It does not count as dose A-2: given 1 day too early for the age. Valid from 1 February 2024."
    )
    assert COMPILED.judged_words(early, "zh-hans") == "不算作A-2剂：早于规定月龄 1 天，2024年2月1日起接种才有效。"


def test_lineage_reaches_the_doses_and_all_the_rules_name():
    compiled = compile(made({"person.times": "doses_counted(shots, 'A')"}))
    expected = {
        ("shot", ""), ("shot", "on"), ("shot", "what"), ("shot", "kind"), ("card", ""), ("card", "given_on"),
        ("card", "what"), ("person", "birth_date"), ("person", "sex"),
    }  # fmt: skip
    assert compiled.lineage("fact:times") == expected
    assert compiled.lineage("contact:shots:A-2") == expected
    assert "shots:B-1" in compiled.contacts_touched_by("card")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"fits": "dose.wat = row.chain"}, "rules.unknown_name"),
        ({"from_": "row.wat"}, "rules.unknown_name"),
        ({"from_": "row.age"}, "rules.wrong_result"),
        ({"from_": "case when dose.what = 'A' then previous end"}, "rules.name_not_here"),
        ({"due": "until"}, "rules.name_not_here"),
        ({"from_": "last_counted(shots, 'A')"}, "rules.chain_cycle"),
        ({"from_": "last_counted(shots, 'Q')"}, "rules.unknown_chain"),
        ({"from_": "last_counted(wat, 'A')"}, "rules.unknown_series"),
        ({"from_": "last_counted(shots, coalesce(row.asks, row.sex))"}, "rules.series_shape"),
        ({"from_": "add_days(person.birth_date, 33)", "source": ""}, "rules.bare_literal"),
    ],
)
def test_what_is_wrong_is_told_at_load(changed: dict[str, str], code: str):
    assert code in codes(check(made(**changed)))


def test_circles_are_told_at_load():
    assert "rules.cycle" in codes(
        check(made({"person.held": "doses_counted(shots, 'A') > 1"}, while_="coalesce(held, true)"))
    )
    circle = plan(("chain step id since before age unit gap gunit last lunit sex asks",
                   "A 1 A-1 . . 0 day . . . . . B", "B 1 B-1 . . 0 day . . . . . A"))  # fmt: skip
    assert "rules.chain_cycle" in codes(check(made(table=circle)))
    asked = made({"care.x": "doses_counted(shots, 'A')"})
    assert "rules.unknown_subject" in codes(check(asked))
