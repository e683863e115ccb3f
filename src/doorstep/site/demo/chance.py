"""Random numbers that depend on a name and a seed alone, so that nothing rests on the order in which things are made."""

from __future__ import annotations

import random


def drawn(name: str, *of: object) -> random.Random:
    """A generator of random numbers for ``name``, the same for the same values of ``of``."""
    return random.Random(":".join(map(str, (name, *of))))  # noqa: S311 - made-up people, no secrets
