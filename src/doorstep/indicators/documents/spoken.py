"""A document in one language: what the page and every file show, word for word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from doorstep.engine.model.spec import Text
from doorstep.indicators.documents import figures
from doorstep.indicators.documents.building import DJANGO_LANGUAGE
from doorstep.indicators.documents.model import Document, Figure, Table
from doorstep.lib import days


@dataclass(frozen=True, slots=True)
class Stamp:
    """How far a report has come, to be said on it. ``number``: of the copy handed in, 0 before."""

    checked_by: str = ""
    checked_at: datetime | None = None
    handed_in_by: str = ""
    handed_in_at: datetime | None = None
    number: int = 0
    sha256: str = ""
    alone: bool = False  # the place has one manager, who did both


@dataclass(frozen=True, slots=True)
class SaidCell:
    """``text`` as it is read; ``number`` where it is one, exact, and ``per`` for a rate."""

    text: str
    number: Decimal | None
    per: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class SaidRow:
    title: str
    cells: tuple[SaidCell, ...]


@dataclass(frozen=True, slots=True)
class SaidTable:
    """``groups``: titles over several columns, with their widths; none where each column stands by itself."""

    title: str
    corner: str
    groups: tuple[tuple[str, int], ...]
    heads: tuple[str, ...]
    rows: tuple[SaidRow, ...]


@dataclass(frozen=True, slots=True)
class SaidBlock:
    heading: str = ""
    paragraph: str = ""
    table: SaidTable | None = None


@dataclass(frozen=True, slots=True)
class SaidDefinition:
    title: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report in one language. ``about`` stands under the title, ``foot`` at the end of every file."""

    language: str
    title: str
    under: str
    state: str
    demonstration: str
    about: tuple[tuple[str, str], ...]
    blocks: tuple[SaidBlock, ...]
    definitions: tuple[SaidDefinition, ...]
    foot: tuple[str, ...]
    counted: str  # the title over the definitions
    sign: tuple[str, ...]  # where people sign on paper


def speak(document: Document, language: str, stamp: Stamp | None = None) -> Sheet:
    """``document`` in 'zh' or 'en', with how far it has come."""
    with translation.override(DJANGO_LANGUAGE.get(language, language)):
        return _Speaking(document, language, stamp or Stamp()).sheet()


@dataclass(frozen=True)
class _Speaking:
    document: Document
    language: str
    stamp: Stamp

    def text(self, words: Text) -> str:
        return words.get(self.language) or words.get("en") or next(iter(words.values()), "")

    def day(self, on: date | str) -> str:
        return days.say(date.fromisoformat(on) if isinstance(on, str) else on, self.language)

    def moment(self, at: datetime) -> str:
        local = at.astimezone(days.zone())
        return f"{self.day(local.date())} {local:%H:%M}"

    def sheet(self) -> Sheet:
        one = self.document
        return Sheet(
            language=self.language,
            title=self.text(one.title),
            under=" · ".join((self.text(one.place.names), self.text(one.period_name))),
            state=self._state(),
            demonstration=_("Demonstration, not for real people") if one.made.demonstration else "",
            about=tuple(self._about()),
            blocks=tuple(self._blocks()),
            definitions=tuple(
                SaidDefinition(self.text(d.title), " ".join(self.text(d.note).split()), self.text(d.source))
                for d in one.definitions
            ),
            foot=tuple(self._foot()),
            counted=_("What each figure counts"),
            sign=(_("Checked by"), _("Handed in by"), _("Date")),
        )

    def _state(self) -> str:
        if self.stamp.handed_in_at:
            return _("Copy %(number)s, handed in") % {"number": self.stamp.number}
        if self.stamp.checked_at:
            return _("Checked, not handed in yet")
        return _("Draft")

    def _about(self) -> Iterator[tuple[str, str]]:
        one, stamp = self.document, self.stamp
        yield _("Place"), f"{self.text(one.place.names)} ({one.place.code})"
        span = _("%(first)s to %(last)s") % {"first": self.day(one.first), "last": self.day(one.last)}
        yield _("Period"), f"{self.text(one.period_name)} ({span})"
        yield _("As known"), self._as_known()
        yield _("Programme"), f"{self.text(one.programme)} {one.made.version}"
        yield _("State"), self._state()
        for said, name, at in (
            (_("Checked by"), stamp.checked_by, stamp.checked_at),
            (_("Handed in by"), stamp.handed_in_by, stamp.handed_in_at),
        ):
            if at is not None:
                yield said, f"{name}, {self.moment(at)}"

    def _as_known(self) -> str:
        made = self.document.made
        if not made.at:
            return self.day(made.day)
        return _("%(moment)s (record no. %(seq)s)") % {
            "moment": self.moment(datetime.fromisoformat(made.at)),
            "seq": made.seq,
        }

    def _blocks(self) -> Iterator[SaidBlock]:
        """Headings are numbered here, as the language does it: what has nothing to say takes no number."""
        numbers = iter(_("1 2 3 4 5 6 7 8 9 10 11 12").split())
        for block in self.document.blocks:
            heading = self.text(block.heading)
            if heading and (number := next(numbers, "")):
                heading = _("%(number)s. %(heading)s") % {"number": number, "heading": heading}
            table = self._table(block.table) if block.table is not None else None
            yield SaidBlock(heading, self.text(block.paragraph), table)

    def _table(self, table: Table) -> SaidTable:
        corner = {"indicators": _("Figure"), "places": _("Place"), "periods": _("Period")}[table.rows]
        rows = tuple(SaidRow(self.text(row.title), tuple(_cell(cell) for cell in row.cells)) for row in table.lines)
        heads = tuple(_parts()[head.shows] for head in table.heads)
        groups: list[tuple[str, int]] = []
        for head in table.heads:
            title = self.text(head.of)
            if groups and groups[-1][0] == title:
                groups[-1] = (title, groups[-1][1] + 1)
            elif title:
                groups.append((title, 1))
        if groups and all(width == 1 for _title, width in groups):  # one column each: its title is the head
            heads, groups = tuple(title for title, _width in groups), []
        return SaidTable(self.text(table.title), corner, tuple(groups), heads, rows)

    def _foot(self) -> Iterator[str]:
        made = self.document.made
        if self.document.unfinished:
            yield _("This period is not over yet: these are the figures so far.")
        yield _(
            "Counts of 0 to 9 are hidden, with whatever would give them away, and others rounded to 5. A rate is its own pair divided, never capped."
        )
        if self.stamp.alone:
            yield _("One person checked this report and handed it in: the place has no other manager.")
        for pack, count, names in made.accepted:
            yield _(
                "In the programme %(pack)s, questions that count by looser tags: %(count)s, accepted by %(names)s."
            ) % {
                "pack": pack,
                "count": count,
                "names": ", ".join(names),
            }
        yield _("Programme %(pack)s %(version)s, content %(digest)s") % {
            "pack": made.pack,
            "version": made.version,
            "digest": made.digest,
        }
        yield _("Charter in force: %(hash)s · Doorstep %(program)s") % {"hash": made.charter, "program": made.program}
        if self.stamp.sha256:
            yield _("SHA-256 of this copy: %(hash)s") % {"hash": self.stamp.sha256}


def _parts() -> dict[str, str]:
    return {
        "numerator": _("Numerator"),
        "denominator": _("Denominator"),
        "rate": _("Rate"),
        "before": _("Period before"),
        "last_year": _("Same period last year"),
    }


def _cell(one: Figure) -> SaidCell:
    return SaidCell(figures.said(one), one.number, one.per, one.kind == "hidden")
