from tests.web.worker.conftest import as_, on_a_day

__all__ = ["as_", "on_a_day"]
