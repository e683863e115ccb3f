"""One real server per kind of database for the tests of this folder, with two workers and a few forms of one of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import start_postgresql
from tests.server import Server, Store

FORMS = Path(__file__).parent / "forms"

SEED = f"""
import json
from datetime import date
from pathlib import Path
from doorstep.access import actions as access, queries
from doorstep.engine import xlsform
from doorstep.forms import actions as forms
from doorstep.places import actions as places
county = places.add("c1", "county", {{"en": "Qingshi", "zh": "青石县"}}, None)
east = places.add("c1-v1", "village", {{"en": "East Slope", "zh": "东坡村"}}, county)
west = places.add("c1-v2", "village", {{"en": "West Gully", "zh": "西沟村"}}, county)
users = {{}}
for name, role, place in (("wang", "worker", east), ("zhao", "worker", west), ("chen", "manager", county)):
    users[name] = access.add_user(name, name, role, "a good long word")
    access.serve(users[name], place, date(2020, 1, 1))
for file in ("home_visit_1", "home_visit_2", "well", "at_a_place"):
    forms.publish(xlsform.read(Path({str(FORMS)!r}) / (file + ".md"), check=False), {{}}, owner_id=users["wang"])
tokens = {{name: access.add_collect_device(users[name], "phone") for name in users}}
tokens["taken_back"] = access.add_collect_device(users["wang"], "lost phone")
access.revoke_device(queries.devices([users["wang"]])[0].id)
tokens["run_out"] = access.add_collect_device(users["wang"], "old phone", lasts_days=-1)
tokens["app"] = access.add_device(users["wang"], "a phone of the app")
print(json.dumps({{"tokens": tokens, "users": users, "places": {{"east": east, "west": west}}}}))
"""


@dataclass
class Served:
    """A running server and what was put into its store."""

    server: Server
    store: Store
    tokens: dict[str, str]
    users: dict[str, int]
    places: dict[str, int]

    def path(self, rest: str, who: str = "wang") -> str:
        return f"/odk/{self.tokens[who]}/{rest}"


def seeded(store: Store) -> dict[str, Any]:
    """Make the store and put the cast into it."""
    store.run("init", "--no-packs")
    return json.loads(store.python(SEED).splitlines()[-1])


@pytest.fixture(scope="session")
def sqlite_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    store = Store(tmp_path_factory.mktemp("openrosa") / "store")
    told = seeded(store)
    with Server(store) as server:
        yield Served(server, store, **told)


@pytest.fixture(scope="session")
def postgresql_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("openrosa-postgresql")
    store = Store(folder / "store", start_postgresql(folder / "database"))
    told = seeded(store)
    with Server(store, "--workers", "2") as server:
        yield Served(server, store, **told)


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest) -> Served:
    """The server on each database in turn."""
    return request.getfixturevalue(f"{request.param}_served")  # type: ignore[no-any-return]


def wait_for_settings() -> None:
    """Another process may go on with old settings for half a second."""
    time.sleep(0.6)
