"""The readers of the screens, and what a paper says when it is read back."""

from __future__ import annotations

from tests.web.worker.conftest import as_, on_a_day

__all__ = ["as_", "on_a_day"]
