"""pack preview: what a programme's folder would change at a place, before it is switched on."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doorstep.site import store
from doorstep.site.commands import finding
from doorstep.site.commands.said import AsJson, language, say, say_json, show

if TYPE_CHECKING:
    from doorstep.indicators.preview import Example, Preview, VisitChange
    from doorstep.indicators.showing import Shown


def preview(
    folder: Annotated[Path, typer.Argument(help=_("Folder of the programme."), metavar=_("FOLDER"))],
    place: Annotated[str, typer.Option(help=_("Code of a township or wider place; else the topmost one."))] = "",
    schedule: Annotated[str, typer.Option(help=_("Id of the schedule; else the programme's first choice."))] = "",
    as_json: AsJson = False,
) -> None:
    """Compare the folder with what its programme is in the store now. Nothing is changed."""
    store.connect()
    from doorstep.engine import packs, rules
    from doorstep.indicators.preview import preview as compare
    from doorstep.lib import days
    from doorstep.programmes.library import Programme

    pack = packs.load(folder)
    chosen = schedule or pack.default_schedule
    then = Programme(pack, chosen, rules.compile(pack, chosen or None))
    found = compare(then, finding.place(place) if place else finding.topmost(), days.today())
    if as_json:
        say_json(as_told(found))
        return
    _say(found)


def as_told(found: Preview) -> dict[str, Any]:
    """The preview for programs; counts under ten are null."""
    return {
        "pack": found.then.pack.id,
        "version": found.then.pack.version,
        "in_force": found.now.pack.version if found.now else None,
        "place": found.area.code,
        "visits": [
            {"contact": one.contact, "change": one.kind, "count": one.count, "examples": [_told(e) for e in one.examples]}
            for one in found.visits
        ],
        "figures": [{"indicator": one.indicator, "now": _pair(one.now), "then": _pair(one.then)} for one in found.figures],
    }  # fmt: skip


def _told(example: Example) -> dict[str, Any]:
    if example.month:
        return {"count": example.count, "due_in": example.month}
    days = {"from_days": example.from_days, "due_days": example.due_days, "until_days": example.until_days}
    return {"count": example.count, **days}


def _pair(cell: Shown | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    figures = {"numerator": cell.numerator, "denominator": cell.denominator, "rate": cell.rate}
    return {**{k: None if v is None else str(v) for k, v in figures.items()}, "hidden": cell.hidden}


def _say(found: Preview) -> None:
    now = found.now.pack.version if found.now else _("off")
    say(
        _("{pack} {version} at {place}, beside what is in force there now: {now}.").format(
            pack=found.then.pack.id, version=found.then.pack.version, place=found.area.code, now=now
        )
    )
    rows = [
        {
            "visit": one.title.get(language(), one.contact),
            "change": _change(one),
            "count": _("under 10") if one.count is None else one.count,
            "example": "; ".join(_example(e) for e in one.examples),
        }
        for one in found.visits
    ]
    columns = {"visit": _("Planned visit"), "change": _("Change"), "count": _("Visits"), "example": _("For example")}
    show(rows, columns, as_json=False, none=_("No visit due would change."))
    figures = [
        {"figure": one.title.get(language(), one.indicator), "now": _figure(one.now), "then": _figure(one.then)}
        for one in found.figures
    ]
    titles = {"figure": _("Figure, past year"), "now": _("Now"), "then": _("Then")}
    show(figures, titles, as_json=False, none=_("No figure would change."))


def _change(one: VisitChange) -> str:
    return {"added": _("added"), "left_out": _("left out"), "moved": _("moved")}[one.kind]


def _example(example: Example) -> str:
    if example.month:
        return _("{count} due in {month}").format(count=example.count, month=example.month)
    bounds = ((_("from"), example.from_days), (_("due"), example.due_days), (_("until"), example.until_days))
    moves = [f"{name} {_shift(days)}" for name, days in bounds if days]
    return _("{count}: {moves}").format(count=example.count, moves=", ".join(moves) or _("a bound comes or goes"))


def _shift(days: int) -> str:
    if days > 0:
        return ngettext("{n} day later", "{n} days later", days).format(n=days)
    return ngettext("{n} day earlier", "{n} days earlier", -days).format(n=-days)


def _figure(cell: Shown | None) -> str:
    if cell is None:
        return _("none")
    if cell.hidden:
        return _("hidden")
    if cell.denominator is None:
        return str(cell.numerator)
    return f"{cell.numerator}/{cell.denominator} = {cell.rate}"
