"""docs/access.md says of roles and verbs what the code says."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import override

from doorstep.access.permissions import ROLE_NAMES, ROLES
from doorstep.access.words import ROLE_SAYS, VERB_SAYS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"


def tables() -> str:
    """The tables as they follow from the lists of verbs."""
    with override("en"):
        who = [f"| `{role}` | {ROLE_NAMES[role]} | {ROLE_SAYS[role]} |" for role in ROLES]
        may = [
            f"| `{verb}` | {said} | {', '.join(f'`{role}`' for role, verbs in ROLES.items() if verb in verbs)} |"
            for verb, said in VERB_SAYS.items()
        ]
    return "\n".join(
        ("| role | name | |", "|---|---|---|", *who, "", "| verb | what it allows | roles |", "|---|---|---|", *may)
    )


def test_the_page_says_what_the_code_says() -> None:
    assert tables() in PAGE.read_text(encoding="utf-8")
