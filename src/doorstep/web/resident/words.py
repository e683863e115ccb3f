"""Words of one's own page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

REACHES = {  # as she says it of herself
    "any": gettext_lazy("Any way is fine"),
    "only_me": gettext_lazy("Only speak to me myself"),
    "not_home": gettext_lazy("Do not come to my home"),
    "clinic_only": gettext_lazy("Only at the clinic"),
    "none": gettext_lazy("Do not contact me"),
}
ANSWERS = {
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
    "ask": gettext_lazy("not asked"),
}
