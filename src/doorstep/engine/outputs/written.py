"""The names a rule's text mentions: a second, cruder reading of lineage, on purpose.

``engine.rules`` works out lineage from its own tree. This one only looks at the words, so it finds more, never less;
the charter uses both, so that a mistake in one cannot open a door.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TEXT = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*")
_NUMBER = re.compile(r"\bnumber\s*\(\s*'((?:[^']|'')*)'", re.IGNORECASE)


@lru_cache(maxsize=16384)
def names_in(rule: str) -> frozenset[str]:
    """Every dotted name in the rule, functions and keywords included, texts in quotes left out."""
    bare = _TEXT.sub("''", rule.replace('"', ""))
    return frozenset("".join(match.group(0).split()) for match in _NAME.finditer(bare))


@lru_cache(maxsize=16384)
def numbers_in(rule: str) -> frozenset[str]:
    """Ids of the dated numbers the rule asks for."""
    return frozenset(match.group(1) for match in _NUMBER.finditer(rule))
