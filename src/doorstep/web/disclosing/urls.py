"""Addresses of what a law compels. Nothing in them tells of whom or what."""

from __future__ import annotations

from django.urls import path

from doorstep.web.disclosing import paper, signing, telling

urlpatterns = [
    path("disclosures", signing.disclosures, name="disclosures"),
    path("disclosures/new", signing.new, name="disclosure_new"),
    path("disclosures/<int:act_id>", signing.act, name="disclosure"),
    path("disclosures/<int:act_id>/asked", signing.asked, name="disclosure_asked"),
    path("disclosures/<int:act_id>/hand", signing.hand, name="disclosure_hand"),
    path("disclosures/<int:act_id>/decide", signing.decide, name="disclosure_decide"),
    path("disclosures/<int:act_id>/drop", signing.drop, name="disclosure_drop"),
    path("disclosures/<int:act_id>/paper", paper.give, name="disclosure_paper"),
    path("p/<str:person_id>/told", telling.tell, name="disclosure_told"),
]
