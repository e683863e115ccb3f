"""Whose paper it is: the head that papers of one person share. Nothing of marriage, children, permit or work."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from doorstep.web import said
from doorstep.web.paper.press import village
from doorstep.web.worker.story import Story


def who(story: Story) -> dict[str, Any]:
    """Name, sex, birthday, village and house. Of someone who asked not to be listed they stay empty, to be written by
    hand if she wishes."""
    person, home = story.person, story.home
    named = person.listed
    return {
        "name": person.name if named else "",
        "sex": _SEX[person.sex]() if named and person.sex in _SEX else "",
        "born": said.whole_day(person.birth_date) if named and person.birth_date else "",
        "village": village(person.place_id),
        "number": home.number if home else "",
    }


_SEX = {"female": lambda: _("female"), "male": lambda: _("male")}


def who_words() -> dict[str, Any]:
    return {
        "name": _("Name"),
        "sex": _("Sex"),
        "born": _("Born"),
        "village": _("Village"),
        "house": _("House"),
        "printed": _("Printed"),
        "clinic_word": _("Clinic"),
        "worker_word": _("Health worker"),
        "phone": _("Phone"),
    }
