"""Packs bent towards policing, by program: every one must be refused, for the right clause and nothing else."""

from __future__ import annotations

from dataclasses import replace

import mutants_in_disguise as disguise
import mutants_of_care as care
import mutants_of_consent as consent
import mutants_of_constructs as constructs
import mutants_of_fields as fields
import mutants_of_figures as figures
import mutants_of_methods as methods
import pytest
from clinic import CLINIC, GOAL, Change, codes, indicator, measure
from test_charter_outputs import CASES as OUTPUTS

from doorstep.engine.charter import shipped
from doorstep.engine.charter.dictionary import parse, write
from doorstep.engine.model.pack import Pack
from doorstep.engine.outputs import Dictionary
from doorstep.engine.outputs.tags import NEVER_SORTS
from doorstep.lib.problems import catalogue

MUTANTS = [
    *figures.goals(), *figures.mistagged(), *figures.arithmetic(), *figures.words_of_targets(), *figures.numbers(), *figures.words_of_reports(),
    *figures.narrow(),
    *care.declining(), *care.counting_no(), *care.irreversible(), *care.outcomes(), *care.consents(), *care.sorting(), *fields.policing(), *fields.kinds(),
    *consent.stops(), *consent.ranges(), *consent.awards(), *consent.consents(), *consent.confidence(), *constructs.of_series(), *constructs.looked_up(),
]  # fmt: skip
DISGUISED = disguise.disguised()
BENT = methods.bent_methods()


def test_the_honest_pack_loads() -> None:
    assert codes(CLINIC) == set()


@pytest.mark.parametrize(("change", "want"), [m[1:] for m in MUTANTS], ids=[m[0] for m in MUTANTS])
def test_mutant_is_refused(change: Change, want: set[str]) -> None:
    assert codes(change(CLINIC)) == want


@pytest.mark.parametrize(("pack", "want"), [m[1:] for m in DISGUISED], ids=[m[0] for m in DISGUISED])
def test_a_disguised_pack_is_refused(pack: Pack, want: set[str]) -> None:
    assert codes(pack, Dictionary()) == want


@pytest.mark.parametrize(("pack", "want"), [m[1:] for m in BENT], ids=[m[0] for m in BENT])
def test_contraception_bent_is_refused(pack: Pack, want: set[str]) -> None:
    assert codes(pack, shipped()) == want


@pytest.mark.parametrize("tag", sorted(NEVER_SORTS))
def test_an_answer_worked_out_tells_what_it_is_worked_out_from(tag: str) -> None:
    """Every tag of it reviewed: only the working out stands between the question and the visit."""
    pack = constructs.worked_out(CLINIC, "told", tag)
    assert codes(pack, parse(write((pack,), Dictionary()))) == {"sorts_people"}
    honest = constructs.worked_out(CLINIC, "told", "sensitive.health")
    assert codes(honest, parse(write((honest,), Dictionary()))) == set()


def test_an_honest_series_loads() -> None:
    assert codes(constructs.with_series(constructs.dosing())(CLINIC)) == set()


def test_contraception_as_shipped_loads() -> None:
    assert codes(methods.contraception(), shipped()) == set()


def test_there_are_enough_mutants_and_none_is_the_honest_pack() -> None:
    assert len(MUTANTS) >= 400
    assert [name for name, change, _ in MUTANTS if change(CLINIC) == CLINIC] == []


def test_a_mutant_in_another_pack_is_seen_through_the_forms_it_names() -> None:
    """A pack of indicators alone, over the forms of a reviewed one, does not escape."""
    goal = indicator(
        "x", measure("pressure_care", where="any(method_visit.well = 1)"), measure("pressure_care"), goal=GOAL
    )
    pack = Pack(
        "figures",
        "1",
        {"en": "F", "zh": "数"},
        {},
        {},
        {},
        {},
        indicators={"x": goal},
        episodes={"pressure_care": CLINIC.episodes["pressure_care"]},
        numbers=dict(CLINIC.numbers),
    )
    assert codes(pack, others=(CLINIC,)) == {"goal_on_choice"}
    harmless = replace(goal, numerator=measure("pressure_care", where="any(pressure_visit.upper > 2)"))
    assert codes(replace(pack, indicators={"x": harmless}), others=(CLINIC,)) == set()


def test_every_problem_of_the_charter_is_raised_by_some_mutant_or_output() -> None:
    """A check nobody has seen fail does not count as one."""
    seen = {code for _, _, want in (*MUTANTS, *OUTPUTS, *BENT, *DISGUISED) for code in want}
    known = {code.removeprefix("charter.") for code in catalogue() if code.startswith("charter.")}
    assert known - seen == set()
