"""Who works here and what each may reach. People are known here by id only."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from doorstep.places.models import Place


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Someone who logs in. One role each; where they work is in ``Catchment``."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=24)
    clinic = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="staff")
    phone = models.TextField(default="", blank=True, help_text="sealed, see lib.sealed")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "account"


class Catchment(models.Model):
    """A place (with all below it) someone serves, from a day to a day; perhaps in the place of somebody else."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="catchments")
    place = models.ForeignKey(Place, on_delete=models.PROTECT)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    covers_id = models.BigIntegerField(null=True, help_text="the member whose work this is, while it is covered")
    by_id = models.BigIntegerField(null=True, help_text="who decided it, where somebody did on a page")

    class Meta:
        db_table = "catchment"


class Device(models.Model):
    """A phone's own address for sending and fetching. Only a hash of its token is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=80, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    signed_out_at = models.DateTimeField(null=True, help_text="its people have to go at its next contact")
    desk_code = models.CharField(
        max_length=40, db_default="", default="", help_text="opens the sealed store of the phone, and nothing else"
    )
    last_contact_at = models.DateTimeField(null=True)
    collect_until = models.DateField(
        null=True, help_text="last day another app (ODK Collect) may use this address; empty: never switched on"
    )
    sent = models.IntegerField(db_default=0, help_text="records it says it handed over, ever")
    unsent = models.IntegerField(db_default=0, help_text="records it said it still held, at the last contact")

    class Meta:
        db_table = "device"


class CareMember(models.Model):
    """Derived: who a person named for a service. Either someone, or everyone of a clinic."""

    person_id = models.CharField(max_length=64)
    service = models.CharField(max_length=64)
    user_id = models.BigIntegerField(default=0)
    clinic_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "care_member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person_id", "service", "user_id", "clinic_id"], name="care_member_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user_id", "person_id"], name="care_by_user", condition=models.Q(user_id__gt=0)),
            models.Index(fields=["clinic_id", "person_id"], name="care_by_clinic", condition=models.Q(clinic_id__gt=0)),
        ]


class Consent(models.Model):
    """Derived: the last word of a person (or her guardian) about one purpose. No row: nobody asked yet."""

    person_id = models.CharField(max_length=64)
    purpose = models.CharField(max_length=24)
    given = models.BooleanField()
    said_by = models.CharField(max_length=16)
    since = models.DateField()
    until_on = models.DateField(null=True, help_text="from this day on the guardian's yes does not hold any more")

    class Meta:
        db_table = "consent"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person_id", "purpose"], name="consent_once")]


class AccessLog(models.Model):
    """Who was shown whom: one row per page, durable before anything of a person is read."""

    at = models.DateTimeField()
    user_id = models.BigIntegerField()
    role = models.CharField(max_length=24)
    output = models.CharField(max_length=80)
    persons = models.TextField(help_text="JSON list of ids; '~' and a digest in the place of somebody who was erased")
    salt = models.TextField(db_default="", default="", help_text="what the digests of its persons are salted with")

    class Meta:
        db_table = "access_log"
        indexes: ClassVar = [models.Index(fields=["user_id", "at"], name="access_log_by_user")]


class Attempt(models.Model):
    """How often something was guessed wrongly of late, by a keyed hash of what was guessed at or of the address."""

    key_hash = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)
    failures = models.IntegerField()
    wait_until = models.BigIntegerField(help_text="seconds since 1970: before that nothing is tried")
    forget_at = models.BigIntegerField(db_index=True, help_text="seconds since 1970: from then on the row is deleted")

    class Meta:
        db_table = "attempt"


class AttemptSalt(models.Model):
    """What addresses are hashed with on one day."""

    on_day = models.DateField(unique=True)
    salt = models.CharField(max_length=64)

    class Meta:
        db_table = "attempt_salt"


class AccessBatch(models.Model):
    """What was logged by one commit: the digest of its rows, sealed together with the seal of the batch before."""

    n = models.BigIntegerField(primary_key=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    key_name = models.CharField(max_length=16)
    seal = models.CharField(max_length=64)

    class Meta:
        db_table = "access_batch"


class AccessOpened(models.Model):
    """Worked out from the log: on which days somebody was shown a person."""

    person_id = models.CharField(max_length=64)
    user_id = models.BigIntegerField()
    role = models.CharField(max_length=24)
    day = models.DateField()

    class Meta:
        db_table = "access_opened"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person_id", "day", "user_id", "role"], name="access_opened_once")
        ]


class Session(AbstractBaseSession):
    """Somebody logged in on one browser; ``session_key`` is a hash of what that browser holds (``sessions``)."""

    user_id = models.BigIntegerField(default=0, db_index=True, help_text="0: nobody yet")
    label = models.CharField(max_length=80, default="", blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "log_in"


class SignIn(models.Model):
    """How somebody logs in besides the password: the second step, sealed, and whether the password is to be changed."""

    user_id = models.BigIntegerField(unique=True)
    must_change = models.BooleanField(db_default=False, default=False)
    secret = models.CharField(max_length=200, db_default="", default="")
    offered = models.CharField(max_length=200, db_default="", default="", help_text="shown, not yet confirmed")
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(
        db_default=0, default=0, help_text="no digits of this step or before count again"
    )

    class Meta:
        db_table = "sign_in"


class RecoveryCode(models.Model):
    """A code that stands in for the second step once. Used ones are deleted."""

    user_id = models.BigIntegerField(db_index=True)
    code_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "recovery_code"


class AccountEvent(models.Model):
    """What happened to a log-in, and who did it."""

    user_id = models.BigIntegerField(db_index=True)
    what = models.CharField(max_length=24)
    at = models.DateTimeField(db_index=True)
    by_id = models.BigIntegerField(null=True, help_text="empty: at the machine, by a command")
    label = models.CharField(max_length=80, db_default="", default="")

    class Meta:
        db_table = "account_event"


class BrokenGlass(models.Model):
    """One person's record opened in an emergency by somebody she did not name: why, and until when."""

    user_id = models.BigIntegerField()
    role = models.CharField(max_length=24)
    person_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=24)
    words = models.CharField(
        max_length=100, default="", help_text="in the opener's own words; the person may read them"
    )
    at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "broken_glass"
        indexes: ClassVar = [
            models.Index(fields=["person_id"], name="broken_glass_person"),
            models.Index(fields=["at"], name="broken_glass_at"),
        ]
