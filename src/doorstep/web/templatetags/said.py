"""``web.said`` in templates: {{ visit.due_on|day }}, {{ person.birth_date|age:today }}, {{ words|text }}."""

from __future__ import annotations

from django import template

from doorstep.web import said

register = template.Library()
register.filter("day", said.day)
register.filter("age", said.age)
register.filter("text", said.text)
register.filter("place", said.place)
register.filter("when", said.when)


@register.filter
def reach(code: str) -> str:
    """How a person wants to be reached, in words; nothing when any way is fine."""
    return str(said.REACH.get(code, "")) if code != "any" else ""


@register.filter
def may_be_called(code: str) -> bool:
    return code in said.MAY_BE_CALLED
