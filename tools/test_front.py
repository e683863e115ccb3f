"""Test the front end without a browser: types, then the form component over every form of the packs.

Prints Node's own counts. Exits non-zero on any failure. An argument runs only the test files whose name holds it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import build_front
from pyxform.xls2xform import convert

ROOT = Path(__file__).resolve().parent.parent
FRONT = ROOT / "front"


def write_forms(folder: Path) -> None:
    """Every form as XForm XML: folder/<pack>/<form>.xml, those made for the tests under 'front'."""
    for source in (*ROOT.glob("packs/*/forms/*"), *FRONT.glob("test/forms/*.md")):
        pack = "front" if FRONT in source.parents else source.parent.parent.name
        target = folder / pack / f"{source.stem}.xml"
        target.parent.mkdir(exist_ok=True)
        target.write_text(str(convert(xlsform=str(source)).xform), encoding="utf-8")


def main() -> None:
    build_front.main()
    env = build_front.environment()
    npm = shutil.which("npm", path=env["PATH"]) or "npm"
    checking = subprocess.Popen([npm, "run", "--silent", "typecheck"], cwd=FRONT, env=env)
    with tempfile.TemporaryDirectory() as folder:
        write_forms(Path(folder))
        types = checking.wait()
        print(f"front: types {'wrong' if types else 'right'}", flush=True)
        command = [npm, "run", "--silent", "test", "--", *sys.argv[1:]]
        env = {**os.environ, **env, "DOORSTEP_TEST_FORMS": folder}
        tests = subprocess.run(command, cwd=FRONT, env=env, check=False).returncode
    sys.exit(types or tests)


if __name__ == "__main__":
    main()
