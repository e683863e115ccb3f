"""Everything that can be wrong with a pack or a single form, in one list."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from doorstep.engine import charter, rules, xlsform
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import At
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
    problems, pack = _look(path)
    return [*problems, *(_validation(pack) if forms and pack is not None else ())]


def _look(path: Path) -> tuple[list[Problem], Pack | None]:
    """All problems but for what ODK Validate says, and the pack; None for a single form and what does not load."""
    if path.is_file():
        return list(_form(path)), None
    try:
        pack = load(path)
    except Problems as problems:
        return list(problems.problems), None
    found = Found(pack.id)
    check_languages(pack, found)
    check_numbers(pack, found)
    _check_attachments(pack, found)
    return [*found.problems, *_rules_and_cases(pack)], pack


def check_all(paths: Sequence[Path]) -> list[list[Problem]]:
    """The problems of each of many packs or forms, as ``check`` gives them: side by side on all processors, and the
    forms of all given to ODK Validate in one run, which takes a second whatever their number."""
    if len(paths) < 2:
        return [check(path) for path in paths]
    with ProcessPoolExecutor(min(len(paths), os.cpu_count() or 1)) as pool:
        found = list(pool.map(_with_forms, paths))
    forms = {f"{n}:{form}": xml for n, (_, xmls, _) in enumerate(found) for form, xml in xmls.items()}
    files = {f"{n}:{form}": file for n, (_, _, names) in enumerate(found) for form, file in names.items()}
    verdicts = xlsform.validate(forms, files)
    if verdicts and not any(verdict.ran for verdict in verdicts.values()):
        unseen = Problem(xlsform.NOT_VALIDATED, severity="warning")
        return [*([*problems, unseen] if n == 0 else problems for n, (problems, _, _) in enumerate(found))]
    return [
        [*problems, *(replace(p, severity="error") for form in xmls for p in verdicts[f"{n}:{form}"].problems)]
        for n, (problems, xmls, _) in enumerate(found)
    ]


def _with_forms(path: Path) -> tuple[list[Problem], dict[str, str], dict[str, str]]:
    """A pack's problems but for what ODK Validate says, its forms as XML, and the file each stands in."""
    problems, pack = _look(path)
    if pack is None:
        return problems, {}, {}
    files = {form: f"{pack.id}/{file}" for form, file in pack.files.items()}
    return problems, {form: spec.xml for form, spec in pack.forms.items()}, files


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
