"""Addresses of one's own page, and of those who give the card and answer. No code and nobody's id stands in hers."""

from __future__ import annotations

from django.urls import path

from doorstep.web.resident import answering, giving, views

urlpatterns = [
    path("me", views.page, name="own_page"),
    path("me/enter", views.enter, name="own_enter"),
    path("me/leave", views.leave, name="own_leave"),
    path("me/service", views.service, name="own_service"),
    path("me/consent", views.consent, name="own_consent"),
    path("me/reach", views.reach, name="own_reach"),
    path("me/wrong", views.wrong, name="own_wrong"),
    path("me/delete", views.erase, name="own_delete"),
    path("me/complain", views.complain, name="own_complain"),
    path("me/copy.json", views.copy, name="own_copy"),
    path("me/copy.pdf", views.paper, name="own_paper"),
    path("p/<str:person_id>/own-page", giving.give, name="own_card"),
    path("own-pages", giving.whose, name="own_cards"),
    path("said-wrong", answering.said_wrong, name="said_wrong"),
    path("said-wrong/<int:seq>/answer", answering.answer, name="answer_wrong"),
]
