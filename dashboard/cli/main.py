"""`bijsluiter demo | serve | worker | bridge-days | migrate | seed | import | purge | replay-erasures | verify | signing-key |
check | sessions | end-sessions | keys | keys rotate | end-key | backup-key | backup | restore | content | new-secrets |
insight verify | insight rebuild | audit verify`.
"""

import os
import sys
import time
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from dashboard import content, jobs, logs, migrate, secret_marks
from dashboard.cli import access, audit, backup, checks, first, insight, keys, library, problems
from dashboard.cli.own_words import content_problems
from dashboard.cli.problems import configured, database, of_release, sentences, stop, without_database
from dashboard.clock import utc_now
from dashboard.content import ROOT
from dashboard.data_requests.upkeep import bridge_days as dates
from dashboard.data_requests.upkeep import recount, retention
from dashboard.demo import seed as demo_seed
from dashboard.demo import seed_schools
from dashboard.errors import ConfigurationError
from dashboard.permissions import SYSTEM
from dashboard.portal import portal
from dashboard.settings import Settings
from dashboard.web.health import readiness

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False, help=__doc__)

app.add_typer(library.commands)
app.add_typer(access.commands)
app.add_typer(backup.commands)
app.add_typer(first.commands)
app.add_typer(insight.commands, name="insight")
app.add_typer(audit.commands, name="audit")
app.add_typer(keys.commands, name="keys")


@app.callback(invoke_without_command=True)
def about(*, version_only: Annotated[bool, typer.Option("--version", help="print the release and stop")] = False) -> None:
    if version_only:
        typer.echo(version("bijsluiter"))
        raise typer.Exit


@app.command()
def demo(
    port: Annotated[int, typer.Option(envvar="PORT", min=1024, max=65_000)] = 8501,
    data: Annotated[Path, typer.Option(envvar="DATA")] = Path("var/demo"),
) -> None:
    """Everything on this machine, with sample data: portal, sign-in, mail."""
    here = data.resolve()
    _at_root()
    try:
        # Its sign-in and mail server are parts that production doesn't install.
        from dashboard.demo import run as demo_run  # noqa: PLC0415
    except ModuleNotFoundError as absent:
        stop([f"the demo isn't part of this installation ({absent.name} is missing): `make demo` in the repository runs it"])
        raise
    try:
        demo_run.run(port, here)
    except (ConfigurationError, ValidationError) as wrong:
        stop(sentences(wrong))


@app.command()
def serve() -> None:
    """Serve the portal as the environment configures it."""
    from dashboard.web.server import bind  # noqa: PLC0415  uvicorn, only when we serve
    from dashboard.web.server import serve as serve_app  # noqa: PLC0415

    logs.configure()
    settings = configured()
    _at_root()
    _may_run(settings)
    try:
        bound = bind(settings.host, settings.port)
    except ConfigurationError as wrong:
        stop([str(wrong)])
    _started(f"listening at {settings.host}:{settings.port}")
    with bound:
        import streamlit_app  # noqa: PLC0415  builds the app from the environment

        serve_app(streamlit_app.app, settings, bound)


@app.command()
def bridge_days(
    days: Annotated[
        list[datetime] | None, typer.Argument(formats=["%Y-%m-%d"], help="The whole table of bridge days to look at.")
    ] = None,
) -> None:
    """Show which open requests these bridge days would move; without days, which have another date than the rules of now give.

    Changes nothing: the days are entered on the page Regels.
    """
    logs.configure()
    configured()
    wanted = [day.date() for day in days] if days else None
    with portal().look(SYSTEM) as act:
        moved = dates.preview(act, wanted)
    for row in moved:
        typer.echo(f"{row.reference}  {row.from_due} -> {row.to_due}")
    typer.echo(f"{len(moved)} open requests would move")


@app.command()
def worker() -> None:
    """Run the background jobs alone (set BIJSLUITER_RUN_WORKER=false for the portal's processes)."""
    logs.configure()
    _may_run(configured())
    _started("worker")
    running = jobs.start(portal())
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        running.shutdown(wait=True)


