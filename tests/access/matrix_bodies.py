"""What is sent with a POST, so that the answer is that to a well-made request: declared once for each address that reads any.

``BODIES`` makes it from the town and the kind of person asked about. ``TOO_LONG`` names the addresses whose well-made request
needs steps before it (a draft, a file looked through, a record kept for repair) and the test that takes them: here they are
asked without any, which shows who is let in and no more. An address that reads what is posted and stands in neither fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.matrix_town import BORN, ON, SPOKEN, Town
from tests.cast import PASSWORD, fill, new_id, version_of

Told = Mapping[str, Any]
Body = Callable[[Town, str], Told | bytes]  # bytes: JSON
NEW = "quite another long word 7"
# whom the body names, not the address
BY_BODY = frozenset({"me/wrong", "own-pages", "emergency"})


def _of(town: Town, kind: str, part: str) -> str:
    return town.values[kind][part]


def _name(town: Town, kind: str) -> str:
    return town.marks[kind].identity[0] if kind in town.marks else "没有这人"


def _number(town: Town, kind: str) -> str:
    return town.marks[kind].identity[2] if kind in town.marks else "0"


def _visit(town: Town, kind: str) -> Told:
    """A visit of hers, filled in, as the page sends it."""
    told = {
        "person": _of(town, kind or "hers", "person_id"),
        "visit_date": ON,
        "systolic": 120,
        "diastolic": 80,
        "weight": "60.00",
    }
    told |= {"danger_signs": "none", "referred": "no"}
    xml = fill(town.township.spec("anc_visit"), told, instance="uuid:" + new_id())
    return {"xml_submission_file": SimpleUploadedFile("a.xml", xml, "text/xml")}


def _place(name: str) -> Body:
    return lambda town, _kind: {"place": str(town.township.places[name])}


def _pack(town: Town, _kind: str) -> Told:
    return {"place": str(town.township.places["east"]), "version": version_of("maternal"), "say": "on"}


def _same(told: Told) -> Body:
    return lambda _town, _kind: told


OF_FORM = "| survey | | |\n| | type | name | label |\n| | text | note | What |\n| settings | | |\n| | form_title | form_id | version |\n| | T | t | 1 |\n"
COMPLAINT = {"kind": "service", "text": "It was shut."}
BODIES: Mapping[str, Body] = {
    "login": _same({"username": "worker", "password": PASSWORD}),
    "account/password": _same({"password": PASSWORD, "new": NEW, "again": NEW}),
    "language": _same({"language": "zh-hans", "next": "/about"}),
    "complain": _same(COMPLAINT),
    "complain/read": lambda town, _: {"code": SPOKEN["complaint"], "text": "And again."},
    "complaints/<int:complaint_id>/reply": _same({"text": "We look into it."}),
    "complaints/take-down": _same(COMPLAINT | {"way": "phone"}),
    "complaints/outside": _same({"bodies": "The county | 12345", "days": ""}),
    "me/enter": lambda town, _: {"code": SPOKEN["card"], "word": SPOKEN["word"]},
    "me/leave": _same({"hide": "yes"}),
    "me/service": _same({"service": "antenatal", "say": "end"}),
    "me/consent": _same({"purpose": "listed", "say": "no"}),
    "me/reach": _same({"reach": "clinic_only"}),
    "me/wrong": lambda town, kind: {"record": _of(town, kind, "seq"), "text": "I never said so."},
    "me/delete": _same({"say": "ask"}),
    "me/complain": _same(COMPLAINT),
    "p/<str:person_id>/own-page": _same({"say": "give", "word": "violet kite"}),
    "own-pages": lambda town, kind: {"name": _name(town, kind), "birth_date": BORN, "number": _number(town, kind)},
    "emergency": lambda town, kind: {
        "name": _name(town, kind), "birth_date": BORN, "number": _number(town, kind), "reason": "danger", "words": "",
    },
    "notice": lambda town, _: {
        "agreed": "yes", "mother": "周", "village": "c1-t1-v1", "born_on": ON, "discharged_on": ON, "phone": "",
    },
    "find": lambda town, _: {"typed": _name(town, "hers")},
    "type": lambda town, _: {"typed": _name(town, "hers")},
    "type/send/<path:form_id>": _visit,
    "fill/<path:form_id>/send": _visit,
    "p/<str:person_id>/service": _same({"service": "antenatal", "say": "end"}),
    "p/<str:person_id>/moving": _same({"kind": "leaves", "left_on": ON, "service": ["antenatal"]}),
    "register": lambda town, _: {
        "household": _of(town, "hers", "household_id"), "name": "新来的人", "birth_date": "2001-02-03", "new": "yes",
    },
    "take-back": lambda town, _: {
        "name": _name(town, "hers"), "number": _number(town, "hers"), "birth_date": BORN, "purpose": ["listed"],
    },
    "round/<str:household_id>/say": _same({"outcome": "nothing_changed"}),
    "desk/round/start": lambda town, _: {
        "place": str(town.township.places["township"]), "starts_on": "2026-12-01", "ends_on": "2026-12-20",
    },
    "same/say": lambda town, _: {"kept": _of(town, "hers", "person_id"), "other": _of(town, "east", "person_id"), "same": "no"},
    "desk/packs/of/<slug:pack_id>/switch": _pack,
    "desk/packs/of/<slug:pack_id>/look": _pack,
    "desk/packs/of/<slug:pack_id>/vouch": _same({"question": [], "say": "yes"}),
    "desk/workers/<int:user_id>/phone": _same({"label": "a phone"}),
    "desk/workers/<int:user_id>/cover": lambda town, _: {
        "member": str(town.township.users["colleague"]), "from_on": "2026-12-01", "to_on": "2026-12-20",
    },
    "desk/import/register.xlsx": _place("east"),
    "forms/publish": lambda town, _: {"form": SimpleUploadedFile("t.md", OF_FORM.encode(), "text/markdown")},
    "erasures/<int:request_id>": _same({"sure": "yes"}),
    "sync/enrol": lambda town, _: json.dumps({"label": "a phone"}).encode(),
    "sync/push": lambda town, _: json.dumps({"entries": [], "sent": 0, "unsent": 0}).encode(),
}  # fmt: skip
_ACCOUNT, _MOVING, _ACTS = (
    "tests/web/account/test_account.py",
    "tests/web/worker/test_moving.py",
    "tests/disclosures/test_acts.py",
)
_REPORTS, _IMPORT, _STUDIO = (
    "tests/web/manager/test_handing_in.py",
    "tests/web/desk/test_desk.py",
    "tests/web/desk/test_studio.py",
)
TOO_LONG: Mapping[str, str] = {
    "account/second-step": _ACCOUNT,
    "account/second-step/codes": _ACCOUNT,
    "account/second-step/off": _ACCOUNT,
    "arrive": _MOVING,
    "p/<str:person_id>/moving/file": _MOVING,
    "desk/import": _IMPORT,
    "desk/export": _IMPORT,
    "desk/studio/<slug:pack_id>/begin": _STUDIO,
    "disclosures/new": _ACTS,
    "disclosures/<int:act_id>/decide": _ACTS,
    "p/<str:person_id>/told": _ACTS,
    "reports/typed": _REPORTS,
    "reports/<slug:report_id>/check-off": _REPORTS,
}
