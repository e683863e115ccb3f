"""Addresses of complaints. No code ever stands in one."""

from __future__ import annotations

from django.urls import path

from doorstep.web.feedback import answering, complaining, figures, outside, taking_down

urlpatterns = [
    path("complain", complaining.complain, name="complain"),
    path("complain/read", complaining.read, name="complain_read"),
    path("complain/paper.pdf", complaining.paper, name="complain_paper"),
    path("complaints", answering.complaints, name="complaints"),
    path("complaints/<int:complaint_id>", answering.complaint, name="complaint"),
    path("complaints/<int:complaint_id>/reply", answering.reply, name="complaint_reply"),
    path("complaints/take-down", taking_down.take_down, name="take_down"),
    path("complaints/counts", figures.counts, name="complaint_counts"),
    path("complaints/outside", outside.outside, name="outside"),
]