@app.command(name="migrate")
def migrate_command() -> None:
    """Bring the database to the newest migration."""
    configured()
    with database():
        migrate.upgrade(portal().engine)
        with portal().look(SYSTEM) as act:
            uncounted = recount.is_wanted(act)
        # An earlier release counted less.
        if uncounted and (made := insight.fill()):
            typer.echo(f"{made} counts made from the event log")
        with portal().act(SYSTEM) as act:
            secret_marks.keep(act)
    typer.echo("the database is at the newest migration")


@app.command()
def seed(
    requests: Annotated[int, typer.Option(min=0)] = 0,
    schools: Annotated[int, typer.Option(min=0, max=60_000)] = 0,
    seed: Annotated[int, typer.Option(help="another one for another time: the same people can't come twice")] = 1,
    really: Annotated[bool, typer.Option("--really", help="also outside the demo")] = False,
) -> None:
    """Add synthetic requests and schools: made-up people, for trying and measuring."""
    if not (configured().demo or really):
        stop(["this adds made-up people, whom nobody can tell from real ones: only to a portal for trying, with --really"])
    started = time.monotonic()
    with portal().act(SYSTEM) as act:
        seed_schools.schools(act, schools, seed=seed)
    with typer.progressbar(length=requests, label="requests", file=sys.stderr) as bar:
        for done in demo_seed.fill(portal(), requests, seed=seed):
            bar.update(done - bar.pos)
    typer.echo(f"{requests} requests and {schools} schools in {time.monotonic() - started:.1f} s")


@app.command()
def purge(
    *,
    really: Annotated[bool, typer.Option("--really", help="take it; without this the list is only shown")] = False,
) -> None:
    """Show what the retention rules would take now, or take it. The worker does so by itself."""
    configured()
    if really:
        found = jobs.purge(portal())
    else:
        with portal().look(SYSTEM) as act:
            found = retention.due(act)
    for each in found:
        typer.echo(f"{each.rule}\tcase {each.case_id}" + (f"\tfile {each.file_id}" if each.file_id else ""))
    typer.echo(f"{len(found)} {'taken' if really else 'would be taken'}")


@app.command("replay-erasures")
def replay_erasures() -> None:
    """After restoring a backup: take again what had been purged since it was made."""
    settings = configured()
    if not any(ledger.exists() for ledger in settings.ledgers):
        where = " or ".join(map(str, settings.ledgers))
        stop([f"there is no {where}: what was purged since the backup isn't known, so nothing could be taken again"])
    with portal().act(SYSTEM) as act:
        back = retention.replay(act)
    typer.echo(f"{len(back)} had come back and were taken again")


@app.command()
def check() -> None:
    """Say what is misconfigured, a line each; the exit code is 0 when nothing is."""
    if settings := without_database():
        content.use(settings.content_dir)
        where = make_url(settings.database).database
        new = f"there is no database at {where}: in a new portal `bijsluiter migrate` makes it; else this is another folder"
        stop([*checks.of_settings(settings), new])
    configured()
    with database():
        found = checks.problems(portal())
        if migrate.is_current(portal().engine):
            ready = readiness(portal(), now=utc_now())
            found += [f"{part} is {state}" for part, state in ready.parts.items() if state != "ok"]
    if found:
        stop(found)
    typer.echo("nothing is misconfigured")


def _may_run(settings: Settings) -> None:
    """Stop, unless what visitors read is whole and the database is ours and new enough."""
    if wrong := content_problems(settings):
        stop(wrong)
    with database():
        if other := of_release():
            stop([other])
        with portal().act(SYSTEM) as act:
            secret_marks.keep(act)
            if changed := secret_marks.changed(act):
                stop([f"{name} isn't the secret of before: what was made with that one no longer opens" for name in changed])
            if retention.is_behind(act):
                stop([problems.BEHIND])


def _started(what: str) -> None:
    """What runs where, with which database; no secret is in it."""
    settings = portal().settings
    where = make_url(settings.database).render_as_string(hide_password=True)
    typer.echo(f"bijsluiter {version('bijsluiter')}, {what}: {settings.base_url}, database {where}", err=True)


def _at_root() -> None:
    """Streamlit finds its configuration and pages from here; the settings, and the `.env` where the command was given, are read
    before.
    """
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))


def run() -> None:
    """What `bijsluiter` runs."""
    problems.run(app)
