"""Reading a store at one moment, a batch at a time, while it is being written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from doorstep.engine.warehouse.run import connect
from doorstep.engine.warehouse.source import ROWS, snapshot


def made(folder: Path, rows: int) -> sqlite3.Connection:
    store = sqlite3.connect(folder / "a #%.sqlite3", isolation_level=None)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, said TEXT)")
    store.execute(
        "INSERT INTO entry WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " SELECT i, 'x' || i FROM n",
        [rows],
    )
    return store


def test_what_is_written_meanwhile_is_not_seen(tmp_path: Path) -> None:
    store = made(tmp_path, 3)
    address = f"{(tmp_path / 'a #%.sqlite3').as_uri()}?mode=ro"
    with snapshot("sqlite", address) as moment:
        before = [batch.to_pylist() for batch in moment.batches("SELECT seq FROM entry ORDER BY seq")]
        store.execute("DELETE FROM entry WHERE seq = 2")
        store.execute("INSERT INTO entry VALUES (4, 'x4')")
        after = [batch.to_pylist() for batch in moment.batches("SELECT seq FROM entry ORDER BY seq")]
    assert before == after == [[{"seq": 1}, {"seq": 2}, {"seq": 3}]]
    with snapshot("sqlite", address) as moment:
        (batch,) = moment.batches("SELECT seq FROM entry ORDER BY seq")
        assert batch.to_pydict() == {"seq": [1, 3, 4]}
    store.close()


def test_no_batch_holds_more_than_so_many_rows(tmp_path: Path) -> None:
    made(tmp_path, 2 * ROWS + 5).close()
    with snapshot("sqlite", f"{(tmp_path / 'a #%.sqlite3').as_uri()}?mode=ro") as moment:
        assert [batch.num_rows for batch in moment.batches("SELECT seq, said FROM entry")] == [ROWS, ROWS, 5]


def test_what_is_too_much_for_memory_is_laid_down_and_taken_up_again(tmp_path: Path) -> None:
    connection = connect(spill=str(tmp_path), memory="60MB")
    connection.execute("CREATE TABLE t AS SELECT i, md5(i::VARCHAR) AS said FROM range(2_000_000) AS r(i)")
    assert list(tmp_path.iterdir()) != []
    assert connection.execute("SELECT count(*), count(DISTINCT i) FROM t").fetchall() == [(2_000_000, 2_000_000)]
    connection.close()
    assert list(tmp_path.iterdir()) == []
