"""A form that belongs to no programme: read, looked through for words of policing, and for what only programmes may do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from doorstep.engine import charter, xlsform
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import FormSpec
from doorstep.engine.model.subjects import HOUSEHOLD, PERSON
from doorstep.lib.problems import Problem, Problems, Where

# Of what the charter asks of programmes, this holds for a form alone too: its questions count as choice and only its
# owner sees the answers, but no field for policing may come in by that way (C10).
_HOLDS_ALONE = frozenset({"charter.policing_word", "charter.unstated_word"})


@dataclass(frozen=True, slots=True)
class BareForm:
    """A sound form, and what its author should know of it: warnings, none of which keeps it from being filled."""

    spec: FormSpec
    remarks: tuple[Problem, ...] = ()


def read_bare(source: Path | bytes, name: str = "") -> BareForm:
    """Read one XLSForm that stands by itself. ``name`` is the file as its author knows it.

    Raises ``Problems``: what cannot be read, what ODK Validate finds broken, words of policing, and a form that would
    write to the lists of people and families.
    """
    file = name or (source.name if isinstance(source, Path) else "")
    spec = xlsform.read(source, file, check=False)
    verdict = xlsform.validate({spec.form_id: spec.xml}, {spec.form_id: file})[spec.form_id]
    wrong = [*_refused(spec, file), *(p for p in verdict.problems if p.severity == "error")]
    if wrong:
        raise Problems(wrong)
    return BareForm(spec, (*_remarks(spec, file), *_of_verdict(verdict, file)))


def _refused(spec: FormSpec, file: str) -> Iterator[Problem]:
    for problem in charter.check_pack(_alone(spec, file)):
        if problem.code in _HOLDS_ALONE:
            yield replace(problem, where=replace(problem.where, file=file))
    for declared in spec.entities:
        if declared.dataset in (PERSON, HOUSEHOLD):
            yield Problem("packs.bare_writes_register", Where(file, "entities"), {"list": declared.dataset})


def _alone(spec: FormSpec, file: str) -> Pack:
    """The form as the only one of a programme, as the charter is asked about programmes."""
    forms, files = {spec.form_id: spec}, {spec.form_id: file}
    return Pack(spec.form_id, spec.version, spec.titles, sources={}, services={}, uses={}, forms=forms, files=files)


def _remarks(spec: FormSpec, file: str) -> Iterator[Problem]:
    for said in spec.warnings:
        yield Problem("packs.form_warns", Where(file), {"said": said}, "warning")
    if foreign := xlsform.foreign_functions(spec.xml):
        yield Problem("packs.bare_foreign_functions", Where(file), {"functions": ", ".join(foreign)}, "warning")


def _of_verdict(verdict: xlsform.Verdict, file: str) -> tuple[Problem, ...]:
    return verdict.problems if verdict.ran else (Problem(xlsform.NOT_VALIDATED, Where(file), severity="warning"),)
