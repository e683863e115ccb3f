"""Every address of the server says what it shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from doorstep.access.permissions import ROLES
from doorstep.access.showing import Shows, declared


def addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, path)
        else:
            yield path, one


ALL = dict(addresses(get_resolver()))


def test_there_are_addresses() -> None:
    assert {"odk/<str:token>/formList", "login", ""} <= set(ALL)


@pytest.mark.parametrize("path", sorted(ALL))
def test_every_view_declares_what_it_shows(path: str) -> None:
    """No endpoint without an output, or a reason to show nobody (charter: declared outputs)."""
    said = getattr(ALL[path].callback, "shows", None)
    assert isinstance(said, Shows), f"{path}: put @shows(output) or @shows_nobody(reason) on its view"
    assert bool(said.output) != bool(said.reason)
    if said.output:
        assert said.output in declared()


def test_what_anyone_may_open_shows_nobody() -> None:
    for path, one in ALL.items():
        said: Shows = one.callback.shows  # type: ignore[attr-defined]
        assert said.to != "anyone" or not said.output, path


def test_every_output_is_for_roles_there_are() -> None:
    for output in declared().values():
        assert output.audience <= set(ROLES) | {"resident", "guardian", "anyone"}, output.id
