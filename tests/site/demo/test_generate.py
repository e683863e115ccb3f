"""The made-up township: the same from the same seed, at any size, and like the published figures."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from itertools import islice, pairwise

import pytest
from lxml import etree

from doorstep.site.demo import figures, land, names
from doorstep.site.demo.chance import drawn
from doorstep.site.demo.generate import first_day, generate, household
from doorstep.site.demo.households import Being, compose
from doorstep.site.demo.outlines import outer_ring, village_rings
from doorstep.site.demo.writing import Sent, materials
from tests.cast import PACKS

UNTIL = date(2026, 11, 20)


def everything(people: int, seed: int = 1) -> list[Sent]:
    return [one for sent in generate(people, seed, UNTIL) for one in sent]


def form_of(sent: Sent) -> str:
    return str(etree.fromstring(sent.content).get("id"))


def test_the_same_seed_makes_the_same_bytes_and_another_seed_others() -> None:
    assert everything(150) == everything(150)
    assert everything(150) != everything(150, seed=2)


def test_a_greater_township_begins_with_the_smaller_one() -> None:
    small, great = list(generate(120, 1, UNTIL)), generate(400, 1, UNTIL)
    assert list(islice(great, len(small) - 1)) == small[:-1]  # the last household may have been cut


def test_a_household_does_not_rest_on_the_others() -> None:
    made = list(generate(200, 1, UNTIL))
    assert household(17, 1, UNTIL, most=99)[1] == made[17]


@pytest.mark.parametrize("people", [1, 2, 7, 100])
def test_there_are_exactly_as_many_people_as_asked_for(people: int) -> None:
    assert Counter(map(form_of, everything(people)))["person"] == people


def test_nothing_happens_or_arrives_after_the_last_day() -> None:
    for one in everything(300):
        assert one.received_at.date() <= UNTIL
        assert one.received_at.date() >= first_day(UNTIL)


def test_all_forms_of_the_packs_are_written_on() -> None:
    written = {form_of(one) for one in everything(2500)}
    shown = ("register", "maternal", "hypertension", "child", "immunisation", "elder", "diabetes")
    forms = {f.stem for name in shown for f in PACKS.glob(f"{name}/forms/*.md")}
    assert forms - written == {
        "bp_screen", "bp_screen_check", "elder_results", "household_change", "round_settled", "round_start",
        "vaccine_caution",
    }  # fmt: skip


def test_answers_keep_to_the_limits_the_forms_set() -> None:
    limits = {
        (form_id, q.name): (float(found[1]), float(found[2]))
        for form_id, filler in materials().fillers.items()
        for q in filler.spec.questions
        if (found := re.match(r"\. >= (\d+) and \. <= (\d+)", q.constraint))
    }
    seen = set()
    for one in everything(1200):
        root = etree.fromstring(one.content)
        for element in root.iter():
            limit = limits.get((str(root.get("id")), str(element.tag)))
            if limit and element.text:
                assert limit[0] <= float(element.text) <= limit[1], (root.get("id"), element.tag, element.text)
                seen.add((root.get("id"), element.tag))
    assert len(seen) > 20


def township_people(seed: int) -> list[Being]:
    found: list[Being] = []
    for number in range(figures.HOUSEHOLDS_A_TOWNSHIP):
        found += compose(drawn("household", seed, number), first_day(UNTIL), UNTIL).members
        if len(found) >= figures.RESIDENTS:
            break
    return found[: figures.RESIDENTS]


@pytest.mark.slow
def test_a_whole_township_is_like_the_published_figures() -> None:
    people = township_people(seed=1)
    assert len(people) == figures.RESIDENTS  # they fit into one township
    moved_in = sum(b.moved_in_on is not None for b in people)
    away = sum(b.left_on is not None and b.back_on is None for b in people)
    births = sum(b.born > first_day(UNTIL) for b in people) / 2
    assert moved_in == pytest.approx(figures.MOVED_IN, rel=0.08)
    assert away == pytest.approx(figures.MOVED_AWAY, rel=0.05)
    assert births == pytest.approx(figures.BIRTHS_A_YEAR, rel=0.12)


def test_a_township_has_its_villages_and_every_group_has_a_worker() -> None:
    made = land.township(0, 1)
    assert len(made.villages) == figures.VILLAGES
    served = {code for m in made.members if m.role == "worker" for code in m.serves}
    for village in made.villages:
        assert village.code in served or set(village.groups) <= served
    assert {m.role for m in (*made.members, *land.county_members()) if m.logs_in} == {
        "worker", "clinician", "supervisor", "manager", "installer",
    }  # fmt: skip


def test_every_place_of_a_county_has_a_name_of_its_own() -> None:
    townships = [land.township(n, 1) for n in range(41)]
    assert len({t.places[0].names["zh"] for t in townships}) == 41
    assert len({p.code for t in townships for p in t.places}) == sum(len(t.places) for t in townships)
    for place in townships[0].places:
        assert set(place.names) == {"zh", "en"}


def edges(ring: list[tuple[float, float]]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return list(pairwise([*ring, ring[0]]))


def area(ring: list[tuple[float, float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(ring)) / 2


def test_neighbouring_villages_share_their_border_exactly() -> None:
    rings = village_rings(figures.VILLAGES, 0, 0, 1)
    every = Counter(edge for ring in rings for edge in edges(ring))
    assert set(every.values()) == {1}
    shared = sum((b, a) in every for a, b in every)
    outline = outer_ring(rings)
    assert len(every) - shared == len(outline)
    assert sum(map(area, rings)) == pytest.approx(area(outline), rel=1e-9)
    assert all(area(ring) > 0 for ring in rings)


def test_outlines_are_geojson_polygons() -> None:
    shapes = [json.loads(p.polygon) for p in land.township(0, 1).places if p.polygon]
    assert len(shapes) == figures.VILLAGES + 1
    assert all(s["type"] == "Polygon" and s["coordinates"][0][0] == s["coordinates"][0][-1] for s in shapes)


def test_names_follow_the_times() -> None:
    rng = drawn("test", 1)
    old = Counter(names.given_name(rng, "male", 1955) for _ in range(2000))
    young = Counter(names.given_name(rng, "male", 2020) for _ in range(2000))
    assert "德生" in old and "德生" not in young
    assert sum(len(n) == 1 for n in young.elements()) < 400
