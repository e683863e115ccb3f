"""Functions of other programs in a form's expressions (``cht:difference-in-days(…)``).

XForms lets every program add functions under a prefix of its own. One that knows them only by name cannot answer them,
and a form engine refuses the whole form. Filled here, such a form opens and what those functions would give stays
empty: never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from doorstep.engine.xlsform.nodes import JR, Element, parse

_EXPRESSIONS = ("calculate", "relevant", "constraint", "readonly", "required", "value", "nodeset", "ref", "count")
_EMPTY = "''"
_PIECE = re.compile(r"""'[^']*'|"[^"]*"|(?P<call>[A-Za-z_][\w.-]*:[A-Za-z_][\w.-]*)\s*\(|[()]""")


def foreign_functions(xml: str) -> tuple[str, ...]:
    """The functions under another program's prefix that the form calls, each once, in order."""
    found = (name for _, _, text, ours in _expressions(parse(xml, "")) for name, _, _ in _calls(text, ours))
    return tuple(dict.fromkeys(found))


def without_foreign_functions(xml: str) -> str:
    """The form with an empty text in the place of each such call; the very same text when there is none."""
    document = parse(xml, "")
    changed = False
    for element, attribute, text, ours in list(_expressions(document)):
        for _, start, end in reversed(list(_calls(text, ours))):
            text = text[:start] + _EMPTY + text[end:]
            changed = True
        element.set(attribute, text)
    return etree.tostring(document, encoding="unicode") if changed else xml


def _expressions(document: Element) -> Iterator[tuple[Element, str, str, frozenset[str]]]:
    """Every expression of the form: element, attribute, text, and the prefixes that stand for JavaRosa there."""
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        for attribute in (*_EXPRESSIONS, f"{{{JR}}}count"):
            if ":" in (text := element.get(attribute, "")):
                yield element, attribute, text, frozenset(p for p, uri in element.nsmap.items() if p and uri == JR)


def _calls(text: str, ours: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Foreign calls that stand in no other foreign call: (function, where it starts, where it ends)."""
    depth, name, start, inside = 0, "", 0, 0
    for piece in _PIECE.finditer(text):
        call, sign = piece["call"], piece[0]
        if call or sign == "(":
            depth += 1
            if call and not name and call.split(":")[0] not in ours:
                name, start, inside = call, piece.start(), depth
        elif sign == ")":
            if name and depth == inside:
                yield name, start, piece.end()
                name = ""
            depth -= 1
