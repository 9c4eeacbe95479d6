"""The tuned server: our own socket with TCP_NODELAY, uvicorn on it, and a garbage collector that stays out of the way.

Each of these was measured: Streamlit binds with protocol 0, so asyncio doesn't set TCP_NODELAY and every rerun's second
message waits some 40 ms for an acknowledgement; and a full collection after each rerun costs most of a stock server's time.
"""

import asyncio
import gc
import socket
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from dashboard.errors import ConfigurationError
from dashboard.settings import Settings
from dashboard.web.connections import Patient
from dashboard.web.frames import MESSAGE_BYTES

BACKLOG = 2048
PING_SECONDS = 30
COLLECT_EVERY_SECONDS = 60


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigurationError when the port is taken or the address isn't ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except OSError as fault:
        bound.close()
        raise ConfigurationError(f"port {port} on {host} can't be used: {fault.strerror}") from fault
    bound.setblocking(False)
    return bound


def serve(app: ASGIApp, settings: Settings, bound: socket.socket) -> None:
    """Serve until interrupted."""
    config = uvicorn.Config(
        app,
        http=Patient,
        ws="websockets-sansio",
        ws_max_size=MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=3,
    )
    # Uvicorn has stopped everything in good order by the time it passes Ctrl-C on.
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run([bound])


def settle_memory() -> None:
    """Once everything is imported: what lives for ever needs no looking at again."""
    gc.collect()
    gc.freeze()


async def collect_now_and_then() -> None:
    """A full collection in the background, in place of one after every rerun."""
    with suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(COLLECT_EVERY_SECONDS)
            await asyncio.to_thread(gc.collect)
