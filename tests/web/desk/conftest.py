"""The readers of the worker's screens read the desk too."""

from tests.web.worker.conftest import as_, on_a_day

__all__ = ["as_", "on_a_day"]
