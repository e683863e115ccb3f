"""Who asks to be deleted is written down by who works with her, and a supervisor of her place carries it out."""

from __future__ import annotations

from doorstep.forms.erased import mark_of
from doorstep.intake import ending
from doorstep.lib import db
from tests.cast import Township
from tests.intake.test_ending import NAME, instances, seqs, where
from tests.web.worker.conftest import Reader, as_  # noqa: F401 (a fixture)


def people() -> int:
    return int(db.current().value("SELECT COUNT(*) FROM person"))


def test_it_is_asked_by_the_one_and_carried_out_by_the_other(township: Township, as_: Reader) -> None:  # noqa: F811
    her, there = (
        township.person(NAME),
        township.person("李桂兰", who="neighbour", home=township.household("neighbour", "c1-t1-v2")),
    )
    worker, supervisor = as_("worker"), as_("supervisor")
    assert "asks to delete everything" in worker.get(f"/p/{her}").content.decode()
    assert NAME in worker.get(f"/p/{her}/erase").content.decode()
    assert as_("neighbour").get(f"/p/{her}/erase").status_code == 404
    assert as_("neighbour").post(f"/p/{her}/erase").status_code == 404
    assert worker.post(f"/p/{her}/erase").status_code == 302
    assert worker.get("/erasures").status_code == 404
    (asked,) = ending.asked()
    assert (asked.person_id, asked.seq, asked.by) == (her, None, township.users["worker"])
    page = supervisor.get("/erasures").content.decode()
    assert (NAME in page, "李桂兰" in page) == (True, False)
    assert worker.post(f"/erasures/{asked.id}", {"sure": "yes"}).status_code == 404
    before = people()
    assert supervisor.post(f"/erasures/{asked.id}").status_code == 302
    assert people() == before
    assert supervisor.post(f"/erasures/{asked.id}", {"sure": "yes"}).status_code == 302
    assert (people(), ending.asked(), where(NAME)) == (before - 1, [], set())
    assert NAME not in supervisor.get("/erasures").content.decode()
    assert worker.get(f"/p/{her}").status_code == 404
    assert persons_left() == [there]


def persons_left() -> list[str]:
    return [i for (i,) in db.current().rows("SELECT id FROM person")]


def test_a_supervisor_of_another_place_sees_and_does_nothing(township: Township, as_: Reader) -> None:  # noqa: F811
    her = township.person(NAME)
    ending.ask(her, by=0)
    db.current().run(
        "UPDATE catchment SET place_id = ? WHERE user_id = ?", [township.places["west"], township.users["supervisor"]]
    )
    from doorstep.places.counters import settings_changed

    settings_changed(db.current())
    supervisor = as_("supervisor")
    assert NAME not in supervisor.get("/erasures").content.decode()
    request = ending.asked()[0].id
    for address in (f"/erasures/{request}", f"/erasures/{request}/not"):
        assert supervisor.post(address, {"sure": "yes"}).status_code == 404
    assert persons_left() == [her]


def test_who_thinks_better_of_it_stays(township: Township, as_: Reader) -> None:  # noqa: F811
    her = township.person(NAME)
    ending.ask(her, by=0)
    assert as_("supervisor").post(f"/erasures/{ending.asked()[0].id}/not").status_code == 302
    assert (ending.asked(), persons_left()) == ([], [her])


def test_a_phone_is_told_whom_to_let_go_of_and_which_copies_may_not_stay(township: Township) -> None:
    from django.test import Client

    from doorstep.access import actions as access

    her, other = township.person(NAME), township.person("李桂兰")
    token = access.add_device(township.users["worker"], "a phone")
    phone = {"headers": {"Authorization": f"Bearer {token}"}}
    since, pages = "", []
    while True:
        told = Client().get("/sync/pull", {"since": since}, **phone).json()
        since = told["since"]
        pages.append(told)
        if not told["more"]:
            break
    assert {p["id"] for page in pages for p in page["people"]} == {her, other}
    assert [page["erased"] for page in pages] == [[]] * len(pages)
    marks = sorted(mark_of(i) for i in instances(seqs(her)))
    ending.erase_person(her, by=0)
    told = Client().get("/sync/pull", {"since": since}, **phone).json()
    assert (her in told["gone"]["people"], told["erased"] and set(marks) <= set(told["erased"])) == (True, True)
    again = Client().get("/sync/pull", {"since": told["since"]}, **phone).json()
    assert (again["erased"], again["gone"]["people"]) == ([], [])
    fresh = Client().get("/sync/pull", **phone).json()
    assert set(marks) <= set(fresh["erased"])
