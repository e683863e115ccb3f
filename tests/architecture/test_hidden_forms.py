"""No rule can name a form of the core itself: a "no" is told by such a form (charter C3, C4)."""

from __future__ import annotations

import pytest

from doorstep.engine.rules.scope import HIDDEN_FORMS
from doorstep.engine.xlsform import java_is_here, validate
from doorstep.forms import builtin

FORMER_NAMES = {"service_reopen"}  # kept out of reach, lest a pack take it and be taken for the core's


def test_the_forms_rules_cannot_name_are_those_of_the_core() -> None:
    assert set(builtin.specs()) | FORMER_NAMES == HIDDEN_FORMS


@pytest.mark.skipif(not java_is_here(), reason="needs Java")
def test_odk_finds_nothing_wrong_with_the_forms_of_the_core() -> None:
    specs = builtin.specs()
    verdicts = validate({form: spec.xml for form, spec in specs.items()}, {})
    assert {form: (one.ran, one.problems) for form, one in verdicts.items()} == dict.fromkeys(specs, (True, ()))
