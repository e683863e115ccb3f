"""Packs installed, where each is switched on, and courses of care as worked out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from doorstep.places.models import Place


class PackVersion(models.Model):
    pack_id = models.CharField(max_length=64)
    version = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    files = models.BinaryField(help_text="the folder as a zip")
    installed_at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "pack_version"
        constraints: ClassVar = [models.UniqueConstraint(fields=["pack_id", "version"], name="pack_version_once")]


class PackSwitch(models.Model):
    """A dated decision, in one sequence with the entries: from now on this pack version (and schedule) holds
    at this place and below, or the pack is off there."""

    seq = models.BigIntegerField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT)
    pack_id = models.CharField(max_length=64)
    version = models.CharField(max_length=64)
    schedule = models.CharField(max_length=64, default="")
    is_on = models.BooleanField(default=True)
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "pack_switch"


class TagWord(models.Model):
    """A dated decision, in one sequence with the entries: someone vouches for a looser tag on one question as it read
    then, or takes that back. Two people make an acceptance, one of them the independent reviewer (``tags``)."""

    seq = models.BigIntegerField(primary_key=True)
    pack_id = models.CharField(max_length=64)
    form_id = models.CharField(max_length=64)
    question = models.CharField(max_length=250)
    tag = models.CharField(max_length=32)
    fingerprint = models.CharField(max_length=16)
    is_on = models.BooleanField(default=True)
    reviews = models.BooleanField(default=False)
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=80)

    class Meta:
        db_table = "tag_word"


class Episode(models.Model):
    person_id = models.CharField(max_length=64)
    pack_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=250)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    place_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "episode"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person_id", "pack_id", "kind", "key"], name="episode_once")
        ]
        indexes: ClassVar = [models.Index(fields=["pack_id", "kind", "place_id"], name="episode_by_place")]


class ServiceEnd(models.Model):
    """Derived: services a person has ended. There is no reason and no kind: a 'no' and any other end look alike."""

    person_id = models.CharField(max_length=64)
    service = models.CharField(max_length=64)
    ended_on = models.DateField()

    class Meta:
        db_table = "service_end"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person_id", "service"], name="service_end_once")]
