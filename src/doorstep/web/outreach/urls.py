"""Addresses of events for everybody and of questions without a name."""

from __future__ import annotations

from django.urls import path

from doorstep.web.outreach import asking, events

urlpatterns = [
    path("", events.listed, name="outreach"),
    path("/figures", events.in_figures, name="outreach_figures"),
    path("/ask/<slug:form_id>", asking.ask, name="outreach_ask"),
    path("/ask/<slug:form_id>/form.xml", asking.form_xml, name="outreach_form_xml"),
    path("/ask/<slug:form_id>/send", asking.send, name="outreach_send"),
    path("/thanks", asking.thanks, name="outreach_thanks"),
]
