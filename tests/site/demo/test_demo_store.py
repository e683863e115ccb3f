"""The demo command: a store made through the door, kept by a second start, never taken for whole when it is not."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import commands

PEOPLE = 260


def demo(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    told = ["--store", str(folder), "--language", "en", "demo", "--no-serve", "--people", str(PEOPLE), "--seed", "3"]
    return commands.run([*told, *more], commands.plain_environment())


def rows(folder: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(folder / "doorstep.sqlite3")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("demo") / "store"
    (folder.parent / "store.partial").mkdir()  # left by a start that was interrupted
    (folder.parent / "store.partial" / "doorstep.sqlite3").write_text("half")
    done = demo(folder, "--json")
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_it_holds_the_people_asked_for_and_nothing_unfinished_stays(made: tuple[Path, dict[str, Any]]) -> None:
    folder, told = made
    assert rows(folder, "SELECT COUNT(*) FROM person") == [(PEOPLE,)]
    assert [p.name for p in folder.parent.iterdir()] == ["store"]
    assert [(one["role"], one["username"]) for one in told["log_ins"]] == [
        ("worker", "worker"), ("worker", "neighbour"), ("clinician", "clinician"), ("supervisor", "supervisor"),
        ("manager", "manager"), ("installer", "installer"),
    ]  # fmt: skip


def test_every_record_is_in_force_but_the_few_meant_to_be_settled(made: tuple[Path, dict[str, Any]]) -> None:
    found = rows(
        made[0], "SELECT state, problem, form_id, COUNT(*) FROM entry WHERE state > 1 GROUP BY 1, 2, 3 ORDER BY 1, 2"
    )
    assert found == [
        (2, "impossible_date", "htn_visit", 1),
        (2, "person_unknown", "htn_visit", 1),
        (2, "required_missing", "htn_visit", 1),
        (4, "", "htn_visit", 1),
    ]
    care = dict(rows(made[0], "SELECT pack_id, COUNT(*) FROM due_visit WHERE met_by <> '' GROUP BY 1"))
    assert set(care) == {"child", "diabetes", "elder", "hypertension", "immunisation", "maternal"}


def test_only_those_shown_can_log_in(made: tuple[Path, dict[str, Any]]) -> None:
    folder, told = made
    able = rows(folder, "SELECT username FROM account WHERE password NOT LIKE '!%' ORDER BY 1")
    assert [name for (name,) in able] == sorted(one["username"] for one in told["log_ins"])


# Everything another app's phone is given: for every member who fills in forms, each list any form asks for.
READ = """
import json, re
from doorstep.site import store
store.connect()
from django.conf import settings
from django.test import Client
from doorstep.access import actions, queries
from doorstep.access.permissions import ROLES
from doorstep.lib import db
settings.ALLOWED_HOSTS = ["*"]
given = []
with db.transaction():
    members = [m for m in queries.staff().by_id.values() if "entry.write" in ROLES[m.role]]
    tokens = {m.id: actions.add_collect_device(m.id, "phone") for m in members}
client = Client(headers={"x-openrosa-version": "1.0"})
roles = {m.id: m.role for m in members}
names, looked = set(), set()
for user, token in tokens.items():
    listed = re.findall("<manifestUrl>(.*?)</manifestUrl>", client.get(f"/odk/{token}/formList").content.decode())
    for manifest in listed if roles[user] not in looked else []:  # the forms are those of a role; the lists, each one's own
        text = client.get(manifest.replace("&amp;", "&")).content.decode()
        names |= {url.rpartition("/")[2] for url in re.findall("<downloadUrl>(.*?)</downloadUrl>", text)}
    looked.add(roles[user])
for user, token in tokens.items():
    for url in (f"/odk/{token}/lists/{name}" for name in sorted(names)):
        text = client.get(url).content.decode()
        given.append([user, sorted(queries.actor(user).places), url.rpartition("/")[2], text])
print(json.dumps(given))
"""
MAY_HOLD = {
    "person.csv": ["name", "label", "__version", "household_number", "birth_year"],
    "household.csv": ["name", "label", "__version", "number"],
    "place.csv": ["name", "label"],
}


def test_lists_for_another_app_hold_four_things_of_ones_own_area(made: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = made
    done = commands.run([], commands.plain_environment({"DOORSTEP_STORE": str(folder)}), source=READ)
    assert done.returncode == 0, done.stderr
    given = json.loads(done.stdout.splitlines()[-1])
    homes = dict(rows(folder, "SELECT id, number FROM household"))
    at = dict(rows(folder, "SELECT id, place_id FROM household"))
    here = "died_on IS NULL AND (left_on IS NULL OR moved_in_on > left_on) AND listed"
    known = {
        row[0]: row[1:]
        for row in rows(folder, f"SELECT id, place_id, name, household_id, birth_date FROM person WHERE {here}")
    }
    shut = {i for (i,) in rows(folder, "SELECT id FROM household WHERE NOT listed")}
    seen: set[str] = set()
    for user, places, name, text in given:
        header, *lines = list(csv.reader(io.StringIO(text)))
        assert header == MAY_HOLD[name], (user, name)
        if name == "person.csv":
            expected = {
                i: [i, who, homes.get(home, ""), (born or "")[:4]]
                for i, (place, who, home, born) in known.items()
                if place in places and home not in shut
            }
            assert {line[0]: [line[0], line[1], *line[3:]] for line in lines} == expected
            seen |= set(expected)
        elif name == "household.csv":
            assert {(i, label, number) for i, label, _, number in lines} == {
                (i, number, number) for i, number in homes.items() if at[i] in places
            }
    assert {name for _, _, name, _ in given} == set(MAY_HOLD)
    assert len({user for user, *_ in given}) > 3
    assert seen == {i for i, (_, _, home, _) in known.items() if home not in shut}  # everybody is in somebody's list


def test_a_second_start_keeps_the_data(made: tuple[Path, dict[str, Any]]) -> None:
    folder, told = made
    before = (folder / "doorstep.sqlite3").stat().st_mtime_ns
    again = demo(folder, "--json")
    assert json.loads(again.stdout) == told
    assert (folder / "doorstep.sqlite3").stat().st_mtime_ns == before


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = demo(tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("is there already and is not a demonstration.")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
