"""The two lists every store has, person and household, and their properties.

Forms write them by the standard ``save_to``; rules read them as ``person.birth_date``. Other entity lists
may be made by any form; these two are the ones Doorstep itself understands.

The standard reserves ``name`` and ``label`` in entity lists, so no form can ``save_to: name``: a person's
``name`` is the entity's label. A blank label in an update leaves the name as it was.
"""

from __future__ import annotations

PERSON = "person"
HOUSEHOLD = "household"

# property → (rules type, data tag). Everything is text in a submission; 'date' is ISO.
PERSON_PROPERTIES: dict[str, tuple[str, str]] = {
    "name": ("text", "identity"),
    "sex": ("text", "service"),  # 'female' | 'male' | 'other'
    "birth_date": ("date", "identity"),
    "id_number": ("text", "identity"),
    "phone": ("text", "identity"),
    "household": ("text", "identity"),  # id of the household
    "relation": ("text", "household.marital"),  # to the head; kept for the family's own sheet only
    "place": ("text", "household.residence"),  # place code; only when served away from the household
    "reach": ("text", "identity"),  # 'any' | 'only_me' | 'not_home' | 'clinic_only' | 'none'
    "moved_in_on": ("date", "household.residence"),
    "left_on": ("date", "household.residence"),
    "died_on": ("date", "sensitive.health"),
    "listed": ("text", "identity"),  # 'no' after "do not list us"
}

HOUSEHOLD_PROPERTIES: dict[str, tuple[str, str]] = {
    "number": ("text", "household.residence"),
    "place": ("text", "household.residence"),  # place code
    "address": ("text", "identity"),
    "walk_order": ("integer", "household.residence"),
    "dwelling": ("text", "household.residence"),
    "listed": ("text", "identity"),  # 'no' after "do not list us": only the number remains
    "visits": ("text", "identity"),  # 'no' after "do not visit us"
}
