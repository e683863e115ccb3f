"""People and households, all derived from entries, and what finds them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Household(models.Model):
    id = models.CharField(max_length=64, primary_key=True)
    number = models.CharField(max_length=64, default="")
    place_id = models.BigIntegerField(null=True)
    address = models.TextField(default="")
    walk_order = models.IntegerField(null=True)
    dwelling = models.CharField(max_length=64, default="")
    listed = models.BooleanField(default=True)
    visits = models.BooleanField(default=True)
    label = models.TextField(default="")
    version = models.IntegerField(default=1)
    properties = models.TextField(default="{}", help_text="JSON: every saved property")

    class Meta:
        db_table = "household"
        indexes: ClassVar = [models.Index(fields=["place_id", "walk_order"], name="household_walk")]


class Person(models.Model):
    id = models.CharField(max_length=64, primary_key=True)
    household_id = models.CharField(max_length=64, null=True)
    place_id = models.BigIntegerField(null=True)
    name = models.TextField(default="")
    sex = models.CharField(max_length=16, default="")
    birth_date = models.DateField(null=True)
    phone = models.TextField(default="", help_text="sealed, see lib.sealed")
    reach = models.CharField(max_length=24, default="")
    moved_in_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    died_on = models.DateField(null=True)
    listed = models.BooleanField(default=True)
    label = models.TextField(default="")
    version = models.IntegerField(default=1)
    properties = models.TextField(default="{}", help_text="JSON: every saved property")

    class Meta:
        db_table = "person"
        indexes: ClassVar = [
            models.Index(fields=["household_id"], name="person_household"),
            models.Index(fields=["place_id"], name="person_place"),
        ]


class PersonAlias(models.Model):
    """Derived: somebody written down twice. ``same_as``: under which id everything of hers stands; ``since``: the day on
    which somebody said so."""

    person_id = models.CharField(max_length=64, primary_key=True)
    same_as = models.CharField(max_length=64)
    since = models.DateField()

    class Meta:
        db_table = "person_alias"
        indexes: ClassVar = [models.Index(fields=["same_as"], name="person_alias_of")]


class RoundCall(models.Model):
    """Derived: what became of one call at a door on a round, in the order of a household's records. Who called, and
    who wrote what was found to be different, stands nowhere here: nobody is blamed for telling."""

    household_id = models.CharField(max_length=64)
    n = models.IntegerField(help_text="its place in the order of the household's calls")
    seq = models.BigIntegerField(help_text="the record in force, for taking it back")
    walked_on = models.DateField()
    outcome = models.CharField(max_length=24)
    findings = models.CharField(max_length=60, default="", help_text="of 'wrong missing double invented'")
    remark = models.TextField(default="")
    settled = models.BooleanField(default=False)

    class Meta:
        db_table = "round_call"
        constraints: ClassVar = [models.UniqueConstraint(fields=["household_id", "n"], name="round_call_once")]


class SearchTerm(models.Model):
    """One way to find a person inside one place: suffixes of the name, pinyin, initials; numbers by keyed hashes."""

    place_id = models.BigIntegerField()
    term = models.CharField(max_length=80)
    person_id = models.CharField(max_length=64)

    class Meta:
        db_table = "search_term"
        indexes: ClassVar = [
            models.Index(fields=["place_id", "term", "person_id"], name="search_by_term"),
            models.Index(fields=["person_id"], name="search_of_person"),
        ]


class Entity(models.Model):
    """Items of entity lists other than persons and households, made by any form's own declarations."""

    dataset = models.CharField(max_length=120)
    entity_id = models.CharField(max_length=64)
    label = models.TextField(default="")
    version = models.IntegerField(default=1)
    properties = models.TextField(default="{}")

    class Meta:
        db_table = "entity"
        constraints: ClassVar = [models.UniqueConstraint(fields=["dataset", "entity_id"], name="entity_once")]


class ImportRun(models.Model):
    """One import of a register file: what it did and, if it was taken back, when."""

    at = models.DateTimeField()
    user_id = models.BigIntegerField()
    file_name = models.CharField(max_length=200)
    summary = models.TextField(help_text="JSON: counts, mapped columns, the receipt of refused columns")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import_run"


class PullMark(models.Model):
    """Derived: the number of the last change of a person or family, for phones that ask what is new."""

    kind = models.CharField(max_length=16)
    item_id = models.CharField(max_length=64)
    n = models.BigIntegerField()

    class Meta:
        db_table = "pull_mark"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "item_id"], name="pull_mark_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "n"], name="pull_mark_since")]


class PullLeft(models.Model):
    """Somebody was taken out of a place or a care team: phones that held her are told to let go of her."""

    n = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    item_id = models.CharField(max_length=64)
    place_id = models.BigIntegerField(default=0)
    user_id = models.BigIntegerField(default=0)
    clinic_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "pull_left"
        indexes: ClassVar = [models.Index(fields=["n"], name="pull_left_since")]
