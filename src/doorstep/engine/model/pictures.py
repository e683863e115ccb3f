"""Pictures of counted people, as a pack describes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from doorstep.engine.model.planned import At
from doorstep.engine.model.spec import Text

PictureKind = Literal["cascade", "age_pyramid", "sex_ratio_at_birth"]
PICTURE_KINDS: tuple[PictureKind, ...] = ("cascade", "age_pyramid", "sex_ratio_at_birth")


@dataclass(frozen=True, slots=True)
class Step:
    """The numerator of an indicator, called by what it counts."""

    of: str
    title: Text


@dataclass(frozen=True, slots=True)
class PictureDef:
    """``steps`` of a cascade count parts of the same people, the first one all of them. ``band`` and
    ``open_at`` (years) shape a pyramid. ``judged_from`` and ``usual`` (from, to) name numbers: below so many births
    nothing is said of a ratio."""

    id: str
    title: Text
    kind: PictureKind
    steps: tuple[Step, ...] = ()
    band: int = 0
    open_at: int = 0
    judged_from: str = ""
    usual: tuple[str, ...] = ()
    note: Text = field(default_factory=dict)
    source: str = ""
    at: At = field(default_factory=At)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Ids of the numbers it asks for."""
        return tuple(filter(None, (self.judged_from, *self.usual)))
