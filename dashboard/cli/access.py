"""Commands about who is in: `bijsluiter sessions | end-sessions | end-key`."""

import typer

from dashboard.accounts import sessions as open_ones
from dashboard.act import Seen
from dashboard.cli.problems import configured, stop
from dashboard.errors import NotFoundError
from dashboard.permissions import SYSTEM
from dashboard.portal import portal
from dashboard.typed import line_of

commands = typer.Typer()


@commands.command("sessions")
def list_sessions(name: str = typer.Option("", help="only people with these words in their name")) -> None:
    """Who is signed in: id, provider, role, last seen (UTC), name."""
    configured()
    with portal().look(SYSTEM) as act:
        rows = open_ones.signed_in(act, name)
        for row in rows:
            typer.echo(
                f"{row.id}\t{row.provider}\t{row.staff_role or '-'}\t{row.last_seen_at:%Y-%m-%d %H:%M}\t{line_of(row.name)}"
            )
        say_more(len(rows))
    if not rows:
        typer.echo("nobody is signed in", err=True)


@commands.command("end-sessions")
def end_sessions(person: str = typer.Argument(help="the id that `sessions` shows")) -> None:
    """Sign somebody out everywhere, at once. Whether they may come back is for the identity provider."""
    configured()
    try:
        with portal().act(SYSTEM) as act:
            ended = open_ones.end_sessions(act, Seen(person))
    except NotFoundError:
        stop(["nobody has this id: `bijsluiter sessions` shows who is signed in"])
        return
    typer.echo(f"{ended} sessions ended")


def say_more(shown: int) -> None:
    if shown == open_ones.LISTED:
        typer.echo(f"only the first {shown} are shown: narrow it with the option", err=True)


@commands.command("end-key")
def end_key(key: str = typer.Argument(help="the id that `keys` shows")) -> None:
    """End a key of any school: it opens nothing from now on."""
    configured()
    try:
        with portal().act(SYSTEM) as act:
            open_ones.end_key(act, Seen(key))
    except NotFoundError:
        stop(["there is no open key with this id: `bijsluiter keys` shows them"])
        return
    typer.echo("the key opens nothing any more")
