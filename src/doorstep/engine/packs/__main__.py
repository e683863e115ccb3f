"""``python -m doorstep.engine.packs check FOLDER…``: print every problem; exit 1 when there is an error."""

from __future__ import annotations

import sys
from pathlib import Path

from doorstep.engine.packs import check


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[0] != "check":
        sys.stderr.write("python -m doorstep.engine.packs check FOLDER…\n")
        return 2
    worst = 0
    for name in arguments[1:]:
        problems = check(Path(name))
        for problem in problems:
            sys.stdout.write(f"{problem.severity}: {problem.text()}\n")
        errors = sum(p.severity == "error" for p in problems)
        sys.stdout.write(f"{name}: {errors} errors, {len(problems) - errors} warnings\n")
        worst = max(worst, min(errors, 1))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
