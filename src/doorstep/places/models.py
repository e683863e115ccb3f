"""The tree of places, and the counters every durable write passes."""

from __future__ import annotations

from django.db import models


class Place(models.Model):
    """A node of the tree: county, township, village, group … of any kind and depth."""

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=32)
    names = models.TextField(help_text="JSON: name by language")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    polygon = models.TextField(default="", help_text="GeoJSON geometry, '' when unknown")

    class Meta:
        db_table = "place"


class Counter(models.Model):
    """Named numbers. 'journal' is the entry sequence: its row is the one lock held from reading it to the commit,
    so that commit order is sequence order. 'settings' rises whenever places, people's rights, forms or packs change."""

    name = models.CharField(max_length=32, primary_key=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "counter"
