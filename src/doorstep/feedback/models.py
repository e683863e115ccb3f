"""Complaints. Nothing here names anybody of the register but, where they wish it, who wrote (charter C11)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Complaint(models.Model):
    """One complaint. Whom it is about stands nowhere but in its sealed words."""

    code_hash = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)
    way = models.CharField(max_length=8, help_text="how it came: page, web, phone or paper")
    received_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True, help_text="the author wrote again after the answer, and waits")
    author_id = models.CharField(max_length=64, null=True, help_text="who wrote, only where she wished it herself")

    class Meta:
        db_table = "complaint"
        indexes: ClassVar = [
            models.Index(fields=["answered_at", "received_at"], name="complaint_open"),
            models.Index(fields=["author_id"], name="complaint_author", condition=models.Q(author_id__isnull=False)),
        ]


class ComplaintWord(models.Model):
    """What was written, sealed: by whoever complains, or by the reviewer."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="words")
    at = models.DateTimeField()
    reviewer_id = models.BigIntegerField(null=True, help_text="the reviewer who answered; empty: the author")
    sealed = models.BinaryField()

    class Meta:
        db_table = "complaint_word"


class OutsideBody(models.Model):
    """Somebody outside to turn to, as the installer entered it."""

    position = models.SmallIntegerField(unique=True)
    name = models.CharField(max_length=120)
    how = models.CharField(max_length=200, help_text="phone, address or opening hours")

    class Meta:
        db_table = "outside_body"


class DayOff(models.Model):
    """A day that differs from its weekday: a holiday, or a working day at a weekend."""

    day = models.DateField(unique=True)
    works = models.BooleanField()

    class Meta:
        db_table = "day_off"
