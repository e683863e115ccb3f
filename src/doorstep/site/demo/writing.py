"""Writing things down as workers do: a filled form as bytes for the door, and the same entry as the rules see it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from doorstep.engine import packs, rules
from doorstep.engine.model.history import Entry
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import FormSpec
from doorstep.forms import builtin
from doorstep.forms.filling import Filler, Item
from doorstep.lib import days
from doorstep.site import store
from doorstep.site.demo.households import new_id

SENT_SAME_DAY, SENT_WITHIN_DAYS = 0.86, (1, 2, 2, 3, 4, 6, 9, 14)  # phones are often without a signal


@dataclass(frozen=True, slots=True)
class Sent:
    """One submission on its way to the door: who sends it, when it arrives, what it holds."""

    author: str  # username
    received_at: datetime
    content: bytes


@dataclass(frozen=True)
class Materials:
    """The forms to write on and the programmes they belong to."""

    fillers: Mapping[str, Filler]
    packs: Mapping[str, Pack]


@cache
def materials() -> Materials:
    """Those of the shipped packs and of the program itself, read once per process."""
    shipped: list[Pack] = [packs.load(folder) for folder in store.shipped()]
    specs: dict[str, FormSpec] = dict(builtin.specs())
    for pack in shipped:
        specs.update(pack.forms)
    return Materials(
        {form_id: Filler(spec) for form_id, spec in specs.items()},
        {pack.id: pack for pack in shipped},
    )


@cache
def rules_of(pack_id: str) -> rules.Compiled:
    """The rules to plan a programme's visits by."""
    return rules.compile(materials().packs[pack_id])


@dataclass(slots=True)
class Pen:
    """Writes the records of one household. What is written lies in ``sent``, in the order it was written."""

    rng: random.Random
    until: date  # nothing happens or arrives after this day
    sent: list[Sent] = field(default_factory=list)
    fillers: Mapping[str, Filler] = field(default_factory=lambda: materials().fillers)

    def write(
        self,
        author: str,
        form: str,
        on: date,
        answers: Mapping[str, Any],
        *,
        item: Item | None = None,
        instance: str = "",
        corrects: Entry | None = None,
        later_days: int = 0,
    ) -> Entry:
        """One record of ``on``, sent that day or when there is a signal again, ``later_days`` later for a correction."""
        said = {key: value for key, value in answers.items() if value is not None}
        instance = instance or f"uuid:{new_id(self.rng)}"
        counter = len(self.sent) + 1
        content = self.fillers[form].fill(
            said, instance=instance, corrects=corrects.instance_id if corrects else "", item=item, counter=counter
        )
        received_on = self._arrives(on + timedelta(days=later_days))
        self.sent.append(Sent(author, self._moment(received_on), content))
        root = corrects.root_id if corrects else instance
        counter = corrects.counter if corrects else counter
        return Entry(form, instance, on, received_on, said, root_id=root, counter=counter, author=author)

    def _arrives(self, on: date) -> date:
        if self.rng.random() < SENT_SAME_DAY:
            return min(on, self.until)
        return min(on + timedelta(days=self.rng.choice(SENT_WITHIN_DAYS)), self.until)

    def _moment(self, on: date) -> datetime:
        second = self.rng.randrange(8 * 3600, 18 * 3600)
        local = datetime.combine(on, time(second // 3600, second // 60 % 60, second % 60), days.zone())
        return local.astimezone(UTC)
