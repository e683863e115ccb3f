"""The pages of the programmes say what the packs say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.front.site_for_front import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import pack_pages


def test_the_pages_are_as_the_packs_are(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """When this fails, run tools/pack_pages.py."""
    monkeypatch.setattr(sys, "argv", ["pack_pages.py", "--check"])
    assert (pack_pages.main(), capsys.readouterr().out) == (0, "")


def test_a_page_that_is_not_as_its_pack_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "register.md").write_text("old", encoding="utf-8")
    monkeypatch.setattr(pack_pages, "PAGES", tmp_path)
    monkeypatch.setattr(sys, "argv", ["pack_pages.py", "--check"])
    assert pack_pages.main() == 1
    assert "register.md" in capsys.readouterr().out
