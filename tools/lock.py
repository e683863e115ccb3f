"""Write the lock files in requirements/ anew: versions and hashes, no download address."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
FLAGS = [
    "-q",
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
]
BUILD = ["setuptools", "wheel"]  # the project itself is installed without build isolation


def compile_lock(name: str, wanted: list[str], constraint: Path | None) -> Path:
    out = ROOT / "requirements" / f"{name}.txt"
    with tempfile.NamedTemporaryFile("w", suffix=".in", delete=False) as file:
        file.write("\n".join(wanted))
    more = ["-c", str(constraint)] if constraint else []
    subprocess.run([str(UV), "pip", "compile", *FLAGS, *more, file.name, "-o", str(out)], check=True)
    Path(file.name).unlink()
    return out


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run, extras = project["dependencies"], project["optional-dependencies"]
    test = compile_lock("test", run + extras["dev"] + extras["spark"] + BUILD, None)
    compile_lock("run", run + BUILD, test)
    compile_lock("spark", run + extras["spark"] + BUILD, test)
    compile_lock("node", extras["node"], None)
    compile_lock("installer", ["uv"], None)


if __name__ == "__main__":
    main()
