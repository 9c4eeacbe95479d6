"""`bijsluiter keys`: the keys of schools' systems; `bijsluiter keys rotate`: a new secret in the place of an old one."""

import sys
from collections.abc import Iterator

import typer

from dashboard import secret_marks
from dashboard.accounts import sessions as open_ones
from dashboard.cli.access import say_more
from dashboard.cli.problems import configured, database, stop
from dashboard.data_requests.upkeep import rotation
from dashboard.permissions import SYSTEM
from dashboard.portal import portal
from dashboard.typed import line_of

commands = typer.Typer(
    invoke_without_command=True, help="The keys of schools' systems; `rotate` puts a new secret in the place of an old one."
)


@commands.callback()
def list_keys(context: typer.Context, scope: str = typer.Option("", help="only those of this board, school or location")) -> None:
    """The keys of schools' systems that open something: id, whose, what for, last used, first signs, name."""
    if context.invoked_subcommand:
        return
    configured()
    with portal().look(SYSTEM) as act:
        rows = open_ones.open_keys(act, scope)
        for row in rows:
            typer.echo(
                f"{row.id}\t{row.scope}\t{row.use.value}\t{row.last_used_on or '-'}\t{row.begins_with}\t{line_of(row.label)}"
            )
        say_more(len(rows))
    if not rows:
        typer.echo("there is no open key", err=True)


@commands.command()
def rotate() -> None:
    """Put what lies under an older file secret under the one of now. The portal may go on meanwhile; cut off, the same command
    goes on.

    First set BIJSLUITER_FILE_SECRET to the new one and BIJSLUITER_OLD_FILE_SECRETS to a list with the old one, and restart.
    The same for a pepper: its old one stays in BIJSLUITER_OLD_PEPPERS until the requests of its days are removed.
    """
    configured()
    with database():
        with portal().act(SYSTEM) as act:
            secret_marks.keep(act)
            if changed := secret_marks.changed(act):
                stop([f"{name} isn't the secret of before, and that one isn't among the old ones" for name in changed])
            total = rotation.how_many(act)
        with typer.progressbar(length=total, label="keys", file=sys.stderr) as bar:
            for done in _pieces():
                bar.update(done)
        with portal().act(SYSTEM) as act:
            unneeded = rotation.settle(act)
    typer.echo(f"{total} put under the secret of now")
    for name in unneeded:
        typer.echo(f"nothing needs {name} any more: take it away")


def _pieces() -> Iterator[int]:
    while True:
        with portal().act(SYSTEM) as act:
            done = rotation.rotate_keys(act)
        if not done:
            break
        yield done
    while True:
        with portal().look(SYSTEM) as act:
            found = rotation.plain_files(act)
        if not found:
            break
        for file_id in found:
            with portal().act(SYSTEM) as act:
                rotation.give_key(act, file_id)
            yield 1
