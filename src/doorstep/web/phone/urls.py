"""Addresses below ``/phone/``. Inside the app, pages have names after ``#``, which no server ever sees."""

from __future__ import annotations

from django.urls import path

from doorstep.web.phone import views

urlpatterns = [
    path("", views.page, name="phone"),
    path("sw.js", views.worker, name="phone_worker"),
    path("manifest.webmanifest", views.manifest, name="phone_manifest"),
    path("who", views.who, name="phone_who"),
]
