"""`python -m dashboard.cli`."""

from dashboard.cli.main import run

run()
