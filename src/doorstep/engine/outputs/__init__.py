"""What may be shown: data tags, lineage over packs, declared outputs and the queries built from them."""

from doorstep.engine.outputs.output import Column, Filter, Output, Registry
from doorstep.engine.outputs.query import Condition, Gate, Undeclared, select
from doorstep.engine.outputs.tags import TAGS, Acceptance, Dictionary, Reviewed, strictest, tag_of_form, tags_of_form

__all__ = [
    "TAGS",
    "Acceptance",
    "Column",
    "Condition",
    "Dictionary",
    "Filter",
    "Gate",
    "Output",
    "Registry",
    "Reviewed",
    "Undeclared",
    "select",
    "strictest",
    "tag_of_form",
    "tags_of_form",
]
