"""Every function that works answers out is told in the guide, with each of its arguments, in both languages at its declaration."""

from __future__ import annotations

from pathlib import Path

from doorstep.engine.derived import FUNCTIONS

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "packs.md"


def test_the_guide_names_every_function_and_argument() -> None:
    rows = {line.split("`")[1]: line for line in GUIDE.read_text().splitlines() if line.startswith("| `who_growth")}
    assert set(rows) == set(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        words = [argument.name for argument in function.takes]
        words += [option for argument in function.takes for option in argument.options]
        assert [word for word in words if f"`{word}`" not in rows[name]] == []


def test_every_function_has_help_and_examples() -> None:
    for name, function in FUNCTIONS.items():
        assert set(function.help) == {"en", "zh"}, name
        assert any(example.gives is not None for example in function.examples), name
        assert any(example.gives is None for example in function.examples), name
