"""What submissions make in lists of entities. Numbers are the rows of docs/openrosa.md."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.api.conftest import Served
from tests.api.test_submission import new_id, send


def well(instance: str, entity: str, *, create: str = "1", owner: str = "Li", depth: int = 12) -> bytes:
    return (
        f'<data id="well" version="1"><owner>{owner}</owner><depth>{depth}</depth><meta>'
        f'<entity xmlns="http://www.opendatakit.org/xforms/entities" dataset="wells" id="{entity}" create="{create}">'
        f"<label>{owner}</label></entity><instanceID>{instance}</instanceID></meta></data>"
    ).encode()


def wells(served: Served, *ids: str) -> list[tuple[str, int, dict[str, str]]]:
    """(label, version, properties) of these items, those that exist."""
    sql = "SELECT label, version, properties FROM entity WHERE dataset = 'wells' AND entity_id = ?"
    return [(label, version, json.loads(told)) for one in ids for label, version, told in served.store.rows(sql, [one])]


@pytest.mark.parametrize("create", ["1", "true"])
def test_45_create_makes_one_item_before_the_answer(served: Served, create: str) -> None:
    entity = str(uuid.uuid4())
    assert send(served, well(new_id(), entity, create=create)).status == 201
    assert wells(served, entity) == [("Li", 1, {"depth": "12", "owner": "Li"})]


@pytest.mark.parametrize("create", ["0", "false", "", "yes"])
def test_45_anything_else_makes_none(served: Served, create: str) -> None:
    entity = str(uuid.uuid4())
    assert send(served, well(new_id(), entity, create=create)).status == 201
    assert wells(served, entity) == []


def test_46_an_id_that_cannot_be_used_keeps_the_record_for_repair(served: Served) -> None:
    instance = new_id()
    assert send(served, well(instance, "not-an-id")).status == 201
    (faults, state, problem) = served.store.rows(
        "SELECT faults, state, problem FROM entry WHERE instance_id = ?", [instance]
    )[0]
    assert (json.loads(faults), state, problem) == ([["bad_entity_id", "wells"]], 2, "bad_entity")
    assert served.store.rows("SELECT COUNT(*) FROM entity WHERE entity_id = 'not-an-id'") == [(0,)]


def test_46_an_id_already_used_makes_no_second_item(served: Served) -> None:
    entity = str(uuid.uuid4())
    assert send(served, well(new_id(), entity, owner="Li")).status == 201
    assert send(served, well(new_id(), entity, owner="Qian")).status == 201
    assert len(wells(served, entity)) == 1


def test_47_the_same_record_again_changes_nothing(served: Served) -> None:
    entity = str(uuid.uuid4())
    xml = well(new_id(), entity)
    assert [send(served, xml).status for _ in range(3)] == [201, 201, 201]
    assert wells(served, entity) == [("Li", 1, {"depth": "12", "owner": "Li"})]


BRANCH = "1f0c7a52-0001-4a0f-9d0e-5f3f6a1c2d3e"


def deeper(instance: str, entity: str, base: int, depth: int) -> bytes:
    """A change of a well made on the phone without network, upon version ``base`` of a well made there."""
    run = f'update="1" baseVersion="{base}" trunkVersion="" branchId="{BRANCH}"'
    return well(instance, entity, depth=depth).replace(b'create="1"', run.encode())


def waiting(served: Served, *instances: str) -> list[str]:
    sql = "SELECT problem FROM entry WHERE instance_id = ? AND state = 3"
    return [problem for one in instances for (problem,) in served.store.rows(sql, [one])]


def test_48_changes_out_of_order_are_held_and_applied_in_order(served: Served) -> None:
    entity = str(uuid.uuid4())
    first, second, third, made = (new_id() for _ in range(4))
    assert send(served, deeper(third, entity, 3, 33)).status == 201
    assert send(served, deeper(second, entity, 2, 22)).status == 201
    assert send(served, well(made, entity, depth=11)).status == 201
    assert (wells(served, entity)[0][2]["depth"], waiting(served, first, second, third)) == (
        "11",
        ["waits_for_earlier"] * 2,
    )
    assert send(served, deeper(first, entity, 1, 12)).status == 201
    assert (wells(served, entity)[0][1:], waiting(served, first, second, third)) == (
        (4, {"depth": "33", "owner": "Li"}),
        [],
    )


def test_48_what_waited_a_week_counts_by_an_entry(served: Served) -> None:
    entity, early = str(uuid.uuid4()), new_id()
    assert send(served, deeper(early, entity, 3, 33)).status == 201
    assert (wells(served, entity), waiting(served, early)) == ([], ["waits_for_earlier"])
    sweep = "from datetime import timedelta\nfrom doorstep.intake import releasing\nfrom doorstep.lib import days\n"
    served.store.python(sweep + "print(releasing.sweep(days.today() + timedelta(8)))")
    assert (wells(served, entity), waiting(served, early)) == ([("Li", 1, {"depth": "33", "owner": "Li"})], [])
    sql = "SELECT e.form_id, t.entity_id FROM entry e JOIN entry_entity t ON t.seq = e.seq WHERE t.dataset = 'doorstep.released'"
    assert ("release", early) in served.store.rows(sql)
