"""What can be wrong with a complaint, in the words of whoever wrote it: one tree.

Refused
├── Empty       nothing was written
├── TooLong
└── CodeTaken   the code printed on a paper was typed in before
"""

from __future__ import annotations


class Refused(Exception):
    """It is not taken."""


class Empty(Refused):
    pass


class TooLong(Refused):
    pass


class CodeTaken(Refused):
    pass
