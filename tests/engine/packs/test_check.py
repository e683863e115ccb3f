"""A pack is looked through as a whole: languages, numbers, files, rules, charter, stories and forms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import doorstep.engine.packs as packs
from doorstep.engine.packs import check, load, new, run_cases
from doorstep.engine.packs.__main__ import main
from doorstep.engine.xlsform import java_is_here
from doorstep.lib.problems import Problem, Problems, catalogue

from .clinic import CLINIC, Change, changed

needs_java = pytest.mark.skipif(not java_is_here(), reason="needs Java")


def brief(problems: list[Problem]) -> list[tuple[str, str, int | None]]:
    unasked = ("xlsform.not_validated",)  # said where there is no Java
    return [(p.code, p.where.file, p.where.row) for p in problems if p.code not in unasked]


def test_a_sound_pack_has_no_problems() -> None:
    assert brief(check(CLINIC)) == []


SIZE = "numbers/window.yaml"
TABLE: list[tuple[list[Change], list[tuple[str, str, int | None]]]] = [
    ([("words/go_now.yaml", "zh: 马上去卫生院。\n", "")], [("packs.language_missing", "words/go_now.yaml", 1)]),
    ([("pack.yaml", "{en: Course, zh: 疗程}", "{en: Course}")], [("packs.language_missing", "pack.yaml", 13)]),
    ([("pack.yaml", "{en: Kilos, zh: 公斤}", "{en: Kilos}")], [("packs.language_missing", "pack.yaml", 13)]),
    ([("schedules/plain.yaml", ", zh: 第二次", "")], [("packs.language_missing", "schedules/plain.yaml", 11)]),
    (
        [("schedules/plain.yaml", ', zh: "{started_on}开始。"', "")],
        [("packs.language_missing", "schedules/plain.yaml", 4)],
    ),
    ([("forms/visit.md", "| Steps | 步数 |", "| Steps | |")], [("packs.language_missing", "forms/visit.md", 10)]),
    ([("forms/visit.md", "| Fever | 发热 |", "| Fever | |")], [("packs.language_missing", "forms/visit.md", 11)]),
    ([("cases/short.yaml", ", zh: 简短计划只看一次。", "")], [("packs.language_missing", "cases/short.yaml", 1)]),
    ([(SIZE, "norm, status: verified", "norm, status: check locally")], [("packs.number_unsure", SIZE, 1)]),
    (
        [("numbers/spare.yaml", None, "title: {en: S, zh: 备}\nunit: days\nvalues: []\n")],
        [("packs.number_empty", "numbers/spare.yaml", 1)],
    ),
    ([("forms/visit.md", "person.csv", "people.csv")], [("packs.attachment_missing", "forms/visit.md", None)]),
    (
        [("cases/short.yaml", "overdue due 2026-03-16", "overdue due 2026-03-17")],
        [
            ("packs.case_fails", "cases/short.yaml", 7),
            ("packs.no_case", "schedules/short.yaml", 3),
        ],
    ),
    (
        [("schedules/short.yaml", "add_weeks(started_on, 2)", "add_weks(started_on, 2)")],
        [
            ("rules.unknown_function", "schedules/short.yaml", 3),
        ],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), TABLE, ids=[c for _, ((c, _, _), *_) in TABLE])
def test_each_fault_is_found(
    tmp_path: Path, changes: list[Change], expected: list[tuple[str, str, int | None]]
) -> None:
    assert brief(check(changed(tmp_path, changes))) == [(c, f"clinic/{f}", line) for c, f, line in expected]


def test_an_unsure_number_nobody_uses_may_stand(tmp_path: Path) -> None:
    spare = "title: {en: S, zh: 备}\nunit: days\nvalues:\n  - {value: 1, since: 2020-01-01, source: norm, status: check locally}\n"
    assert brief(check(changed(tmp_path, [("numbers/spare.yaml", None, spare)]))) == []


def test_an_unsure_local_number_is_missing_until_entered(tmp_path: Path) -> None:
    changes = [(SIZE, "unit: days", "unit: days\nlocal: true")]
    changes += [(SIZE, f"status: {s}", "status: check locally") for s in ("verified", "secondary")]
    pack = load(changed(tmp_path, changes))
    failed = [p.args["got"] for r in run_cases(pack) if r.id == "looks-1" for p in r.problems]
    assert failed == ["first_look is open from 2026-03-09 (needs until)"]


def test_what_does_not_load_is_told_and_nothing_more(tmp_path: Path) -> None:
    assert brief(check(changed(tmp_path, [("pack.yaml", "say: go_now", "say: go")]))) == [
        ("packs.unknown_word", "clinic/pack.yaml", 20)
    ]


@needs_java
def test_forms_of_a_pack_must_open_in_odk(tmp_path: Path) -> None:
    circle = [
        (
            "forms/visit.md",
            "| | note | thanks | Thanks | 谢谢 | |",
            "| | calculate | a | | | ${b} + 1 |\n| | calculate | b | | | ${a} + 1 |",
        ),
    ]
    problems = check(changed(tmp_path, circle))
    assert [(p.code, p.where.file, p.severity) for p in problems] == [
        ("xlsform.validate", "clinic/forms/visit.md", "error")
    ]


FORM = "| survey |\n| | type | name | label | constraint |\n| | integer | a | A | {} |\n"


def test_one_form_alone(tmp_path: Path) -> None:
    sound, broken, none = tmp_path / "sound.md", tmp_path / "broken.md", tmp_path / "none.xlsx"
    sound.write_text(FORM.format(". > 0"))
    broken.write_text(FORM.format(". > ${b}"))
    none.write_bytes(b"")
    assert brief(check(sound)) == []
    assert brief(check(broken)) == [("xlsform.unknown_reference", "broken.md", 3)]
    assert brief(check(none)) == [("xlsform.empty", "none.xlsx", None)]


@needs_java
def test_a_broken_expression_in_one_form_alone(tmp_path: Path) -> None:
    path = tmp_path / "form.md"
    path.write_text(FORM.format(". > nonsense("))
    assert [(p.code, p.severity) for p in check(path)] == [("xlsform.validate", "error")]


def test_without_java_a_pack_is_checked_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert [(p.code, p.severity) for p in check(CLINIC)] == [("xlsform.not_validated", "warning")]


def test_a_new_pack_passes(tmp_path: Path) -> None:
    made = new(tmp_path, "eyes")
    assert made == tmp_path / "eyes"
    assert brief(check(made)) == []
    pack = load(made)
    assert (pack.id, list(pack.forms), [r.passed for r in run_cases(pack)]) == ("eyes", ["help_visit"], [True])


def test_a_new_pack_needs_a_sound_and_free_name(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    for name, code in (("Eyes", "id_unsound"), ("../eyes", "id_unsound"), ("taken", "exists")):
        with pytest.raises(Problems) as raised:
            new(tmp_path, name)
        assert [p.code for p in raised.value.problems] == [f"packs.{code}"]
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


def test_the_command_prints_and_tells_by_its_exit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = changed(tmp_path, [("pack.yaml", "say: go_now", "say: go")])
    assert main(["check", str(wrong)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "error: clinic/pack.yaml:20 advice go: There is no text “go” in words. Add words/go.yaml, or use: go_now.",
        f"{wrong}: 1 errors, 0 warnings",
    ]
    assert main(["check"]) == 2


def test_every_code_has_its_words_and_every_word_its_code() -> None:
    source = "".join(p.read_text() for p in Path(packs.__file__).parent.glob("*.py"))
    known = {code.partition(".")[2]: words for code, words in catalogue().items() if code.startswith("packs.")}
    said = {code for code in known if re.search(rf'"(?:packs\.)?{code}"', source)}
    written = set(re.findall(r'(?:\.add|_add|\.problem)\(\s*"(\w+)"', source)) | set(
        re.findall(r'"packs\.(\w+)"', source)
    )
    assert said == set(known)
    assert written <= set(known)
    for code, words in known.items():
        assert all(set(part) == {"en", "zh"} and all(part.values()) for part in words.values()), code
        assert {"what", "todo"} <= set(words), code
