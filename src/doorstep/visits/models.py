"""Due visits: windows worked out for one person. How one stands is asked with a day and stored nowhere."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class DueVisit(models.Model):
    person_id = models.CharField(max_length=64)
    pack_id = models.CharField(max_length=64)
    episode_key = models.CharField(max_length=250, default="")
    contact = models.CharField(max_length=64)
    k = models.IntegerField(default=0)
    service = models.CharField(max_length=64)
    form_id = models.CharField(max_length=250)
    from_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    ends_on = models.DateField(null=True, help_text="last day on which its care is open; null while it is")
    recurring = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=0)
    need = models.TextField(default="")
    met_by = models.CharField(max_length=250, default="")
    met_on = models.DateField(null=True)
    place_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "due_visit"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person_id", "pack_id", "episode_key", "contact", "k"], name="due_visit_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["pack_id", "place_id"], name="due_visit_by_place")]
