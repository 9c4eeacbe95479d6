"""Streamlit's side of starting and failing."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import anyio
import streamlit as st
import structlog
from pydantic import ValidationError
from pydantic_settings import SettingsError
from streamlit import config

from dashboard import jobs
from dashboard.db import BUSY, is_full
from dashboard.errors import BijsluiterError, NotAllowedError, NotFoundError
from dashboard.i18n import Language, texts
from dashboard.portal import portal
from dashboard.ui import chosen_files, identity, parts
from dashboard.web.headers import document_policy, index_html, page_policy
from dashboard.web.middleware import BROWSER
from dashboard.web.renewing import now_and_then
from dashboard.web.responses import fault_number
from dashboard.web.server import collect_now_and_then, settle_memory

log = structlog.get_logger(__name__)


@contextmanager
def sentence_instead() -> Iterator[None]:
    """Started by `streamlit run` without settings: what to do, instead of a trace of what failed."""
    try:
        yield
    except (ValidationError, SettingsError):
        sys.stderr.write(
            "bijsluiter: not configured. `make demo` runs everything here with sample data; for production set the "
            "BIJSLUITER_ variables of the README and run `bijsluiter check`, then `bijsluiter serve`.\n"
        )
        # A thread of Streamlit's loads this file: only so does the whole process end, and quietly.
        os._exit(2)


def configure() -> None:
    """What can't stand in .streamlit/config.toml: the secret, and the names that we answer to."""
    chosen_files.install()
    settings = portal().settings
    for name, value in {
        "server.cookieSecret": settings.cookie_secret.get_secret_value(),
        "server.allowedHosts": list(settings.allowed_hosts),
        "server.port": settings.port,
        "server.trustedUserHeaders": {BROWSER: "browser"},
    }.items():
        config.set_option(name, value)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Warm what every visitor needs, start the jobs, keep memory tidy."""
    for language in Language:
        index_html(language)
    page_policy(), document_policy()
    _import_what_pages_import()
    worker = jobs.start(portal()) if portal().settings.run_worker else None
    settle_memory()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(collect_now_and_then)
        tasks.start_soon(now_and_then, portal())
        yield
        tasks.cancel_scope.cancel()
    if worker:
        worker.shutdown(wait=True)


def show_script_error(error: Exception) -> bool:
    """An exception of a page: a sentence of ours, and for a fault a number that stands in the log."""
    # Only the language: whatever failed may fail again when asked who is here.
    t = texts(identity.language(portal()))
    if isinstance(error, NotAllowedError | NotFoundError):
        parts.refused(NotFoundError(), t)
    elif isinstance(error, BijsluiterError):
        parts.refused(error, t)
    else:
        number = fault_number()
        full = is_full(error)
        busy = isinstance(error, BUSY) and not full
        fault = "disk full" if full else type(error).__name__
        log.error("page failed", number=number, fault=fault, exc_info=None if busy or full else error)
        st.error(t("error.full" if full else "error.busy" if busy else "error.general"), icon=":material/error:")
        st.write(t("error.number", number=number))
    return True


def _import_what_pages_import() -> None:
    """The first visitor shouldn't wait for these, and frozen memory is left alone by the collector."""
    import pandas  # noqa: PLC0415, F401, ICN001  at start-up, not at import time
    import plotly.graph_objects  # noqa: PLC0415, F401

    from dashboard.insight import figures  # noqa: PLC0415, F401

    texts(Language.NL)
