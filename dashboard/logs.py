"""Structured logs: a JSON object a line. Never personal data: ids, kinds and numbers only."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Streamlit writes a page's exception itself, with its message; ours says the same without what people typed. Its list of
# sessions names their ids.
_SILENCED = (
    "streamlit.runtime.websocket_session_manager",
    "streamlit.error_util",
    "streamlit.runtime.scriptrunner.exec_code",
    "uvicorn.error",
    "uvicorn.access",
)


def configure(level: int = logging.INFO) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
        without_values,
        structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=shared,
        # Where stderr is when a line is written, not where it was at the start: who runs a command in-process has another then.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared[1:-1], processors=[_without_meta, shared[-1]])
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # The demo's identity provider says every request.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    for name in _SILENCED:
        # A filter, not a level: Streamlit sets the level of its loggers when they are made.
        logging.getLogger(name).addFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


def without_values(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception's kinds and places, not its message: that may repeat what somebody typed."""
    for fault in event.get("exception") or ():
        if isinstance(fault, dict):
            fault["exc_value"] = ""
            fault["exc_notes"] = []
    return event


def _without_meta(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    return event
