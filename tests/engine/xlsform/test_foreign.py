"""Another program's functions in a form's expressions: found, and left empty."""

from __future__ import annotations

import pytest

from doorstep.engine.xlsform import foreign_functions, without_foreign_functions

FORM = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa" xmlns:cht="https://example.org/cht"><h:head><model>'
    '<instance><data id="a"><x/></data></instance><bind nodeset="/data/x" calculate="{}"/></model></h:head></h:html>'
)


@pytest.mark.parametrize(
    ("expression", "found", "left"),
    [
        ("1 + 1", (), None),
        ("cht:days(/data/a, /data/b)", ("cht:days",), "''"),
        ("1 + cht:days( (1), 'it) is' ) + 2", ("cht:days",), "1 + '' + 2"),
        ("cht:a(cht:b(1), 2) or cht:c()", ("cht:a", "cht:c"), "'' or ''"),
        ("concat('cht:days(1)', cht:b(1))", ("cht:b",), "concat('cht:days(1)', '')"),
        ("jr:choice-name(/data/a, '/data/a')", (), None),
        ("jr:itext(cht:a(1))", ("cht:a",), "jr:itext('')"),
        ("/data/child::node()", (), None),
        ("cht:days (1)", ("cht:days",), "''"),
    ],
)
def test_calls_are_found_and_left_empty(expression: str, found: tuple[str, ...], left: str | None) -> None:
    xml = FORM.format(expression)
    assert foreign_functions(xml) == found
    assert without_foreign_functions(xml) == (xml if left is None else FORM.format(left))
