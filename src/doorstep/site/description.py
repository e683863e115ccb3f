"""The JSON addresses a phone asks, described for programs (OpenAPI 3.1): ``docs/openapi.json`` is made from here.

The addresses themselves come from the URL configuration: one that is not described here, or described and not there, fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import get_resolver

PREFIX = "sync/"
_Json = dict[str, Any]

_TEXT: _Json = {"type": "string"}
_WHOLE: _Json = {"type": "integer"}
_ID: _Json = {"type": "string", "maxLength": 250}
_SHA256: _Json = {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}


def _object(needed: Mapping[str, _Json], **may_be: _Json) -> _Json:
    return {"type": "object", "required": sorted(needed), "properties": {**needed, **may_be}}


def _list(of: _Json, most: int | None = None) -> _Json:
    return {"type": "array", "items": of} | ({"maxItems": most} if most else {})


_PROBLEM = _object(
    {"problem": _object({"code": _TEXT, "what": {"type": "string", "minLength": 1}, "why": _TEXT, "todo": _TEXT})}
)
_GONE = _object({"families": _list(_TEXT), "people": _list(_TEXT)})
_RECEIPT = _object(
    {
        "id": _TEXT,
        "sha256": _SHA256,
        "result": {"enum": ["applied", "review", "quarantined", "not_kept"]},
        "seq": {"type": ["integer", "null"]},
        "why": {"anyOf": [{"type": "null"}, _object({"code": _TEXT, "text": _TEXT})]},
    }
)
_SCHEMAS: Mapping[str, _Json] = {
    "Problem": _PROBLEM,
    "Enrolled": _object({"token": _TEXT, "worker": _object({"id": _WHOLE, "name": _TEXT})}),
    "Pulled": _object(
        {
            "epoch": _WHOLE,
            "now": _TEXT,
            "today": _TEXT,
            "since": _TEXT,
            "more": {"type": "boolean"},
            "fresh": {"type": "boolean"},
            "families": _list(_object({"id": _TEXT})),
            "people": _list(_object({"id": _TEXT})),
            "gone": _GONE,
        },
        me=_object({"id": _WHOLE, "name": _TEXT, "role": _TEXT, "places": _list(_object({}))}),
        forms=_list(_object({})),
    ),
    "Follows": _object({"told": _list(_object({"id": _TEXT}))}),
    "Leaflets": _object(
        {"mark": _TEXT, "leaflets": _list(_object({"id": _TEXT, "title": _TEXT})), "lines": {"type": "object"}}
    ),
    "Receipts": _object({"epoch": _WHOLE, "now": _TEXT, "receipts": _list(_RECEIPT)}),
    "Standing": _object({"have": _WHOLE, "size": _WHOLE, "done": {"type": "boolean"}}),
}
_PUSH = _object(
    {"entries": _list(_object({"id": _ID, "xml": _TEXT, "sha256": _SHA256}), 500)}, sent=_WHOLE, unsent=_WHOLE
)
_XML, _ANY, _JSON, _BYTES = "text/xml", "*/*", "application/json", "application/octet-stream"


def _query(name: str, schema: _Json = _TEXT, *, needed: bool = False) -> _Json:
    return {"name": name, "in": "query", "required": needed, "schema": schema}


def _answers(good: int, content: _Json, *problems: int) -> _Json:
    found: _Json = {str(good): {"description": "as asked", "content": content}}
    for status in problems:
        found[str(status)] = {"description": "why not, in the reader's language", "content": _of("Problem")}
    return found


def _of(schema: str) -> _Json:
    return {_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


_FILE = [_query("entry", _ID, needed=True), _query("name", _ID, needed=True)]
_VERSION = [_query("id", _ID, needed=True), _query("version", _ID, needed=True)]
_OPERATIONS: Mapping[str, Mapping[str, _Json]] = {
    "sync_enrol": {
        "post": {
            "summary": "The member who is logged in makes this browser a phone.",
            "security": [{"session": []}],
            "requestBody": {
                "required": True,
                "content": {_JSON: {"schema": _object({"label": _TEXT}, desk_code=_TEXT)}},
            },
            # 401 has no words: the page that asks says so itself
            "responses": _answers(201, _of("Enrolled"), 400, 403) | {"401": {"description": "nobody is logged in"}},
        }
    },
    "sync_pull": {
        "get": {
            "summary": "People, families and forms: all of them, or what changed.",
            "parameters": [_query("since"), _query("lang")],
            "responses": _answers(200, _of("Pulled"), 400, 401, 403),
        }
    },
    "sync_follows": {
        "get": {
            "summary": "What follows from records the server holds.",
            "parameters": [_query("id", _list(_ID)), _query("lang")],
            "responses": _answers(200, _of("Follows"), 400, 401, 403),
        }
    },
    "sync_leaflets": {
        "get": {
            "summary": "Leaflets, methods and the lines of growth, to be read without a network.",
            "parameters": [_query("lang")],
            "responses": _answers(200, _of("Leaflets"), 400, 401, 403),
        }
    },
    "sync_form": {
        "get": {
            "summary": "The XForm of one version.",
            "parameters": _VERSION,
            "responses": _answers(200, {_XML: {}}, 400, 401, 403, 404),
        }
    },
    "sync_form_file": {
        "get": {
            "summary": "A list or picture a form asks for.",
            "parameters": [*_VERSION, _query("name", _ID, needed=True)],
            "responses": _answers(200, {_ANY: {}}, 400, 401, 403, 404),
        }
    },
    "sync_push": {
        "post": {
            "summary": "Records are handed over, each gets a receipt.",
            "requestBody": {"required": True, "content": {_JSON: {"schema": _PUSH}}},
            "responses": _answers(200, _of("Receipts"), 400, 401, 413),
        }
    },
    "sync_file": {
        "get": {
            "summary": "How much of a file has come.",
            "parameters": _FILE,
            "responses": _answers(200, _of("Standing"), 400, 401, 404),
        },
        "post": {
            "summary": "A piece of a file.",
            "parameters": [
                *_FILE,
                _query("from", {"type": "integer", "minimum": 0}, needed=True),
                _query("size", {"type": "integer", "minimum": 1}, needed=True),
                _query("sha256", _SHA256, needed=True),
            ],
            "requestBody": {"required": True, "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}}},
            "responses": _answers(200, _of("Standing"), 400, 401, 404, 409, 413, 429),
        },
    },
}


def description() -> _Json:
    """The whole description. Raises LookupError when addresses and descriptions are not the same."""
    addresses = _addresses()
    if addresses.keys() != _OPERATIONS.keys():
        raise LookupError(sorted(addresses.keys() ^ _OPERATIONS.keys()))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Doorstep: what a phone asks", "version": "1", "description": "In words: docs/sync.md"},
        "security": [{"phone": []}],
        "paths": {
            f"/{addresses[name]}": {method: {"operationId": f"{name}_{method}", **told} for method, told in by.items()}
            for name, by in _OPERATIONS.items()
        },
        "components": {
            "schemas": dict(_SCHEMAS),
            "securitySchemes": {
                "phone": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def _addresses() -> dict[str, str]:
    """Every address below ``sync/`` by its name in the URL configuration."""
    found = {}
    for name, values in get_resolver().reverse_dict.lists():
        for [(path, parameters)], *_ in (value for value in values):
            if isinstance(name, str) and path.startswith(PREFIX) and not parameters:
                found[name] = path
    return found
