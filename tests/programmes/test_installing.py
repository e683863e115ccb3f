"""Nobody brings a pack in that breaks the charter, whatever way they come."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from doorstep.lib import db
from doorstep.lib.problems import Problems
from doorstep.programmes import actions as programmes
from doorstep.programmes import library
from tests.cast import shipped


def _copy(tmp_path: Path, old: str, new: str) -> Path:
    """The blood pressure pack as somebody's own, with one word changed."""
    folder = Path(shutil.copytree(shipped("hypertension"), tmp_path / "hypertension"))
    told = folder / "pack.yaml"
    text = told.read_text(encoding="utf-8")
    assert old in text
    told.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_a_pack_that_breaks_the_charter_is_not_installed(store: None, tmp_path: Path) -> None:
    folder = _copy(tmp_path, "titles: {en:", "about: {en: Ring check of women, zh: 查环}\ntitles: {en:")
    folder = _without_about(folder)
    with pytest.raises(Problems) as raised:
        programmes.install(folder, by=0)
    assert {p.code for p in raised.value.problems} == {"charter.policing_word"}
    assert db.current().value("SELECT count(*) FROM pack_version WHERE pack_id = 'hypertension'") == 0
    assert db.current().value("SELECT count(*) FROM form WHERE pack_id = 'hypertension'") == 0


def _without_about(folder: Path) -> Path:
    """Its own ``about`` taken out: a key may stand once."""
    told = folder / "pack.yaml"
    lines = told.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.startswith("about:") and "查环" not in line)
    end = next(i for i in range(start + 1, len(lines)) if lines[i].strip() and not lines[i].startswith(" "))
    told.write_text("".join(lines[:start] + lines[end:]), encoding="utf-8")
    return folder


def test_the_same_pack_without_those_words_is(store: None, tmp_path: Path) -> None:
    pack = programmes.install(_copy(tmp_path, "titles: {en:", "titles: {en:"), by=0)
    assert db.current().value("SELECT count(*) FROM pack_version WHERE pack_id = ?", [pack.id]) == 1


def test_a_pack_no_longer_kept_as_loaded_is_read_from_what_was_installed(store: None) -> None:
    pack = programmes.install(Path(shipped("hypertension")), by=0)
    for kept in (Path(settings.STORE) / "cache").glob("*.pickle"):
        kept.unlink()
    library._pack.cache_clear()
    assert library.installed_pack(pack.id, pack.version) == pack
    library._pack.cache_clear()
    assert [file.suffix for file in (Path(settings.STORE) / "cache").iterdir()] == [".pickle"]
    assert library.installed_pack(pack.id, pack.version) == pack
