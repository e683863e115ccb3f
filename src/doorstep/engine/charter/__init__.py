"""The charter as a checker: what no pack, output, setting or import may bring back."""

from doorstep.engine.charter.checker import check, check_pack, ground_of
from doorstep.engine.charter.columns import Refused, policing_columns
from doorstep.engine.charter.dictionary import shipped
from doorstep.engine.charter.report import CharterReport, Clause, charter_hash, charter_text, clauses, verify

__all__ = [
    "CharterReport",
    "Clause",
    "Refused",
    "charter_hash",
    "charter_text",
    "check",
    "check_pack",
    "clauses",
    "ground_of",
    "policing_columns",
    "shipped",
    "verify",
]
