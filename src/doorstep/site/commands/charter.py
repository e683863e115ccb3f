"""charter verify: what Doorstep will never do, and how much of that this release proves."""

from __future__ import annotations

from dataclasses import replace
from gettext import gettext as _

import typer

from doorstep.site import store
from doorstep.site.commands.said import AsJson, language, say, say_json, show_problems

app = typer.Typer(help=_("The charter: what Doorstep will never do."), no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``verify`` a word of its own although it is the only command."""


@app.command(help=_("Prove the charter on this program and on what is installed in the store."))
def verify(as_json: AsJson = False) -> None:
    store.connect()
    from doorstep.access.showing import declared
    from doorstep.engine import charter
    from doorstep.programmes import library, standing, tags

    report = charter.verify(declared().values(), library.latest_packs(), tags.acceptances())
    report = replace(report, beside=standing.beside())
    if as_json:
        say_json(report.as_dict(language()))
    else:
        say(_("Charter {hash}").format(hash=report.hash))
        say(_("Enforced: {clauses}").format(clauses=" ".join(clause.id for clause in report.enforced)))
        for clause, why in report.not_enforced:
            say(_("Not enforced yet: {clause}. {why}").format(clause=clause, why=why[language()]))
        for one in report.accepted:
            said = _("Looser tag accepted: {pack} {form} {question} = {tag}, by {first} and {second}.")
            say(said.format(pack=one.pack, form=one.form, question=one.question, tag=one.tag,
                            first=one.accepted_by, second=one.reviewed_by))  # fmt: skip
        show_problems(report.problems, as_json=False)
        if not report.dictionary_reviewed_by:
            say(_("Nobody independent has reviewed the dictionary of tags."))
        if "no_reviewer" in report.beside:
            say(_("Nobody works here as the independent reviewer."))
        if "made_up" in report.beside:
            say(_("This store was made for made-up people."))
        if report.demonstration_only:
            say(_("Demonstration, not for real people."))
    raise typer.Exit(1 if report.problems else 0)
