"""Doses in a store: everybody's windows worked out at once are those stored as the records came in."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from doorstep.lib import db
from doorstep.programmes import actions as programmes
from tests.cast import Township, shipped

from .conftest import committed_store, planned, stored

PRODUCTS = ["HepB", "BCG", "IPV", "DTaP", "MMR", "JE-L"]


def _child(township: Township, random: Random) -> None:
    born = date(2024, 6, 1) + timedelta(random.randrange(400))
    child = township.person(born=born, sex=random.choice(["female", "male"]), on=born + timedelta(3))
    opened = {"person": child, "opened_on": born + timedelta(4), "booklet": "given", "care_by": "worker"}
    township.write("worker", "vaccination_card", opened, on=born + timedelta(4))
    for _ in range(random.randint(1, 5)):
        on = born + timedelta(random.choice([5, 30, 31, 62, 90, 91, 245]))
        doses = [{"product": product} for product in random.sample(PRODUCTS, 2)]
        told = {"person": child, "visit_date": on, "doses": doses, "watched": "yes"}
        township.write("worker", "vaccination", told, on=on, counter=random.randrange(3))


def test_everybodys_doses_are_those_stored(_migrated: None, tmp_path: Path) -> None:
    with committed_store(tmp_path):
        with db.transaction():
            township = Township.found()
            pack = programmes.install(shipped("immunisation"), by=township.users["installer"])
            programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
            for seed in range(4):
                _child(township, Random(seed))
        found = planned()
        assert found == stored()
        named = [(key, values) for key, values in found.items() if key[1] == "immunisation"]
        assert {key[3] for key, _ in named} >= {"vaccine:HepB-1", "vaccine:DTaP-1"}
        assert {bool(values[9]) for _, values in named} == {True, False}
