"""Addresses of one's own forms. A form's id comes last: it may hold any sign, also '/'."""

from __future__ import annotations

from django.urls import path

from doorstep.web.forms import export, filling, publishing, records

urlpatterns = [
    path("", publishing.forms, name="forms"),
    path("publish", publishing.publish, name="own_publish"),
    path("of/<path:form_id>", records.form, name="own_form"),
    path("open/<path:form_id>", publishing.set_open, name="own_open"),
    path("files/<path:form_id>", publishing.give_files, name="own_give_files"),
    path("file/<path:form_id>", publishing.give_out_file, name="own_file"),
    path("fill/<path:form_id>", filling.fill, name="own_fill"),
    path("xml/<path:form_id>", filling.form_xml, name="own_xml"),
    path("send/<path:form_id>", filling.send, name="own_send"),
    path("export/<path:form_id>", export.export, name="own_export"),
    path("record/<int:seq>", records.record, name="own_record"),
    path("record/<int:seq>/correct", filling.correct, name="own_correct"),
    path("record/<int:seq>/record.xml", filling.record_xml, name="own_record_xml"),
    path("record/<int:seq>/file", records.sent_file, name="own_sent_file"),
]
