"""docs/first-programme.md does what it says: its files are written, its commands are run, in the order they stand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.front.site_for_front import ROOT
from tests.shares import share

PAGE = ROOT / "docs/first-programme.md"
BLOCK = re.compile(r"(?:^`([^`\n]+)`\n\n)?^```(\w+)\n(.*?)^```", re.M | re.S)


def run(line: str, folder: Path) -> str:
    here = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "LANGUAGE": "en"}
    hidden = {name: value for name, value in os.environ.items() if not name.startswith(("DOORSTEP", "DJANGO"))}
    done = subprocess.run(
        line, shell=True, cwd=folder, env={**hidden, **here}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_a_programme_is_made_as_the_page_says(tmp_path: Path) -> None:
    said: dict[str, str] = {}
    for name, kind, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "sh":
            lines = [line for line in body.strip().splitlines() if not line.startswith("doorstep serve ")]
            fewer = f"--people {share(120, 500)}"  # a smaller town than the page's: the same commands, less waiting
            said |= {line: run(line.replace("--people 500", fewer), tmp_path) for line in lines}
        else:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(body, encoding="utf-8")
    assert said["doorstep pack check home_safety"] == "0 errors, 0 warnings.\n"
    assert said["doorstep pack test home_safety"] == "2 of 2 stories hold.\n"
    assert "Yearly look round the home" in said["doorstep pack preview home_safety --store try"]
    due = json.loads((tmp_path / "due.json").read_text(encoding="utf-8"))
    assert {one["contact"] for one in due if one["pack_id"] == "home_safety"} == {"yearly_look"}
