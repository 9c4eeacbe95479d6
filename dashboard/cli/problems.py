"""What the command line says when something is misconfigured: a sentence a line, never a trace."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path

import typer
from alembic.util import CommandError
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError

from dashboard import migrate
from dashboard.errors import ConfigurationError
from dashboard.portal import portal
from dashboard.settings import BRIDGE_DAYS_MOVED, Settings

MISCONFIGURED = 2
NEWER = "the database is of a newer release than this program: install that release, or restore the backup"
# Whatever a command writes is for the account that runs it.
OURS_ALONE = 0o077


def configured() -> Settings:
    """The settings, or a sentence for each that is wrong."""
    os.umask(OURS_ALONE)
    try:
        return portal().settings
    except (ValidationError, SettingsError, ConfigurationError) as wrong:
        stop(sentences(wrong))
        raise


def without_database() -> Settings | None:
    """The settings, when they name a database file that isn't there: looking must not make it. Nothing is made."""
    try:
        settings = Settings()
        path = make_url(settings.database).database if settings.database.startswith("sqlite") else ""
    except (ValidationError, SettingsError, ConfigurationError) as wrong:
        stop(sentences(wrong))
        raise
    return settings if path and not Path(path).exists() else None


def sentences(wrong: ConfigurationError | SettingsError | ValidationError) -> list[str]:
    if isinstance(wrong, ConfigurationError):
        return [str(wrong)]
    if isinstance(wrong, SettingsError):
        # Its text names the field; what stands in the variable isn't repeated, for it may be a secret.
        name = str(wrong).partition('field "')[2].partition('"')[0]
        if name == "bridge_days":
            return [BRIDGE_DAYS_MOVED]
        cause = wrong.__cause__
        where = f" (at sign {cause.pos + 1}: {cause.msg})" if isinstance(cause, JSONDecodeError) else ""
        return [f"BIJSLUITER_{name.upper()} is not JSON as it should be, on one line{where}"]
    found = []
    for error in wrong.errors(include_url=False, include_input=False):
        name = _named(error["loc"])
        # JSON knows no tuples.
        said = error["msg"].replace("tuple", "list")
        found += [name + part.removeprefix("Value error, ") for part in said.split("; ")]
    if any(" is the default or shorter" in each for each in found) and not Path(".env").exists():
        found.append(f"there is no file .env in {Path.cwd()}: were the settings meant to come from another folder?")
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
        stop([_of_database(fault)])


def _of_database(fault: SQLAlchemyError) -> str:
    """Why a database didn't do what was asked, as far as can be told from here."""
    if isinstance(fault, ArgumentError | NoSuchModuleError):
        return "BIJSLUITER_DATABASE_URL is no address of a database that we know, like postgresql+psycopg://user@host/name"
    try:
        if other := of_release():
            return other
    except SQLAlchemyError:
        # It can't even be asked: then that is what is wrong.
        pass
    said = str(getattr(fault, "orig", "")).splitlines()
    why = f": {said[0]}" if said and isinstance(fault, OperationalError) else ""
    kind = type(fault).__name__
    return f"the database can't be reached ({kind}{why}): look at BIJSLUITER_DATABASE_URL or BIJSLUITER_DATA_DIR"


BEHIND = (
    "this database is older than the list of erasures, and who was erased is back in it: run `bijsluiter replay-erasures` first"
)


def of_release() -> str:
    """What is wrong with the migration that the database is at; nothing when it is the newest. Raises SQLAlchemyError."""
    engine = portal().engine
    if migrate.is_newer(engine):
        return NEWER
    return "" if migrate.is_current(engine) else "the database isn't at the newest migration: run `bijsluiter migrate`"


def run(app: Callable[[], object]) -> None:
    """The command line: what an operator can mend is a sentence; a fault of ours keeps its trace."""
    try:
        app()
    except typer.Exit as stopped:
        sys.exit(stopped.exit_code)
    except SQLAlchemyError as fault:
        sys.exit(_told([_of_database(fault)]))
    except CommandError:
        sys.exit(_told([NEWER]))
    except (ValidationError, SettingsError, ConfigurationError) as wrong:
        sys.exit(_told(sentences(wrong)))
    except UnicodeDecodeError as wrong:
        sys.exit(_told([f"a file with settings isn't UTF-8 ({wrong.reason})"]))
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        sys.exit(_told([f"{where}{fault.strerror or type(fault).__name__}"]))


def stop(said: list[str]) -> None:
    raise typer.Exit(_told(said))


def _told(said: list[str]) -> int:
    for sentence in said:
        typer.echo(f"bijsluiter: {sentence}", err=True)
    return MISCONFIGURED
