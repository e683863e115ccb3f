"""``web.said`` in templates: {{ visit.due_on|day }}, {{ person.birth_date|age:today }}, {{ words|text }}; {% icon "print" %}."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from doorstep.lib import sealed
from doorstep.lib.problems import Problem
from doorstep.register.fold import PersonRow
from doorstep.web import said
from doorstep.web.reader import language

register = template.Library()
register.filter("day", said.day)
register.filter("whole_day", said.whole_day)
register.filter("age", said.age)
register.filter("text", said.text)
register.filter("place", said.place)
register.filter("when", said.when)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture beside a word; it says nothing by itself."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("web/icons.svg"), name
    )


@register.filter
def reach(code: str) -> str:
    """How a person wants to be reached, in words; nothing when any way is fine."""
    return str(said.REACH.get(code, "")) if code != "any" else ""


@register.filter
def outcome(code: str) -> str:
    """What became of a call on the round."""
    return str(said.OUTCOMES.get(code, ""))


@register.filter
def finding(code: str) -> str:
    """What was found to be different on the round."""
    return str(said.FINDINGS.get(code, code))


@register.filter
def finding_short(code: str) -> str:
    """The same in a word, for the head of a table."""
    return str(said.FINDINGS_SHORT.get(code, code))


@register.filter
def called(person: PersonRow) -> str:
    """A person's name, unless she asked not to be listed by it."""
    return person.name if person.listed else _("Not listed by name")


@register.filter
def problem_said(problem: Problem) -> str:
    """A problem in the reader's words."""
    return problem.text(language())


@register.filter
def number(stored: str) -> str:
    """A phone number as it is shown: in the store it is sealed."""
    return sealed.opened(stored)


@register.filter
def may_be_called(code: str) -> bool:
    return code in said.MAY_BE_CALLED
