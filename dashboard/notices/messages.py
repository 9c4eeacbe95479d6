"""One function for each message to people of schools and boards about annexes; the words are in `data/mail`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.act import Allowed
from dashboard.i18n import texts
from dashboard.mail.outbox import Envelope
from dashboard.mail.post import write


@dataclass(frozen=True, slots=True)
class Item:
    """One change in a mail: a sentence, and what the publisher wrote about it."""

    headline: str
    summary: str = ""


def subscription_asked(act: Allowed, to: Envelope, *, token: str) -> None:
    """Confirm that this address is yours and wants mail."""
    write(act, "subscription_asked", to, link=f"{act.settings.base_url}/subscription#{token}")


def annex_news(act: Allowed, to: Envelope, *, school: str, items: Sequence[Item], weekly: bool) -> None:
    """What changed to the annexes of a school."""
    write(act, "annex_news", to, school=school, items=list(items), weekly=weekly)


def subprocessor_notice(
    act: Allowed, to: Envelope, *, product: str, lines: Sequence[str], effective_on: date, object_until: date
) -> None:
    """To a board's own contact: which sub-processors change, from when, and until when it may object."""
    t = texts(to.language)
    days = {"effective": t.day(effective_on), "until": t.day(object_until)}
    write(act, "subprocessor_notice", to, product=product, lines=list(lines), **days)


def objection_received(act: Allowed, to: Envelope, *, product: str) -> None:
    write(act, "objection_received", to, product=product)


def objection_answered(act: Allowed, to: Envelope, *, product: str, outcome: str, body: str) -> None:
    write(act, "objection_answered", to, product=product, outcome=outcome, body=body)
