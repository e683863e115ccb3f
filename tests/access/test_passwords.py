"""Passwords: length by what one reaches, no rule about signs, nothing that is tried first, and a slow hash."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client, override_settings

from doorstep.access import passwords
from doorstep.access.passwords import trouble
from doorstep.site import settings
from tests.cast import Township


@pytest.mark.parametrize(
    ("password", "role", "found"),
    [
        ("kuaiche9", "worker", None),
        ("kuaich9", "worker", "short"),
        ("kuaiche9", "supervisor", "short"),
        ("柳树 河边 三只鸭子", "worker", None),
        ("柳树 河边 三只鸭子 一把伞", "clerk", None),
        ("correct horse battery staple", "installer", None),
        ("aaaaaaaaaaaaaaaaaaaa", "installer", "common"),
        ("x" * 64 + "yz" * 10 + "w", "installer", None),
        ("abcd" * 40, "worker", "long"),
        ("password", "worker", "common"),
        ("Woaini1314", "worker", "common"),
        ("woaini2024!", "worker", "common"),
        ("5845201314", "worker", "common"),
        ("weishengyuan2026", "supervisor", "common"),
        ("doorstep-2026!", "supervisor", "common"),
        ("my-chenli-is-here", "supervisor", "name"),
    ],
)
def test_what_is_taken_as_a_password(password: str, role: str, found: str | None) -> None:
    assert trouble(password, role, "chenli", "陈丽") == found


def test_the_hash_is_argon2id_and_slow_enough() -> None:
    """OWASP's smallest: 19 MiB, two rounds."""
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    encoded = Argon2PasswordHasher().encode("a password", "a salt of sixteen")
    assert encoded.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")


@override_settings(PASSWORD_HASHERS=settings.PASSWORD_HASHERS)
def test_an_unknown_name_takes_as_long_and_a_very_long_password_no_longer(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = get_user_model().objects.get(username="worker")
    user.set_password("a password of hers")
    user.save()
    counted: list[int] = []
    real = Argon2PasswordHasher.encode

    def counting(self: Argon2PasswordHasher, *arguments: object, **more: object) -> str:
        counted[-1] += 1
        return real(self, *arguments, **more)  # type: ignore[arg-type]

    verify = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "encode", counting)

    def verifying(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        counted[-1] += 1
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2PasswordHasher, "verify", verifying)
    for name, typed in (("worker", "wrong"), ("nobody", "wrong"), ("nobody", "x" * 2_000_000)):
        counted.append(0)
        started = time.monotonic()
        assert passwords.member_of(None, name, typed) is None
        assert time.monotonic() - started < 5
    assert counted == [1, 1, 1]
    assert Client().post("/login", {"username": "worker", "password": "a password of hers"}).status_code == 302
