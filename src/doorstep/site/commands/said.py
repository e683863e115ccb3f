"""How commands speak: tables for people, JSON for programs, progress for long work, sentences for what went wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from gettext import gettext as _
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from doorstep.lib.problems import Problem, Problems
from doorstep.site.store import Failure

AsJson = Annotated[bool, typer.Option("--json", help=_("Answer as JSON, for programs."))]
AsOf = Annotated[
    str, typer.Option("--as-of", help=_("As known then: the end of a day, 2026-05-05, or a time, 2026-05-05T09:30."))
]
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def language() -> str:
    """The language of this terminal as texts in packs and problems name it: zh or en."""
    return os.environ.get("LANGUAGE", "en").split("_")[0]


def say(sentence: str) -> None:
    out.print(sentence, markup=False)


def tell_wrong(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        err.print(sentence, markup=False)


def say_json(value: Any) -> None:
    """One JSON value on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def show(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, as_json: bool, none: str) -> None:
    """Rows as a table with titled ``columns`` (or as JSON, whole). ``none``: what to say when there are none."""
    if as_json:
        say_json([dict(row) for row in rows])
        return
    if not rows:
        say(none)
        return
    table = Table(box=None, pad_edge=False)
    for title in columns.values():
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*("" if row[key] is None else str(row[key]) for key in columns))
    out.print(table, markup=False)


def show_problems(problems: Sequence[Problem], *, as_json: bool) -> None:
    """Problems in order, one line each."""
    if as_json:
        say_json([problem.as_dict(language()) for problem in problems])
        return
    for problem in problems:
        say(problem.text(language()))


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error: call what it gives with (done, of)."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of or None)


def step(sentence: str) -> None:
    """One step of longer work, on standard error."""
    err.print(f"· {sentence}", markup=False)


def explain(error: Exception) -> list[str] | None:
    """A foreseen failure as sentences; None for what nobody foresaw."""
    from doorstep.forms.actions import AlreadyPublished, TakenFormId
    from doorstep.programmes.actions import OtherContent

    if isinstance(error, Failure):
        return [str(error)]
    if isinstance(error, Problems):
        return [problem.text(language()) for problem in error.problems]
    if isinstance(error, AlreadyPublished):
        return [_("{form} was published with other content. Give the form a new version.").format(form=error)]
    if isinstance(error, TakenFormId):
        return [_("The form id {form} belongs to someone else. Choose another form_id.").format(form=error)]
    if isinstance(error, OtherContent):
        return [
            _("{pack} is installed with other content. Give the programme a new version in pack.yaml.").format(
                pack=error
            )
        ]
    return _of_the_machine(error)


def _of_the_machine(error: Exception) -> list[str] | None:
    if isinstance(error, PermissionError | FileNotFoundError | IsADirectoryError | NotADirectoryError):
        return [_("Cannot use {file}: {why}").format(file=error.filename, why=error.strerror)]
    if isinstance(error, OSError):
        return [_("The machine refused: {why}").format(why=error.strerror or error)]
    if type(error).__name__ == "OperationalError":  # of the database driver or of Django's
        return [_("The database cannot be used: {why}").format(why=error)]
    return None
