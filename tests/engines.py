"""A database for a test that opens one itself: with the secrets of the demo, or others."""

from sqlalchemy import Engine

from dashboard import vault
from dashboard.db import make_engine
from dashboard.settings import Settings


def opened(url: str, *file_secrets: str) -> Engine:
    return vault.attach(make_engine(url), file_secrets or Settings(_env_file=None, environment="demo").file_secrets)
