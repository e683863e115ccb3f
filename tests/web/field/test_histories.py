"""Whatever happens in a township, and however often a phone asks in between: in the end it holds what a new phone would."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest

from doorstep.access import actions as access
from doorstep.access.queries import actor as actor_of
from doorstep.intake import rebuild
from doorstep.intake.follow import history_of
from doorstep.intake.problems import Refused
from doorstep.lib import db
from doorstep.places import counters
from doorstep.programmes import actions as programmes
from doorstep.web.field import pulling
from doorstep.web.field.changed import places_of
from doorstep.web.field.held import held, shown
from tests.cast import Township, new_id, version_of
from tests.web.field.conftest import TODAY, Phone

WHO = ("worker", "neighbour", "clinician")
STEPS = 50


class History:
    """A random walk through everything that may change what a phone holds."""

    def __init__(self, seed: int, township: Township, set_day: Callable[[date], None]):
        self.chance, self.township, self.set_day = random.Random(seed), township, set_day
        self.day = TODAY
        self.homes = {
            who: [township.household(who, place, str(n)) for n in (1, 2)]
            for who, place in (("worker", "c1-t1-v1"), ("neighbour", "c1-t1-v2"))
        }
        self.people: list[str] = []
        self.written: list[tuple[str, str, dict[str, object]]] = []
        for who in ("worker", "neighbour"):
            self.newcomer(who)

    def step(self) -> str:
        acts = {
            self.newcomer: 3, self.pregnancy: 3, self.visit: 4, self.pressure: 3, self.service: 2, self.moves: 3,
            self.changes: 3, self.family: 3, self.wish: 2, self.corrected: 3, self.days_go_by: 3, self.pack: 0.3,
            self.area: 0.3, self.restored: 0.2, self.worked_out_again: 0.2,
        }  # fmt: skip
        act = self.chance.choices(list(acts), list(acts.values()))[0]
        with suppress(Refused):  # a record kept only with a yes, without one
            act()
        return str(act.__name__)

    def write(self, form: str, answers: dict[str, object], **more: str) -> None:
        who = self.chance.choice(WHO)
        instance = "uuid:" + new_id()
        self.township.write(who, form, answers, on=self.day, instance=instance, **more)  # type: ignore[arg-type]
        self.written.append((form, instance, answers))

    def anybody(self) -> str:
        return self.chance.choice(self.people)

    def home(self) -> str:
        return self.chance.choice([home for of in self.homes.values() for home in of])

    def newcomer(self, who: str = "") -> None:
        who = who or self.chance.choice(("worker", "neighbour"))
        born = self.day - timedelta(days=self.chance.choice((3, 20, 40, 400, 9_000, 12_000, 25_000)))
        made = self.township.person(
            f"王{self.chance.choice('秀英丽兰')}", who=who, home=self.chance.choice(self.homes[who]), born=born,
            sex=self.chance.choice(("female", "male")), on=self.day,
        )  # fmt: skip
        self.people.append(made)

    def pregnancy(self) -> None:
        lmp = self.day - timedelta(days=self.chance.choice((40, 150, 270, 318, 322)))
        told = {"registered_on": self.day, "asked": "yes", "lmp_known": "yes", "lmp": lmp, "language": "zh"}
        care = self.chance.choice(("worker", "clinic", "both"))
        self.write("pregnancy_registration", {"person": self.anybody(), "care_by": care} | told)

    def visit(self) -> None:
        self.write(
            "anc_visit", {"person": self.anybody(), "visit_date": self.day, "weight": 50 + self.chance.randrange(9)}
        )

    def pressure(self) -> None:
        care = {"person": self.anybody(), "registered_on": self.day, "asked": "yes", "care_by": "worker"}
        self.write(
            *self.chance.choice(
                (("htn_registration", care), ("bp_screen", {"person": self.anybody(), "visit_date": self.day}))
            )
        )

    def service(self) -> None:
        told = {"service": self.chance.choice(("antenatal", "hypertension_care", "bp_screening")), "on": self.day}
        self.write(self.chance.choice(("service_end", "service_wanted")), {"person": self.anybody()} | told)

    def moves(self) -> None:
        her = self.anybody()
        told = self.chance.choice(
            [
                ("moving_away", {"left_on": self.day}),
                ("moving_in", {"moved_in_on": self.day, "household": self.home()}),
                ("death", {"died_on": self.day}),
            ]
        )
        self.write(told[0], {"person": her} | told[1], entity=her)

    def changes(self) -> None:
        her = self.anybody()
        what, new = self.chance.choice(
            [
                ("household", self.home()),
                ("place", self.chance.choice(("c1-t1-v1", "c1-t1-v2"))),
                ("phone", f"1380000{self.chance.randrange(9999):04}"),
                ("birth_date", self.day - timedelta(days=self.chance.randrange(20_000))),
                ("reach", self.chance.choice(("any", "none", "clinic_only"))),
            ]
        )
        self.write("person_change", {"person": her, "changed_on": self.day, "what": what, what: new}, entity=her)

    def family(self) -> None:
        home = self.home()
        what, new = self.chance.choice(
            [
                ("listed", self.chance.choice(("yes", "no"))),
                ("visits", self.chance.choice(("yes", "no"))),
                ("place", self.chance.choice(("c1-t1-v1", "c1-t1-v2"))),
                ("number", str(self.chance.randrange(99))),
            ]
        )
        told = {"household": home, "changed_on": self.day, "what": what, what: new}
        self.write("household_change", told, entity=home)

    def wish(self) -> None:
        her, yes = self.anybody(), self.chance.choice(("yes", "no"))
        if self.chance.random() < 0.5:
            self.write("do_not_list", {"person": her, "wished_on": self.day, "listed": yes}, entity=her)
        else:
            told = {"person": her, "said_on": self.day, "agreed_by": "self", "contact": yes, "home_visits": yes}
            self.write("consent", told, entity=her)

    def corrected(self) -> None:
        if self.written:
            form, instance, answers = self.chance.choice(self.written)
            entity = str(answers.get("household" if form == "household_change" else "person", ""))
            self.write(form, answers | {"weight": 61}, corrects=instance, entity=entity)

    def days_go_by(self) -> None:
        self.day += timedelta(days=self.chance.choice((1, 2, 10, 45)))
        self.set_day(self.day)

    def pack(self) -> None:
        at, pack = self.chance.choice(("county", "east", "west")), self.chance.choice(("maternal", "hypertension"))
        place = self.township.places[at]
        by, on = self.township.users["installer"], self.chance.random() < 0.6
        programmes.switch(place, pack, version_of(pack), is_on=on, by=by)
        rebuild.work_out_below(frozenset(self.township.places.values()))

    def area(self) -> None:
        at = self.township.places[self.chance.choice(("east", "west"))]
        until = self.chance.choice((self.day, self.day + timedelta(days=1), None))
        access.serve(self.township.users[self.chance.choice(WHO[:2])], at, self.day, until)

    def restored(self) -> None:
        counters.new_epoch(db.current())

    def worked_out_again(self) -> None:
        rebuild.rebuild()


def whatever_is_planned_was_found(township: Township) -> None:
    """A phone's people are told of from stored visits and without asking every programme: to the same end as asking all."""
    actor = actor_of(township.users["worker"])
    ids = [i for (i,) in db.current().rows("SELECT id FROM person")]
    for one in held(actor, shown(actor, places_of(ids))).values():
        for programme in one.programmes:
            history, asked = history_of(one.life, programme, one.world), programme.rules
            plan = asked.plan(history, until=one.world.horizon)
            planned = sorted((w.form, w.service, str(w.from_on), str(w.until_on)) for w in plan.windows)
            assert planned == sorted(
                (w.form, w.service, str(w.from_on), str(w.until_on)) for w in one.windows(programme)
            )
            courses = [course.row for course in one._all_courses() if course.programme is programme]
            assert courses == list(plan.episodes)
            for kind in programme.pack.episodes:
                assert asked.episodes(history, kind) == tuple(row for row in plan.episodes if row.kind == kind)


