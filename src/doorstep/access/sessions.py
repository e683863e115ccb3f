"""Where somebody is logged in: sessions in the store, ended by whoever may, and never longer than the limits.

The store keeps a hash of what the browser holds: who reads the database cannot go on in somebody's name. The row carries
whose it is, so that all of somebody's can be listed and ended at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import Manager, Q

from doorstep.lib import days, db, writer

if TYPE_CHECKING:  # settings name this module: it is read before there are models
    from doorstep.access.models import Session

BEGAN, LABEL = "began", "label"  # in the session's own data: when, and on what kind of browser
_USER = "_auth_user_id"  # where Django keeps whose it is
SEEN_EVERY = timedelta(minutes=5)  # how often a session that goes on is written down
_ID_LENGTH = 16


def hashed(key: str) -> str:
    """What the store keeps of a session's key, which is 160 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def longest() -> timedelta:
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


def idle() -> timedelta:
    return timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def _stored() -> Manager[Session]:
    from doorstep.access.models import Session

    return Session.objects


class SessionStore(DatabaseStore):
    """Django's own, with keys hashed, owners known, and both limits kept by the server."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return _stored().model

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """The end that was asked for, but never later than the longest a log-in lasts."""
        asked = super().get_expiry_date(**kwargs)
        began = self.get(BEGAN)
        return min(asked, datetime.fromisoformat(began) + longest()) if began else asked

    def exists(self, session_key: str) -> bool:
        return _stored().filter(session_key=hashed(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            _stored().filter(session_key=hashed(key)).delete()

    def save(self, must_create: bool = False) -> None:
        """A store that cannot be written is told as what it is: the framework takes every failure for a session that somebody ended
        meanwhile, and would answer that the request was wrong."""
        try:
            super().save(must_create=must_create)
        except UpdateError as error:
            if isinstance(error.__context__, db.troubles()):
                raise error.__context__ from error
            raise

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        made = _stored().model(session_data=self.encode(data), expire_date=self.get_expiry_date())
        made.session_key = hashed(self._get_or_create_session_key())  # type: ignore[attr-defined]
        made.user_id, made.label = int(data.get(_USER, 0)), str(data.get(LABEL, ""))
        made.began_at = datetime.fromisoformat(data[BEGAN]) if BEGAN in data else days.now()
        made.seen_at = days.now()
        return made

    def _get_session_from_db(self) -> Session | None:
        now = days.now()
        asked = Q(session_key=hashed(self.session_key or ""), expire_date__gt=now, seen_at__gt=now - idle())
        found = _stored().filter(asked).first()
        if found is None:
            self._session_key = None
        elif found.seen_at < now - SEEN_EVERY:
            with suppress(*db.troubles()):  # a store that cannot be written is said where something is written
                writer.do(_seen, found.session_key)
        return found


def _seen(_connection: db.Db, keys: Sequence[str]) -> list[None]:
    _stored().filter(session_key__in=list(keys)).update(seen_at=days.now())
    return [None] * len(keys)


@dataclass(frozen=True, slots=True)
class LogIn:
    """One place where somebody is logged in. ``id`` names it and opens nothing."""

    id: str
    label: str
    began_at: datetime
    seen_at: datetime
    mine: bool = False  # the very one that asks

    @property
    def seen_on(self) -> Any:
        return days.day_of(self.seen_at)


def of(user_id: int, mine: str = "") -> list[LogIn]:
    """Where somebody is logged in now, the latest first. ``mine``: the key of the session that asks."""
    now, own = days.now(), hashed(mine) if mine else ""
    rows = _stored().filter(user_id=user_id, expire_date__gt=now, seen_at__gt=now - idle()).order_by("-seen_at")
    return [LogIn(r.session_key[:_ID_LENGTH], r.label, r.began_at, r.seen_at, r.session_key == own) for r in rows]


def end(user_id: int, session_id: str) -> bool:
    """End one of somebody's sessions at once. Gives whether there was one."""
    if len(session_id) != _ID_LENGTH:
        return False
    return _stored().filter(user_id=user_id, session_key__startswith=session_id).delete()[0] > 0


def end_all(user_id: int, but: str = "") -> int:
    """End all of somebody's sessions at once, except the one with the key ``but``. Gives how many."""
    theirs = _stored().filter(user_id=user_id)
    return int((theirs.exclude(session_key=hashed(but)) if but else theirs).delete()[0])


def tidy() -> None:
    """Delete what ended by itself."""
    now = days.now()
    _stored().filter(Q(expire_date__lte=now) | Q(seen_at__lte=now - idle())).delete()
