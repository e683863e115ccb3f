"""A table somebody typed: do its rates and totals follow from its own figures?"""

from doorstep.exchange.typed_table.checking import Answer, check

__all__ = ["Answer", "check"]
