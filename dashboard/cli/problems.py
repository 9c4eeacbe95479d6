"""What the command line says when something is misconfigured: a sentence a line, never a trace."""

import typer
from pydantic import ValidationError

from dashboard.errors import ConfigurationError
from dashboard.portal import portal
from dashboard.settings import Settings

MISCONFIGURED = 2


def configured() -> Settings:
    try:
        return portal().settings
    except ValidationError as wrong:
        stop(sentences(wrong))
        raise


def sentences(wrong: ConfigurationError | ValidationError) -> list[str]:
    if isinstance(wrong, ConfigurationError):
        return [str(wrong)]
    found = []
    for error in wrong.errors(include_url=False, include_input=False):
        name = "".join(f"BIJSLUITER_{part}: ".upper() for part in error["loc"][:1])
        found += [name + part.removeprefix("Value error, ") for part in error["msg"].split("; ")]
    return found


def stop(said: list[str]) -> None:
    for sentence in said:
        typer.echo(f"bijsluiter: {sentence}", err=True)
    raise typer.Exit(MISCONFIGURED)
