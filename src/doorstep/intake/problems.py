"""What the door says when it cannot take something in. The sentences stand in ``problems.yaml``."""

from __future__ import annotations

from typing import Any

from doorstep.lib.problems import Problem


class Refused(Exception):
    """Nothing was stored as an entry. ``status`` is the HTTP status to answer with."""

    def __init__(self, code: str, status: int, **args: Any):
        super().__init__(code)
        self.problem, self.status = Problem(code, args=args), status
