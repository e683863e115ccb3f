"""No phone number and no received byte stands in the store's files; and keys can be turned under it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from django.conf import settings

from doorstep.forms import queries as forms
from doorstep.intake import rebuild, resealing
from doorstep.lib import db, keyring, sealed
from doorstep.register.search import query_sql
from tests.cast import Township

PHONE = "13999012345"
IN_THE_OPEN = (PHONE.encode(), PHONE[::-1].encode(), PHONE[-8:].encode())


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys and files of this test's own, so that turning them harms no other."""
    monkeypatch.setattr(settings, "STORE", tmp_path)
    before = keyring.file()
    keyring.configure(tmp_path / keyring.FILE)
    keyring.make()
    yield
    keyring.configure(before)


@pytest.fixture
def her(own_keys: None, township: Township) -> str:
    return township.person("王秀英", phone=PHONE)


def found_by(typed: str) -> list[str]:
    places = [i for (i,) in db.current().rows("SELECT id FROM place")]
    asked = query_sql(typed, places)
    assert asked is not None
    return [row[0] for row in db.current().rows(*asked)]


def everything_stored() -> bytes:
    """Every value of every table a record leaves something in."""
    tables = (
        "entry",
        "entry_body",
        "entry_entity",
        "person",
        "household",
        "search_term",
        "entity",
        "quarantined",
        "changed",
    )
    rows = [row for table in tables for row in db.current().rows(f"SELECT * FROM {table}")]
    return b" ".join(v if isinstance(v, bytes) else bytes(v) if isinstance(v, memoryview) else str(v).encode()
                     for row in rows for v in row)  # fmt: skip


def in_the_open() -> list[bytes]:
    stored = everything_stored()
    return [mark for mark in IN_THE_OPEN if mark in stored]


def bodies() -> list[bytes]:
    return [forms.body(seq) for (seq,) in db.current().rows("SELECT seq FROM entry ORDER BY seq")]


def test_a_number_is_stored_sealed_found_by_its_end_and_the_record_stays_what_it_was(her: str) -> None:
    assert in_the_open() == []
    assert sealed.opened(str(db.current().value("SELECT phone FROM person WHERE id = ?", [her]))) == PHONE
    assert [found_by(typed) for typed in ("345", "12345", PHONE, "99999")] == [[her], [her], [her], []]
    assert any(PHONE.encode() in body for body in bodies())
    assert rebuild.verify() == []
    rebuild.rebuild()
    assert (in_the_open(), found_by("2345")) == ([], [her])


def test_what_an_older_version_stored_in_the_open_is_sealed(her: str) -> None:
    connection, before = db.current(), bodies()
    for table, key, column in resealing.BYTES + resealing.JSON:
        for id_, value in connection.rows(f"SELECT {key}, {column} FROM {table}"):
            plain = sealed.open_bytes(value) if column == "body" else _plain(value)
            connection.run(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", [plain, id_])
    for id_, phone, properties in connection.rows("SELECT id, phone, properties FROM person"):
        values = [sealed.opened(phone), _plain(properties), id_]
        connection.run("UPDATE person SET phone = ?, properties = ? WHERE id = ?", values)
    connection.run("DELETE FROM search_term WHERE term LIKE '#%'")
    term = [connection.value("SELECT place_id FROM person WHERE id = ?", [her]), "#" + PHONE[::-1], her]
    connection.run("INSERT INTO search_term (place_id, term, person_id) VALUES (?, ?, ?)", term)
    assert in_the_open() == list(IN_THE_OPEN) and bodies() == before
    assert resealing.seal_all() > 0
    assert (in_the_open(), bodies(), found_by("2345"), rebuild.verify()) == ([], before, [her], [])
    assert resealing.seal_all() == 0


def _plain(stored: str) -> str:
    return orjson.dumps(sealed.opened_json(stored)).decode()


def test_turned_keys_leave_nothing_under_the_old(her: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old, before = keyring.ring().data.current, bodies()
    right = resealing._people

    def killed(_connection: db.Db) -> Iterator[int]:
        raise KeyboardInterrupt

    monkeypatch.setattr(resealing, "_people", killed)
    with pytest.raises(KeyboardInterrupt):
        resealing.rotate()
    assert (set(keyring.ring().data.by_name) > {old}, found_by("2345"), bodies()) == (True, [her], before)
    new = keyring.ring().data.current
    monkeypatch.setattr(resealing, "_people", right)
    resealing.rotate()
    assert list(keyring.ring().data.by_name) == [new]  # gone on with the key that was turned already
    assert old.encode() not in everything_stored()
    assert (bodies(), found_by("2345"), found_by(PHONE), rebuild.verify()) == (before, [her], [her], [])


LIFE = """
from doorstep.site import store
store.make()
from doorstep.intake import resealing
from doorstep.lib import db, keyring
home, phone = store.folder(), {phone!r}
db.current().run("INSERT INTO person (id, name, sex, phone, reach, listed, label, version, properties)"
                 " VALUES ('p', 'x', '', ?, '', 1, '', 1, ?)", [phone, '{{"phone":"' + phone + '"}}'])
db.current().run("UPDATE counter SET value = 0 WHERE name = 'sealed'")
held = lambda: [f.name for f in home.rglob("*") if f.is_file() and phone.encode() in f.read_bytes()]
print(held() != [])
store.make()
print(held() == [], oct(keyring.file().stat().st_mode & 0o777))
before = keyring.file().read_text()
resealing.rotate()
print(held() == [], keyring.file().read_text() != before)
keyring.file().unlink()
try:
    store.connect()
except store.Failure as failure:
    print(keyring.FILE in str(failure))
"""


def test_the_files_of_a_store_hold_no_number(tmp_path: Path) -> None:
    """A store of its own: database, write-ahead log and all that lies beside, when an older store is brought up to date."""
    inside = {**os.environ, "DOORSTEP_STORE": str(tmp_path / "store"), "DOORSTEP_DATABASE_URL": ""}
    (tmp_path / "store").mkdir()
    script = [sys.executable, "-c", LIFE.format(phone=PHONE)]
    done = subprocess.run(script, env=inside, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["True", "True", "0o600", "True", "True", "True"], "")
