"""Every value of a submission is read again by its type; nothing a sender writes is trusted."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from doorstep.engine.xlsform import read
from doorstep.forms.reader import EntityAction, FormReader

FORM = """
| survey | | | | | |
| | type | name | label | required | save_to |
| | begin_group | exam | Exam | | |
| | integer | pulse | Pulse | yes | |
| | decimal | weight | Weight | | |
| | end_group | | | | |
| | date | on | On | | seen_on |
| | select_one yn | well | Well? | | |
| | select_multiple signs | signs | Signs | | |
| | image | photo | Photo | | |
| | begin_repeat | drug | Drug | | |
| | text | drug_name | Name | yes | |
| | integer | days | Days | | |
| | end_repeat | | | | |
| choices | | | |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| | signs | fever | Fever |
| | signs | pain | Pain |
| settings | | | |
| | form_title | form_id | version |
| | T | t | 1 |
| entities | | |
| | list_name | label |
| | things | ${pulse} |
"""
ENTITY = (
    '<entity dataset="things" create="1" id="7d7f8a52-2b5a-4a0e-8a14-0c9a2a1f0a01"><label> seventy </label></entity>'
)


@pytest.fixture(scope="module")
def reader() -> FormReader:
    return FormReader(read(FORM.encode(), "t.md"), {})


def told(reader: FormReader, inside: str, meta: str = "") -> Any:
    return reader.read(etree.fromstring(f"<data id='t' version='1'>{inside}<meta>{meta}</meta></data>"))


def test_answers_are_typed(reader: FormReader) -> None:
    found = told(
        reader,
        "<exam><pulse>70</pulse><weight>60.50</weight></exam><on>2026-02-28</on><well>yes</well>"
        "<signs>pain fever pain</signs><drug><drug_name>a</drug_name><days>3</days></drug><drug><drug_name>b</drug_name></drug>",
    )
    assert found.answers == {
        "pulse": 70,
        "weight": "60.5",
        "on": "2026-02-28",
        "well": "yes",
        "signs": ["pain", "fever"],
        "drug": [{"drug_name": "a", "days": 3}, {"drug_name": "b"}],
    }
    assert found.faults == []


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ("<exam><pulse>seventy</pulse></exam>", ["not_an_integer", "pulse"]),
        ("<exam><pulse>99999999999999999999</pulse></exam>", ["not_an_integer", "pulse"]),
        ("<exam><pulse>9999999999999999999</pulse></exam>", ["too_large", "pulse"]),
        ("<exam><weight>NaN</weight></exam>", ["not_a_number", "weight"]),
        ("<exam><weight>1e13</weight></exam>", ["too_large", "weight"]),
        ("<on>2026-02-30</on>", ["not_a_date", "on"]),
        ("<on>3000-01-01</on>", ["impossible_date", "on"]),
        ("<well>maybe</well>", ["not_a_choice", "well"]),
        ("<signs>fever dizzy</signs>", ["not_a_choice", "signs"]),
    ],
)
def test_what_cannot_be_read_is_a_fault_and_no_answer(reader: FormReader, inside: str, fault: list[str]) -> None:
    found = told(reader, inside)
    assert fault in found.faults
    assert fault[1] not in found.answers


def test_a_missing_required_answer_is_a_fault_of_its_level(reader: FormReader) -> None:
    found = told(reader, "<drug><days>3</days></drug>")
    assert found.faults == [["required_missing", "drug_name"], ["required_missing", "pulse"]]


def test_an_entity_is_read_with_its_saved_answers(reader: FormReader) -> None:
    found = told(reader, "<exam><pulse>70</pulse></exam><on>2026-02-28</on>", ENTITY)
    expected = EntityAction(
        "things", "7d7f8a52-2b5a-4a0e-8a14-0c9a2a1f0a01", True, False, 0, "seventy", {"seen_on": "2026-02-28"}
    )
    assert found.entities == [expected]


def test_an_empty_answer_to_a_saved_question_clears_it(reader: FormReader) -> None:
    asked = told(reader, "<exam><pulse>70</pulse></exam><on/>", ENTITY)
    not_asked = told(reader, "<exam><pulse>70</pulse></exam>", ENTITY)
    assert [e.properties for e in asked.entities + not_asked.entities] == [{"seen_on": ""}, {}]


def test_an_entity_without_a_usable_id_is_a_fault(reader: FormReader) -> None:
    found = told(reader, "<exam><pulse>70</pulse></exam>", ENTITY.replace("7d7f8a52-", "x"))
    assert found.entities == []
    assert found.faults == [["bad_entity_id", "things"]]


def test_a_named_file_is_expected(reader: FormReader) -> None:
    assert told(reader, "<exam><pulse>70</pulse></exam><photo>door.jpg</photo>").files == ["door.jpg"]
