"""What `bijsluiter check` looks at beside the settings themselves: names, files, servers and what is stored."""

import difflib
import os
import smtplib
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx2
from dotenv import dotenv_values

from dashboard import secret_marks
from dashboard.cli.own_words import content_problems
from dashboard.cli.problems import BEHIND, of_release
from dashboard.data_requests.desk import queue
from dashboard.data_requests.outgoing.case_files import opens_stored
from dashboard.data_requests.upkeep import retention, rotation
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.scanning import answers
from dashboard.settings import Provider, ProviderKind, Settings
from dashboard.written import is_loopback

PREFIX = "BIJSLUITER_"
ANSWERS_WITHIN = 5.0
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def problems(portal: Portal) -> list[str]:
    """Everything at once, a sentence each."""
    return [*of_settings(portal.settings), *_of_database(portal)]


def of_settings(settings: Settings) -> list[str]:
    """What can be told without a database."""
    found = [*misspelt(), *misnamed(), *content_problems(settings), *_of_proxies(settings)]
    found += [*_of_files(settings), *_of_backups(settings), *_of_scanner(settings), *_of_providers(settings)]
    return [*found, *_of_mail(settings)]


def misspelt() -> Iterator[str]:
    """Variables with our prefix that are none of ours: nothing would say so otherwise."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *dotenv_values(".env")) if name.upper().startswith(PREFIX)}
    for name in sorted(given - known):
        near = difflib.get_close_matches(name, known, 1)
        yield f"{name} is no setting" + (f": did you mean {near[0]}?" if near else "")


def misnamed() -> Iterator[str]:
    """A variable whose prefix is a slip of the finger."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in sorted({name.upper() for name in (*os.environ, *dotenv_values(".env"))} - known):
        if not name.startswith(PREFIX) and (near := difflib.get_close_matches(name, known, 1, 0.9)):
            yield f"{name} is no setting: did you mean {near[0]}?"


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
    places = (
        Path(".env"),
        settings.data_dir,
        settings.data_dir / "files",
        settings.data_dir / "bijsluiter.db",
        *settings.ledgers,
    )
    for place in places:
        if place.exists() and place.stat().st_mode & _OTHERS:
            yield f"{place} can be read by other accounts of this machine: chmod go= it"
        if place.exists() and place != Path(".env") and not os.access(place, os.W_OK):
            yield f"{place} can't be written by this account"
    own = settings.content_dir
    if own and own.exists() and any(place.stat().st_mode & stat.S_IWOTH for place in (own, *own.rglob("*"))):
        yield f"{own} can be changed by other accounts of this machine: chmod o-w it"


def _of_scanner(settings: Settings) -> Iterator[str]:
    if settings.clamav and not answers(settings.clamav):
        yield f"no virus scanner answers at {settings.clamav} (BIJSLUITER_CLAMAV): no file is taken until it does"


def _of_backups(settings: Settings) -> Iterator[str]:
    if settings.demo:
        return
    if not settings.ledger_dir:
        yield (
            "BIJSLUITER_LEDGER_DIR is empty: the list of erasures lies beside the database alone, and when that is lost a backup "
            "brings erased people back. Name a folder on another disk"
        )
    if not settings.backup_key:
        yield "BIJSLUITER_BACKUP_KEY is empty: nothing can be backed up. `bijsluiter backup-key FILE` makes one"


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
        if said := _said_by(provider):
            yield f"provider {provider.name} {said}"


def _said_by(provider: Provider) -> str:
    """What is wrong with its description; nothing when it is as it should be."""
    try:
        answer = httpx2.get(provider.metadata_url, timeout=ANSWERS_WITHIN)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as fault:
        return f"doesn't answer at its metadata_url ({type(fault).__name__})"
    if answer.is_error:
        return f"answers {answer.status_code} at its metadata_url"
    try:
        told = answer.json()
        missing = [name for name in ("issuer", "authorization_endpoint", "token_endpoint") if name not in told]
    except (ValueError, TypeError):
        return "answers something else than a description (JSON) at its metadata_url"
    return f"doesn't say its {', '.join(missing)} at its metadata_url" if missing else ""


def _of_mail(settings: Settings) -> Iterator[str]:
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    if settings.mail_from.rstrip(">").endswith(".example"):
        yield "BIJSLUITER_MAIL_FROM ends in .example, which no mail server takes"
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=ANSWERS_WITHIN) as server:
            server.ehlo_or_helo_if_needed()
            if settings.smtp_starttls and not server.has_extn("starttls"):
                yield f"the mail server at {where} has no STARTTLS, and BIJSLUITER_SMTP_STARTTLS is on"
            elif settings.smtp_user and not settings.smtp_starttls and not server.has_extn("auth"):
                yield f"the mail server at {where} takes no password like this: is BIJSLUITER_SMTP_STARTTLS meant to be on?"
    except OSError as fault:
        # Among these are what smtplib raises for something that answers and is no mail server.
        yield f"no mail server answers at {where} ({type(fault).__name__})"


def _of_database(portal: Portal) -> Iterator[str]:
    """Raises SQLAlchemyError when it can't be reached."""
    if other := of_release():
        yield other
        return
    with portal.look(SYSTEM) as act:
        if queue.kept_counts(act) != queue.recounted(act):
            yield "the counts of open cases differ from the cases: please report this"
        for name in secret_marks.changed(act):
            yield f"{name} isn't the secret of before: what was made with that one no longer opens"
        if closed := rotation.unopened(act):
            yield (
                f"BIJSLUITER_FILE_SECRET doesn't open what {closed} keys seal, of requests or files: is it the secret they were "
                "sealed with, or is that one missing in BIJSLUITER_OLD_FILE_SECRETS?"
            )
        if retention.is_behind(act):
            yield BEHIND
        if not opens_stored(act):
            yield "BIJSLUITER_FILE_SECRET doesn't open the files that are stored: is it the one they were stored with?"
