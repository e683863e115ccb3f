from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import AppConfig

from doorstep.programmes import working

if TYPE_CHECKING:
    from doorstep.programmes.moment import Moment
    from doorstep.programmes.then import Then


class IntakeConfig(AppConfig):
    name = "doorstep.intake"
    label = "intake"

    def ready(self) -> None:
        working.configure(_work_out)


def _work_out(moment: Moment, person_ids: Iterable[str] | None) -> Then:
    """Imported when it is first asked: most commands never do, and it brings the rules with it."""
    from doorstep.intake.then import work_out

    return work_out(moment, person_ids)
