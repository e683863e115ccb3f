"""The rules language: one text per rule, run for one person (Python) and for everybody (DuckDB)."""

from doorstep.engine.rules.answering import Contribution
from doorstep.engine.rules.compiled import Compiled, check, compile

__all__ = ["Compiled", "Contribution", "check", "compile"]
