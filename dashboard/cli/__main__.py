"""`python -m dashboard.cli`."""

from dashboard.cli.main import app

app()
