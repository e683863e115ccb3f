"""Answers a form does not ask but that follow from those it asks, worked out once when a record comes in."""

from doorstep.engine.derived.functions import Argument, Curve, DerivedFunction, Example, Picture, Point, Tables
from doorstep.engine.derived.working import (
    FUNCTIONS,
    Deriver,
    arguments,
    as_stored,
    mark_of,
    question_of,
    tables_of,
    with_questions,
)

__all__ = [
    "FUNCTIONS",
    "Argument",
    "Curve",
    "DerivedFunction",
    "Deriver",
    "Example",
    "Picture",
    "Point",
    "Tables",
    "arguments",
    "as_stored",
    "mark_of",
    "question_of",
    "tables_of",
    "with_questions",
]
