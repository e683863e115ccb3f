"""The benchmarks measure something: every record is answered and in force, both ways give the same rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import commands, made_town


def command(*told: str, store: Path, codes: tuple[int, ...] = (0,)) -> str:
    done = commands.run(["--store", str(store), *told], commands.plain_environment())
    assert done.returncode in codes, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_town.copied_to(tmp_path_factory.mktemp("bench") / "store", tmp_path_factory)


def bench(store: Path, *told: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(command("bench", *told, "--json", store=store))
    return found


@pytest.mark.slow
def test_every_record_sent_is_kept_and_in_force_and_the_store_itself_is_left_alone(demo_store: Path) -> None:
    before = (demo_store / "doorstep.sqlite3").read_bytes()
    found = bench(demo_store, "intake", "--count", "60", "--senders", "4")
    assert (found["count"], found["answered_201"], found["kept"], found["share_applied"]) == (60, 60, 60, 1.0)
    assert found["per_second"] > 0 and found["p95_ms"] >= found["p50_ms"] > 0
    assert (demo_store / "doorstep.sqlite3").read_bytes() == before


@pytest.mark.slow
def test_the_rules_give_the_rows_written_by_hand(demo_store: Path) -> None:
    found = bench(demo_store, "rules", "--people", "200", "--rounds", "1")
    assert found["rows_differing"] == 0
    assert found["people"] >= 200 and found["windows"] > found["people"]


@pytest.mark.slow
def test_the_warehouse_copied_gives_the_rows_written_by_hand(demo_store: Path) -> None:
    found = bench(demo_store, "warehouse", "--people", "200", "--entries", "800", "--synced", "600")
    assert found["rows_differing"] == 0 and found["people"] >= 200 and found["entries"] >= 800
    assert all(one["windows"] > 0 for one in found["visits"]) and found["one_percent"]["cpu_s"] > 0
    assert found["figures"]["not_zero"] > 0 and found["synced"]["entries"] == 600


def test_records_wrong_in_every_way_do_no_harm(tmp_path: Path) -> None:
    """On a busy machine an answer may take longer than the command allows: that alone is not looked at here."""
    told = command("bench", "fuzz", "--count", "60", "--seed", "5", "--json", store=tmp_path, codes=(0, 1))
    found = json.loads(told)
    assert {name: found[name] for name in ("faults", "halves")} == {"faults": 0, "halves": 0}
    assert found["kept"] > 10 and found["statuses"]["400"] > 5


def test_phones_lose_nothing_while_the_server_is_killed(tmp_path: Path) -> None:
    found = bench(tmp_path, "soak", "--minutes", "0.1", "--devices", "3")
    assert {name: found[name] for name in ("lost", "not_arrived", "doubled", "faults")} == dict.fromkeys(
        ("lost", "not_arrived", "doubled", "faults"), 0
    )
    assert found["written"] == found["told_kept"] > 3 and found["killed"] == 3


@pytest.mark.slow
def test_what_the_log_sealing_and_scoping_cost_is_measured_against_a_server_that_does_none_of_it(
    demo_store: Path,
) -> None:
    """The command itself fails unless one server did all of it, and the other nothing."""
    found = bench(demo_store, "trust", "--rounds", "1", "--count", "20", "--pages", "4", "--senders", "4")
    assert (found["records"], found["pages"]) == (20, 4)
    assert found["per_second"] > 0 and found["per_second_without"] > 0 and found["page_p95_ms_without"] > 0
