"""Pictures of an area: steps of care, ages, boys per 100 girls; each with the same said in words and in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from doorstep.access.showing import shows
from doorstep.indicators.areas import areas
from doorstep.indicators.pictures import Cascade, Picture, Pyramid, Ratio, RatioAtBirth, pictures
from doorstep.lib import days
from doorstep.programmes.standing import report as charter_standing
from doorstep.web import said
from doorstep.web.desk.area import chosen_area
from doorstep.web.reader import actor_of, language

YEARS = 3  # to choose from


@shows("pictures")
def page(request: HttpRequest) -> HttpResponse:
    """The pictures of a township or wider place for one calendar year."""
    today = days.today()
    actor = actor_of(request)
    offered, area = chosen_area(actor, request.GET.get("place", ""))
    choices = [today.year - n for n in range(YEARS)]
    typed = request.GET.get("year", "")
    if typed and typed not in map(str, choices):
        raise Http404
    year = int(typed or today.year)
    made = pictures(area, areas(actor), year, today) if area is not None else []
    shown: dict[str, Any] = {
        "areas": offered,
        "area": area,
        "year": year,
        "choices": choices,
        "unfinished": year == today.year,
        "pictures": [_shown(one) for one in made],
        "charter_hash": charter_standing().hash,
    }
    return render(request, "web/manager/pictures.html", shown)


def _shown(picture: Picture) -> Mapping[str, Any]:
    source = picture.programme.pack.sources.get(picture.picture.source)
    return {
        "id": f"{picture.programme.pack.id}-{picture.picture.id}",
        "note": picture.picture.note,
        "programme": picture.programme.pack.titles,
        "source": source.title if source else None,
        "drawn": _drawn(picture),
    }


def _drawn(picture: Picture) -> Mapping[str, Any]:
    if isinstance(picture, Cascade):
        told = _cascade(picture)
    else:
        told = _pyramid(picture) if isinstance(picture, Pyramid) else _ratio(picture)
    title = said.text(picture.picture.title)
    if isinstance(picture, RatioAtBirth):
        title = _("%(title)s, %(place)s") % {"title": title, "place": picture.county.name(language())}
    return {"title": title, "language": language(), **told}


def _count(count: int | None) -> str:
    return _("hidden") if count is None else str(count)


def _cascade(picture: Cascade) -> Mapping[str, Any]:
    named = [(said.text(step.title), step) for step in picture.steps]
    first = picture.steps[0]
    if first.count is None:
        note = _("Too few women to show.")
    else:
        note = _("The first bar stands for %(count)s women; the others say how many of them.") % {"count": first.count}
    steps = [
        {
            "name": name,
            "value": step.count,
            "said": _("hidden") if step.count is None else _with_share(step.count, step.share),
        }
        for name, step in named
    ]
    rows = [[name, _count(step.count), "" if step.share is None else f"{step.share} %"] for name, step in named]
    return {
        "type": "cascade",
        "note": note,
        "steps": steps,
        "table": {"columns": [_("Step"), _("Women"), _("Of the first")], "rows": rows},
    }


def _with_share(count: int, share: Decimal | None) -> str:
    return f"{count} ({share} %)" if share is not None else str(count)


def _pyramid(picture: Pyramid) -> Mapping[str, Any]:
    band = picture.picture.band
    last = picture.bands[-1]
    names = [f"{start}+" if start == last else f"{start}–{start + band - 1}" for start in picture.bands]
    known = [count for count in (*picture.male, *picture.female) if count is not None]
    note = _("About %(count)s people in the bars that are shown.") % {"count": sum(known)}
    if picture.left_out:
        note += " " + _("%(count)s more without a day of birth, or without male or female.") % {
            "count": picture.left_out
        }
    rows = [
        [name, _count(male), _count(female)]
        for name, male, female in zip(names, picture.male, picture.female, strict=True)
    ]
    return {
        "type": "pyramid",
        "note": note,
        "bands": names,
        "sides": [
            {"name": _("Male"), "values": list(picture.male)},
            {"name": _("Female"), "values": list(picture.female)},
        ],
        "table": {"columns": [_("Age in years"), _("Male"), _("Female")], "rows": rows},
    }


def _ratio(picture: RatioAtBirth) -> Mapping[str, Any]:
    drawn = [line for line in picture.lines if line.value is not None]
    told: dict[str, Any] = {
        "type": "intervals",
        "note": " ".join(_judged(line, picture) for line in picture.lines),
        "xTitle": _("Boys per 100 girls"),
        "lines": [
            {"name": str(one.year), "value": _number(one.value), "from": _number(one.low), "to": _number(one.high)}
            for one in drawn
        ],
        "table": {
            "columns": [_("Year"), _("Boys"), _("Girls"), _("Boys per 100 girls"), _("Lies between")],
            "rows": [_ratio_row(line) for line in picture.lines],
        },
    }
    if any(line.judgement != "too_few" for line in picture.lines):
        low, high = picture.usual
        told["usual"] = {"from": _number(low), "to": _number(high), "label": _("usual")}
    return told


def _ratio_row(line: Ratio) -> Sequence[str]:
    between = f"{line.low}–{line.high}" if line.low is not None else "–"
    return [str(line.year), _count(line.boys), _count(line.girls), str(line.value or "–"), between]


def _judged(line: Ratio, picture: RatioAtBirth) -> str:
    values = {
        "year": line.year,
        "value": line.value,
        "low": line.low,
        "high": line.high,
        "least": f"{picture.judged_from.normalize():f}",
        "from": f"{picture.usual[0].normalize():f}",
        "to": f"{picture.usual[1].normalize():f}",
    }
    if line.value is None:
        return _("%(year)s: too few births to show.") % values
    if line.judgement == "too_few":
        return (
            _("%(year)s: %(value)s (between %(low)s and %(high)s). Fewer than %(least)s births: no judgement.") % values
        )
    if line.judgement == "within":
        return (
            _("%(year)s: %(value)s (between %(low)s and %(high)s). It may well be the usual %(from)s to %(to)s.")
            % values
        )
    return (
        _("%(year)s: %(value)s (between %(low)s and %(high)s). It lies outside the usual %(from)s to %(to)s.") % values
    )


def _number(value: Decimal | None) -> float | None:
    return float(value) if value is not None else None
