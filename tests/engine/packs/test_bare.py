"""A form that belongs to no programme: what it may not bring in, and what its author is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.engine.packs import check, read_bare
from doorstep.lib.problems import Problems

FORM = """
| survey   |      |        |             |             |          |
|          | type | name   | label       | calculation | save_to  |
|          | text | {name} | {label}     |             | {save_to} |
|          | calculate | days | | {calculation} | |
{entities}
| settings |      |        |             |             |          |
|          | form_title | form_id | version | namespaces | |
|          | Wells | wells | 1 | cht="https://example.org/cht" | |
"""
LIST = "| entities | | |\n| | list_name | label |\n| | {name} | ${{owner}} |"


def form(**words: str) -> bytes:
    told = {"name": "owner", "label": "Whose?", "calculation": "1 + 1", "save_to": "", "entities": ""} | words
    return FORM.format(**told).encode()


def problems(content: bytes) -> list[tuple[str, str, int | None]]:
    try:
        return [(p.code, p.severity, p.where.row) for p in read_bare(content, "wells.md").remarks]
    except Problems as found:
        return [(p.code, p.severity, p.where.row) for p in found.problems]


def told(content: bytes) -> list[tuple[str, str, int | None]]:
    """Without what only says that there is no Java, or what another engine thinks of a foreign function."""
    return [p for p in problems(content) if p[0] not in ("xlsform.not_validated", "xlsform.validate")]


def test_a_sound_form_has_nothing_said_about_it() -> None:
    assert told(form()) == []
    assert read_bare(form(), "wells.md").spec.form_id == "wells"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"label": "准生证"}, [("charter.policing_word", "error", 4)]),
        ({"name": "out_of_plan_birth"}, [("charter.policing_word", "error", 4)]),
        ({"label": "孕检"}, [("charter.unstated_word", "error", 4)]),
        ({"label": "产前检查"}, []),
    ],
)
def test_no_field_for_policing_comes_in_this_way(
    words: dict[str, str], expected: list[tuple[str, str, int | None]]
) -> None:
    assert told(form(**words)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("person", ["packs.bare_writes_register"]), ("household", ["packs.bare_writes_register"]), ("well", [])],
)
def test_it_writes_to_lists_of_its_own_only(name: str, expected: list[str]) -> None:
    found = told(form(save_to="owner_said", entities=LIST.format(name=name)))
    assert [code for code, _, _ in found] == expected


def test_another_programs_functions_are_a_remark() -> None:
    content = form(calculation="cht:difference-in-days(today(), '2026-01-01')")
    assert told(content) == [("packs.bare_foreign_functions", "warning", None)]


def test_a_form_file_is_checked_the_same_way(tmp_path: Path) -> None:
    file = tmp_path / "wells.md"
    file.write_bytes(form(label="准生证"))
    assert [(p.code, p.where.file, p.where.row) for p in check(file)] == [("charter.policing_word", "wells.md", 4)]
