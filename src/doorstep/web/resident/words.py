"""Words of one's own page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

ANSWERS = {
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
    "ask": gettext_lazy("not asked"),
}
