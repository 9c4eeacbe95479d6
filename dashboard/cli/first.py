"""Commands for the first day: `bijsluiter content | new-secrets`."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer
from dotenv import dotenv_values

from dashboard.cli.problems import OURS_ALONE, stop
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
def new_secrets(
    file: Annotated[Path | None, typer.Argument(help="a .env file to add them to; those in it already stay as they are")] = None,
) -> None:
    """Make a fresh secret for each variable that needs one, as lines of a .env file. Keep them: what is stored needs them."""
    there = dotenv_values(file) if file and file.exists() else {}
    lines = [f"BIJSLUITER_{name}={new_token()}\n" for name in SECRETS if not there.get(f"BIJSLUITER_{name}")]
    if file is None:
        typer.echo("".join(lines), nl=False)
        return
    os.umask(OURS_ALONE)
    whole = not file.exists() or file.read_text("utf-8").endswith("\n") or not file.read_text("utf-8")
    with file.open("a", encoding="utf-8") as out:
        out.writelines([] if whole or not lines else ["\n"])
        out.writelines(lines)
    typer.echo(f"{len(lines)} secrets added to {file}")
