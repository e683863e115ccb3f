"""Addresses of one's own log-in, and of the log-ins one looks after."""

from __future__ import annotations

from django.urls import path

from doorstep.web.account import others, own, steps

urlpatterns = [
    path("login/code", steps.code, name="log_in_code"),
    path("login/second-step", steps.set_up, name="log_in_set_up"),
    path("login/password", steps.own_password, name="log_in_password"),
    path("account", own.account, name="account"),
    path("account/password", own.change_password, name="change_password"),
    path("account/end-others", own.end_others, name="end_others"),
    path("account/end/<str:session_id>", own.end, name="end_session"),
    path("account/phones/<int:device_id>/lost", own.take_phone_back, name="lost_phone"),
    path("account/second-step", own.set_up, name="second_step"),
    path("account/second-step/codes", own.new_codes, name="new_codes"),
    path("account/second-step/off", own.switch_off, name="second_step_off"),
    path("desk/members/<int:user_id>/log-out", others.end_all, name="end_all_of"),
    path("desk/members/<int:user_id>/second-step", others.reset_second, name="reset_second"),
]
