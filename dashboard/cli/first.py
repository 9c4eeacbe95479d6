"""Commands for the first day: `bijsluiter content | new-secrets`."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli.problems import stop
from dashboard.content import DATA, OWN
from dashboard.settings import SECRETS
from dashboard.tokens import new_token

commands = typer.Typer()


@commands.command("content")
def copy_content(folder: Annotated[Path, typer.Argument(help="where to; what is there already stays as it is")]) -> None:
    """Copy what is the publisher's own (organisation, data map, statement), to be changed. BIJSLUITER_CONTENT_DIR names it."""
    if there := [name for name in OWN if (folder / name).exists()]:
        stop([f"{folder / name} is there already" for name in there])
    folder.mkdir(parents=True, exist_ok=True)
    for name in OWN:
        if (DATA / name).is_dir():
            shutil.copytree(DATA / name, folder / name)
        else:
            shutil.copyfile(DATA / name, folder / name)
    typer.echo(f"copied {', '.join(OWN)} to {folder}: change what is the demo's")


@commands.command("new-secrets")
def new_secrets() -> None:
    """Print a fresh secret for each variable that needs one, as lines of a .env file. Keep them: what is stored needs them."""
    for name in SECRETS:
        typer.echo(f"BIJSLUITER_{name}={new_token()}")
