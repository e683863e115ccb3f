"""Addresses of reading, checking and handing in reports, before those of the figures themselves."""

from __future__ import annotations

from django.urls import path

from doorstep.web.manager import handing_in

urlpatterns = [
    path("typed", handing_in.typed, name="report_typed"),
    path("copies/<int:copy_id>", handing_in.copy, name="report_copy"),
    path("copies/<int:copy_id>/hand-in", handing_in.hand_in, name="report_hand_in"),
    path("copies/<int:copy_id>/as/<slug:ending>", handing_in.copy_file, name="report_copy_file"),
    path("<slug:report_id>/read", handing_in.read, name="report_read"),
    path("<slug:report_id>/check-off", handing_in.check_off, name="report_check_off"),
    path("<slug:report_id>/as/<slug:ending>", handing_in.file, name="report_file"),
]
