"""Who works out what was known then: said when the program starts, imported when somebody first asks.

Apart from ``then``, so that a command that asks nothing of the past does not wait for the rules to be imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorstep.programmes.moment import Moment
    from doorstep.programmes.then import Then

    WorkOut = Callable[[Moment, Iterable[str] | None], Then]

_work_out: WorkOut | None = None


def configure(work_out: WorkOut) -> None:
    """Say how what was known is worked out: of these persons, or of everybody."""
    global _work_out
    _work_out = work_out


def configured() -> WorkOut | None:
    """What was said, if anything."""
    return _work_out
