"""Addresses of the desk. No name, phone or date ever stands in one (charter C18)."""

from __future__ import annotations

from django.urls import path

from doorstep.web.desk import board

urlpatterns = [
    path("", board.board, name="board"),
]
