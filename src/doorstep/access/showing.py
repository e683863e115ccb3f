"""What each address shows: every view names its declared output, or says why it shows nobody.

    @shows("today")
    def today(request): …

    @shows_nobody("the log-in form", to="anyone")
    def log_in(request): …

``to`` says who may come: someone logged in, a device with its own address, a resident with her printed code and her
word, or anyone. A view without either is refused by the door (``web.middleware.DefaultDeny``), and an architecture test
finds it before that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, TypeVar

from django.apps import apps

from doorstep.engine.outputs import Output, Registry

View = TypeVar("View", bound=Callable[..., Any])
To = Literal["member", "device", "resident", "anyone"]


@dataclass(frozen=True, slots=True)
class Shows:
    """``output`` is the id of a declared output, '' when nobody is shown; ``reason`` then says what the view does."""

    output: str = ""
    reason: str = ""
    to: To = "member"


def shows(output: str, *, to: To = "member") -> Callable[[View], View]:
    """Name the declared output a view shows."""
    return _marked(Shows(output=output, to=to))


def shows_nobody(reason: str, *, to: To = "member") -> Callable[[View], View]:
    """Say why a view shows no person."""
    return _marked(Shows(reason=reason, to=to))


def _marked(what: Shows) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.shows = what  # type: ignore[attr-defined]
        return view

    return mark


@cache
def declared() -> Registry:
    """Every output declared in any room: the ``OUTPUTS`` of each app's ``outputs`` module.

    Raises Problems when an id stands twice or an output is not whole.
    """
    found: list[Output] = []
    for app in apps.get_app_configs():
        if app.name.startswith("doorstep.") and find_spec(f"{app.name}.outputs"):
            found += import_module(f"{app.name}.outputs").OUTPUTS
    return Registry(found)
