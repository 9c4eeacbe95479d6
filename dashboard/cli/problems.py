"""What the command line says when something is misconfigured: a sentence a line, never a trace."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import SQLAlchemyError

from dashboard.errors import ConfigurationError
from dashboard.portal import portal
from dashboard.settings import Settings

MISCONFIGURED = 2
# Whatever a command writes is for the account that runs it.
OURS_ALONE = 0o077


def configured() -> Settings:
    os.umask(OURS_ALONE)
    try:
        return portal().settings
    except (ValidationError, SettingsError, ConfigurationError) as wrong:
        stop(sentences(wrong))
        raise


def sentences(wrong: ConfigurationError | SettingsError | ValidationError) -> list[str]:
    if isinstance(wrong, ConfigurationError):
        return [str(wrong)]
    if isinstance(wrong, SettingsError):
        # Its text names the field; what stands in the variable isn't repeated, for it may be a secret.
        name = str(wrong).partition('field "')[2].partition('"')[0]
        return [f"BIJSLUITER_{name.upper()} is not JSON as it should be"]
    found = []
    for error in wrong.errors(include_url=False, include_input=False):
        name = _named(error["loc"])
        found += [name + part.removeprefix("Value error, ") for part in error["msg"].split("; ")]
    return found


def _named(place: tuple[int | str, ...]) -> str:
    """BIJSLUITER_PROVIDERS[0].label, from where pydantic found the fault; nothing for a sentence about all of them."""
    if not place:
        return ""
    first, *inner = place
    return f"BIJSLUITER_{str(first).upper()}" + "".join(f"[{at}]" if isinstance(at, int) else f".{at}" for at in inner) + ": "


@contextmanager
def database() -> Iterator[None]:
    """A database that isn't there, or isn't ours, is one sentence."""
    try:
        yield
    except SQLAlchemyError as fault:
        stop([f"the database can't be reached ({type(fault).__name__}): look at BIJSLUITER_DATABASE_URL or BIJSLUITER_DATA_DIR"])


def stop(said: list[str]) -> None:
    for sentence in said:
        typer.echo(f"bijsluiter: {sentence}", err=True)
    raise typer.Exit(MISCONFIGURED)