@pytest.mark.parametrize("seed", range(2))
def test_a_phone_that_asks_now_and_then_holds_what_a_new_one_would(
    seed: int, township: Township, phone_of: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "AT_ONCE", 3)
    history = History(seed, township, lambda day: monkeypatch.setenv("DOORSTEP_TODAY", day.isoformat()))
    phones = {who: phone_of(who, history.chance.choice(("zh", "en"))) for who in WHO}
    told, fresh = 0, 0
    for _ in range(STEPS):
        history.step()
        if history.chance.random() < 0.25:
            phone = phones[history.chance.choice(WHO)].pull()
            told += sum(len(one["people"]) for one in phone.answers)
            fresh += phone.answers[0]["fresh"]
        whatever_is_planned_was_found(township)
    for who, phone in phones.items():
        assert phone.pull().contents == phone_of(who, phone.lang).pull().contents, who
    assert (told > 5, fresh < 8) == (True, True)


def test_of_an_ended_service_everything_planned_is_still_known(township: Township) -> None:
    her = township.person()
    township.pregnancy(her, TODAY - timedelta(weeks=18))
    whatever_is_planned_was_found(township)
    township.write("worker", "service_end", {"person": her, "service": "antenatal", "on": TODAY}, on=TODAY)
    whatever_is_planned_was_found(township)
