"""A PIN forgotten on a phone: the code that opens it is shown to those who look after its worker, and to nobody else."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from doorstep.access.queries import devices
from tests.cast import Township

CODE = "ABCD-EFGH-JKMN-PQRS-TVWX-YZ23"


def client_of(township: Township, who: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=township.users[who]))
    return client


def enrolled(township: Township, code: str) -> int:
    told = {"label": "Blue phone", "desk_code": code}
    answer = client_of(township, "worker").post("/sync/enrol", told, content_type="application/json")
    assert answer.status_code == 201
    assert CODE not in answer.content.decode()
    return max(one.id for one in devices([township.users["worker"]]))


def test_the_supervisor_reads_the_code_out(township: Township) -> None:
    phone, other = enrolled(township, CODE), enrolled(township, "")
    supervisor = client_of(township, "supervisor")
    page = supervisor.get(reverse("workers")).content.decode()
    assert (reverse("desk_code", args=[phone]) in page, reverse("desk_code", args=[other]) in page) == (True, False)
    assert CODE not in page
    shown = supervisor.post(reverse("desk_code", args=[phone]))
    assert (shown.status_code, CODE in shown.content.decode()) == (200, True)
    assert supervisor.post(reverse("desk_code", args=[other])).status_code == 404
    assert supervisor.get(reverse("desk_code", args=[phone])).status_code == 405


def test_nobody_else_does(township: Township) -> None:
    phone = enrolled(township, CODE)
    for who in ("worker", "neighbour", "clinician", "manager"):
        answer = client_of(township, who).post(reverse("desk_code", args=[phone]))
        assert (who, answer.status_code, CODE in answer.content.decode()) == (who, 404, False)


def test_only_a_code_is_taken(township: Township) -> None:
    client = client_of(township, "worker")
    for wrong in ("x", "abcd", CODE + "-AAAA", "王秀英", CODE.lower()):
        answer = client.post("/sync/enrol", {"label": "x", "desk_code": wrong}, content_type="application/json")
        assert (wrong, answer.status_code) == (wrong, 400)
