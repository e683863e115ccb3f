"""Addresses of what machines call."""

from __future__ import annotations

from django.urls import path

from doorstep.api.openrosa import views
from doorstep.api.sync import filing, pushing

urlpatterns = [
    path("sync/push", pushing.push, name="sync_push"),
    path("sync/file", filing.file, name="sync_file"),
    path("odk/formList", views.no_token),
    path("odk/submission", views.no_token),
    path("odk/<str:token>/formList", views.form_list, name="odk_form_list"),
    path("odk/<str:token>/forms/<path:form_id>.xml", views.form, name="odk_form"),
    path("odk/<str:token>/forms/<path:form_id>/manifest", views.manifest, name="odk_manifest"),
    path("odk/<str:token>/forms/<path:form_id>/media", views.form_media, name="odk_form_media"),
    path("odk/<str:token>/lists/<str:entity_list>/integrity", views.integrity, name="odk_integrity"),
    path("odk/<str:token>/lists/person.csv", views.people_of_mine),
    path("odk/<str:token>/lists/household.csv", views.families_of_mine),
    path("odk/<str:token>/lists/<str:name>", views.media, name="odk_media"),
]
