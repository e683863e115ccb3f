"""No rule can name a form of the core itself: a "no" is told by such a form (charter C3, C4)."""

from __future__ import annotations

from doorstep.engine.rules.scope import HIDDEN_FORMS
from doorstep.forms import builtin

FORMER_NAMES = {"service_reopen"}  # kept out of reach, lest a pack take it and be taken for the core's


def test_the_forms_rules_cannot_name_are_those_of_the_core() -> None:
    assert set(builtin.specs()) | FORMER_NAMES == HIDDEN_FORMS
