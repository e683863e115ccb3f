"""Addresses of the round and of consent, at the door and at the desk. No name, phone or date ever stands in one (C18)."""

from __future__ import annotations

from django.urls import path

from doorstep.web.desk import rounds
from doorstep.web.worker import round, taking_back

urlpatterns = [
    path("round", round.walk, name="round"),
    path("round/<str:household_id>", round.stop, name="round_found"),
    path("round/<str:household_id>/say", round.say, name="round_say"),
    path("take-back", taking_back.take_back, name="take_back"),
    path("desk/round", rounds.progress, name="round_progress"),
    path("desk/round/start", rounds.start, name="round_start"),
    path("desk/round/found/<int:seq>/settle", rounds.settle, name="round_settle"),
]
