"""Made-up outlines of villages: cells around random points, with crooked borders that neighbours share exactly.

Coordinates lie off the west coast of Africa, around 0° north and 0° east, so that nobody takes them for a real place.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from math import hypot, pi, sin

from doorstep.site.demo.chance import drawn

Point = tuple[float, float]
Ring = list[Point]  # without the closing point

SIDE_DEGREES = 0.12  # a township is about 13 km wide
SAME_POINT = 1e-6
SQUARE: Ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]


def village_rings(count: int, column: int, row: int, seed: int) -> list[Ring]:
    """One ring in degrees for each of ``count`` villages of the township that stands in this column and row."""
    rng = drawn("outlines", seed, column, row)
    sites = [(rng.random(), rng.random()) for _ in range(count)]
    for _ in range(3):  # moving each point to the middle of its cell makes cells of like size
        sites = [_middle(cell) for cell in _cells(sites)]
    rings = _snapped(_cells(sites))
    return [[_on_earth(p, column, row, seed) for p in _crooked(ring, seed)] for ring in rings]


def outer_ring(rings: Iterable[Ring]) -> Ring:
    """The outline of all rings together: the pieces of border that no neighbour shares."""
    edges = {edge for ring in rings for edge in zip(ring, ring[1:] + ring[:1], strict=True)}
    following = {a: b for a, b in edges if (b, a) not in edges}
    start = min(following)
    ring, point = [start], following[start]
    while point != start:
        ring.append(point)
        point = following[point]
    return ring


def geojson(ring: Ring) -> str:
    """The ring as the text of a GeoJSON geometry."""
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, separators=(",", ":"))


def _cells(sites: Sequence[Point]) -> list[Ring]:
    """For each site, the part of the square that is nearer to it than to any other."""
    found = []
    for site in sites:
        ring = SQUARE
        for other in sites:
            if other != site:
                ring = _nearer(ring, site, other)
        found.append(ring)
    return found


def _nearer(ring: Ring, site: Point, other: Point) -> Ring:
    dx, dy = other[0] - site[0], other[1] - site[1]
    middle = (site[0] + other[0]) / 2 * dx + (site[1] + other[1]) / 2 * dy
    kept: Ring = []
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        beyond_a, beyond_b = a[0] * dx + a[1] * dy - middle, b[0] * dx + b[1] * dy - middle
        if beyond_a <= 0:
            kept.append(a)
        if (beyond_a < 0 < beyond_b) or (beyond_b < 0 < beyond_a):
            part = beyond_a / (beyond_a - beyond_b)
            kept.append((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])))
    return kept


def _middle(ring: Ring) -> Point:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def _snapped(rings: list[Ring]) -> list[Ring]:
    """The same corner, worked out for several cells, made the very same point."""
    known: Ring = []

    def snap(point: Point) -> Point:
        for other in known:
            if abs(other[0] - point[0]) < SAME_POINT and abs(other[1] - point[1]) < SAME_POINT:
                return other
        known.append(point)
        return point

    return [list(dict.fromkeys(snap(p) for p in ring)) for ring in rings]


def _crooked(ring: Ring, seed: int) -> Ring:
    """The ring with its inner borders bent; a border bends alike seen from both sides."""
    bent: Ring = []
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        low, high = sorted((a, b))
        if _on_square(low, high):
            between = [(low[0] + (high[0] - low[0]) * k / 8, low[1] + (high[1] - low[1]) * k / 8) for k in range(1, 8)]
        else:
            between = _bend(low, high, drawn("border", seed, low, high), 3)
        bent += [a, *(between if a == low else reversed(between))]
    return bent


def _on_square(a: Point, b: Point) -> bool:
    return any(abs(a[i] - edge) < SAME_POINT and abs(b[i] - edge) < SAME_POINT for i in (0, 1) for edge in (0.0, 1.0))


def _bend(a: Point, b: Point, rng: random.Random, depth: int) -> Ring:
    """Points between two ends: the middle pushed aside, then each half likewise."""
    if depth == 0:
        return []
    length = hypot(b[0] - a[0], b[1] - a[1])
    push = rng.uniform(-0.13, 0.13)
    across = (a[1] - b[1], b[0] - a[0])
    middle = ((a[0] + b[0]) / 2 + across[0] * push, (a[1] + b[1]) / 2 + across[1] * push)
    if length < 0.02:
        return []
    return [*_bend(a, middle, rng, depth - 1), middle, *_bend(middle, b, rng, depth - 1)]


def _on_earth(point: Point, column: int, row: int, seed: int) -> Point:
    """Degrees east and north. The whole county is warped as one, so that townships fit together too."""
    x, y = point[0] + column, point[1] + row
    turn = (seed % 997) / 997
    lon = x + 0.11 * sin(2 * pi * (0.37 * y + turn)) + 0.04 * sin(2 * pi * (0.9 * x + 0.5 * y + 2 * turn))
    lat = y + 0.11 * sin(2 * pi * (0.41 * x + 3 * turn)) + 0.04 * sin(2 * pi * (0.8 * y - 0.6 * x + turn))
    return round(lon * SIDE_DEGREES, 5), round(lat * SIDE_DEGREES, 5)
