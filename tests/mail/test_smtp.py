import socket
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import Engine

from dashboard.data_requests.outgoing import messages
from dashboard.db import transaction
from dashboard.mail.smtp import DeliveryFailed, as_email, send
from dashboard.permissions import SYSTEM
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import request


class Server:
    """A real SMTP server's behaviour: keeps what it gets, refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.answer = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.kept.append(envelope.content or b"")  # type: ignore[arg-type]
        return "250 OK"


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(settings: Settings) -> Iterator[tuple[Server, Settings]]:
    handler, port = Server(), a_free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, settings.model_copy(update={"smtp_port": port})
    controller.stop()


def test_a_message_arrives_as_it_was_written(sqlite: Engine, now: datetime, server: tuple[Server, Settings]) -> None:
    handler, settings = server
    case = cases.received(sqlite, settings, now, request(name="Zoë 💥 Voorbeeld"))
    with transaction(sqlite) as session:
        messages.fresh_link(by(session, SYSTEM, now, settings), case, token="TOKEN")
    (mail,) = cases.mails(sqlite, "fresh_link")
    send(mail, settings)
    found = message_from_bytes(handler.kept[0], policy=policy.default)
    assert found["to"] == "noor@aanvrager.example"
    assert found["message-id"] == f"<{mail.id}@publisher.example>"
    assert found["content-language"] == "nl"
    for kind in ("plain", "html"):
        part = found.get_body((kind,))
        assert part is not None
        assert "Zoë 💥 Voorbeeld" in part.get_content()
        assert cases.token_in(mail) in part.get_content()


@pytest.mark.parametrize(("answer", "permanent"), [("550 nobody here", True), ("451 later", False), ("552 full", True)])
def test_a_refusal_is_permanent_or_passing_by_its_number_and_tells_no_address(
    sqlite: Engine, now: datetime, server: tuple[Server, Settings], answer: str, permanent: bool
) -> None:
    handler, settings = server
    handler.answer = answer
    cases.submit(sqlite, settings, now)
    with pytest.raises(DeliveryFailed) as failed:
        send(cases.mails(sqlite)[0], settings)
    assert failed.value.permanent is permanent
    assert failed.value.reason == f"smtp {answer[:3]}"


def test_a_server_that_is_down_is_a_passing_failure(sqlite: Engine, settings: Settings, now: datetime) -> None:
    cases.submit(sqlite, settings, now)
    with pytest.raises(DeliveryFailed) as failed:
        send(cases.mails(sqlite)[0], settings.model_copy(update={"smtp_port": a_free_port()}))
    assert not failed.value.permanent


@pytest.mark.parametrize(
    "name", ["Noor\r\nBcc: ander@elders.example", "Noor\nSubject: x", "{{ 7 * 1907 }}", "%s {0}", "<b>Noor</b>"]
)
def test_a_hostile_name_is_no_salutation(sqlite: Engine, settings: Settings, now: datetime, name: str) -> None:
    case = cases.received(sqlite, settings, now, request(name=name))
    with transaction(sqlite) as session:
        messages.acknowledged(by(session, SYSTEM, now, settings), case)
    email = as_email(cases.mails(sqlite, "acknowledged")[0], settings)
    assert set(email.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Content-Language",
        "Auto-Submitted",
        "Content-Type",
        "MIME-Version",
    }
    plain, html = email.get_body(("plain",)), email.get_body(("html",))
    assert plain is not None
    assert html is not None
    # No name, so it is left out; and nothing of it became a header, a template or markup.
    assert "Beste aanvrager," in plain.get_content()
    assert "elders" not in plain.get_content() + html.get_content()
    assert "<b>" not in html.get_content()
    assert "13349" not in email["Subject"]


@pytest.mark.parametrize(
    ("address", "on_the_line"),
    [("jan@müller.example", "jan@xn--mller-kva.example"), ("jan@xn--mller-kva.example", "jan@xn--mller-kva.example")],
)
def test_a_domain_with_an_accent_goes_to_a_server_that_knows_ascii_only(
    sqlite: Engine, now: datetime, server: tuple[Server, Settings], address: str, on_the_line: str
) -> None:
    handler, settings = server
    cases.submit(sqlite, settings, now, request(email=address))
    send(cases.mails(sqlite)[0], settings)
    assert message_from_bytes(handler.kept[0], policy=policy.default)["to"] == on_the_line


def test_an_address_that_no_ascii_server_takes_is_given_up_at_once(
    sqlite: Engine, now: datetime, server: tuple[Server, Settings]
) -> None:
    """The form refuses it; one that was kept before it did isn't tried for three days."""
    _, settings = server
    cases.submit(sqlite, settings, now)
    (mail,) = cases.mails(sqlite)
    mail.recipient = "jörg@x.example"
    with pytest.raises(DeliveryFailed) as failed:
        send(mail, settings)
    assert failed.value.permanent


def test_a_sender_with_a_name_gives_a_message_id_of_its_domain(sqlite: Engine, settings: Settings, now: datetime) -> None:
    named = settings.model_copy(update={"mail_from": '"Uitgever, privacy" <privacy@uitgever.example>'})
    cases.submit(sqlite, named, now)
    email = as_email(cases.mails(sqlite)[0], named)
    assert email["Message-ID"].endswith("@uitgever.example>")
    assert [each.addr_spec for each in email["From"].addresses] == ["privacy@uitgever.example"]
