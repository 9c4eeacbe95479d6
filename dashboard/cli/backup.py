"""`bijsluiter backup-key FILE | backup FOLDER | restore FILE`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from dashboard import backups, migrate
from dashboard.cli.problems import configured, database, stop
from dashboard.clock import utc_now
from dashboard.data_requests.desk import waiting
from dashboard.data_requests.upkeep import retention
from dashboard.permissions import SYSTEM
from dashboard.portal import portal

commands = typer.Typer()
DAMAGED = 1


@commands.command("backup-key")
def backup_key(
    file: Annotated[Path, typer.Argument(help="a new file for what opens backups: keep it where the portal isn't")],
) -> None:
    """Make the key of backups: what opens them goes to a file, what they are encrypted to is a setting."""
    identity, public = backups.new_key()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(f"# opens backups of bijsluiter, encrypted to {public}\n{identity}\n")
    except FileExistsError:
        stop([f"{file} is there already: another key would leave backups that it opens unopened"])
    typer.echo(f"BIJSLUITER_BACKUP_KEY={public}")


@commands.command()
def backup(folder: Annotated[Path, typer.Argument(help="where it goes: another machine's disk")]) -> None:
    """Back up database and files in one encrypted file, while the portal goes on. The exit code is 1 when a file wasn't whole."""
    settings = configured()
    if not settings.backup_key:
        stop(["BIJSLUITER_BACKUP_KEY is empty: `bijsluiter backup-key FILE` makes one"])
    now = utc_now()
    target = folder / f"bijsluiter-{now:%Y%m%dT%H%M%SZ}.tar.age"
    with database():
        made = backups.make(portal(), target, settings.backup_key, now)
    typer.echo(f"{target}: {len(made.members)} parts, {target.stat().st_size:,} bytes")
    for sha256 in made.damaged:
        typer.echo(f"not whole: file {sha256}", err=True)
    if made.damaged:
        raise typer.Exit(DAMAGED)


@commands.command()
def restore(
    file: Annotated[Path, typer.Argument(help="a backup")],
    key: Annotated[Path, typer.Option(help="the file that `backup-key` made")],
) -> None:
    """Put a backup back into an empty place, check it, and take again what had been erased since. One that isn't whole is put
    nowhere.
    """
    settings = configured()
    identity = next((line for line in key.read_text("utf-8").splitlines() if line.startswith("AGE-")), "")
    with database():
        made = backups.put_back(settings, portal().engine, file, identity)
        migrate.upgrade(portal().engine)
        with portal().act(SYSTEM) as act:
            back = retention.replay(act)
            waiting.keep_all(act)
    typer.echo(f"{len(made.members)} parts of {made.made_at} put back; {len(back)} erasures taken again")
    if not any(ledger.exists() for ledger in settings.ledgers):
        typer.echo(
            f"there is no list of erasures at {' or '.join(map(str, settings.ledgers))}: put the newest there, and run "
            "`bijsluiter replay-erasures` before you serve",
            err=True,
        )
        raise typer.Exit(DAMAGED)
