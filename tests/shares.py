"""How much of what could be tried ``make test`` tries: few here, many with ``DOORSTEP_TESTS=wide`` (``make test-wide``).

Nothing is left out by it: the same assertions hold over fewer made-up people or fewer random examples.
"""

from __future__ import annotations

import os

WIDE = os.environ.get("DOORSTEP_TESTS") == "wide"


def share(few: int, many: int) -> int:
    """``few`` people or examples, or ``many`` when all shall be tried."""
    return many if WIDE else few
