"""Addresses of what the app on a phone asks for (docs/sync.md); records are handed in at ``api/sync``."""

from __future__ import annotations

from django.urls import path

from doorstep.web.field import enrolling, follows, pulling, reading

urlpatterns = [
    path("enrol", enrolling.enrol, name="sync_enrol"),
    path("pull", pulling.pull, name="sync_pull"),
    path("follows", follows.follows, name="sync_follows"),
    path("leaflets", reading.leaflets, name="sync_leaflets"),
    path("form", pulling.form, name="sync_form"),
    path("form_file", pulling.form_file, name="sync_form_file"),
]
