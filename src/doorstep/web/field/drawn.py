"""What a person's page draws, as a phone is given it: the card of doses and how a child grew, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from doorstep.engine.model.planned import SeriesDef
from doorstep.web.field.held import Held
from doorstep.web.worker.card import Card, GivenDose
from doorstep.web.worker.curves import tables_of
from doorstep.web.worker.offers import series_given

Told = dict[str, Any]


def cards(one: Held, today: date) -> Iterator[Told]:
    """The doses given, chain by chain, of each series the reader gives. What comes next stands among her visits."""
    for programme, series in series_given(one):
        if _has_doses(one, series):
            chains = Card(one, programme, series, today).doses
            yield {"title": series.title, "chains": [{"title": t, "given": [_dose(d) for d in of]} for t, of in chains]}


def _has_doses(one: Held, series: SeriesDef) -> bool:
    forms = {source.form for source in series.doses}
    return any(about.row.form_id in forms for about in one.life.in_force)


def _dose(dose: GivenDose) -> Told:
    return {"on": dose.on, "title": dose.title, "counts": dose.counted, "words": dose.words}


def grown(one: Held) -> list[Told]:
    """The measurements a picture shows, the latest said in words."""
    return [dict(table) for table in tables_of(one)]
