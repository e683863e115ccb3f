from tests.web.worker.conftest import on_a_day

__all__ = ["on_a_day"]
