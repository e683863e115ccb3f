"""Acts of giving out what a law compels. Rows are only ever added; who an act is about stands in its words alone, sealed,
and goes when she is erased."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Disclosure(models.Model):
    """One order, taken down by one of two people. Names nobody of the register."""

    kind = models.CharField(max_length=8, help_text="court, health (public-health law) or other")
    at = models.DateTimeField()
    first_id = models.BigIntegerField(help_text="who took it down; somebody else has to agree")
    place_id = models.BigIntegerField(help_text="where she lived then: whose area it is")
    hidden_until = models.DateField(null=True, help_text="the order itself forbids to tell her before this day")

    class Meta:
        db_table = "disclosure"


class DisclosureStep(models.Model):
    """What was done with it, each at most once: 1 handed to the second, 2 agreed, refused or dropped, 3 given, 4 told."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="steps")
    stage = models.SmallIntegerField()
    what = models.CharField(max_length=8)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(help_text="-1: she read it herself")

    class Meta:
        db_table = "disclosure_step"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["disclosure", "stage"], name="disclosure_stage_once"),
        ]


class DisclosureWord(models.Model):
    """Whom it is about, and in sealed JSON what was written down: the order, what is asked, what is given, why not."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="words")
    person_id = models.CharField(max_length=64, db_index=True)
    what = models.CharField(max_length=8)
    sealed = models.BinaryField()

    class Meta:
        db_table = "disclosure_word"
