"""Installed packs, loaded and compiled, and which hold at which place."""

from __future__ import annotations

import hashlib
import inspect
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

import doorstep
from doorstep.engine import packs, rules
from doorstep.engine.model.pack import Pack
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.places.counters import Snapshot
from doorstep.programmes.folder import unpack
from doorstep.programmes.moment import Moment


@dataclass(frozen=True)
class Programme:
    """A pack version with one of its schedules, ready to work with."""

    pack: Pack
    schedule: str
    rules: rules.Compiled

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.pack.id, self.pack.version, self.schedule)


@dataclass(frozen=True, slots=True)
class Switch:
    seq: int
    place_id: int
    pack_id: str
    version: str
    schedule: str
    is_on: bool


class Programmes:
    """What is installed and what is on where."""

    def __init__(self, switches: list[Switch], digests: Mapping[tuple[str, str], str], tree: places.Tree):
        self.tree, self.digests = tree, digests
        self._switches = sorted(switches, key=lambda s: s.seq)
        self._then: dict[int, Programmes] = {}
        self._at_place: dict[int, dict[str, Switch]] = {}
        for switch in self._switches:
            self._at_place.setdefault(switch.place_id, {})[switch.pack_id] = switch
        self.at = lru_cache(maxsize=65536)(self._at)
        self._offered: Mapping[str, str] | None = None

    def _at(self, place_id: int | None) -> tuple[Programme, ...]:
        """The programmes in force at a place: for each pack the latest decision at the nearest place upward."""
        decided: dict[str, Switch] = {}
        for node in self.tree.upward(place_id):
            for pack_id, switch in self._at_place.get(node.id, {}).items():
                decided.setdefault(pack_id, switch)
        return tuple(
            programme(s.pack_id, s.version, self.digests[(s.pack_id, s.version)], s.schedule)
            for _, s in sorted(decided.items())
            if s.is_on
        )

    def as_known(self, moment: Moment | None) -> Programmes:
        """What had been decided by a moment; everything, without one."""
        if moment is None or not self._switches or self._switches[-1].seq <= moment.seq:
            return self
        known = [switch for switch in self._switches if switch.seq <= moment.seq]
        last = known[-1].seq if known else 0
        if last not in self._then:
            self._then[last] = Programmes(known, self.digests, self.tree)
        return self._then[last]

    def all_on(self) -> tuple[Programme, ...]:
        """Every programme that is in force anywhere, one each."""
        found: dict[tuple[str, str, str], Programme] = {}
        for place_id in self._at_place:
            for one in self.at(place_id):
                found[one.key] = one
        return tuple(found[key] for key in sorted(found))

    def offered(self) -> Mapping[str, str]:
        """Services offered without signing up wherever they are in force: service → its pack."""
        if self._offered is None:
            self._offered = {
                service.id: one.pack.id
                for one in self.all_on()
                for service in one.pack.services.values()
                if service.offered
            }
        return self._offered

    def decided_at(self, place_id: int) -> Mapping[str, Switch]:
        """The latest decision per pack made at this very place."""
        return self._at_place.get(place_id, {})


def _load() -> Programmes:
    connection = db.current()
    rows = connection.rows("SELECT seq, place_id, pack_id, version, schedule, is_on FROM pack_switch ORDER BY seq")
    digests = {(p, v): d for p, v, d in connection.rows("SELECT pack_id, version, digest FROM pack_version")}
    switches = [
        Switch(seq, place, pack, version, schedule, bool(on)) for seq, place, pack, version, schedule, on in rows
    ]
    return Programmes(switches, digests, places.tree())


_programmes = Snapshot(_load)


def programmes(moment: Moment | None = None) -> Programmes:
    """What is on where: now, or as it had been decided by a moment."""
    return _programmes.get().as_known(moment)


@lru_cache(maxsize=64)
def programme(pack_id: str, version: str, digest: str, schedule: str) -> Programme:
    """A pack version with a schedule ('' = the pack's own first choice), compiled once per process."""
    pack = _pack(pack_id, version, digest)
    chosen = schedule or pack.default_schedule
    return Programme(pack, chosen, rules.compile(pack, chosen or None))


@cache
def _shape() -> str:
    """Of what a pack is made in this version of the program: one kept in another shape is read anew."""
    made_of = [file.read_bytes() for file in sorted(Path(inspect.getfile(Pack)).parent.glob("*.py"))]
    return hashlib.sha256(b"".join(made_of)).hexdigest()[:12]


def _kept(digest: str) -> Path:
    return Path(settings.STORE) / "cache" / f"{digest}-{doorstep.__version__}-{_shape()}.pickle"


@lru_cache(maxsize=64)
def _pack(pack_id: str, version: str, digest: str) -> Pack:
    """The pack as loaded; reading forms takes seconds, so what was read is kept in the store by digest."""
    kept = _kept(digest)
    if kept.exists():
        try:
            return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]  # noqa: S301 - our own file, inside the store
        except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, TypeError):
            kept.unlink(missing_ok=True)
    sql = "SELECT files FROM pack_version WHERE pack_id = ? AND version = ?"
    with unpack(bytes(db.current().value(sql, [pack_id, version])), pack_id) as folder:
        pack = packs.load(folder)
    keep(pack)
    return pack


def installed_pack(pack_id: str, version: str) -> Pack:
    """An installed version of a pack. Raises KeyError when there is none."""
    sql = "SELECT digest FROM pack_version WHERE pack_id = ? AND version = ?"
    digest = db.current().value(sql, [pack_id, version])
    if digest is None:
        raise KeyError((pack_id, version))
    return _pack(pack_id, version, str(digest))


def keep(pack: Pack) -> None:
    """Keep a loaded pack for the next start."""
    file = _kept(pack.digest)
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    partial.write_bytes(pickle.dumps(pack))
    partial.replace(file)


@dataclass(frozen=True, slots=True)
class Installed:
    """One installed version of a pack."""

    pack_id: str
    version: str
    digest: str
    installed_at: datetime


def installed() -> list[Installed]:
    """Every installed version, the oldest first."""
    sql = "SELECT pack_id, version, digest, installed_at FROM pack_version ORDER BY id"
    return [Installed(*row) for row in db.current().rows(sql)]


def latest_packs() -> list[Pack]:
    """The version of each pack that was installed last."""
    latest = {one.pack_id: one for one in installed()}
    return [_pack(one.pack_id, one.version, one.digest) for one in latest.values()]
