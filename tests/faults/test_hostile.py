"""Files made to do harm, each given to every reader it may reach: refused with a plain reason, or read and found harmless.

Every one is read in a process of its own that may take 256 MB more than it has and a few seconds of the processor.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from doorstep.engine import packs, xlsform
from doorstep.exchange.register_file.reading import read_table
from doorstep.exchange.typed_table import check as check_typed
from doorstep.lib.problems import Problem, Problems, catalogue
from doorstep.programmes.folder import unpack
from tests.faults.hostile_files import READERS_OF_TABLES, Hostile, all_of_them, workbook, zips

MOST_BYTES = 256 * 2**20
MOST_SECONDS = 6  # of processor time; what takes longer is killed. The command `doorstep bench fuzz` asks for 2
ELSEWHERE = Path("/tmp/doorstep-was-here")


def _pack(path: Path) -> None:
    packs.load(path.parent if path.parent.name == "p" else path.parent.parent)


READERS: dict[str, Callable[[Path], object]] = {
    "register": read_table,
    "typed": check_typed,
    "form": lambda path: xlsform.read(path.read_bytes(), path.name, check=False),
    "pack": _pack,
}


@pytest.fixture(scope="module", autouse=True)
def readers_are_ready(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What readers import is imported once, not in each of the processes below; and the honest file is taken by each."""
    path = tmp_path_factory.mktemp("honest") / "table.xlsx"
    path.write_bytes(workbook())
    assert [told(lambda read=read: read(path)) for read in (READERS[name] for name in READERS_OF_TABLES)] == [
        [],
        [],
        [],
    ]


def told(read: Callable[[], object]) -> list[dict[str, Any]]:
    """What a reader says of a file, as its author reads it in both languages; empty when it takes the file."""
    try:
        read()
    except Problems as found:
        return [
            {"code": one.code, "file": one.where.file} | {words: one.part("what", words) for words in ("en", "zh")}
            for one in found.problems
        ]
    return []


def within_limits(read: Callable[[], object]) -> list[dict[str, Any]]:
    """``told`` of a reader in a process that is held to the limits. Raises AssertionError for any fall of it."""
    mine, its = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_held, args=(read, its), daemon=True)
    child.start()
    its.close()
    try:
        kind, answer = mine.recv()
    except EOFError:
        child.join()
        raise AssertionError(f"the reader was killed (exit code {child.exitcode})") from None
    finally:
        child.join()
    assert kind == "told", answer
    return list(answer)


def _held(read: Callable[[], object], answer: Connection) -> None:
    has = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmData" in line)
    resource.setrlimit(resource.RLIMIT_DATA, (has * 1024 + MOST_BYTES, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what a parser mutters
    try:
        answer.send(("told", told(read)))
    except BaseException:
        answer.send(("fell", traceback.format_exc(limit=-6)))
    os._exit(0)


def assert_plain(said: list[dict[str, Any]]) -> None:
    """Each problem is one of the catalogue, says in both languages what is wrong, and has no value left unsaid."""
    for one in said:
        assert one["code"] in catalogue(), one
        assert one["en"] and one["zh"] and "{" not in one["en"].replace("{en", "").replace("{zh", ""), one


HOSTILE = list(all_of_them())


def test_there_are_enough_of_them() -> None:
    assert len({(one.what, one.name) for one in HOSTILE}) + len(zips()) >= 80


@pytest.mark.parametrize("one", HOSTILE, ids=lambda one: f"{one.reader}: {one.what}")
def test_a_hostile_file_is_refused_in_words_or_does_no_harm(one: Hostile, tmp_path: Path) -> None:
    path = tmp_path / "p" / one.name
    path.parent.mkdir(parents=True, exist_ok=True)
    if one.name.count("/") and one.reader == "pack":
        (tmp_path / "p" / "pack.yaml").write_text("id: p\nversion: '1'\ntitles: {en: P}\n")
    path.write_bytes(one.make())
    said = within_limits(lambda: READERS[one.reader](path))
    assert_plain(said)
    if one.says or one.reader == "pack":
        assert said, "it was taken in"
    if one.says:
        assert said[0]["code"] in one.says, said[0]
    assert not ELSEWHERE.exists()


@pytest.mark.parametrize("what", zips())
def test_a_packed_pack_writes_nowhere_else(what: str, tmp_path: Path) -> None:
    content = zips()[what]

    def read() -> None:
        try:
            with unpack(content, "p") as folder:
                for file in folder.rglob("*"):
                    assert not file.is_symlink()
                packs.load(folder)
        except ValueError as error:
            raise Problems([Problem("packs.link")]) from error

    before = set(Path("/tmp").glob("*doorstep-was-here*"))
    assert within_limits(read)
    assert set(Path("/tmp").glob("*doorstep-was-here*")) == before == set()


def test_the_limits_are_held() -> None:
    """The control: what takes too much memory, or never ends, is seen to."""
    with pytest.raises(AssertionError, match="MemoryError"):
        within_limits(lambda: bytearray(2 * MOST_BYTES))
