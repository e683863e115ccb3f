"""Complaints, and the card for one's own page. Nothing here names anybody of the register but, where they wish it, who
wrote, and whose card it is (charter C11)."""

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

    class Meta:
        db_table = "complaint"
        indexes: ClassVar = [
            models.Index(fields=["answered_at", "received_at"], name="complaint_open"),
        ]


class ComplaintAuthor(models.Model):
    """Who wrote, only where she wished it herself: for her own page, and shown to nobody else. Goes when she is erased."""

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="author")
    person_id = models.CharField(max_length=64, db_index=True)

    class Meta:
        db_table = "complaint_author"


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


class ResidentCard(models.Model):
    """The printed card for somebody's own page. Its code is found by its front; the rest and the word lie under argon2."""

    front = models.CharField(max_length=6)
    secret = models.CharField(max_length=128)
    person_id = models.CharField(max_length=64)
    holder = models.CharField(max_length=8, help_text="self, or the guardian of a small child")
    services = models.TextField(help_text="ids of the services it opens, as far as its givers may see them themselves")
    givers = models.TextField(help_text="ids of who gave it or added to it")
    given_at = models.DateTimeField()
    by_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "resident_card"
        indexes: ClassVar = [
            models.Index(fields=["front"], name="resident_card_front"),
            models.Index(fields=["person_id"], name="resident_card_of"),
        ]
