"""Settings: one frozen object, read once from `BIJSLUITER_*` variables, refusing to start on a default secret."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dashboard.written import has_port, is_loopback, is_network, is_sender

DEMO_SECRET = "demo-only-not-a-secret"  # noqa: S105  the marker that production refuses
SHORTEST_SECRET = 32
SECRETS = ("PEPPER", "COOKIE_SECRET", "FILE_SECRET", "SIGNING_SECRET")
ROLES_OF_STAFF = ("desk_agent", "privacy_officer", "editor", "administrator", "auditor")


class Environment(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"


class ProviderKind(StrEnum):
    """Which rules read the claims of a login."""

    ENTREE = "entree"
    SURFCONEXT = "surfconext"
    ENTRA = "entra"
    GOOGLE = "google"
    PUBLISHER = "publisher"


class Provider(BaseModel):
    """One OpenID Connect provider. The name stands in a URL, so lower-case letters, digits and hyphens."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    label: Annotated[str, Field(min_length=1)]
    kind: ProviderKind
    metadata_url: str
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretStr
    # OpenConext hubs (SURFconext, Entree) publish more claims for extra scopes; the rest needs only these.
    scope: str = "openid profile email"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="BIJSLUITER_", env_file=".env", extra="ignore", frozen=True)

    environment: Environment = Environment.PRODUCTION
    data_dir: Path = Path("var/data")
    # The publisher's own organisation.toml, data_map.toml and statement/; ours are placeholders, and production refuses them.
    content_dir: Path | None = None
    database_url: str = ""
    base_url: str = "http://localhost:8501"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8501
    # The proxy whose X-Forwarded-For we believe; nobody's by default.
    trusted_proxies: str = ""

    pepper: SecretStr = SecretStr(DEMO_SECRET)
    cookie_secret: SecretStr = SecretStr(DEMO_SECRET)
    # What is sealed at rest, in the database and in its files, opens with this: without it a copy of both says nothing.
    file_secret: SecretStr = SecretStr(DEMO_SECRET)
    # Evidence that schools take is signed with a key made from this; a new one leaves what the old one signed checkable.
    signing_secret: SecretStr = SecretStr(DEMO_SECRET)
    # Those of before, while what was made with them is still about: `bijsluiter keys rotate`.
    old_peppers: tuple[SecretStr, ...] = ()
    old_file_secrets: tuple[SecretStr, ...] = ()
    providers: tuple[Provider, ...] = ()
    # Role of a publisher's employee: value of this claim -> role. A value that isn't here gives no access.
    staff_role_claim: str = "roles"
    staff_roles: dict[str, str] = {}
    session_idle_minutes: Annotated[int, Field(ge=1)] = 30
    session_absolute_hours: Annotated[int, Field(ge=1)] = 8

    smtp_host: str = "127.0.0.1"
    smtp_port: Annotated[int, Field(ge=1, le=65_535)] = 25
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = False
    mail_from: str = "privacy@publisher.example"
    outbox_late_minutes: Annotated[int, Field(ge=1)] = 15
    run_worker: bool = True
    # A virus scanner (ClamAV's daemon) that files of strangers pass, as host:port or the path of its socket; none without.
    clamav: str = ""
    # What opens backups lies elsewhere.
    backup_key: str = ""
    # So long an answer can be taken back before it goes out; 0: it goes at once.
    answer_delay_seconds: Annotated[int, Field(ge=0, le=600)] = 60
    # The list of erasures is also written here: another disk than the database's.
    ledger_dir: Path | None = None
    # All limits times this: for a test under load, or a publisher of millions.
    limit_times: Annotated[int, Field(ge=1)] = 1
    # No setting any more: the page for rules is where they are entered, with a look first at what moves. Here to say so.
    bridge_days: tuple[date, ...] = ()

    @property
    def demo(self) -> bool:
        return self.environment is Environment.DEMO

    @property
    def secrets(self) -> dict[str, SecretStr]:
        """By the name of the variable that sets each."""
        return {f"BIJSLUITER_{name}": getattr(self, name.lower()) for name in SECRETS}

    @property
    def file_secrets(self) -> list[str]:
        """The one of now first."""
        return [each.get_secret_value() for each in (self.file_secret, *self.old_file_secrets)]

    @property
    def peppers(self) -> list[str]:
        """The one of now first."""
        return [each.get_secret_value() for each in (self.pepper, *self.old_peppers)]

    @property
    def secure(self) -> bool:
        """Served over https: cookies get Secure and the __Host- prefix, responses get HSTS."""
        return self.base_url.startswith("https://")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'bijsluiter.db').resolve()}"

    @property
    def ledgers(self) -> tuple[Path, ...]:
        """The list of purges: beside the database and in a second place, never in a backup, so that a restore can be followed by
        a replay.
        """
        return tuple(folder / "purges.jsonl" for folder in (self.data_dir, self.ledger_dir) if folder)

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Host headers we answer to: the public name, and loopback while that is where we are."""
        name = urlsplit(self.base_url).hostname or ""
        return (name, "localhost", "127.0.0.1") if is_loopback(name) else (name,)

    _unset = field_validator("content_dir", "ledger_dir", mode="before")(lambda given: given or None)

    @field_validator("data_dir", "content_dir", "ledger_dir", mode="after")
    @classmethod
    def from_here(cls, given: Path | None) -> Path | None:
        """A folder is where it was when the portal started: serving goes to another one."""
        return given.absolute() if given else None

    @field_validator("database_url", mode="after")
    @classmethod
    def file_from_here(cls, given: str) -> str:
        try:
            url = make_url(given) if given else None
        except ArgumentError as wrong:
            raise ValueError("this is no address of a database, like postgresql+psycopg://user@host/name") from wrong
        if url is None or url.get_backend_name() != "sqlite" or not url.database or url.database.startswith((":", "file:")):
            return given
        return url.set(database=str(Path(url.database).absolute())).render_as_string(hide_password=False)

    @model_validator(mode="after")
    def refuse_what_is_unsafe(self) -> Self:
        problems = problems_of(self)
        if problems:
            raise ValueError("; ".join(problems))
        return self


BRIDGE_DAYS_MOVED = (
    "BIJSLUITER_BRIDGE_DAYS is no setting any more: take it away and enter these days on the page Regels, "
    "which first shows which dates move (or look with `bijsluiter bridge-days`)"
)
NO_SENDER = (
    "BIJSLUITER_MAIL_FROM is not one address: write privacy@publisher.nl or, with a name, "
    '"Publisher, privacy" <privacy@publisher.nl> (a comma only between quotes)'
)


def problems_of(settings: Settings) -> list[str]:
    """What is misconfigured, a sentence each; empty when the portal may start."""
    found = [BRIDGE_DAYS_MOVED] if settings.bridge_days else []
    if not is_sender(settings.mail_from):
        found.append(NO_SENDER)
    address = urlsplit(settings.base_url)
    if (
        address.scheme not in {"http", "https"}
        or not address.hostname
        or address.path.strip("/")
        or address.query
        or not has_port(settings.base_url)
    ):
        found.append("BIJSLUITER_BASE_URL is not an address like https://privacy.publisher.nl, without a path behind it")
    if "*" in settings.trusted_proxies:
        found.append("BIJSLUITER_TRUSTED_PROXIES is *, so that anybody could say from which address they come: name your proxy")
    found += [
        f"BIJSLUITER_TRUSTED_PROXIES names {part}, which is no network address like 127.0.0.1 or 10.0.0.0/8 (several with commas)"
        for part in filter(None, (part.strip() for part in settings.trusted_proxies.split(",")))
        if part != "*" and not is_network(part)
    ]
    names = [provider.name for provider in settings.providers]
    found += [f"BIJSLUITER_PROVIDERS has two with the name {name}" for name in sorted(set(names)) if names.count(name) > 1]
    found += [
        f"BIJSLUITER_STAFF_ROLES gives {value} the role {role}, which isn't one of {', '.join(ROLES_OF_STAFF)}"
        for value, role in settings.staff_roles.items()
        if role not in ROLES_OF_STAFF
    ]
    return found + (_demo_problems(settings) if settings.demo else _production_problems(settings))


def _demo_problems(settings: Settings) -> list[str]:
    addresses = {
        "BIJSLUITER_HOST": settings.host,
        "BIJSLUITER_BASE_URL": urlsplit(settings.base_url).hostname or "",
        "BIJSLUITER_SMTP_HOST": settings.smtp_host,
        **{f"provider {p.name}": urlsplit(p.metadata_url).hostname or "" for p in settings.providers},
    }
    found = [
        f"{name} is {value}, which is not loopback: the demo serves this machine only"
        for name, value in addresses.items()
        if not is_loopback(value)
    ]
    production = {
        **{name: secret.get_secret_value() != DEMO_SECRET for name, secret in settings.secrets.items()},
        "BIJSLUITER_DATABASE_URL": bool(settings.database_url),
        "BIJSLUITER_SMTP_PASSWORD": bool(settings.smtp_password.get_secret_value()),
    }
    return found + [f"{name} is set, which is for production: the demo refuses it" for name, on in production.items() if on]


def _production_problems(settings: Settings) -> list[str]:
    found = [
        f"{name} is the default or shorter than {SHORTEST_SECRET} characters"
        for name, secret in settings.secrets.items()
        if secret.get_secret_value() == DEMO_SECRET or len(secret.get_secret_value()) < SHORTEST_SECRET
    ]
    kept = [secret.get_secret_value() for secret in settings.secrets.values()]
    if len(set(kept)) < len(kept) and DEMO_SECRET not in kept:
        found.append(f"{', '.join(settings.secrets)} are not four different secrets")
    for provider in settings.providers:
        about = urlsplit(provider.metadata_url)
        if about.scheme != "https" and not is_loopback(about.hostname or ""):
            found.append(
                f"provider {provider.name}: metadata_url is not https, so that anybody on the way could sign in as anybody"
            )
    public = urlsplit(settings.base_url).hostname or ""
    if not settings.secure and not is_loopback(public):
        found.append("BIJSLUITER_BASE_URL is not https")
    return found
