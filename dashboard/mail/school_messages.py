"""One function per message to people of schools and boards, besides those about a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.i18n import Language, texts
from dashboard.mail.messages import Post


@dataclass(frozen=True, slots=True)
class Item:
    """One change in a mail: a sentence, and what the publisher wrote about it."""

    headline: str
    summary: str = ""


def access_granted(post: Post, *, to: str, name: str, language: Language) -> None:
    post.write_to("access_granted", to, language, name)


def access_refused(post: Post, *, to: str, name: str, language: Language, reason: str) -> None:
    post.write_to("access_refused", to, language, name, reason=reason)


def subscription_asked(post: Post, *, to: str, name: str, language: Language, token: str) -> None:
    """Confirm that this address is yours and wants mail."""
    post.write_to("subscription_asked", to, language, name, link=f"{post.settings.base_url}/subscription#{token}")


def annex_news(  # noqa: PLR0913  what it tells and how it is ended
    post: Post, *, to: str, name: str, language: Language, school: str, items: Sequence[Item], weekly: bool, unsubscribe_url: str
) -> None:
    """What changed to the annexes of a school."""
    post.write_to(
        "annex_news", to, language, name, unsubscribe_url=unsubscribe_url, school=school, items=list(items), weekly=weekly
    )


def subprocessor_notice(
    post: Post, *, to: str, board: str, product: str, lines: Sequence[str], effective_on: date, object_until: date
) -> None:
    """To a board's own contact: which sub-processors change, from when, and until when it may object."""
    t = texts(Language.NL)
    days = {"effective": t.day(effective_on), "until": t.day(object_until)}
    post.write_to("subprocessor_notice", to, Language.NL, "", board=board, product=product, lines=list(lines), **days)


def objection_received(post: Post, *, to: str, name: str, language: Language, product: str) -> None:
    post.write_to("objection_received", to, language, name, product=product)


def objection_answered(post: Post, *, to: str, name: str, language: Language, product: str, outcome: str, body: str) -> None:
    post.write_to("objection_answered", to, language, name, product=product, outcome=outcome, body=body)
