"""Packs: a folder of content becomes a ``Pack``, checked and tried by its own stories."""

from doorstep.engine.packs.bare import BareForm, read_bare
from doorstep.engine.packs.cases import CaseResult, each_case, run_cases, untried
from doorstep.engine.packs.check import check, check_all
from doorstep.engine.packs.load import FOLDERS, digest, load
from doorstep.engine.packs.new import new

__all__ = [
    "FOLDERS",
    "BareForm",
    "CaseResult",
    "check",
    "check_all",
    "digest",
    "each_case",
    "load",
    "new",
    "read_bare",
    "run_cases",
    "untried",
]
