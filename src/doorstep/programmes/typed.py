"""The columns a form's answers have in the warehouse, over all its versions, without those that say who somebody is."""

from __future__ import annotations

import hashlib
import json

from doorstep.engine.model.spec import FormSpec
from doorstep.engine.model.subjects import PERSON_PROPERTIES
from doorstep.engine.rules.duckdb_text import COLUMN_TYPES
from doorstep.engine.rules.scope import ENTRY_COLUMNS, HIDDEN_FORMS, PROPERTIES, is_question, questions_of, repeats_of
from doorstep.engine.warehouse.entries import FormTable
from doorstep.forms import queries as forms
from doorstep.forms.builtin import SERVICE_END, SERVICE_WANTED

IDENTITY = "identity"
DATES = ("birth_date", "moved_in_on", "left_on", "died_on")
_SERVICES = {SERVICE_END: {"service": "VARCHAR"}, SERVICE_WANTED: {"service": "VARCHAR"}}


def person_columns() -> dict[str, str]:
    """The person's properties that are kept: days of her life, and nothing else that says who she is."""
    return {
        name: COLUMN_TYPES[type_]
        for name, type_ in PROPERTIES["person"].items()
        if name in DATES or PERSON_PROPERTIES[name][1] != IDENTITY
    }


def shape() -> str:
    """A mark that changes whenever a form's columns may: with every published version."""
    known = [(p.form_id, p.version, p.md5, p.is_current, p.owner_id) for p in forms.library().versions.values()]
    text = json.dumps([sorted(known, key=repr), person_columns(), COLUMN_TYPES], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def tables() -> list[FormTable]:
    """Every form about people that belongs to the store as a whole; nobody's own forms, and of the core's only those by
    which services end and are wanted."""
    library = forms.library()
    found = [FormTable(form, columns) for form, columns in _SERVICES.items()]
    versions: dict[str, list[str]] = {}
    for form_id, version in library.versions:
        versions.setdefault(form_id, []).append(version)
    for form_id, of_form in sorted(versions.items()):
        current = library.current.get(form_id)
        if current is None or current.owner_id is not None or form_id in HIDDEN_FORMS:
            continue
        # the one in use speaks last: its type counts
        ordered = sorted(of_form, key=lambda version: version == current.version)
        found.append(_table(form_id, [library.spec(form_id, version) for version in ordered]))
    return found


def _table(form_id: str, specs: list[FormSpec]) -> FormTable:
    repeats = {repeat: _columns(specs, repeat) for repeat in sorted({r for spec in specs for r in repeats_of(spec)})}
    own = {key: type_ for key, type_ in _columns(specs, "").items() if key not in ENTRY_COLUMNS}
    return FormTable(form_id, own, repeats)


def _columns(specs: list[FormSpec], repeat: str) -> dict[str, str]:
    """In the type of the latest version; two names that differ in capitals only are one column, as everywhere."""
    hidden = {q.key.casefold() for spec in specs for q in spec.questions if q.tag == IDENTITY}
    found: dict[str, tuple[str, str]] = {}
    for spec in specs:
        if repeat and repeat not in repeats_of(spec):
            continue
        for key, type_ in questions_of(spec, repeat).items():
            if key.casefold() not in hidden and (is_question(spec, repeat, key) or key not in ENTRY_COLUMNS):
                found[key.casefold()] = (key, COLUMN_TYPES[type_])
    return dict(found.values())
