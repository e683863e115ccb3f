"""Derived answers in pack.yaml: read, made questions of their form, and told when they lead nowhere."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from doorstep.engine.model.pack import CurveDef, Pack
from doorstep.engine.packs import load
from doorstep.lib.problems import Problems

CHILD = Path(__file__).resolve().parents[3] / "packs" / "child"


@pytest.fixture(scope="module")
def child() -> Pack:
    return load(CHILD)


def test_a_derived_answer_is_a_question_nobody_asks(child: Pack) -> None:
    question = child.forms["child_visit"].by_key["weight_for_age"]
    assert (question.type, question.data_type, question.path) == ("derived", "decimal", ("weight_for_age",))
    assert (question.tag, question.readonly, question.required) == ("sensitive.health", True, False)
    assert question.labels["zh"] == "年龄别体重（z值）"
    assert question.calculation == (
        "who_growth(born=${birth_date}, measure=weight_for_age, oedema=${oedema}, on=${visit_date}, sex=${sex},"
        " weight=${weight})"
    )
    assert "weight_for_age" not in child.forms["child_visit"].xml


def test_one_that_is_a_word_has_its_choices(child: Pack) -> None:
    spec = child.forms["child_visit"]
    choices = spec.choices[spec.by_key["measure_again"].list_name]
    assert [(c.name, c.labels["zh"]) for c in choices] == [("yes", "请再量一次")]


def test_what_a_pack_says_is_read(child: Pack) -> None:
    head = next(one for one in child.derived["child_visit"] if one.id == "head_for_age")
    assert head.by == "who_growth"
    assert dict(head.takes) == {
        "measure": "head_for_age", "sex": "sex", "born": "birth_date", "on": "visit_date", "head": "head",
    }  # fmt: skip
    assert child.curves[0] == CurveDef(
        "child_visit.weight_for_age", {"en": "Weight by age", "zh": "年龄别体重"}, "kg", child.curves[0].at
    )


def test_everything_that_leads_nowhere_is_told_at_once(tmp_path: Path) -> None:
    copy = tmp_path / "child"
    copytree(CHILD, copy)
    (copy / "tables" / "who_head_for_age.csv").unlink()
    table = copy / "tables" / "who_bmi_for_age.csv"
    table.write_text(table.read_text().replace("male,0,-0.3053,13.4069,0.0956", "male,0,,13.4069,0.0956", 1))
    text = (copy / "pack.yaml").read_text()
    for old, new in (
        ("weight_for_age:\n      {by: who_growth,", "weight_for_age:\n      {by: who_grows,"),
        ("length_for_age:\n      {by: who_growth, measure: length_for_age", "talked:\n      {by: who_growth, measure: size"),
        ("on: visit_date, head: head", "on: sex, head: heed, colour: blue"),
        ("born: birth_date, on: visit_date, weight: weight, length: length, position: position, head: head", "length: length"),
        ("of: child_visit.bmi_for_age", "of: child_visit.measure_again"),
    ):  # fmt: skip
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (copy / "pack.yaml").write_text(text)
    with pytest.raises(Problems) as wrong:
        load(copy)
    told = sorted((p.where.item, p.code.removeprefix("packs."), p.args.get("name", "")) for p in wrong.value.problems)
    assert told == [
        ("curve child_visit.length_for_age", "unknown_curve", "child_visit.length_for_age"),
        ("curve child_visit.measure_again", "unknown_curve", "child_visit.measure_again"),
        ("curve child_visit.weight_for_age", "unknown_curve", "child_visit.weight_for_age"),
        ("derived child_visit.bmi_for_age", "derived_table_gap", "who_bmi_for_age"),
        ("derived child_visit.head_for_age", "derived_kind", "sex"),
        ("derived child_visit.head_for_age", "derived_table", "who_head_for_age"),
        ("derived child_visit.head_for_age", "key_unknown", ""),
        ("derived child_visit.head_for_age", "unknown_question", "heed"),
        ("derived child_visit.measure_again", "derived_table", "who_head_for_age"),
        ("derived child_visit.measure_again", "derived_table_gap", "who_bmi_for_age"),
        ("derived child_visit.measure_again", "key_missing", ""),
        ("derived child_visit.measure_again", "key_missing", ""),
        ("derived child_visit.talked", "derived_taken", "talked"),
        ("derived child_visit.talked", "not_one_of", ""),
        ("derived child_visit.weight_for_age", "derived_function", "who_grows"),
    ]
