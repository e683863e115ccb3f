"""``verify``: what the charter is made of in this release, what of it is enforced, and what breaks it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from doorstep.engine.charter.checker import check
from doorstep.engine.charter.dictionary import shipped
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import Text
from doorstep.engine.outputs.output import Output
from doorstep.engine.outputs.tags import Acceptance
from doorstep.lib.problems import Problem

HERE = Path(__file__).resolve().parent
_CHECKER = (HERE, HERE.parent / "outputs")
_SUFFIXES = frozenset({".py", ".yaml", ".md"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as this release holds it. ``remains`` says what is not done yet, or can never be."""

    id: str
    title: Text
    enforced: bool
    remains: Text


Beside = Literal["no_reviewer", "made_up"]
"""What, besides the charter itself, keeps a store a demonstration: nobody works in it as the independent reviewer; it was
made for made-up people."""


@dataclass(frozen=True, slots=True)
class CharterReport:
    """For ``doorstep charter verify``, the About page and every report."""

    hash: str
    enforced: tuple[Clause, ...]
    not_enforced: tuple[tuple[str, Text], ...]  # clause, why
    dictionary_reviewed_by: tuple[str, ...]
    accepted: tuple[Acceptance, ...]
    problems: tuple[Problem, ...]
    beside: tuple[Beside, ...] = ()

    @property
    def demonstration_only(self) -> bool:
        """Whether every page must say: demonstration, not for real people (C20)."""
        return bool(self.not_enforced or self.problems or self.beside or not self.dictionary_reviewed_by)

    def accepted_by_pack(self) -> list[tuple[str, int, list[str]]]:
        """Looser tags two people accepted: the pack, of how many questions, and their names. Stands on every report."""
        names: dict[str, list[str]] = {}
        for one in self.accepted:
            names.setdefault(one.pack, []).extend((one.accepted_by, one.reviewed_by))
        return [(pack, len(said) // 2, sorted(set(said))) for pack, said in sorted(names.items())]

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """For ``--json``."""
        return {
            "hash": self.hash,
            "enforced": [
                {"clause": c.id, "title": c.title[language], "remains": c.remains[language]} for c in self.enforced
            ],
            "not_enforced": [{"clause": clause, "why": why[language]} for clause, why in self.not_enforced],
            "dictionary_reviewed_by": list(self.dictionary_reviewed_by),
            "accepted": [
                {
                    "pack": a.pack,
                    "form": a.form,
                    "question": a.question,
                    "tag": a.tag,
                    "by": [a.accepted_by, a.reviewed_by],
                }
                for a in self.accepted
            ],
            "beside": list(self.beside),
            "demonstration_only": self.demonstration_only,
            "problems": [problem.as_dict(language) for problem in self.problems],
        }


def verify(outputs: Iterable[Output], packs: Iterable[Pack], acceptances: Iterable[Acceptance] = ()) -> CharterReport:
    """Checks ``outputs`` and ``packs`` and says what this release's charter is and does."""
    accepted = tuple(a for a in acceptances if a.holds())
    return CharterReport(
        hash=charter_hash(),
        enforced=tuple(clause for clause in clauses() if clause.enforced),
        not_enforced=tuple((clause.id, clause.remains) for clause in clauses() if not clause.enforced),
        dictionary_reviewed_by=shipped().reviewed_by,
        accepted=accepted,
        problems=tuple(check(outputs, packs, acceptances=accepted)),
    )


@cache
def clauses() -> tuple[Clause, ...]:
    """C1 … C21 with their state in this release."""
    raw = yaml.safe_load((HERE / "clauses.yaml").read_text(encoding="utf-8"))
    return tuple(Clause(key, c["title"], c.get("enforced", False), c["remains"]) for key, c in raw.items())


@cache
def charter_hash() -> str:
    """sha256, as hex, over the charter's text in every language, the checker's sources, the lexicon and the dictionary."""
    digest = hashlib.sha256()
    for folder in _CHECKER:
        for file in sorted(f for f in folder.iterdir() if f.suffix in _SUFFIXES):
            content = file.read_text(encoding="utf-8").encode()  # line ends of any system count as one
            digest.update(f"{folder.name}/{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def charter_text(language: str) -> str:
    """The charter, clause by clause, as Markdown: 'zh' or 'en'."""
    return (HERE / f"charter.{'zh' if language.startswith('zh') else 'en'}.md").read_text(encoding="utf-8")
