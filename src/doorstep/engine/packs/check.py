"""Everything that can be wrong with a pack or a single form, in one list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from doorstep.engine import charter, rules, xlsform
from doorstep.engine.model.pack import At, Pack
from doorstep.engine.model.subjects import HOUSEHOLD, PERSON
from doorstep.engine.packs.bare import read_bare
from doorstep.engine.packs.cases import run_cases, untried
from doorstep.engine.packs.languages import check_languages
from doorstep.engine.packs.load import load
from doorstep.engine.packs.numbers import check_numbers
from doorstep.engine.packs.yaml_file import Found
from doorstep.lib.problems import Problem, Problems, Where

_OWN_LISTS = (f"{PERSON}.csv", f"{HOUSEHOLD}.csv", "place.csv")


def check(path: Path, *, forms: bool = True) -> list[Problem]:
    """Every problem of a pack folder, or of one form file; empty when all is well.

    A pack is loaded, its rules compiled, its texts looked through in every language, the charter asked, its stories
    run, and its forms given to ODK Validate (unless ``forms`` is False, for a pack whose forms are known to be sound:
    it takes a second). Nothing is raised; warnings do not keep a pack from loading.
    """
    if path.is_file():
        return list(_form(path))
    try:
        pack = load(path)
    except Problems as problems:
        return list(problems.problems)
    found = Found(pack.id)
    check_languages(pack, found)
    check_numbers(pack, found)
    _check_attachments(pack, found)
    return [*found.problems, *_rules_and_cases(pack), *(_validation(pack) if forms else ())]


def _form(path: Path) -> Iterator[Problem]:
    try:
        yield from read_bare(path).remarks
    except Problems as problems:
        yield from problems.problems


def _validation(pack: Pack) -> list[Problem]:
    """In a pack every form must open in ODK Collect too, so what ODK refuses is an error here."""
    files = {form: f"{pack.id}/{file}" for form, file in pack.files.items()}
    verdicts = xlsform.validate({form: spec.xml for form, spec in pack.forms.items()}, files)
    if not any(verdict.ran for verdict in verdicts.values()):
        return [Problem(xlsform.NOT_VALIDATED, Where(file=pack.id), severity="warning")] if verdicts else []
    return [replace(p, severity="error") for v in verdicts.values() for p in v.problems]


def _rules_and_cases(pack: Pack) -> list[Problem]:
    """Stories run only when the rules compile; the charter is asked in any case."""
    wrong = rules.check(pack)
    if any(p.severity == "error" for p in wrong):
        return [*wrong, *charter.check_pack(pack)]
    compiled = {name: rules.compile(pack, name or None) for name in pack.schedules or {"": ()}}
    results = run_cases(pack)
    failed = [p for result in results for p in result.problems]
    return [*wrong, *charter.check_pack(pack, compiled), *failed, *untried(pack, results)]


def _check_attachments(pack: Pack, found: Found) -> None:
    """A form may ask for the lists every store has, those a form of the pack fills, and the pack's tables."""
    lists = {f"{e.dataset}.csv" for spec in pack.forms.values() for e in spec.entities}
    given = {*_OWN_LISTS, *lists, *(f"{name}.csv" for name in pack.tables)}
    for form, spec in pack.forms.items():
        given_here = given | ({"itemsets.csv"} if spec.itemsets else set())
        for name in spec.attachments:
            if name not in given_here:
                found.add("attachment_missing", At(pack.files.get(form, "")), f"form {form}", name=name)
