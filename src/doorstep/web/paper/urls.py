"""Addresses of papers. No name, phone or date ever stands in one (charter C18)."""

from __future__ import annotations

from django.urls import path

from doorstep.web.paper import care, choosing, code, health, household, own_card, round, slip, vaccines, walking

urlpatterns = [
    path("lists", choosing.lists, name="paper_lists"),
    path("p/<str:person_id>", choosing.person, name="paper_person"),
    path("walking.pdf", walking.walking, name="paper_walking"),
    path("round.pdf", round.round_paper, name="paper_round"),
    path("family/<str:household_id>.pdf", household.household, name="paper_household"),
    path("p/<str:person_id>/card/<str:pack_id>/<str:series_id>.pdf", vaccines.vaccines, name="paper_vaccines"),
    path("p/<str:person_id>/code.pdf", code.code_slip, name="paper_code"),
    path("p/<str:person_id>/own-card.pdf", own_card.own_card, name="paper_own_card"),
    path("p/<str:person_id>/slip.pdf", slip.slip, name="paper_slip"),
    path("p/<str:person_id>/record/<str:pack_id>/<str:kind>.pdf", health.health, name="paper_health"),
    path("p/<str:person_id>/care/<str:pack_id>/<str:kind>.pdf", care.care, name="paper_care"),
]
