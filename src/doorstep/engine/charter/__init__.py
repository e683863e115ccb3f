"""The charter as a checker: what no pack, output, setting or import may bring back."""

from doorstep.engine.charter.columns import Refused, policing_columns

__all__ = ["Refused", "policing_columns"]
