"""The shipped packs: each passes its own check, and its stories notice when a rule is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from doorstep.engine import xlsform
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import ContactDef, Rule
from doorstep.engine.model.spec import DERIVED
from doorstep.engine.packs import check, each_case, load
from tests.shares import share

PACKS = Path(__file__).resolve().parents[2] / "packs"
NAMES = sorted(folder.name for folder in PACKS.iterdir() if (folder / "pack.yaml").is_file())

FREE_TEXTS = {"batch", "remark", "name", "number", "address", "phone"}
LONGEST_REMARK = "string-length(.) <= 100"


@pytest.fixture(scope="module", params=NAMES)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load(PACKS / request.param)


def test_there_are_packs() -> None:
    assert {"child", "hypertension", "maternal", "register"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_passes_its_check(name: str) -> None:
    assert [problem.text() for problem in check(PACKS / name)] == []


def test_every_form_is_in_both_languages_and_tagged(pack: Pack) -> None:
    for form in pack.forms.values():
        assert set(form.languages) == {"en", "zh"}, form.form_id
        assert [q.key for q in form.questions if not q.tag] == [], form.form_id


def test_forms_are_short_and_hold_one_short_remark_at_most(pack: Pack) -> None:
    for form in pack.forms.values():
        asked = [q for q in form.questions if q.type not in ("calculate", "note", DERIVED)]
        assert len(asked) <= 17, form.form_id
        texts = [q for q in asked if q.type == "text"]
        assert {q.name for q in texts} <= FREE_TEXTS, form.form_id
        assert [q.constraint for q in texts if q.name == "remark"] in ([], [LONGEST_REMARK]), form.form_id


def test_forms_rest_on_no_other_column_of_a_list(pack: Pack) -> None:
    """A choice filter or a look-up in person.csv would need a column that phones do not get (charter C18). Only the
    standard's own version columns (``__version`` …) are read, by forms that update."""
    for form in pack.forms.values():
        paths = re.findall(r"instance\('\w+'\)/root/item([^\"]*)", form.xml)
        assert [p for p in paths if p.strip(")") and "]/__" not in p] == [], form.form_id


def test_everybody_who_says_yes_is_asked_first(pack: Pack) -> None:
    """The form that opens care, and the one that lists a person, ask whether she wants it."""
    opening = {episode.opens for episode in pack.episodes.values()}
    opening |= {
        form.form_id for form in pack.forms.values() for e in form.entities if e.dataset == "person" and e.creates
    }
    for form in opening:
        asked = {q.name for q in pack.forms[form].questions if q.required}
        assert asked & {"asked", "agreed_by"}, form


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(PACKS.glob("*/forms/*.md")), ids=lambda file: file.stem)
def test_odk_validate_accepts_the_form(file: Path) -> None:
    form = xlsform.read(file)
    assert (form.warnings, form.validated) == ((), True)


def changed_numbers(pack: Pack) -> Iterator[tuple[str, Pack]]:
    """The pack with one dated number one more, or one less. What pictures alone ask for is in no rule a story could
    tell of: tests/web/manager/test_pictures.py tries those."""
    drawn = {name for picture in pack.pictures.values() for name in picture.numbers}
    for number in (one for one in pack.numbers.values() if one.id not in drawn):
        for place, dated in enumerate(number.values):
            if number.unit == "yes or no":
                continue
            for step in (1, -1):
                values = list(number.values)
                values[place] = replace(dated, value=dated.value + step)
                other = replace(number, values=tuple(values))
                yield f"{number.id} {dated.since} {step:+}", replace(pack, numbers={**pack.numbers, number.id: other})


def changed_bounds(pack: Pack) -> Iterator[tuple[str, Pack]]:
    """The pack with one day or week of one contact's window moved by one, and the stories about that contact."""
    for schedule, contacts in pack.schedules.items():
        for place, contact in enumerate(contacts):
            for part in ("from_", "due", "until", "while_", "every"):
                for changed in _moved(contact, part):
                    others = (*contacts[:place], changed, *contacts[place + 1 :])
                    name = f"{schedule}/{contact.id} {getattr(changed, part).text}"
                    told = tuple(case for case in pack.cases if contact.id in str(case.raw["then"]))
                    yield name, replace(pack, schedules={**pack.schedules, schedule: others}, cases=told)


def _moved(contact: ContactDef, part: str) -> Iterator[ContactDef]:
    rule = getattr(contact, part)
    if isinstance(rule, Rule):
        for literal in re.finditer(r"(?<=, )\d+(?=\))", rule.text):
            text = rule.text[: literal.start()] + str(int(literal[0]) + 1) + rule.text[literal.end() :]
            yield _with_rule(contact, part, Rule(text, rule.at))


def _with_rule(contact: ContactDef, part: str, rule: Rule) -> ContactDef:
    changed: dict[str, Any] = {part: rule}
    return replace(contact, **changed)


MANY = 30


def unnoticed(variants: Iterator[tuple[str, Pack]]) -> list[str]:
    """Names of changed packs whose stories all hold nevertheless: of every variant, or of each third of a pack of many."""
    tried = list(variants)
    step = share(3, 1) if len(tried) > MANY else 1
    return [name for name, pack in tried[::step] if all(result.passed for result in each_case(pack))]


def test_stories_notice_every_number(pack: Pack) -> None:
    assert unnoticed(changed_numbers(pack)) == []


def test_stories_notice_every_window(pack: Pack) -> None:
    assert unnoticed(changed_bounds(pack)) == []
