"""What `bijsluiter check` looks at beside the settings themselves: names, files, servers and what is stored."""

import difflib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx2
from dotenv import dotenv_values

from dashboard import content, migrate
from dashboard.content import organisation
from dashboard.data_requests.desk import queue
from dashboard.data_requests.outgoing.case_files import opens_stored
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.settings import ProviderKind, Settings, is_loopback

PREFIX = "BIJSLUITER_"
ANSWERS_WITHIN = 5.0
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def problems(portal: Portal) -> list[str]:
    """Everything at once, a sentence each."""
    settings = portal.settings
    found = [*misspelt(), *_of_content(settings), *_of_proxies(settings), *_of_files(settings), *_of_providers(settings)]
    return [*found, *_of_mail(settings), *_of_database(portal)]


def misspelt() -> Iterator[str]:
    """Variables with our prefix that are none of ours: nothing would say so otherwise."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *dotenv_values(".env")) if name.upper().startswith(PREFIX)}
    for name in sorted(given - known):
        near = difflib.get_close_matches(name, known, 1)
        yield f"{name} is no setting" + (f": did you mean {near[0]}?" if near else "")


def content_problems(settings: Settings) -> list[str]:
    """What keeps production from starting: words of the demo in the publisher's name."""
    if settings.demo:
        return []
    found = [
        f"{name} is still the demo's: `bijsluiter content FOLDER` copies it to change; BIJSLUITER_CONTENT_DIR names that folder"
        for name in content.missing()
    ]
    if organisation().email.endswith(".example"):
        found.append("the e-mail address in organisation.toml ends in .example, which never delivers")
    return found


def _of_content(settings: Settings) -> Iterator[str]:
    if settings.content_dir and not settings.content_dir.is_dir():
        yield "BIJSLUITER_CONTENT_DIR is no folder"
    yield from content_problems(settings)


def _of_proxies(settings: Settings) -> Iterator[str]:
    if settings.secure and is_loopback(settings.host) and not settings.trusted_proxies:
        yield (
            "BIJSLUITER_TRUSTED_PROXIES is empty behind a proxy that ends TLS: all visitors would have its address, "
            "and wrong codes of one would block all"
        )


def _of_files(settings: Settings) -> Iterator[str]:
    """Whoever has an account on this machine may not read what is stored."""
    if settings.demo:
        return
    places = (Path(".env"), settings.data_dir, settings.data_dir / "files", settings.data_dir / "bijsluiter.db", settings.ledger)
    for place in places:
        if place.exists() and place.stat().st_mode & _OTHERS:
            yield f"{place} can be read by other accounts of this machine: chmod go= it"


def _of_providers(settings: Settings) -> Iterator[str]:
    kinds = {provider.kind for provider in settings.providers}
    if ProviderKind.PUBLISHER not in kinds:
        yield "no identity provider is configured for staff (kind publisher)"
    elif not settings.staff_roles:
        yield "BIJSLUITER_STAFF_ROLES is empty: nobody of the publisher gets in"
    elif "administrator" not in settings.staff_roles.values():
        yield "BIJSLUITER_STAFF_ROLES makes nobody administrator: nobody can enter schools"
    if not kinds - {ProviderKind.PUBLISHER}:
        yield "no identity provider is configured for schools"
    for provider in settings.providers:
        try:
            told = httpx2.get(provider.metadata_url, timeout=ANSWERS_WITHIN).raise_for_status().json()
            missing = [name for name in ("issuer", "authorization_endpoint", "token_endpoint") if name not in told]
        except (httpx2.HTTPError, ValueError, TypeError) as fault:
            yield f"provider {provider.name} doesn't answer at its metadata_url ({type(fault).__name__})"
        else:
            if missing:
                yield f"provider {provider.name} doesn't say its {', '.join(missing)} at its metadata_url"


def _of_mail(settings: Settings) -> Iterator[str]:
    try:
        socket.create_connection((settings.smtp_host, settings.smtp_port), ANSWERS_WITHIN).close()
    except OSError as fault:
        yield f"no mail server answers at {settings.smtp_host}:{settings.smtp_port} ({type(fault).__name__})"


def _of_database(portal: Portal) -> Iterator[str]:
    """Raises SQLAlchemyError when it can't be reached."""
    if not migrate.is_current(portal.engine):
        yield "the database isn't at the newest migration: run `bijsluiter migrate`"
        return
    with portal.look(SYSTEM) as act:
        if queue.kept_counts(act) != queue.recounted(act):
            yield "the counts of open cases differ from the cases: please report this"
        if not opens_stored(act):
            yield "BIJSLUITER_FILE_SECRET doesn't open the files that are stored: is it the one they were stored with?"
