"""A form of one's own, its author and everybody who must see nothing of it."""

from __future__ import annotations

import io
import json
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.worker.conftest import as_, on_a_day

__all__ = ["EVERYBODY_ELSE", "as_", "config_of", "on_a_day", "publish", "send", "upload"]

EVERYBODY_ELSE = ("neighbour", "clinician", "supervisor", "manager", "installer")

WELL = """
| survey   |              |        |                     |              |
|          | type         | name   | label               | required     |
|          | text         | owner  | Whose well is it?   | {required}   |
|          | begin_group  | water  | The water           |              |
|          | decimal      | depth  | {question}          |              |
|          | select_multiple uses | uses | What is it for? |              |
|          | end_group    |        |                     |              |
|          | image        | photo  | A photo             |              |
|          | begin_repeat | repair | Repairs             |              |
|          | date         | day    | On which day?       |              |
|          | begin_repeat | part   | Parts               |              |
|          | text         | what   | Which part?         |              |
|          | end_repeat   |        |                     |              |
|          | end_repeat   |        |                     |              |
| choices  |              |        |                     |              |
|          | list_name    | name   | label               |              |
|          | uses         | drink  | Drinking            |              |
|          | uses         | field  | The field           |              |
| settings |              |        |                     |              |
|          | form_title   | form_id | version            |              |
|          | Wells        | {form_id} | {version}        |              |
"""


def well(**words: str) -> bytes:
    told = {"form_id": "wells", "version": "1", "question": "How deep?", "required": ""} | words
    return WELL.format(**told).encode()


def upload(client: Client, content: bytes, name: str = "wells.md") -> Any:
    return client.post("/forms/publish", {"form": SimpleUploadedFile(name, content)})


def publish(client: Client, **words: str) -> None:
    answer = upload(client, well(**words))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/forms/of/{words.get('form_id', 'wells')}")


def send(client: Client, content: bytes, form_id: str = "wells", **files: bytes) -> Any:
    sent = {"xml_submission_file": SimpleUploadedFile("submission.xml", content, "text/xml")}
    for name, data in files.items():
        sent[name] = SimpleUploadedFile(f"{name}.png", data, "image/png")
    return client.post(f"/forms/send/{form_id}", sent)


def config_of(page: bytes) -> dict[str, Any]:
    """What the form component is told."""
    found = re.search(r'<doorstep-form><script type="application/json">(.*?)</script>', page.decode())
    assert found is not None
    return json.loads(found[1])  # type: ignore[no-any-return]


def zip_of(answer: Any) -> io.BytesIO:
    return io.BytesIO(b"".join(answer.streaming_content))
