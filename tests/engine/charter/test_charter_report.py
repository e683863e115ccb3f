"""What the release says of its own charter."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from clinic import CLINIC, REVIEWED, codes, question, with_question
from test_charter_outputs import DUE

import doorstep.engine.charter as charter
from doorstep.engine.charter import charter_hash, charter_text, clauses, verify
from doorstep.engine.charter.dictionary import parse, write
from doorstep.engine.charter.lexicon import meanings
from doorstep.engine.outputs import Acceptance, Dictionary, Reviewed
from doorstep.engine.outputs.tags import fingerprint
from doorstep.lib.problems import catalogue

HERE = Path(charter.__file__).parent
ROOT = Path(__file__).resolve().parents[3]
HELD_BY_DOING = {
    "C11": "feedback",
    "C17": "site/test_erasing.py",
    "C18": "faults/test_canaries.py",
    "C19": "feedback",
    "C21": "disclosures",
    "C20": "architecture/test_charter_and_settings.py",
}
"""Clauses no programme and no output can break in words: the program keeps them, and this file of tests shows it."""
ALL = [f"C{n}" for n in range(1, 22)]


def test_every_clause_is_either_enforced_or_named_as_not() -> None:
    report = verify((), ())
    assert [c.id for c in clauses()] == ALL
    assert sorted([c.id for c in report.enforced] + [c for c, _ in report.not_enforced]) == sorted(ALL)
    assert [clause for clause, _ in report.not_enforced] == []
    assert [
        c.id for c in clauses() if not all(t.get(lang) for t in (c.title, c.remains) for lang in ("en", "zh"))
    ] == []


def test_a_clause_called_enforced_has_a_problem_that_names_it() -> None:
    said = " ".join(w["what"]["en"] for code, w in catalogue().items() if code.startswith("charter."))
    by_words = {m.clause for m in meanings().values()}
    unnamed = [c.id for c in clauses() if c.enforced and f"{c.id}:" not in said and c.id not in by_words]
    assert sorted(set(unnamed) - set(HELD_BY_DOING)) == []
    assert [file for file in HELD_BY_DOING.values() if not (ROOT / "tests" / file).exists()] == []


def test_it_is_a_demonstration_while_a_clause_is_open_or_nobody_reviewed() -> None:
    report = verify((), ())
    assert report.demonstration_only
    closed = replace(report, not_enforced=(), dictionary_reviewed_by=("A. Reviewer",))
    assert not closed.demonstration_only
    assert replace(closed, dictionary_reviewed_by=()).demonstration_only
    assert replace(closed, problems=verify((replace(DUE, logged=False),), ()).problems).demonstration_only


def test_verify_carries_the_problems_of_outputs_and_packs() -> None:
    report = verify((replace(DUE, logged=False),), ())
    assert [p.code for p in report.problems] == ["charter.not_logged"]
    assert report.as_dict("zh")["problems"][0]["what"] == "C14：它显示个人，却不记查看记录。"
    assert report.as_dict("en")["hash"] == charter_hash()
    broken = with_question("family", question("at", "service", "geopoint"))(CLINIC)
    assert "charter.trace_of_person" in {p.code for p in verify((), (broken,)).problems}


def test_the_hash_covers_text_checker_lexicon_and_dictionary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changing one byte of any of them changes the hash; nothing else does."""
    copies = {}
    for folder in (HERE, HERE.parent / "outputs"):
        target = tmp_path / folder.name
        target.mkdir()
        for file in folder.iterdir():
            if file.is_file():
                (target / file.name).write_bytes(file.read_bytes())
        copies[folder.name] = target
    report = __import__("doorstep.engine.charter.report", fromlist=["x"])
    monkeypatch.setattr(report, "_CHECKER", tuple(copies.values()))
    compute = charter_hash.__wrapped__
    assert compute() == charter_hash()
    for name in (
        "charter/charter.zh.md",
        "charter/care.py",
        "charter/lexicon.yaml",
        "charter/dictionary.yaml",
        "outputs/tags.py",
    ):
        file = tmp_path / name
        before = file.read_bytes()
        file.write_bytes(before + b"\n")
        assert compute() != charter_hash(), name
        file.write_bytes(before.replace(b"\n", b"\r\n"))
        assert compute() == charter_hash(), name
        file.write_bytes(before)
    assert re.fullmatch(r"[0-9a-f]{64}", charter_hash())
    assert charter_hash() != hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_has_every_clause_once_in_order(language: str) -> None:
    assert re.findall(r"^- \*\*(C\d+) ", charter_text(language), re.MULTILINE) == ALL


class Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key


# --- the dictionary ------------------------------------------------------------------------------------------
EXTRA = question("extra", "service", en="Anything", zh="随便")
WITH_EXTRA = with_question("pressure_visit", EXTRA)(CLINIC)


def accepted(**changes: str) -> Acceptance:
    mark = fingerprint(EXTRA, WITH_EXTRA.forms["pressure_visit"])
    return replace(Acceptance("clinic", "pressure_visit", "extra", "service", mark, "Li Na", "Prof. Wang"), **changes)


GOAL_NOW = {"goal_on_choice"}


@pytest.mark.parametrize(("acceptances", "want"), [
    ((), GOAL_NOW),
    ((accepted(),), set()),
    ((accepted(reviewed_by=""),), GOAL_NOW),
    ((accepted(accepted_by=" "),), GOAL_NOW),
    ((accepted(reviewed_by="li na "),), GOAL_NOW),
    ((accepted(tag="sensitive.health"),), GOAL_NOW),
    ((accepted(fingerprint="0" * 16),), GOAL_NOW),
    ((accepted(pack="other"),), GOAL_NOW),
    ((accepted(question="upper"),), GOAL_NOW),
])  # fmt: skip
def test_two_named_people_can_accept_a_tag_for_one_wording(acceptances: tuple[Acceptance, ...], want: set[str]) -> None:
    assert codes(WITH_EXTRA, acceptances=acceptances) == want


def test_accepted_tags_stand_on_the_report() -> None:
    report = verify((), (), (accepted(), accepted(reviewed_by="")))
    assert report.accepted == (accepted(),)
    assert report.as_dict()["accepted"] == [
        {
            "pack": "clinic",
            "form": "pressure_visit",
            "question": "extra",
            "tag": "service",
            "by": ["Li Na", "Prof. Wang"],
        }
    ]


def test_the_dictionary_round_trips_and_loses_its_reviewers_when_a_line_changes() -> None:
    signed = replace(REVIEWED, reviewed_by=("Prof. Wang",))
    again = parse(write((CLINIC,), signed))
    assert again == signed
    assert parse(write((WITH_EXTRA,), signed)).reviewed_by == ()
    assert again.shipped["clinic", "pregnancy_end", "babies.alive"] == Reviewed(
        "sensitive.pregnancy", fingerprint(CLINIC.forms["pregnancy_end"].questions[3], CLINIC.forms["pregnancy_end"])
    )
    assert [key for key in again.shipped if key[1:] == ("method_visit", "well")] == []  # choice needs no review


def test_a_dictionary_with_an_unknown_tag_is_not_read() -> None:
    with pytest.raises(ValueError, match="'public' is not a tag"):
        parse("packs: {a: {b: {c: public 0}}}")
    assert parse("") == Dictionary()


def test_every_problem_of_the_charter_is_said_in_both_languages() -> None:
    codes_here = {c: w for c, w in catalogue().items() if c.startswith(("charter.", "outputs."))}
    assert [c for c, w in codes_here.items() for part in w.values() if set(part) != {"en", "zh"}] == []
    assert [c for c, w in codes_here.items() if "what" not in w or ("todo" not in w)] == []
    for words in codes_here.values():  # every sentence can be filled in
        assert [t for part in words.values() for t in part.values() if t.format_map(Shown()) == ""] == []
    raised = {
        c
        for f in (*HERE.glob("*.py"), *(HERE.parent / "outputs").glob("*.py"))
        for c in re.findall(r'"((?:charter|outputs)\.[a-z_]+)"', f.read_text())
    }
    assert raised == set(codes_here)
