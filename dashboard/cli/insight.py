"""Commands about the counts by day: `bijsluiter insight verify | rebuild`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from dashboard.cli.problems import configured, database
from dashboard.data_requests.upkeep import recount
from dashboard.data_requests.upkeep.recount import Difference
from dashboard.permissions import SYSTEM
from dashboard.portal import portal

commands = typer.Typer(no_args_is_help=True, help="The counts by day: compare them with the event log, or mend them.")
DIFFERENT = 1


@commands.command()
def verify() -> None:
    """Count anew from the event log and name each difference with what is kept. The exit code is 0 when there is none.

    Cut off, the same command goes on where it was.
    """
    configured()
    with database():
        found = _differences()
        with portal().act(SYSTEM) as act:
            recount.forget(act)
    for each in found:
        count = each.of
        where = " ".join(filter(None, (count.right or "all rights", count.role, count.channel, count.detail)))
        typer.echo(f"{count.fact.value} on {count.day} ({where}, value {count.value}): kept {each.kept}, counted {each.counted}")
    typer.echo(f"{len(found)} differences")
    if found:
        raise typer.Exit(DIFFERENT)


@commands.command()
def rebuild() -> None:
    """Count anew and mend what differs; the portal may go on meanwhile. Cut off, the same command goes on where it was."""
    configured()
    with database():
        typer.echo(f"{fill()} counts mended")


def fill() -> int:
    found = _differences()
    with portal().act(SYSTEM) as act:
        recount.mend(act, found)
        recount.forget(act)
    return len(found)


def _differences() -> list[Difference]:
    with portal().look(SYSTEM) as act:
        total, done = recount.how_many_events(act), recount.how_many_recounted(act)
    with _bar(total) as told:
        told(done)
        more = True
        while more:
            with portal().look(SYSTEM) as act:
                piece = recount.count_next(act)
            with portal().act(SYSTEM) as act:
                more = recount.keep(act, piece)
            told(piece.events)
        with portal().look(SYSTEM) as act:
            return recount.differences(act)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    with typer.progressbar(length=total, label="events", file=typer.get_text_stream("stderr")) as bar:
        yield bar.update
