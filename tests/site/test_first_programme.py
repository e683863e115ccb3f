"""docs/first-programme.md does what it says: its files are written, its commands are run, in the order they stand."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests import commands
from tests.front.site_for_front import ROOT
from tests.shares import share

PAGE = ROOT / "docs/first-programme.md"
BLOCK = re.compile(r"(?:^`([^`\n]+)`\n\n)?^```(\w+)\n(.*?)^```", re.M | re.S)


def run(line: str, folder: Path) -> str:
    """A line of the page: ``doorstep`` with words and perhaps the file its answer goes to, or anything else of a shell."""
    first, *words = shlex.split(line)
    if first != "doorstep":
        return subprocess.run(line, shell=True, cwd=folder, capture_output=True, text=True, check=True).stdout
    file = folder / words.pop() if ">" in words else None
    done = commands.run([w for w in words if w != ">"], commands.plain_environment({"LANGUAGE": "en"}), cwd=folder)
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    if file:
        file.write_text(done.stdout, encoding="utf-8")
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
