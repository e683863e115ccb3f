"""``series:`` of pack.yaml: reading it, and checking it against its forms and its table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from doorstep.engine.model.pack import Pack, TableDef
from doorstep.engine.model.planned import CardColumn, DoseSource, Rule, SeriesDef
from doorstep.engine.packs.yaml_file import Found, Item, near

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")  # "series:row" must fit the 64 letters of a planned visit's id
_SERIES_ID = re.compile(r"[a-z][a-z0-9_]{0,30}")
_COLUMNS = {"chain": "text", "step": "integer", "row_id": "text", "since": "date", "before": "date"}


def series(pack: Item) -> dict[str, SeriesDef]:
    found = {}
    for key, item in pack.named("series", "series").items():
        on = item.names("on")
        doses = tuple(_source(place, on) for place in item.names("dose"))
        for name in on:
            if not any(name == _address(source) for source in doses):
                item.problem("series_on", "on", said=name)
        if not doses:
            item.problem("key_missing", "dose")
        found[key] = SeriesDef(
            id=key,
            title=item.text("title", required=True),
            of=item.one_of("of", ("person",), "person"),
            form=item.words("form", required=True),
            doses=doses,
            table=item.words("table", required=True),
            chain=item.words("chain", required=True),
            step=item.words("step", required=True),
            row_id=item.words("row_id", required=True),
            since=item.words("since"),
            before=item.words("before"),
            fits=item.rule("fits", required=True) or Rule(""),
            from_=item.rule("from"),
            due=item.rule("due"),
            until=item.rule("until"),
            not_after=item.rule("not_after"),
            while_=item.rule("while"),
            listed_while=item.rule("listed_while"),
            listed_from=item.rule("listed_from"),
            service=item.words("service"),
            priority=item.whole("priority", 0),
            why=item.text("why"),
            source=item.words("source"),
            at=item.at,
            card=tuple(map(_column, item.items("card", "column"))),
        )
        item.end()
    return found


def _column(item: Item) -> CardColumn:
    found = CardColumn(item.text("title", required=True), item.names("of"))
    item.end()
    return found


def _source(place: str, on: Sequence[str]) -> DoseSource:
    """'form' or 'form.repeat', dated by the first of ``on`` that stands in it ('form.question', 'form.repeat.question')."""
    form, _, repeat = place.partition(".")
    inside = [name for name in on if name.startswith(f"{place}.") and "." not in name[len(place) + 1 :]]
    if inside:
        return DoseSource(form, repeat, inside[0][len(place) + 1 :], bool(repeat))
    beside = [name for name in on if repeat and name.count(".") == 1 and name.startswith(f"{form}.")]
    return DoseSource(form, repeat, beside[0].partition(".")[2] if beside else "")


def _address(source: DoseSource) -> str:
    return ".".join(part for part in (source.form, source.repeat if source.on_repeat else "", source.on) if part)


def check_series(pack: Pack, found: Found) -> None:
    """Add a problem for every name of a series that leads nowhere, and every row of its table that cannot stand."""
    for one in pack.series.values():
        item = f"series {one.id}"
        if not _SERIES_ID.fullmatch(one.id):
            found.add("id_unsound", one.at, item, name=one.id)
        for code, name, known in (
            ("unknown_form", one.form, list(dict.fromkeys([*pack.forms, *pack.files]))),
            ("unknown_service", one.service, list(pack.services)),
            ("unknown_source", one.source, list(pack.sources)),
            ("unknown_table", one.table, list(pack.tables)),
        ):
            if name and name not in known:
                found.add(code, one.at, item, name=name, near=near(name, known))
        for source in one.doses:
            _check_source(pack, one, source, found)
        _check_card(pack, one, found)
        if one.table in pack.tables and _columns_stand(one, pack.tables[one.table], found):
            _check_rows(pack, one, pack.tables[one.table], found)


def _check_source(pack: Pack, one: SeriesDef, source: DoseSource, found: Found) -> None:
    item, spec = f"series {one.id}", pack.forms.get(source.form)
    if spec is None:
        known = list(dict.fromkeys([*pack.forms, *pack.files]))
        if source.form not in known:
            found.add("unknown_form", one.at, item, name=source.form, near=near(source.form, known))
        return
    repeats = [r[-1] for r in spec.repeats if len(r) == 1 or r[:-1] not in spec.repeats]
    if source.repeat and source.repeat not in repeats:
        found.add("unknown_question", one.at, item, name=source.repeat, near=near(source.repeat, repeats))
        return
    inside = source.repeat if source.on_repeat else ""
    asked = {q.key: q for q in spec.questions if (q.repeat[-1] if q.repeat else "") == inside}
    if source.on and source.on not in asked:
        found.add("unknown_question", one.at, item, name=source.on, near=near(source.on, list(asked)))
    elif source.on and asked[source.on].data_type != "date":
        found.add("occurred_on_no_date", one.at, item, name=source.on, kind=asked[source.on].type)


def _check_card(pack: Pack, one: SeriesDef, found: Found) -> None:
    """A column of the printed card asks questions of the doses themselves."""
    known = [
        f"{source.form}.{source.repeat}.{question.key}" if source.repeat else f"{source.form}.{question.key}"
        for source in one.doses
        if source.form in pack.forms
        for question in pack.forms[source.form].questions
        if (question.repeat[-1] if question.repeat else "") == source.repeat
    ]
    for address in (address for column in one.card for address in column.of):
        if address not in known:
            found.add("unknown_question", one.at, f"series {one.id}", name=address, near=near(address, known))


def _columns_stand(one: SeriesDef, table: TableDef, found: Found) -> bool:
    fine = True
    for key, kind in _COLUMNS.items():
        name = getattr(one, key)
        if name and table.columns.get(name) != kind:
            found.add("series_column", one.at, f"series {one.id}", key=key, name=name, kind=kind, table=table.id)
            fine = False
    return fine


def _check_rows(pack: Pack, one: SeriesDef, table: TableDef, found: Found) -> None:
    """Every row has its chain, step and id; an id stands for one step of one chain; steps count on from 1."""
    stands_for: dict[str, tuple[str, int]] = {}
    steps: dict[str, set[int]] = {}
    for number, row in enumerate(table.rows, start=1):
        chain, step, row_id = row.get(one.chain), row.get(one.step), row.get(one.row_id)
        if not (isinstance(chain, str) and isinstance(row_id, str) and isinstance(step, int)):
            found.add("series_row", table.at, f"table {table.id}", row=number)
            continue
        for name in (chain, row_id):
            if not _ID.fullmatch(name):
                found.add("series_name", table.at, f"table {table.id}", name=name, row=number)
        if stands_for.setdefault(row_id, (chain, step)) != (chain, step):
            found.add("series_id_twice", table.at, f"table {table.id}", name=row_id)
        steps.setdefault(chain, set()).add(step)
    for chain, known in steps.items():
        if known != set(range(1, len(known) + 1)):
            found.add("series_steps", table.at, f"table {table.id}", chain=chain)
    missing = [code for code in pack.languages if f"title_{code}" not in table.columns]
    for code in missing:
        found.add("series_title", table.at, f"table {table.id}", name=f"title_{code}")
