"""Commands about the audit trail: `bijsluiter audit verify`."""

import typer

from dashboard import audit_chain
from dashboard.cli.problems import configured, database
from dashboard.permissions import SYSTEM
from dashboard.portal import portal

commands = typer.Typer(no_args_is_help=True, help="The audit trail: check that no row was changed, taken out or put in.")
BROKEN = 1


@commands.callback()
def _together() -> None:
    """A group of one command stays a group."""


@commands.command()
def verify() -> None:
    """Follow the chain from its first row and name each one that isn't what it was. The exit code is 0 when all are.

    Compare the head with the one in the morning mail: who made the whole chain anew has another one.
    """
    configured()
    found = 0
    with database():
        while True:
            with portal().act(SYSTEM) as act:
                if not audit_chain.link(act):
                    break
        with portal().look(SYSTEM) as act:
            for each in audit_chain.breaks(act):
                found += 1
                typer.echo(f"{each.how.value}: row {each.row_id}" + (f", link {each.number}" if each.number else ""))
            at = audit_chain.head(act)
    typer.echo(f"{at.number} rows, {found} broken, head {at.chain}")
    if found:
        raise typer.Exit(BROKEN)
