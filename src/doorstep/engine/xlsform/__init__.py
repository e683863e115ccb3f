"""Reading forms: an XLSForm or its XForm XML becomes a typed ``FormSpec``; what cannot be read is told plainly."""

from doorstep.engine.xlsform.foreign import foreign_functions, without_foreign_functions
from doorstep.engine.xlsform.reader import SUFFIXES, read
from doorstep.engine.xlsform.validate import NOT_VALIDATED, Verdict, java_is_here, validate
from doorstep.engine.xlsform.xform import parse_xform

__all__ = [
    "NOT_VALIDATED",
    "SUFFIXES",
    "Verdict",
    "foreign_functions",
    "java_is_here",
    "parse_xform",
    "read",
    "validate",
    "without_foreign_functions",
]
