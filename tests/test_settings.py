import pytest
from pydantic import SecretStr, ValidationError

from dashboard.settings import Settings
from dashboard.written import is_loopback

SECRET = "x" * 40
PRODUCTION = {
    "environment": "production",
    "pepper": "p" * 40,
    "cookie_secret": "c" * 40,
    "file_secret": "f" * 40,
    "signing_secret": "s" * 40,
    "base_url": "https://privacy.publisher.example",
}


def refusal(**values: object) -> str:
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None, **values)  # type: ignore[arg-type]
    return str(refused.value.errors(include_url=False)[0]["msg"])


def test_production_starts_with_its_own_secrets_on_https() -> None:
    found = Settings(_env_file=None, **PRODUCTION)  # type: ignore[arg-type]
    assert found.secure
    assert found.allowed_hosts == ("privacy.publisher.example",)


def test_nothing_set_means_production_and_is_refused() -> None:
    assert "BIJSLUITER_PEPPER" in refusal()


@pytest.mark.parametrize("name", ["pepper", "cookie_secret", "file_secret", "signing_secret"])
@pytest.mark.parametrize("value", ["demo-only-not-a-secret", "short", ""])
def test_production_refuses_a_default_or_short_secret(name: str, value: str) -> None:
    assert f"BIJSLUITER_{name.upper()}" in refusal(**{**PRODUCTION, name: value})


def test_production_refuses_a_public_address_without_https() -> None:
    assert "https" in refusal(**{**PRODUCTION, "base_url": "http://privacy.publisher.example"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", "0.0.0.0"),
        ("base_url", "http://portal.example:8501"),
        ("smtp_host", "mail.publisher.example"),
        ("pepper", SECRET),
        ("cookie_secret", SECRET),
        ("file_secret", SECRET),
        ("signing_secret", SECRET),
        ("database_url", "postgresql+psycopg://db.publisher.example/x"),
        ("smtp_password", "secret"),
        (
            "providers",
            [
                {
                    "name": "entree",
                    "label": "Entree",
                    "kind": "entree",
                    "metadata_url": "https://idp.elders.example/x",
                    "client_id": "c",
                    "client_secret": "s",
                }
            ],
        ),
    ],
)
def test_the_demo_refuses_every_address_elsewhere_and_every_production_setting(name: str, value: object) -> None:
    assert "demo" in refusal(environment="demo", **{name: value})


def test_the_demo_starts_on_loopback() -> None:
    assert Settings(_env_file=None, environment="demo").demo


def test_settings_cannot_be_changed_and_dont_show_their_secrets() -> None:
    found = Settings(_env_file=None, **PRODUCTION)  # type: ignore[arg-type]
    assert not any(secret * 40 in repr(found) for secret in "pcfs")
    with pytest.raises(ValidationError):
        found.pepper = SecretStr("other")


@pytest.mark.parametrize(
    ("host", "is_it"), [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("", False)]
)
def test_loopback_is_told_apart(host: str, is_it: bool) -> None:
    assert is_loopback(host) is is_it


def test_a_provider_name_fits_in_an_address() -> None:
    provider = {"label": "x", "kind": "entree", "metadata_url": "http://localhost/x", "client_id": "c", "client_secret": "s"}
    for name in ("with_underscore", "../x", "", "A"):
        with pytest.raises(ValidationError):
            Settings(_env_file=None, environment="demo", providers=[{**provider, "name": name}])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sender",
    [
        "Uitgever, privacy <privacy@uitgever.example>",
        "privacy@uitgever.example, ander@uitgever.example",
        "privacy",
        "",
        "privacy@",
    ],
)
def test_a_sender_that_is_not_one_address_is_refused_at_the_start(sender: str) -> None:
    assert "BIJSLUITER_MAIL_FROM" in refusal(**{**PRODUCTION, "mail_from": sender})


@pytest.mark.parametrize(
    "sender", ["privacy@uitgever.example", "Privacy <privacy@uitgever.example>", '"Uitgever, privacy" <privacy@uitgever.example>']
)
def test_a_sender_may_have_a_name(sender: str) -> None:
    assert Settings(_env_file=None, **{**PRODUCTION, "mail_from": sender}).mail_from == sender  # type: ignore[arg-type]
