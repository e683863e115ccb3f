"""``pack.yaml`` piece by piece: sources, services, forms, episodes, facts, advice."""

from __future__ import annotations

from typing import Literal

import yaml

from doorstep.engine.model.pack import (
    AdviceDef,
    EpisodeDef,
    FactDef,
    FormUse,
    Service,
    Source,
    Status,
    Strip,
    Trend,
    TrendLine,
)
from doorstep.engine.model.planned import Rule
from doorstep.engine.packs.yaml_file import Item

Level = Literal["info", "soon", "urgent"]
LEVELS: tuple[Level, ...] = ("info", "soon", "urgent")
UNITS: tuple[Literal["week", "month"], ...] = ("week", "month")
SEXES = ("", "female", "male")
STATUSES: tuple[Status, ...] = ("verified", "secondary", "local entry", "check locally")


def sources(pack: Item) -> dict[str, Source]:
    found = {}
    for key, item in pack.named("sources", "source").items():
        found[key] = Source(
            id=key,
            title=item.text("title", required=True),
            dated=item.day("dated"),
            status=item.one_of("status", STATUSES, "secondary"),
            url=item.words("url"),
        )
        item.end()
    return found


def services(pack: Item) -> dict[str, Service]:
    found = {}
    for key, item in pack.named("services", "service").items():
        title = item.text("title", required=True)
        found[key] = Service(key, title, item.words("care"), at=item.at, offered=item.flag("offered"))
        item.end()
    return found


def uses(pack: Item) -> dict[str, FormUse]:
    found = {}
    for key, item in pack.named("forms", "form").items():
        prefill = item.item("prefill")
        found[key] = FormUse(
            form=key,
            subject=item.one_of("subject", ("person", "household", "place"), "person", required=True),
            who=item.words("who"),
            occurred_on=item.words("occurred_on", required=True),
            service=item.words("service"),
            title=item.text("title"),
            prefill={q: r for q in prefill.nodes if (r := prefill.rule(q)) is not None} if prefill else {},
            minutes=item.whole("minutes", 0) or None,
            at=item.at,
            on_request=item.flag("on_request"),
            anonymous=item.flag("anonymous"),
            sex=item.one_of("sex", SEXES, ""),
        )
        item.end()
    return found


def episodes(pack: Item) -> dict[str, EpisodeDef]:
    found = {}
    for key, item in pack.named("episodes", "episode").items():
        stays = item.item("stays_open_for")
        found[key] = EpisodeDef(
            id=key,
            of=item.one_of("of", ("person", "household"), "person", required=True),
            opens=item.words("opens", required=True),
            closes=item.names("closes"),
            stays_open_forms=stays.names("forms") if stays else (),
            stays_open_days=stays.rule("days", required=True) if stays else None,
            ends_by_itself=item.rule("ends_by_itself"),
            new_one_if=item.rule("new_one_if"),
            visits=item.names("visits"),
            title=item.text("title"),
            at=item.at,
            strip=_strip(item),
            trends=tuple(map(_trend, item.items("trends", "trend"))),
            sheet=tuple(map(_line, item.items("sheet", "line"))),
        )
        if stays:
            stays.end()
        item.end()
    return found


def _strip(episode: Item) -> Strip | None:
    item = episode.item("strip")
    if item is None:
        return None
    start, end = item.words("from", required=True), item.words("to", required=True)
    found = Strip(start, end, item.one_of("unit", UNITS, "week"))
    item.end()
    return found


def _line(item: Item) -> TrendLine:
    found = TrendLine(item.text("title", required=True), item.names("of"))
    item.end()
    return found


def _trend(item: Item) -> Trend:
    lines = tuple(map(_line, item.items("lines", "line", required=True)))
    found = Trend(item.text("title", required=True), lines, item.words("unit"))
    item.end()
    return found


def own_subject(episodes: dict[str, EpisodeDef]) -> str:
    """What a fact or contact belongs to when it does not say: the only kind of episode, else the person."""
    return next(iter(episodes)) if len(episodes) == 1 else "person"


def facts(pack: Item, subject: str) -> dict[str, FactDef]:
    found: dict[str, FactDef] = {}
    outer = pack.item("facts")
    for key in outer.nodes if outer else ():
        assert outer is not None
        node = outer.nodes[key]
        if not isinstance(node, yaml.MappingNode):
            rule = outer.rule(key, required=True)
            found[key] = FactDef(key, rule or Rule(""), subject)
            continue
        item = outer.item(key, f"fact {key}")
        if item is not None:
            rule = item.rule("is", required=True)
            found[key] = FactDef(key, rule or Rule(""), item.words("of", subject), item.text("title"))
            item.end()
    return found


def advice(pack: Item) -> tuple[AdviceDef, ...]:
    found = []
    for item in pack.items("advice", "advice"):
        form, say = item.words("form", required=True), item.words("say", required=True)
        item.name = f"advice {say}"
        when = item.rule("when", required=True) or Rule("")
        level = item.one_of("level", LEVELS, "info")
        found.append(AdviceDef(form, when, say, level, item.at, item.flag("newcomer")))
        item.end()
    return tuple(found)
