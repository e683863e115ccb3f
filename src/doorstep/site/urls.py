"""Every address of the server."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("doorstep.api.urls")),
    path("", include("doorstep.web.urls")),
]
