"""The demo from start to stop: everything on loopback, in one process."""

import os
import signal
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from dashboard import jobs, logs, migrate
from dashboard.act import Seen
from dashboard.clock import utc_now
from dashboard.data_requests.outgoing import data_map
from dashboard.data_requests.upkeep import recount
from dashboard.demo import provider, samples, seed, showcase, smtp
from dashboard.errors import ConfigurationError
from dashboard.permissions import SYSTEM, Actor, Role
from dashboard.portal import Portal, portal
from dashboard.settings import Settings

SMTP_OFFSET = 6
REQUESTS = 400


def settings_for(port: int, data: Path) -> dict[str, str]:
    """The environment that makes this process the demo."""
    listed = ",".join(each.model_dump_json() for each in provider.configured(port))
    secrets = ",".join(f'"{value}":"{role}"' for value, role in provider.STAFF_ROLES.items())
    # Pydantic hides the (made-up) client secret when it writes JSON.
    listed = listed.replace("**********", "demo")
    return {
        "BIJSLUITER_ENVIRONMENT": "demo",
        "BIJSLUITER_DATA_DIR": str(data.resolve()),
        "BIJSLUITER_BASE_URL": f"http://localhost:{port}",
        "BIJSLUITER_HOST": os.environ.get("BIJSLUITER_HOST", "127.0.0.1"),
        "BIJSLUITER_PORT": str(port),
        "BIJSLUITER_SMTP_PORT": str(port + SMTP_OFFSET),
        "BIJSLUITER_PROVIDERS": f"[{listed}]",
        "BIJSLUITER_STAFF_ROLES": f"{{{secrets}}}",
        # Whoever tries it sends more from one address than anybody does.
        "BIJSLUITER_LIMIT_TIMES": "20",
    }


# Who confirmed the sample data map, as its history says.
OFFICER = Actor(Role.PRIVACY_OFFICER, id="demo", name="Demo")


def prepare(made: Portal) -> None:
    """Migrate and, the first time, fill the database."""
    migrate.upgrade(made.engine)
    with made.act(SYSTEM) as act:
        fresh = samples.load(act)
        if recount.is_wanted(act):
            # Of a demo that an earlier release began.
            recount.mend(act, recount.differences(act))
            recount.forget(act)
        if fresh:
            handlers = showcase.colleagues(act)
            seed.requests(act, REQUESTS, seed=1, handlers=handlers)
    if fresh:
        showcase.requests(made, handlers[0], utc_now())
        with made.act(OFFICER) as act:
            data_map.confirm(act, Seen(data_map.RULE), reason="Demo")
        # What time asks of us by now: boards are told of an announced version from the first second.
        jobs.housekeeping(made)


def run(port: int, data: Path) -> None:
    """Serve the demo until Ctrl-C. Raises ConfigurationError when a port is taken or a setting isn't the demo's."""
    from dashboard.web.server import bind, serve  # noqa: PLC0415  uvicorn, only when we serve

    os.environ.update(settings_for(port, data))
    logs.configure()
    settings = Settings()
    # A second Ctrl-C while things stop must not leave a half-stopped process.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        bound = stack.enter_context(bind(settings.host, port))
        for taken in range(port + 1, port + SMTP_OFFSET + 1):
            _check_free(taken)
        _start_services(stack, settings, port)
        prepare(portal())
        print(welcome(settings), flush=True)  # noqa: T201  the demo talks to whoever started it
        serve(_app(), settings, bound)
    print("De demo is gestopt. / The demo has stopped.")  # noqa: T201


def _start_services(stack: ExitStack, settings: Settings, port: int) -> None:
    """Sign-in and mail; either can be left out, to see what the portal does without."""
    if os.environ.get("BIJSLUITER_DEMO_SIGN_IN") != "off":
        stack.enter_context(provider.running(port))
    if os.environ.get("BIJSLUITER_DEMO_MAIL") != "off":
        server = smtp.smtp_server(settings)
        server.start()
        stack.callback(server.stop)


def welcome(settings: Settings) -> str:
    """Where to look, and who to sign in as."""
    rows = [(sample["label"], user["sub"], user["shows_nl"]) for sample in provider.samples() for user in sample["users"]]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    table = "\n".join(f"  {label:<{widths[0]}}  {sub:<{widths[1]}}  {shows}" for label, sub, shows in rows)
    return f"""
Bijsluiter staat klaar / is ready:  {settings.base_url}
Mails lezen / read the mails:       {settings.base_url}/mailbox
Gegevens / data:                    {settings.data_dir}
Stoppen / stop:                     Ctrl-C

Log in als ... om te zien / log in as ... to see ...
{table}
"""


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            raise ConfigurationError(f"port {port} (for the demo's sign-in or mail) can't be used: {fault.strerror}") from fault


def _app() -> Any:
    import streamlit_app  # noqa: PLC0415  builds the portal from the environment set above

    return streamlit_app.app
