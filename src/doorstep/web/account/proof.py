"""Proving once more who one is, for a step that counts: the password again, or fresh digits of the second step."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from doorstep.access import attempts, passwords, second
from doorstep.lib import db
from doorstep.web import slowing
from doorstep.web.reader import actor_of


def trouble_with(request: HttpRequest, typed: str) -> str:
    """What is wrong with what was typed, in words; '' when it is right. Whoever has no second step may not sign at all,
    but in a store that was made for made-up people."""
    actor = actor_of(request)
    if second.is_asked_of(actor.role) and not second.is_set(actor.user_id):
        return _("First set up your second step, under “My log-in”.")
    word = typed.strip()
    if second.is_set(actor.user_id) and word.isdigit() and len(word) == second.DIGITS:
        return _by_digits(actor.user_id, word)
    return _by_password(request, actor.user_id, typed)


def _by_digits(user_id: int, digits: str) -> str:
    if wait := attempts.check("second", str(user_id)):
        return _too_many(wait)
    with db.transaction():
        right = second.right(user_id, digits)
    if not right:
        return _("That is not right, or it was used already. Wait for the next digits and try again.")
    attempts.passed("second", str(user_id))
    return ""


def _by_password(request: HttpRequest, user_id: int, password: str) -> str:
    if wait := attempts.check("password", str(user_id)):
        return _too_many(wait)
    username = get_user_model().objects.get(pk=user_id).get_username()
    found = passwords.member_of(request, username, password)
    if found is None or found.pk != user_id:
        return _("That is not your password. Nothing was changed.")
    attempts.passed("password", str(user_id))
    return ""


def _too_many(wait: int) -> str:
    return _("Too many tries. Please wait %(wait)s.") % {"wait": slowing.said(wait)}
