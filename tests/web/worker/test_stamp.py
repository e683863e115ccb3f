"""A stamped line is, letter by letter, what Django would have drawn."""

from __future__ import annotations

from dataclasses import asdict

from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.web.worker.today import Line, stamp

words = st.text(st.characters(exclude_categories=("Cs", "Co")), max_size=12)
lines = st.builds(
    Line, st.integers(1, 10**6), words, words, words, words, words, words, words, words, words, st.booleans()
)  # fmt: skip


@given(lines, st.sampled_from(["en", "zh-hans"]))
@settings(max_examples=150, deadline=None)
def test_a_stamp_draws_as_the_template_does(line: Line, language: str) -> None:
    draw = stamp()
    with translation.override(language):
        plain = {name: str(v) if name == "id" else v for name, v in asdict(line).items()}
        assert draw(line) == render_to_string(draw.template, {**draw.more, "line": plain})
