"""Reports that were checked and handed in, each as it read that day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ReportCopy(models.Model):
    """One step of a report, in one sequence with the entries: somebody checked it as it read then, or handed that very
    copy in. Rows are only ever added: a corrected report is a new copy beside the first."""

    seq = models.BigIntegerField(primary_key=True)
    report_id = models.CharField(max_length=64)
    place_id = models.BigIntegerField()
    period = models.CharField(max_length=32)
    step = models.CharField(max_length=16, help_text="'checked' or 'handed_in'")
    number = models.IntegerField(
        null=True, help_text="1 for the first copy handed in, 2 for the next; none while checked"
    )
    checked = models.BigIntegerField(
        null=True, help_text="seq of the checked copy that was handed in; none while checked"
    )
    content = models.TextField(help_text="everything it shows, as canonical JSON")
    sha256 = models.CharField(max_length=64, help_text="of the content's UTF-8 bytes")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=80)

    class Meta:
        db_table = "report_copy"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report_id", "place_id", "period", "number"], name="report_copy_number"),
            models.UniqueConstraint(fields=["checked"], name="report_copy_handed_in_once"),
        ]


class ShownCount(models.Model):
    """A count that was shown outside the care team, or hidden there, with what it was that day: who compares tables
    must not find out more than each of them tells. Kept for ever; a count that changed since is another row."""

    pack_id = models.CharField(max_length=64)
    measure = models.CharField(max_length=64, help_text="fingerprint of what is counted")
    place_id = models.BigIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    raw = models.BigIntegerField()
    hidden = models.BooleanField()
    lasting = models.BooleanField(help_text="hidden after its period was over: never shown again, whatever it becomes")

    class Meta:
        db_table = "shown_count"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pack_id", "measure", "place_id", "first_on", "last_on", "raw"], name="shown_count_once"
            )
        ]


class SettledPage(models.Model):
    """How a page of counts stood when it was settled, for all places at once. Rows are only ever added."""

    page = models.CharField(max_length=32)
    key = models.CharField(
        max_length=160, help_text="since when what only grows is counted; empty for how things stand"
    )
    settled_on = models.DateField()
    raws = models.TextField(help_text="JSON: place, kind, count with all below the place")
    hidden = models.TextField(help_text="JSON: place, kind")

    class Meta:
        db_table = "settled_page"
        indexes: ClassVar = [models.Index(fields=["page", "key"], name="settled_page_of")]


class MergedAreas(models.Model):
    """Which areas were merged for a period, and which of them had a small count: a second total over other areas, taken
    from this one, must not tell such a count."""

    root_id = models.BigIntegerField()
    pack_id = models.CharField(max_length=64)
    report_id = models.CharField(max_length=64)
    first_on = models.DateField()
    last_on = models.DateField()
    codes = models.TextField()
    small = models.TextField()

    class Meta:
        db_table = "merged_areas"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["root_id", "pack_id", "report_id", "first_on", "last_on"], name="merged_areas_once"
            )
        ]
