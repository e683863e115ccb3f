"""From a folder to a ``Pack``: every problem of shape and of names, all at once."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path

from doorstep.engine import xlsform
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import At
from doorstep.engine.model.spec import FormSpec
from doorstep.engine.packs import deriving, files, methods, parts, reports
from doorstep.engine.packs.layouts import check_layouts
from doorstep.engine.packs.pictures import check_pictures, picture
from doorstep.engine.packs.references import check_references
from doorstep.engine.packs.series import check_series, series
from doorstep.engine.packs.yaml_file import Found, as_mapping, compose, near
from doorstep.lib.problems import Problem, Problems, Where

FOLDERS = {
    "forms": xlsform.SUFFIXES,
    "schedules": (".yaml",),
    "indicators": (".yaml",),
    "reports": (".yaml",),
    "pictures": (".yaml",),
    "numbers": (".yaml",),
    "words": (".yaml",),
    "cases": (".yaml",),
    "tables": (".csv",),
    "methods": (".yaml",),
    "safety": (".yaml",),
}
"""What a pack holds besides pack.yaml: folder → the kinds of file in it."""

_BESIDE = ("pack.yaml", "README.md", "LICENSE", "NOTICE")
_MOST_BYTES = 8_000_000


def load(folder: Path) -> Pack:
    """Read a pack folder. Forms are converted, rules stay text.

    Raises ``Problems``: everything wrong with its shape, its forms, and the names its parts call each other by.
    What the parts mean (rules, charter, cases, languages) is asked of ``check``.
    """
    if not folder.is_dir():
        raise Problems([Problem("packs.no_folder", Where(file=str(folder)))])
    key = (folder.resolve().name, digest(folder))
    if key in _loaded:
        _loaded.move_to_end(key)
    else:
        _loaded[key] = _load(folder, *key)
        while len(_loaded) > _MOST_LOADED:
            _loaded.popitem(last=False)
    return _loaded[key]


_loaded: OrderedDict[tuple[str, str], Pack] = OrderedDict()
"""Packs by name and digest: a folder of the same content is the same pack, and nobody changes one."""
_MOST_LOADED = 64


def _load(folder: Path, name: str, sha256: str) -> Pack:
    found = Found(name)
    listed = _files(folder, found)
    if "pack.yaml" not in listed:
        found.add("no_pack_yaml", At())
        raise Problems(found.problems)
    texts = _texts(folder, listed, found)
    forms, named = _forms(folder, listed, found)
    pack = _pack(texts, forms, named, found, sha256)
    if pack is not None:
        if deriving.check_derived(pack, found):
            pack = deriving.finished(pack)
        check_references(pack, found)
        check_layouts(pack, found)
        methods.check_methods(pack, found)
        check_series(pack, found)
        check_pictures(pack, found)
    if pack is None or found.problems:
        raise Problems(_in_order(found.problems))
    return pack


def digest(folder: Path) -> str:
    """sha256 over every file of the folder, names and bytes; hidden files (editors' leavings) do not count."""
    total = hashlib.sha256()
    for file in sorted(_listed(folder)):
        data = (folder / file).read_bytes()
        total.update(f"{file}\0{len(data)}\0".encode())
        total.update(data)
    return total.hexdigest()


def _listed(folder: Path) -> list[str]:
    names = []
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and not any(p.startswith(".") or p == "__pycache__" for p in inside.parts):
            names.append(inside.as_posix())
    return names


def _files(folder: Path, found: Found) -> list[str]:
    """The pack's files, each where it belongs; anything else is a problem."""
    kept = []
    for name in sorted(_listed(folder)):
        path = folder / name
        top, _, rest = name.partition("/")
        if path.is_symlink() or not path.resolve().is_relative_to(folder.resolve()):
            found.add("link", At(name))
        elif path.stat().st_size > _MOST_BYTES:
            found.add("file_too_large", At(name), most=_MOST_BYTES // 1_000_000)
        elif not rest:
            if name not in _BESIDE:
                found.add("file_unknown", At(name), near=near(name, [*_BESIDE, *FOLDERS]))
            kept.append(name)
        elif top not in FOLDERS:
            found.add("folder_unknown", At(name), folder=top, near=near(top, list(FOLDERS)))
        elif "/" in rest or not rest.endswith(FOLDERS[top]):
            found.add("file_kind", At(name), folder=top, kinds=", ".join(FOLDERS[top]))
        else:
            kept.append(name)
    return kept


def _texts(folder: Path, listed: list[str], found: Found) -> dict[str, str]:
    texts = {}
    for name in listed:
        if name.endswith((".yaml", ".csv")) and not name.startswith("forms/"):
            try:
                texts[name] = (folder / name).read_text(encoding="utf-8-sig")
            except UnicodeDecodeError:
                found.add("not_utf8", At(name))
    return texts


def _forms(folder: Path, listed: list[str], found: Found) -> tuple[dict[str, FormSpec], dict[str, str]]:
    """Form id → spec, and form id → its file."""
    forms: dict[str, FormSpec] = {}
    named: dict[str, str] = {}
    for name in (n for n in listed if n.startswith("forms/")):
        form = files.stem(name)
        if form in named:
            found.add("form_twice", At(name), form=form, other=named[form])
        named[form] = name
        try:
            spec = xlsform.read(folder / name, f"{found.root}/{name}", check=False)
        except Problems as problems:
            found.problems.extend(problems.problems)
            continue
        if spec.form_id != form:
            found.add("form_id_differs", At(name), said=spec.form_id, stem=form)
        forms[form] = spec
    return forms, named


def _pack(
    texts: dict[str, str], forms: dict[str, FormSpec], named: dict[str, str], found: Found, sha256: str
) -> Pack | None:
    top = as_mapping(compose(texts.get("pack.yaml", ""), "pack.yaml", found), "pack.yaml", found)
    if top is None:
        return None
    uses, episodes = parts.uses(top), parts.episodes(top)
    subject = parts.own_subject(episodes)
    service_of = {form: use.service for form, use in uses.items()}

    def inside(of: str) -> dict[str, str]:
        return {name: text for name, text in texts.items() if name.startswith(f"{of}/")}

    schedules = files.each(
        inside("schedules"), found, "schedule", lambda item, key: files.schedule(item, key, subject, service_of)
    )
    pack = Pack(
        id=top.words("id", required=True),
        version=top.words("version", required=True),
        titles=top.text("titles", required=True),
        sources=parts.sources(top),
        services=parts.services(top),
        uses=uses,
        forms=forms,
        episodes=episodes,
        facts=parts.facts(top, subject),
        schedules={key: s.contacts for key, s in schedules.items()},
        schedule_titles={key: s.title for key, s in schedules.items()},
        default_schedule=_default_schedule(schedules, found),
        indicators=files.each(inside("indicators"), found, "indicator", files.indicator),
        reports=files.each(inside("reports"), found, "report", reports.report),
        numbers=files.each(inside("numbers"), found, "number", files.number),
        tables={files.stem(name): files.table(text, name, found) for name, text in inside("tables").items()},
        words=files.words(inside("words"), found),
        advice=parts.advice(top),
        cases=files.cases(inside("cases"), found),
        digest=sha256,
        about=top.text("about"),
        files=named,
        methods=files.each(inside("methods"), found, "method", methods.method),
        safety=files.each(inside("safety"), found, "safety", methods.safety),
        choosing=methods.choosing(top),
        leaflet=top.names("leaflet"),
        derived=deriving.definitions(top),
        curves=deriving.curves(top),
        series=series(top),
        pictures=files.each(inside("pictures"), found, "picture", picture),
    )
    top.end()
    if pack.id and pack.id != found.root:
        top.problem("pack_id_differs", "id", said=pack.id, folder=found.root)
    return pack


def _default_schedule(schedules: dict[str, files.Schedule], found: Found) -> str:
    """The schedule a place has when it chose none: the only one, or the one marked ``default: true``."""
    if len(schedules) < 2:
        return next(iter(schedules), "")
    marked = [key for key, s in schedules.items() if s.default]
    if len(marked) != 1:
        found.add("default_schedule", At("schedules"), count=len(marked), known=", ".join(schedules))
    return marked[0] if marked else ""


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda p: (p.where.file, p.where.row or 0))
