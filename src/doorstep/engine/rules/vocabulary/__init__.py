"""Every word of the rules language, each declared once: types, the Python, the SQL text, help and examples.

``case``, ``number`` and the names of things are grammar, not functions: see ``reading``.
"""

from __future__ import annotations

from doorstep.engine.rules.functions import Vocabulary
from doorstep.engine.rules.vocabulary.aggregates import AGGREGATES
from doorstep.engine.rules.vocabulary.dates import DATES
from doorstep.engine.rules.vocabulary.logic import LOGIC
from doorstep.engine.rules.vocabulary.numbers import NUMBERS

VOCABULARY = Vocabulary()
VOCABULARY.declare(*LOGIC, *NUMBERS, *DATES, *AGGREGATES)
