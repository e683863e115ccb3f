"""Planned visits as written: one of a schedule, or one for each dose of a series. Rules are still text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doorstep.engine.model.spec import Text


@dataclass(frozen=True, slots=True)
class At:
    """The place a piece of a pack was written: file inside the pack, and its line."""

    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One expression, not yet parsed."""

    text: str
    at: At = field(default_factory=At)


@dataclass(frozen=True, slots=True)
class ContactDef:
    """One planned visit. ``why`` is its sentence for "why this"; {names} in it are facts or bounds."""

    id: str
    schedule: str
    title: Text
    form: str
    of: str  # episode id, or 'person'
    service: str
    from_: Rule | None = None
    due: Rule | None = None
    until: Rule | None = None
    while_: Rule | None = None
    settled_by: Rule | None = None  # truth over one entry of the form
    supersedes: tuple[str, ...] = ()
    priority: int = 0
    for_each: str = ""
    every: Rule | str | None = None  # 'year', or a rule giving the next start from the entry that settled the last
    why: Text = field(default_factory=dict)
    source: str = ""
    at: At = field(default_factory=At)


@dataclass(frozen=True, slots=True)
class DoseSource:
    """Where given doses stand: a form, or one of its repeats. ``on`` is the question that dates a dose, '' = the
    entry's own day; ``on_repeat`` says that this question stands in the repeat."""

    form: str
    repeat: str = ""
    on: str = ""
    on_repeat: bool = False


@dataclass(frozen=True, slots=True)
class CardColumn:
    """A column of a printed card of doses: its words, and the questions whose answer stands there."""

    title: Text
    of: tuple[str, ...]  # 'form.question' or 'form.repeat.question' of the doses


@dataclass(frozen=True, slots=True)
class SeriesDef:
    """Doses that build on one another, by a table with one row per dose and edition. ``chain``, ``step``, ``row_id``,
    ``since`` and ``before`` name columns of the table; its titles stand in the columns ``title_<language>``."""

    id: str
    title: Text
    form: str  # what the next dose is recorded on
    doses: tuple[DoseSource, ...]
    table: str
    chain: str
    step: str
    row_id: str
    fits: Rule
    since: str = ""
    before: str = ""
    from_: Rule | None = None
    due: Rule | None = None
    until: Rule | None = None
    not_after: Rule | None = None
    while_: Rule | None = None
    listed_while: Rule | None = (
        None  # of the next window alone, as is listed_from: the day before which it is not listed
    )
    listed_from: Rule | None = None
    of: str = "person"
    service: str = ""
    priority: int = 0
    why: Text = field(default_factory=dict)
    source: str = ""
    at: At = field(default_factory=At)
    card: tuple[CardColumn, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        parts = (self.fits, self.from_, self.due, self.until, self.not_after, self.while_, self.listed_while)
        return tuple(part for part in (*parts, self.listed_from) if part is not None)

    def contact(self, row: Mapping[str, Any]) -> ContactDef:
        """A row of the table as the planned visit it gives: 'vaccine:HepB-2'."""
        title = {name.removeprefix("title_"): str(said) for name, said in row.items() if name.startswith("title_")}
        return ContactDef(
            id=f"{self.id}:{row.get(self.row_id, '')}",
            schedule="",
            title=title,
            form=self.form,
            of=self.of,
            service=self.service,
            from_=self.from_,
            due=self.due,
            until=self.until,
            while_=self.while_,
            priority=self.priority,
            why=self.why,
            source=self.source,
            at=self.at,
        )
