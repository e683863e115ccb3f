"""The charter as a checker: what no pack, output, setting or import may bring back."""

from doorstep.engine.charter.checker import check, check_pack, ground_of
from doorstep.engine.charter.columns import Refused, policing_columns
from doorstep.engine.charter.dictionary import shipped

__all__ = ["Refused", "check", "check_pack", "ground_of", "policing_columns", "shipped"]
