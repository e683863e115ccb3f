"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from doorstep.web.manager import reports

urlpatterns = [
    path("", reports.listed, name="reports"),
    path("<slug:report_id>", reports.report, name="report"),
]
