"""Forms in every version, and entries as they were received.

Entries never change; only ``state`` and ``problem`` are derived, by ``intake``.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Form(models.Model):
    """``owner_id`` is set for a bare form published by one person: only the owner sees and exports its entries."""

    form_id = models.CharField(max_length=250, primary_key=True)
    pack_id = models.CharField(max_length=64, default="")
    owner_id = models.BigIntegerField(null=True)
    current = models.CharField(max_length=250)
    open_to = models.CharField(max_length=16, default="open", help_text="open, closing or closed")
    title = models.TextField(help_text="JSON by language")

    class Meta:
        db_table = "form"


class FormVersion(models.Model):
    form_id = models.CharField(max_length=250)
    version = models.CharField(max_length=250)
    xml = models.TextField()
    md5 = models.CharField(max_length=32)
    use = models.TextField(default="{}", help_text="JSON: what its pack says about it, and its strictest data tag")
    published_at = models.DateTimeField()

    class Meta:
        db_table = "form_version"
        constraints: ClassVar = [models.UniqueConstraint(fields=["form_id", "version"], name="form_version_once")]


class Entry(models.Model):
    """One submitted form. ``variant`` is 0 for the first content of an instance, 1, 2 … for other contents under
    the same id, kept until a person settles which is right. ``root_id`` names the first of a chain of corrections."""

    seq = models.BigIntegerField(primary_key=True)
    form_id = models.CharField(max_length=250)
    form_version = models.CharField(max_length=250)
    instance_id = models.CharField(max_length=250)
    variant = models.SmallIntegerField(default=0)
    deprecates = models.CharField(max_length=250, null=True)
    person_id = models.CharField(max_length=64, null=True)
    household_id = models.CharField(max_length=64, null=True)
    occurred_on = models.DateField()
    received_on = models.DateField()
    received_at = models.DateTimeField()
    counter = models.BigIntegerField(default=0)
    author_id = models.BigIntegerField()
    answers = models.TextField(help_text="JSON, see engine.model.spec")
    faults = models.TextField(default="", help_text="JSON: what is wrong with the content itself, '' when nothing")
    state = models.SmallIntegerField(default=0)
    problem = models.CharField(max_length=40, default="")
    named_id = models.CharField(
        max_length=64, null=True, help_text="the person as the entry names her, where she is known to be another"
    )

    class Meta:
        db_table = "entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance_id", "form_id", "variant"], name="entry_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["person_id"], name="entry_person"),
            models.Index(
                fields=["household_id"], name="entry_household", condition=models.Q(household_id__isnull=False)
            ),
            models.Index(fields=["deprecates"], name="entry_deprecates", condition=models.Q(deprecates__isnull=False)),
            # the few notices in force are found among millions of entries
            models.Index(fields=["received_on"], name="entry_notices", condition=models.Q(form_id="birth_notice")),
            models.Index(fields=["named_id"], name="entry_named", condition=models.Q(named_id__isnull=False)),
            models.Index(fields=["state", "seq"], name="entry_open", condition=models.Q(state__gt=1)),
        ]


class EntryBody(models.Model):
    """The bytes exactly as received, sealed, with the random nonce the hash of what was received was taken with."""

    seq = models.BigIntegerField(primary_key=True)
    body = models.BinaryField()
    nonce = models.BinaryField()
    digest = models.BinaryField()
    device_id = models.BigIntegerField(default=0)
    device_label = models.CharField(max_length=250, default="")
    user_agent = models.CharField(max_length=250, default="")

    class Meta:
        db_table = "entry_body"


class EntryEntity(models.Model):
    """What one entry says about one item of a list: create or update, with the saved properties."""

    seq = models.BigIntegerField()
    ord = models.SmallIntegerField()
    dataset = models.CharField(max_length=120)
    entity_id = models.CharField(max_length=250)
    creates = models.BooleanField()
    updates = models.BooleanField()
    base_version = models.IntegerField(default=0)
    trunk_version = models.IntegerField(
        null=True, help_text="the version a run without network began from; empty: made on the device"
    )
    branch_id = models.CharField(
        max_length=64, db_default="", help_text="the run without network this change belongs to; '' for none"
    )
    label = models.TextField(default="")
    properties = models.TextField(help_text="JSON")
    named_id = models.CharField(max_length=64, null=True, help_text="the same for a person it makes or updates")

    class Meta:
        db_table = "entry_entity"
        indexes: ClassVar = [
            models.Index(fields=["named_id"], name="entry_entity_named", condition=models.Q(named_id__isnull=False)),
            models.Index(fields=["entity_id", "dataset"], name="entry_entity_of"),
            models.Index(fields=["seq"], name="entry_entity_by"),
        ]


class EntryNote(models.Model):
    """Derived: something the desk should look at in an entry that is nevertheless in force."""

    seq = models.BigIntegerField()
    code = models.CharField(max_length=60)
    args = models.TextField(default="{}")

    class Meta:
        db_table = "entry_note"
        indexes: ClassVar = [models.Index(fields=["seq"], name="entry_note_of")]


class PlaceEntry(models.Model):
    """Derived: an entry in force that is about a place, and about nobody."""

    seq = models.BigIntegerField(primary_key=True)
    form_id = models.CharField(max_length=250)
    place_id = models.BigIntegerField()
    occurred_on = models.DateField()

    class Meta:
        db_table = "place_entry"
        indexes: ClassVar = [models.Index(fields=["place_id", "occurred_on"], name="place_entry_held")]


class AnonymousAnswer(models.Model):
    """What somebody said on an anonymous form: no author, no person, no day; a township or wider place, and a month."""

    id = models.CharField(max_length=32, primary_key=True, help_text="by chance, so that it tells no order")
    form_id = models.CharField(max_length=250)
    place_id = models.BigIntegerField()
    month = models.DateField(help_text="the first day of the month")
    answers = models.TextField(help_text="JSON")

    class Meta:
        db_table = "anonymous_answer"
        indexes: ClassVar = [models.Index(fields=["place_id", "month"], name="anonymous_answer_of")]


class Quarantined(models.Model):
    """What a phone sent and the door could not take: its bytes, whole, until somebody sees to it. Never deleted by the
    program; ``let_in_seq`` is set when the door took it after all."""

    user_id = models.BigIntegerField()
    device_id = models.BigIntegerField()
    instance_id = models.CharField(max_length=250, help_text="as the phone calls it")
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    code = models.CharField(max_length=60)
    args = models.TextField(default="{}")
    at = models.DateTimeField()
    let_in_seq = models.BigIntegerField(null=True)

    class Meta:
        db_table = "quarantined"
        constraints: ClassVar = [models.UniqueConstraint(fields=["device_id", "sha256"], name="quarantined_once")]


class Attachment(models.Model):
    """A file of an entry; its bytes lie in the store under their digest."""

    seq = models.BigIntegerField()
    name = models.CharField(max_length=250)
    content_type = models.CharField(max_length=120, default="")
    digest = models.CharField(max_length=64, default="", help_text="'' while expected but not yet received")

    class Meta:
        db_table = "attachment"
        constraints: ClassVar = [models.UniqueConstraint(fields=["seq", "name"], name="attachment_once")]


class Erased(models.Model):
    """What is left of a record, a person or a family that was erased: a mark of the id, so that whoever sends it again is
    told, and the number, so that the sequence has no hole nobody can account for. Nothing says who or what it was."""

    mark = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the id")
    kind = models.CharField(max_length=16, help_text="record, person or household")
    seq = models.BigIntegerField(
        null=True, help_text="of a record; its number in a life of the store that is over may differ"
    )
    erased_on = models.DateField()
    by_id = models.BigIntegerField(help_text="who carried it out; 0: its time was over")
    n = models.BigIntegerField(default=0, help_text="the number phones count changes by, when it was erased")

    class Meta:
        db_table = "erased"
        indexes: ClassVar = [
            models.Index(fields=["n"], name="erased_since"),
            models.Index(fields=["seq"], name="erased_seq", condition=models.Q(seq__isnull=False)),
        ]


class EraseRequest(models.Model):
    """Somebody asked to be erased, or that one record of hers be. The row goes when it was carried out or taken back."""

    person_id = models.CharField(max_length=64)
    seq = models.BigIntegerField(null=True, help_text="of one record; null: everything")
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(help_text="who wrote it down; 0: the person, on her own page")

    class Meta:
        db_table = "erase_request"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person_id", "seq"], name="erase_request_once")]


class KeepWord(models.Model):
    """A dated decision on how long a kind of data is kept here. Rows are only ever added; the latest of a day holds."""

    purpose = models.CharField(max_length=80)
    days = models.IntegerField(null=True, help_text="null: not known, and nothing is ended")
    from_on = models.DateField()
    source = models.CharField(max_length=250)
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "keep_word"
