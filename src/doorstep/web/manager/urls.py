"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from doorstep.web.manager import changes, figure, pictures, reports

urlpatterns = [
    path("", reports.listed, name="reports"),
    path("pictures", pictures.page, name="pictures"),
    path("<slug:report_id>", reports.report, name="report"),
    path("<slug:report_id>/figure/<slug:indicator>", figure.figure, name="figure"),
    path("<slug:report_id>/changes", changes.changes, name="report_changes"),
]
