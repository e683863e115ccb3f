"""report ID --explain INDICATOR: what one figure counts, with its source and how sure that is."""

from __future__ import annotations

from gettext import gettext as _
from typing import TYPE_CHECKING

from doorstep.site.commands.said import language, say, say_json
from doorstep.site.store import Failure

if TYPE_CHECKING:
    from doorstep.indicators.meaning import Side
    from doorstep.places.queries import Node


def explain(report_id: str, indicator: str, area: Node, *, as_json: bool) -> None:
    """Print the definition of an indicator. Raises Failure when the report has no such one."""
    from doorstep.indicators.meaning import meaning
    from doorstep.indicators.report import find
    from doorstep.lib import days

    programme, report = find(report_id, area)
    pack, known = programme.pack, ", ".join(report.indicators)
    if indicator not in report.indicators:
        raise Failure(_("“{name}” is no figure of this report. It has: {known}.").format(name=indicator, known=known))
    definition, said = pack.indicators[indicator], language()
    told = meaning(pack, definition, days.today())
    source = pack.sources.get(definition.source)
    lines = {
        "above": _side(told.above, said),
        "below": _side(told.below, said) if told.below is not None else "",
        "formula": told.formula.get(said, ""),
        "note": definition.note.get(said, ""),
        "source": source.title.get(said, "") if source is not None else "",
        "status": definition.status,
    }
    names = {one.name: " ".join(filter(None, (one.title.get(said, one.name), one.value))) for one in told.names}
    if as_json:
        say_json({"indicator": indicator, "title": definition.title.get(said, indicator), **lines, "names": names})
        return
    titles = {
        "above": _("Above the line"),
        "below": _("Below the line"),
        "formula": _("How it is worked out"),
        "note": _("Note"),
        "source": _("Source"),
        "status": _("How sure"),
    }
    say(definition.title.get(said, indicator))
    for key, title in titles.items():
        if lines[key]:
            say(f"{title}: {lines[key]}")
    for name, title in names.items():
        say(f"  {name}: {title}")


def _side(side: Side, said: str) -> str:
    counts = side.counts.get(said, "")
    return f"{counts}. {side.where}" if side.where else counts
