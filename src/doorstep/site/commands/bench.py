"""bench: how fast the program is on this machine."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from doorstep.site.commands import faults
from doorstep.site.commands.said import AsJson, say, say_json

# each bench is imported when the copy is ready: before that, nothing may read the settings
app = typer.Typer(help=_("Measure this machine, on a copy of a demonstration store."), no_args_is_help=True)
app.add_typer(faults.app, name="faults")
People = Annotated[int, typer.Option(min=1, help=_("How many people, when a store has to be made first."))]
Seed = Annotated[int, typer.Option(help=_("The same seed measures the same."))]


@app.command(help=_("Records a second from many phones at once, each durable and followed up when answered."))
def intake(
    senders: Annotated[int, typer.Option(min=1, help=_("Phones that send at once."))] = 32,
    count: Annotated[int, typer.Option(min=1, help=_("How many records."))] = 6000,
    people: People = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        from doorstep.site.bench import intake as bench

        return bench.measure(folder, senders, count, seed)

    _on_a_copy(people, seed, measure, as_json=as_json)


@app.command(help=_("The page a worker starts her day with."))
def worklist(
    count: Annotated[int, typer.Option(min=1, help=_("How many pages."))] = 300,
    people: People = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        from doorstep.site.bench import pages

        return pages.worklist(folder, count)

    _on_a_copy(people, seed, measure, as_json=as_json)


@app.command(help=_("Finding a person by name, pinyin or the end of a phone number."))
def search(
    count: Annotated[int, typer.Option(min=1, help=_("How many searches."))] = 300,
    people: People = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        from doorstep.site.bench import pages

        return pages.search(folder, count, seed)

    _on_a_copy(people, seed, measure, as_json=as_json)


@app.command(help=_("What working out one person costs."))
def person(
    count: Annotated[int, typer.Option(min=1, help=_("How many people to try."))] = 300,
    people: People = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        del folder
        from doorstep.site.bench import person as bench

        return bench.measure(count)

    _on_a_copy(people, seed, measure, as_json=as_json)


@app.command(help=_("Everybody's due visits at once, beside the same written by hand."))
def rules(
    people: Annotated[
        int, typer.Option(min=1, help=_("How many people under care, copied from the store's."))
    ] = 100_000,
    rounds: Annotated[int, typer.Option(min=1, help=_("How often each is run; the middle time counts."))] = 3,
    made_of: Annotated[int, typer.Option(min=1, help=_("How many people, when a store has to be made first."))] = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        del folder
        from doorstep.site.bench import rules as bench

        return bench.measure(people, rounds)

    _on_a_copy(made_of, seed, measure, as_json=as_json)


@app.command(help=_("Whole lists and reports from the warehouse, at any size, beside the same written by hand."))
def warehouse(
    people: Annotated[int, typer.Option(min=1, help=_("How many people, copied from the store's."))] = 100_000,
    entries: Annotated[int, typer.Option(min=1, help=_("About how many records they have together."))] = 2_000_000,
    synced: Annotated[int, typer.Option(min=1, help=_("How many new records a sync reads from the store."))] = 200_000,
    figures: Annotated[bool, typer.Option(help=_("Work out everybody's figures as well, which takes longest."))] = True,
    made_of: Annotated[int, typer.Option(min=1, help=_("How many people, when a store has to be made first."))] = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        del folder
        from doorstep.site.bench import warehouse as bench

        return bench.measure(people, entries, synced, figures)

    _on_a_copy(made_of, seed, measure, as_json=as_json)


@app.command(help=_("What the access log and sealing cost: records and pages with and without them, in one run."))
def trust(
    senders: Annotated[int, typer.Option(min=1, help=_("Phones that send at once."))] = 32,
    count: Annotated[int, typer.Option(min=1, help=_("How many records in a round."))] = 1000,
    pages: Annotated[int, typer.Option(min=1, help=_("How many pages in a round."))] = 200,
    rounds: Annotated[int, typer.Option(min=1, help=_("How many rounds."))] = 4,
    people: People = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        from doorstep.site.bench import trust as bench

        return bench.measure(folder, senders, count, pages, rounds, seed)

    _on_a_copy(people, seed, measure, as_json=as_json)


@app.command(help=_("Memory of the server after pages and records."))
def memory(
    people: People = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        from doorstep.site.bench import memory as bench

        return bench.measure(folder, seed)

    _on_a_copy(people, seed, measure, as_json=as_json)


@app.command(help=_("Many records of one phone in one go."))
def push(
    entries: Annotated[int, typer.Option(min=1, max=500, help=_("How many records in one push."))] = 500,
    people: People = 3000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        from doorstep.site.bench import phone as bench

        return bench.push(folder, entries, seed)

    _on_a_copy(people, seed, measure, as_json=as_json)


@app.command(help=_("A phone fetches everybody for the first time, and asks again when nothing is new."))
def pull(
    people: People = 3000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        from doorstep.site.bench import phone as bench

        return bench.pull(folder)

    _on_a_copy(people, seed, measure, as_json=as_json)


@app.command("app", help=_("The app on a phone made slow, over a thin line: first sync, Today, a form."))
def app_(
    people: People = 4300,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        from doorstep.site.bench import app as bench

        return bench.measure(folder, seed)

    _on_a_copy(people, seed, measure, as_json=as_json)


@app.command(help=_("Random weather between phones and this server: what was lost, doubled or altered."))
def schedules(
    count: Annotated[int, typer.Option(min=1, help=_("How many schedules."))] = 1000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    from doorstep.site.bench.stand import connected_empty

    with connected_empty():
        from doorstep.site.bench import schedules as bench

        _tell(bench.measure(count, seed), as_json=as_json)


@app.command(
    help=_("Records, tables and packs wrong in every way: no fault, two seconds and 256 MB at most, or it fails.")
)
def fuzz(
    count: Annotated[int, typer.Option(min=1, help=_("How many records."))] = 100_000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    from doorstep.site.bench.stand import connected_empty

    with connected_empty() as folder:
        from doorstep.site.bench import fuzz as bench

        found = bench.measure(folder, count, seed)
    _tell(found, as_json=as_json)
    if not found["held"]:
        raise typer.Exit(1)


@app.command(
    help=_(
        "Many phones for a long time while the server is killed now and then: nothing lost, memory flat, or it fails."
    )
)
def soak(
    minutes: Annotated[float, typer.Option(min=0.1, help=_("How long."))] = 30.0,
    devices: Annotated[int, typer.Option(min=1, help=_("How many phones."))] = 50,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    from doorstep.site.bench.stand import connected_empty

    with connected_empty() as folder:
        from doorstep.site.bench import soak as bench

        found = bench.measure(folder, minutes, devices, seed)
    _tell(found, as_json=as_json)
    if not found["held"]:
        raise typer.Exit(1)


@app.command(help=_("Due visits of everybody on Spark: the same rows as DuckDB's, and the time of both."))
def spark(
    people: Annotated[int, typer.Option(min=1, help=_("How many people under care, copied from the store's."))] = 10000,
    pack: Annotated[list[str] | None, typer.Option(help=_("A programme's id; may be given again."))] = None,
    made_of: People = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    def measure(folder: Path) -> dict[str, Any]:
        del folder
        from doorstep.site.bench import spark as bench

        return bench.measure(people, tuple(pack or ("hypertension", "maternal", "child")))

    _on_a_copy(made_of, seed, measure, as_json=as_json)


def _on_a_copy(people: int, seed: int, measure: Callable[[Path], dict[str, Any]], *, as_json: bool) -> None:
    from doorstep.site.bench.stand import connected_copy

    with connected_copy(people, seed) as folder:
        found = measure(folder)
    _tell(found, as_json=as_json)


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    for name, value in found.items():
        say(f"{name}: {value}")
