"""Members and places as people type them: a log-in name, a place's code."""

from __future__ import annotations

from gettext import gettext as _
from typing import TYPE_CHECKING

from doorstep.site.store import Failure

if TYPE_CHECKING:  # the command line answers --help without loading the web framework
    from doorstep.access.queries import Member
    from doorstep.places.queries import Node


def member(username: str) -> Member:
    """The member with a log-in name. Raises Failure when there is none."""
    from doorstep.access import queries as access

    for one in access.staff().by_id.values():
        if one.username == username:
            return one
    raise Failure(_("There is no user “{name}”. See: doorstep user list").format(name=username))


def place(code: str) -> Node:
    """The place with a code. Raises Failure when there is none."""
    from doorstep.places import queries as places

    found = places.tree().by_code.get(code)
    if found is None:
        raise Failure(_("There is no place with the code “{code}”.").format(code=code))
    return found


def topmost() -> Node:
    """The one place with nothing above it. Raises Failure when there are several or none."""
    from doorstep.places import queries as places

    roots = places.tree().children.get(None, [])
    if len(roots) != 1:
        raise Failure(_("Say which place with --place CODE."))
    return roots[0]
