"""Addresses of the screens."""

from __future__ import annotations

from django.urls import include, path

from doorstep.web import about, entrance, leaflets, role

urlpatterns = [
    path("", entrance.home, name="home"),
    path("login", entrance.log_in, name="log_in"),
    path("", include("doorstep.web.account.urls")),
    path("logout", entrance.log_out, name="log_out"),
    path("language", entrance.choose_language, name="language"),
    path("about", about.about, name="about"),
    path("role", role.role, name="role"),
    path("methods", leaflets.methods, name="methods"),
    path("leaflets", leaflets.leaflets, name="leaflets"),
    path("leaflets/<str:pack_id>", leaflets.leaflet, name="leaflet"),
    path("", include("doorstep.web.worker.urls")),
    path("sync/", include("doorstep.web.field.urls")),
    path("", include("doorstep.web.round_urls")),
    path("paper/", include("doorstep.web.paper.urls")),
    path("forms/", include("doorstep.web.forms.urls")),
    path("", include("doorstep.web.feedback.urls")),
    path("", include("doorstep.web.resident.urls")),
    path("", include("doorstep.web.disclosing.urls")),
    path("outreach", include("doorstep.web.outreach.urls")),
    path("reports/", include("doorstep.web.manager.handing_urls")),
    path("reports/", include("doorstep.web.manager.urls")),
    path("phone/", include("doorstep.web.phone.urls")),
    path("", include("doorstep.web.desk.urls")),
]
