"""From a form file to a ``FormSpec``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from doorstep.engine.model.spec import FormSpec
from doorstep.engine.xlsform.files import MOST_BYTES, SUFFIXES
from doorstep.engine.xlsform.validate import NOT_VALIDATED, validate
from doorstep.engine.xlsform.xform import parse_xform
from doorstep.lib.problems import Problem, Problems, Where

__all__ = ["SUFFIXES", "read"]


def read(source: Path | bytes, name: str = "", *, check: bool = True) -> FormSpec:
    """Read an XLSForm (.xlsx, .xls, .csv, Markdown tables) and give it as XForm XML and typed questions.

    ``name`` is the file as its author knows it; it stands in every message, and its stem is the form's id when
    the settings sheet gives none. With ``check`` the XML goes through ODK Validate when Java is here (about a
    second); ``FormSpec.validated`` says whether it did, and a warning says so when it did not.
    Raises ``Problems``, each with file, sheet and row.
    """
    from doorstep.engine.xlsform.convert import convert  # pyxform takes 0.6 s to import; stored forms never need it

    name = name or (source.name if isinstance(source, Path) else "")
    book, converted = convert(source if isinstance(source, bytes) else _bytes_of(source, name), name)
    spec = parse_xform(converted.xml, name, book.survey_rows())
    spec = replace(spec, warnings=converted.warnings, itemsets=converted.itemsets)
    if not check:
        return spec
    verdict = validate({spec.form_id: spec.xml}, {spec.form_id: name})[spec.form_id]
    if any(p.severity == "error" for p in verdict.problems):
        raise Problems(verdict.problems)
    if verdict.ran and not verdict.problems:
        return replace(spec, validated=True)
    said = verdict.problems or (Problem(NOT_VALIDATED),)
    return replace(spec, warnings=(*spec.warnings, *(p.text() for p in said)))


def _bytes_of(source: Path, name: str) -> bytes:
    try:
        if source.stat().st_size > MOST_BYTES:
            raise Problems([Problem("xlsform.too_large", Where(file=name), {"most": MOST_BYTES // 1_000_000})])
        return source.read_bytes()
    except OSError as error:
        raise Problems([Problem("xlsform.no_file", Where(file=name))]) from error
