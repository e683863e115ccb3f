"""Addresses of the screens for those who visit. No name, phone or day of anybody's ever stands in one (charter
C18); the day on which something was known is the reader's own question."""

from __future__ import annotations

from django.urls import path

from doorstep.web.worker import (
    card,
    families,
    fill,
    find,
    methods,
    mine,
    moving,
    newcomer,
    notices,
    person,
    receipt,
    then,
    today,
)

urlpatterns = [
    path("today", today.today, name="today"),
    path("today/then", then.today_then, name="today_then"),
    path("mine", mine.mine, name="mine"),
    path("mine/<str:pack_id>/<str:indicator>", mine.people, name="mine_people"),
    path("notices", notices.notices, name="notices"),
    path("notices/<int:seq>/seen-to", notices.seen_to, name="notice_seen_to"),
    path("notice", notices.write, name="notice"),
    path("why/<int:visit_id>", person.why, name="why"),
    path("families", families.walk, name="families"),
    path("families/<str:household_id>", families.family, name="family"),
    path("find", find.find, name="find"),
    path("p/<str:person_id>", person.person, name="person"),
    path("p/<str:person_id>/then", then.person_then, name="person_then"),
    path("p/<str:person_id>/service", person.service, name="service"),
    path("p/<str:person_id>/card/<str:pack_id>/<str:series_id>", card.card, name="card"),
    path("p/<str:person_id>/methods", methods.methods, name="person_methods"),
    path("p/<str:person_id>/methods/choose", methods.choose, name="person_choose"),
    path("p/<str:person_id>/moving", moving.moving, name="moving"),
    path("p/<str:person_id>/moving/back", moving.stays_here, name="moving_back"),
    path("p/<str:person_id>/moving/file", moving.sealed_file, name="moving_file"),
    path("arrive", moving.arrive, name="arrive"),
    path("p/<str:person_id>/arrive/back", moving.not_come, name="not_come"),
    path("register", newcomer.newcomer, name="newcomer"),
    path("fill/<path:form_id>/form.xml", fill.form_xml, name="form_xml"),
    path("fill/<path:form_id>/send", fill.send, name="send"),
    path("fill/<path:form_id>", fill.fill, name="fill"),
    path("correct/<int:seq>", fill.correct, name="correct"),
    path("record/<int:seq>.xml", fill.record_xml, name="record_xml"),
    path("receipt/<int:seq>", receipt.receipt, name="receipt"),
]
