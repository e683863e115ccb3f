"""Writes the charter's dictionary of tags from the shipped packs: `charter_dictionary.py` (`--check`: only compare)."""

from __future__ import annotations

import sys
from pathlib import Path

from doorstep.engine.charter.dictionary import FILE, parse, write
from doorstep.engine.packs import load

PACKS = Path(__file__).resolve().parent.parent / "packs"


def main() -> int:
    packs = [load(folder) for folder in sorted(PACKS.iterdir()) if (folder / "pack.yaml").exists()]
    before = FILE.read_text(encoding="utf-8")
    after = write(packs, parse(before))
    if "--check" in sys.argv:
        if before != after:
            print(
                "The packs have questions the dictionary does not hold as they read. Run tools/charter_dictionary.py."
            )
        return int(before != after)
    FILE.write_text(after, encoding="utf-8")
    print(
        f"{len(parse(after).shipped)} questions written to {FILE.name}; reviewed by: {parse(after).reviewed_by or '-'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
