"""report check: do the rates and totals of a table somebody typed follow from its own figures? No store is needed."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Annotated

import typer

from doorstep.site.commands.said import AsJson, language, say, say_json


def check_table(
    file: Annotated[Path, typer.Argument(metavar=_("FILE"), help=_("The table: .xlsx or .csv."), exists=False)],
    as_json: AsJson = False,
) -> None:
    """Exit code 1 when a rate or total does not follow from its own figures."""
    from doorstep.exchange.typed_table import check

    answer = check(file)
    if as_json:
        told = {
            "wrong": [{**p.as_dict(language()), **p.args} for p in answer.wrong],
            "unrelated": [{**p.as_dict(language()), **p.args} for p in answer.unrelated],
            "right": answer.right,
        }
        say_json(told)
        raise typer.Exit(1 if answer.wrong else 0)
    for one in (*answer.wrong, *answer.unrelated):
        say(one.text(language()))
    if answer.nothing:
        say(_("There is no rate and no total in this table that could be checked."))
        return
    say(
        ngettext("{n} follows from its own figures.", "{n} follow from their own figures.", answer.right).format(
            n=answer.right
        )
    )
    if answer.unrelated:
        n = len(answer.unrelated)
        say(ngettext("{n} could not be checked.", "{n} could not be checked.", n).format(n=n))
    if answer.wrong:
        n = len(answer.wrong)
        say(ngettext("{n} does not follow.", "{n} do not follow.", n).format(n=n))
        raise typer.Exit(1)
