"""Names of people, as common as in real life, by sex and by the time of birth. The words stand in ``names.yaml``."""

from __future__ import annotations

import random
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from doorstep.site.demo.chance import drawn


@cache
def book() -> dict[str, Any]:
    """``names.yaml`` as read."""
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))
    return read


@cache
def _surnames() -> tuple[list[str], list[float]]:
    return list(book()["surnames"]), list(accumulate(book()["surnames"].values()))


@cache
def _given(sex: str, born_year: int) -> dict[str, Any]:
    found: dict[str, Any] = next(g for g in book()["given"] if g["sex"] == sex and born_year <= g["until"])
    return found


def surname(rng: random.Random) -> str:
    names, weights = _surnames()
    return rng.choices(names, cum_weights=weights)[0]


def given_name(rng: random.Random, sex: str, born_year: int) -> str:
    """One or two characters, as parents of that time chose them."""
    words = _given(sex, born_year)
    if rng.random() * 100 < words["single"]:
        return str(rng.choice(words.get("one", words["second"])))
    return str(rng.choice(words["first"])) + str(rng.choice(words["second"]))


def spoken_name(key: str) -> str:
    """The name of someone who works there, always the same for the same key."""
    rng = drawn("staff", key)
    return surname(rng) + given_name(rng, rng.choice(("female", "male")), rng.randint(1965, 1995))
