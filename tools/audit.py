"""Look after what Doorstep stands on, without a network: `audit.py` prints what is wrong with the locked packages and fails.

Each has to be locked to one version by hash, installed as locked, under a licence we may ship with, and under no advisory
of `requirements/advisories.yaml`. That file is filled in by hand: this proves nothing about what nobody wrote into it.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+?)(?:\s*;\s*(.+?))?\s*(?:\\)?$")
_HASH = re.compile(r"^\s+--hash=sha256:[0-9a-f]{64}(?: \\)?$")


@dataclass(frozen=True)
class Locked:
    name: str
    version: str
    marker: str
    hashes: int

    @property
    def is_for_us(self) -> bool:
        """Whether it is installed on this kind of machine."""
        return not self.marker or Marker(self.marker).evaluate()


def locked(text: str) -> Iterator[Locked]:
    """Every package of a lock file. Raises ValueError for a line that is neither a locked package nor a hash."""
    found: list[Any] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if _HASH.match(line) and found:
            found[-1][3] += 1
        elif head := _LOCKED.match(line):
            found.append([plain(head[1]), head[2], head[3] or "", 0])
        else:
            raise ValueError(line)
    for one in found:
        yield Locked(*one)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_stated(name: str) -> list[str]:
    """What an installed package says of its licence, in the order it is believed."""
    said = importlib.metadata.metadata(name)
    classes = [c.rpartition("::")[2].strip() for c in said.get_all("Classifier") or () if c.startswith("License")]
    short = said.get("License") or ""
    return [x for x in (said.get("License-Expression"), short if len(short) < 60 else "", *classes) if x]


def installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def is_allowed(expression: str, known: Mapping[str, Any]) -> bool:
    """Whether a licence expression may be shipped: every part of an AND, some part of an OR."""
    spelled = known["spelled"].get(expression, expression)
    if " AND " in spelled:
        return all(is_allowed(part.strip("() "), known) for part in re.split(r" AND (?![^(]*\))", spelled))
    if " OR " in spelled:
        return any(is_allowed(part.strip("() "), known) for part in spelled.strip("()").split(" OR "))
    return spelled in known["allowed"]


def troubles(
    packages: Iterator[Locked] | list[Locked],
    known: Mapping[str, Any],
    advisories: list[dict[str, str]],
    *,
    version_of: Callable[[str], str | None] = installed,
    licences_of: Callable[[str], list[str]] = licence_stated,
) -> Iterator[str]:
    """A sentence for each thing that is wrong."""
    for one in packages:
        told = f"{one.name} {one.version}"
        if not one.hashes:
            yield f"{told}: locked without a hash"
        for known_bad in advisories:
            if plain(known_bad["package"]) == one.name and one.version in SpecifierSet(known_bad["affected"]):
                yield f"{told}: {known_bad['id']} ({known_bad['what']})"
        if one.is_for_us and (there := version_of(one.name)) != one.version:
            yield f"{told}: {'not installed' if there is None else f'{there} is installed instead'}"
        stated = known["stated"].get(one.name)
        said = [stated] if stated else licences_of(one.name) if version_of(one.name) else []
        if not said:
            yield f"{told}: does not say its licence"
        elif not is_allowed(said[0], known):
            yield f"{told}: may not be shipped under {said[0]}"


def front_troubles(lock: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    """The same for the packages of the front end, as far as their lock tells."""
    for path, one in lock["packages"].items():
        if not path:
            continue
        told = f"{path.rpartition('node_modules/')[2]} {one.get('version')}"
        if not one.get("integrity", "").startswith("sha512-"):
            yield f"{told}: locked without a hash"
        if not is_allowed(one.get("license", ""), known):
            yield f"{told}: may not be shipped under {one.get('license') or 'no licence'}"


def found() -> list[str]:
    known = yaml.safe_load((REQUIREMENTS / "licences.yaml").read_text(encoding="utf-8"))
    advisories = yaml.safe_load((REQUIREMENTS / "advisories.yaml").read_text(encoding="utf-8"))["advisories"]
    packages = list(locked((REQUIREMENTS / "run.txt").read_text(encoding="utf-8")))
    lock = json.loads((ROOT / "front" / "package-lock.json").read_text(encoding="utf-8"))
    said = [*troubles(packages, known, advisories), *front_troubles(lock, known)]
    for other in ("test", "spark", "node", "installer"):  # not shipped: only locked whole
        for one in locked((REQUIREMENTS / f"{other}.txt").read_text(encoding="utf-8")):
            said += [f"{other}: {one.name}: locked without a hash"] if not one.hashes else []
    return said


if __name__ == "__main__":
    wrong = found()
    print("\n".join(wrong) or "Nothing wrong among what is known (requirements/advisories.yaml).")
    sys.exit(1 if wrong else 0)
