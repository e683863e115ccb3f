"""What a law compelled stays through a backup and a restore: the act, its words, and that none of it is changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests import made_town
from tests.server import Store
from tests.site.test_backup import backup_of, doorstep

MAKE = """
import sys
sys.path.insert(0, {root!r})
from doorstep.access.permissions import Actor
from doorstep.disclosures import actions
from tests.disclosures.orders import ASKED, GIVEN, ORDER
first, second = (Actor(n, "supervisor", frozenset({{7}})) for n in (901, 902))
for _ in range(2):
    act = actions.begin(first, "somebody", 7, "court", ORDER, None)
    actions.ask(first, act, ASKED)
    actions.hand(first, act, GIVEN)
actions.decide(second, 1, agrees=True)
actions.give(first, 1)
"""
READ = """
from doorstep.disclosures import queries
print([(act.id, act.order.office, sorted(act.steps)) for act in map(queries.one, (1, 2))], queries.counted()[0].given)
"""
ROOT = str(Path(__file__).resolve().parents[2])


@pytest.mark.once
def test_acts_and_their_words_survive_a_backup_and_a_restore(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = Store(tmp_path / "store")
    made_town.copied_to(store.folder, tmp_path_factory)
    store.python(MAKE.format(root=ROOT))
    before = store.python(READ)
    assert before == "[(1, '青石县人民法院', [1, 2, 3]), (2, '青石县人民法院', [1])] 1\n"
    key = doorstep(store.folder, "backup", "--to", str(tmp_path / "kept")).splitlines()[-1]
    again = Store(tmp_path / "again")
    doorstep(again.folder, "restore", str(backup_of(tmp_path)), typed=key)
    assert again.python(READ) == before
    with sqlite3.connect(again.folder / "doorstep.sqlite3") as connection:
        for sql in ("DELETE FROM disclosure_step", "UPDATE disclosure SET kind = 'other'"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
                connection.execute(sql)
