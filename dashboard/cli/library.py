"""Commands about the annex library: `bijsluiter import | verify | signing-key`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from dashboard.accounts.terms import Sector
from dashboard.cli.problems import configured, stop
from dashboard.clock import local_day, utc_now
from dashboard.errors import InvalidInputError
from dashboard.evidence import service as evidence
from dashboard.evidence.checking import check_zip
from dashboard.evidence.signing import public_key
from dashboard.i18n import Language, texts
from dashboard.imports import service as imports
from dashboard.imports.plan import Options
from dashboard.imports.reading import read as read_sheet
from dashboard.imports.results import why, wrong_rows
from dashboard.imports.terms import ImportKind
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.portal import portal

commands = typer.Typer()
NOT_AS_MADE = WRONG_ROWS = 1
SHOWN = 20
# What the page says of its own fields, said of ours.
HERE = {"invalid.import_sector": "nothing in this file says the sector of its schools: give it with --sector"}


@commands.command()
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a ZIP of evidence")],
    key: Annotated[str, typer.Option(help="the publisher's public key; without it this portal's own keys")] = "",
) -> None:
    """Check a ZIP of evidence: the signature, and every file in it. The exit code is 0 when all is as it was made."""
    if key:
        trusted = [key]
    else:
        configured()
        with portal().look(VISITOR) as act:
            trusted = evidence.known_keys(act)
    with file.open("rb") as archive:
        verdict = check_zip(archive, trusted)
    for finding in verdict.findings:
        said = texts(Language.EN)(f"fault.{finding.fault.value}")
        typer.echo(f"{finding.fault.value}: {said} {finding.file}".rstrip(), err=True)
    if not verdict.holds or verdict.manifest is None:
        raise typer.Exit(NOT_AS_MADE)
    made = verdict.manifest
    typer.echo(f"as it was made: {len(made.documents)} documents for {made.scope} ({made.scope_name}) on {made.applies_on}")


@commands.command("import")
def import_command(
    kind: Annotated[ImportKind, typer.Argument()],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    *,
    really: Annotated[bool, typer.Option("--really", help="import it; without this only the outcome is shown")] = False,
    skip_wrong: Annotated[bool, typer.Option("--skip-wrong", help="leave out wrong rows and import the rest")] = False,
    effective: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the first day of changes; else today")] = None,
    sector: Annotated[Sector | None, typer.Option(help="where the file doesn't say it")] = None,
) -> None:
    """Import schools, boards, licences, mergers, councils or agreements from CSV or Excel, as on the page "Scholen".

    The exit code is 1 when rows are wrong.
    """
    configured()
    today = local_day(utc_now())
    options = Options(effective.date() if effective else today, today, sector)
    try:
        sheet = read_sheet(kind, file.name, file.read_bytes())
        with portal().look(SYSTEM) as act:
            prepared = imports.prepare(act, kind, sheet, options, texts=texts(Language.EN))
    except InvalidInputError as wrong:
        stop([HERE.get(key) or texts(Language.EN)(key) for key in wrong.problems.values()])
        return
    wrong_ones = wrong_rows(prepared.plan)
    for row in wrong_ones:
        typer.echo(f"row {row.line.number}: {why(row, texts(Language.EN))}", err=True)
    if really and wrong_ones and not skip_wrong:
        stop([f"{len(wrong_ones)} rows are wrong, so nothing was imported: mend them, or leave them out with --skip-wrong"])
    with portal().act(SYSTEM) as act:
        report = imports.take(act, prepared.seen, prepared, skip_wrong=skip_wrong) if really else imports.look(act, prepared)
    for brin, name in report.plan.missing[:SHOWN]:
        typer.echo(f"not in this file, and left as it is: {brin} {name}")
    if len(report.plan.missing) > SHOWN:
        typer.echo(f"and {len(report.plan.missing) - SHOWN} more that are not in this file")
    for old, new in report.plan.implied_mergers:
        typer.echo(f"every school of board {old} goes to board {new}: a merger? Then import it as one first")
    told = ", ".join(f"{number} {verb}" for verb, number in report.counts.items())
    typer.echo(f"{'imported' if really else 'would be'}: {told}")
    if wrong_ones and not really:
        raise typer.Exit(WRONG_ROWS)


@commands.command("signing-key")
def signing_key() -> None:
    """Show the public key that schools give to `verify --key`."""
    typer.echo(public_key(configured()))
