"""Build the front end into src/doorstep/web/static/build, and put the fonts of printed pages in their place, only when
the sources changed.

Uses the machine's Node (20 or newer); where there is none, the one that comes as a Python package.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONT = ROOT / "front"
BUILD = ROOT / "src/doorstep/web/static/build"
BIN = Path(sys.executable).parent
FONTS = ROOT / "src/doorstep/lib/fonts"
OLDEST_NODE = 20


def sources_digest() -> str:
    """One digest over everything the build depends on."""
    digest = hashlib.sha256()
    for file in sorted(FRONT.rglob("*")):
        if file.is_file() and not {"node_modules", "test"} & set(file.parts):
            digest.update(str(file.relative_to(FRONT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def has_node(folder: Path | None) -> bool:
    node = shutil.which("node", path=str(folder) if folder else None)
    npm = shutil.which("npm", path=str(folder) if folder else None)
    if not node or not npm:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return said.startswith("v") and int(said[1:].split(".")[0]) >= OLDEST_NODE


def environment() -> dict[str, str]:
    """The environment with a Node on the path, installing the Python package of Node when needed."""
    env = dict(os.environ)
    if has_node(None):
        return env
    if not has_node(BIN):
        print("· no Node on this machine: installing it as a Python package")
        lock = ROOT / "requirements/node.txt"
        subprocess.run(
            [
                str(BIN / "uv"),
                "pip",
                "install",
                "-q",
                "--python",
                sys.executable,
                "--require-hashes",
                "-r",
                str(lock),
            ],
            check=True,
        )
    env["PATH"] = f"{BIN}{os.pathsep}{env['PATH']}"
    return env


def main() -> None:
    """Build what changed; two who ask at once (tests side by side) do not build into each other."""
    with (ROOT / ".venv/front.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build()


def build() -> None:
    digest = sources_digest()
    stamp = BUILD / "sources.sha256"
    if stamp.exists() and stamp.read_text() == digest and any(FONTS.glob("*.ttf")):
        return
    env = environment()
    print("· building the front end")
    npm = shutil.which("npm", path=env["PATH"]) or "npm"
    if not (FRONT / "node_modules").is_symlink():  # npm would empty the folder of whoever it is borrowed from
        subprocess.run([npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=FRONT, env=env, check=True)
    subprocess.run([npm, "run", "--silent", "build"], cwd=FRONT, env=env, check=True)
    BUILD.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)


if __name__ == "__main__":
    main()
