"""ODK Validate finds what pyxform lets pass; without Java a form is never called valid."""

from __future__ import annotations

import subprocess

import pytest

from doorstep.engine.xlsform import java_is_here, read, validate
from doorstep.lib.problems import Problems

from .forms import VISIT, form

BROKEN = form("| | type | name | label | constraint |\n| | integer | a | A | . > nonsense( |\n")
CIRCLE = form(
    "| | type | name | label | calculation |\n| | calculate | a | | ${b} + 1 |\n| | calculate | b | | ${a} + 1 |\n"
)
VENDOR = form("| | type | name | label | calculation |\n| | calculate | a | | acme:sum(1, 2) |\n| | text | z | Z | |\n")

needs_java = pytest.mark.skipif(not java_is_here(), reason="needs Java")


@needs_java
def test_a_sound_form_is_validated() -> None:
    spec = read(VISIT.encode(), "visit.md")
    assert (spec.validated, spec.warnings) == (True, ())


@needs_java
def test_a_broken_expression_is_refused() -> None:
    with pytest.raises(Problems) as raised:
        read(BROKEN.encode(), "broken.md")
    (problem,) = raised.value.problems
    assert (problem.code, problem.severity, problem.where.file) == ("xlsform.validate", "error", "broken.md")
    assert "/data/a" in problem.args["said"]
    assert "javarosa" not in problem.text()


@needs_java
@pytest.mark.parametrize("text", [CIRCLE, VENDOR])
def test_what_only_odk_refuses_is_a_warning(text: str) -> None:
    spec = read(text.encode(), "circle.md")
    assert (spec.validated, len(spec.warnings)) == (False, 1)
    assert spec.warnings[0].startswith("circle.md: ODK Validate says:")


@needs_java
def test_many_forms_in_one_run_each_with_its_own_verdict() -> None:
    xml = {name: read(text.encode(), f"{name}.md", check=False).xml for name, text in {"a": VISIT, "b": BROKEN}.items()}
    verdicts = validate({**xml, "c": xml["a"]}, {"b": "b.md"})
    assert {k: (v.ran, [p.where.file for p in v.problems]) for k, v in verdicts.items()} == {
        "a": (True, []),
        "b": (True, ["b.md"]),
        "c": (True, []),
    }


@needs_java
def test_no_time_is_no_verdict() -> None:
    xml = read(VISIT.encode(), "visit.md", check=False).xml + "<!-- never looked at before -->"
    assert [(v.ran, v.problems) for v in validate({"a": xml}, {}, limit=0.001).values()] == [(False, ())]
    assert validate({"a": xml}, {})["a"].ran  # having had no time is not remembered


@needs_java
def test_what_was_said_of_a_form_is_said_again_without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    xml = {name: read(text.encode(), f"{name}.md", check=False).xml for name, text in {"a": VISIT, "b": BROKEN}.items()}
    first = validate(xml, {"b": "b.md"})
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("Java was started"))
    assert validate(xml, {"b": "b.md"}) == first
    assert validate({"z": xml["b"]}, {"z": "other.md"})["z"].problems[0].where.file == "other.md"


def test_without_java_a_form_is_not_called_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    spec = read(VISIT.encode(), "visit.md")
    assert spec.validated is False
    assert [w.split(".")[0] for w in spec.warnings] == ["This form was not checked with ODK Validate"]
