"""bench faults: what becomes of a store when things break, tried as often as one likes."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from doorstep.site.commands.said import AsJson, say, say_json

# each suite is imported when the small store is ready: before that, nothing may read the settings
app = typer.Typer(
    help=_("Break things on a small store of its own and see that nothing promised is lost."), no_args_is_help=True
)
Suite = Callable[..., dict[str, Any]]
Seed = Annotated[int, typer.Option(help=_("The same seed tries the same."))]
Seconds = Annotated[float, typer.Option(min=0, help=_("Stop after so many seconds, if enough was tried by then."))]
Floor = Annotated[int, typer.Option(min=1, help=_("How often at least, however long it takes."))]
Template = Annotated[
    Path | None, typer.Option(help=_("Folder in which the small store is kept from one run to the next."))
]
FOR_EVER = 1e9


@app.command(help=_("kill -9 while records come in, phones sync, a store is brought up to date, backed up, restored."))
def kill(
    count: Annotated[int, typer.Option(min=1, help=_("How many kills."))] = 500,
    seed: Seed = 1,
    seconds: Seconds = FOR_EVER,
    floor: Floor = 1,
    template: Template = None,
    as_json: AsJson = False,
) -> None:
    def suite(*told: Any) -> dict[str, Any]:
        from doorstep.site.bench.faults import kill as bench

        return bench.measure(*told)

    _run(suite, count, seed, seconds, floor, template, as_json=as_json)


@app.command(help=_("The power fails while records come in: what the disk may hold then, opened again."))
def power(
    count: Annotated[int, typer.Option(min=1, help=_("How many images of the disk."))] = 2000,
    seed: Seed = 1,
    seconds: Seconds = FOR_EVER,
    floor: Floor = 1,
    template: Template = None,
    as_json: AsJson = False,
) -> None:
    def suite(*told: Any) -> dict[str, Any]:
        from doorstep.site.bench.faults import power as bench

        return bench.measure(*told)

    _run(suite, count, seed, seconds, floor, template, as_json=as_json)


@app.command(help=_("The disk says no, at every write in turn: full, broken, read-only."))
def disk(
    count: Annotated[
        int, typer.Option(min=1, help=_("How many refusals; there are not many more than a thousand."))
    ] = 10_000,
    seed: Seed = 1,
    seconds: Seconds = FOR_EVER,
    floor: Floor = 1,
    template: Template = None,
    as_json: AsJson = False,
) -> None:
    def suite(*told: Any) -> dict[str, Any]:
        from doorstep.site.bench.faults import errors as bench

        return bench.measure(*told)

    _run(suite, count, seed, seconds, floor, template, as_json=as_json)


def _run(
    suite: Suite, count: int, seed: int, seconds: float, floor: int, template: Path | None, *, as_json: bool
) -> None:
    from doorstep.site.bench.faults import stage

    with stage.scratch() as home:
        made = stage.build((template or home / "template").resolve())
        found = suite(made, home, count, seed, seconds, floor)
    if as_json:
        say_json(found)
        return
    for name, value in found.items():
        say(f"{name}: {value}")
