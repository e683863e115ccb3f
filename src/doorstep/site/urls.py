"""Every address of the server."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from doorstep.site.watching import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("doorstep.api.urls")),
    path("", include("doorstep.web.urls")),
]

handler400 = "doorstep.web.strange.not_understood"
handler403 = "doorstep.web.errors.not_allowed"
handler404 = "doorstep.web.errors.nothing_here"
handler500 = "doorstep.web.errors.broken"
