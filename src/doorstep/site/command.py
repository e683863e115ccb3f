"""The ``doorstep`` command. One module per group of commands stands in ``site/commands``.

``--store`` and ``--language`` may stand anywhere on the line. What is foreseen to go wrong is said in a sentence,
with exit code 1; a wrong use of the command itself gives exit code 2.
"""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Sequence
from pathlib import Path

ANYWHERE = ("--store", "--language")
CHINESE, ENGLISH = "zh_Hans", "en"
_LOCALE = Path(__file__).parent / "locale"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that was typed and end the process with its exit code."""
    typed = with_anywhere_first(list(sys.argv[1:] if arguments is None else arguments))
    speak(language_of(typed))
    if store := _value_of(typed, "--store"):
        os.environ["DOORSTEP_STORE"] = store  # before anything reads the settings
    from doorstep.site.commands import run

    sys.exit(run(typed))


def with_anywhere_first(typed: list[str]) -> list[str]:
    """The options that may stand anywhere, moved to the front where the command line parser expects them."""
    first: list[str] = []
    rest: list[str] = []
    n = 0
    while n < len(typed):
        one = typed[n]
        if one == "--":
            return [*first, *rest, *typed[n:]]
        if one in ANYWHERE and n + 1 < len(typed):
            first += [one, typed[n + 1]]
            n += 1
        elif one.startswith(tuple(f"{option}=" for option in ANYWHERE)):
            first += one.split("=", 1)
        else:
            rest.append(one)
        n += 1
    return [*first, *rest]


def language_of(typed: Sequence[str]) -> str:
    """The language to speak: ``--language``, else that of the terminal (LC_ALL, LC_MESSAGES, LANG), else English."""
    told = _value_of(typed, "--language") or next(
        filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), ""
    )
    return CHINESE if told.lower().startswith("zh") else ENGLISH


def speak(language: str) -> None:
    """Say everything from now on in ``language``: our own sentences and those of the command line parser."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("django", _LOCALE)
    gettext.textdomain("django")


def _value_of(typed: Sequence[str], option: str) -> str:
    return typed[typed.index(option) + 1] if option in typed else ""
