import re
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select, update

from dashboard import jobs
from dashboard.accounts.model import Person
from dashboard.annexes.changes import SETTLES
from dashboard.annexes.model import Licence
from dashboard.clock import AMSTERDAM
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, LinkExpiredError, NotAllowedError, TooMuchError
from dashboard.i18n import Language
from dashboard.mail.model import OutgoingMail
from dashboard.mail.smtp import as_email
from dashboard.notices import subscriptions
from dashboard.notices.model import Subscription
from dashboard.permissions import SYSTEM, VISITOR, Actor
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.people import AGENT, BOARD, LYCEUM, OTHER_SCHOOL


@pytest.fixture(autouse=True)
def _known_people(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        for actor in (LYCEUM, OTHER_SCHOOL, BOARD):
            session.add(Person(id=actor.id, issuer="i", subject=actor.id, name=actor.name, created_at=NOW))


def ask(
    portal: Portal, actor: Actor = LYCEUM, email: str = "siem@lyceum.example", frequency: str = "at_once", now: datetime = NOW
) -> None:
    with transaction(portal.engine) as session:
        subscriptions.subscribe(by(session, actor, now, portal.settings), email, frequency, language=Language.NL)


def token_of(portal: Portal) -> str:
    found = re.search(r"/subscription#([^>\s]+)>", mails(portal, "subscription_asked")[-1].body)
    assert found
    return found.group(1)


def confirm(portal: Portal, token: str, now: datetime = NOW) -> None:
    with transaction(portal.engine) as session:
        subscriptions.confirm(by(session, VISITOR, now), token)


def on(portal: Portal, **changes: str) -> None:
    ask(portal, **changes)  # type: ignore[arg-type]
    confirm(portal, token_of(portal))


def mails(portal: Portal, kind: str) -> list[OutgoingMail]:
    with reading(portal.engine) as session:
        return list(
            session.exec(select(OutgoingMail).where(OutgoingMail.kind == kind).order_by(col(OutgoingMail.created_at))).all()
        )


def send(portal: Portal, now: datetime) -> int:
    return len(jobs.work(portal, "annex_news", lambda: now))


# What is in force from midnight is told when nothing can be added to that moment any more.
IN_FORCE = datetime(2026, 4, 16, tzinfo=AMSTERDAM) + SETTLES


def test_nothing_is_mailed_before_the_address_was_confirmed(school_portal: Portal) -> None:
    ask(school_portal)
    assert send(school_portal, IN_FORCE) == 0
    confirm(school_portal, token_of(school_portal))
    assert send(school_portal, IN_FORCE) == 1
    (mail,) = mails(school_portal, "annex_news")
    assert mail.recipient == "siem@lyceum.example"
    assert "- Klikkompas: Bijlage 1 Privacybijsluiter, versie 1.5, geldt sinds donderdag 16 april 2026" in mail.body


def test_what_was_told_isnt_told_again(school_portal: Portal) -> None:
    on(school_portal)
    assert send(school_portal, IN_FORCE - timedelta(minutes=1)) == 0
    assert send(school_portal, IN_FORCE) == 1
    assert send(school_portal, IN_FORCE) == 0
    assert send(school_portal, IN_FORCE + timedelta(hours=1)) == 0


def test_a_link_works_once_and_for_a_day(school_portal: Portal) -> None:
    ask(school_portal)
    token = token_of(school_portal)
    for wrong in ("", "x", token + "x"):
        with pytest.raises(LinkExpiredError):
            confirm(school_portal, wrong)
    with pytest.raises(LinkExpiredError):
        confirm(school_portal, token, NOW + timedelta(hours=24))
    confirm(school_portal, token, NOW + timedelta(hours=23))
    with pytest.raises(LinkExpiredError):
        confirm(school_portal, token, NOW + timedelta(hours=23))
    with reading(school_portal.engine) as session:
        assert token not in str(session.exec(select(Subscription)).one().model_dump())


def test_a_weekly_digest_comes_on_monday_at_seven_in_amsterdam(school_portal: Portal) -> None:
    on(school_portal, frequency="weekly")
    # Thursday 16 April; the Monday after it is the 20th, in summer time.
    monday = datetime(2026, 4, 20, 7, 0, tzinfo=AMSTERDAM) + SETTLES
    assert send(school_portal, monday - timedelta(days=7)) == 0
    assert send(school_portal, IN_FORCE + timedelta(hours=9)) == 0
    assert send(school_portal, monday - timedelta(minutes=1)) == 0
    assert send(school_portal, monday) == 1
    assert send(school_portal, monday + timedelta(minutes=10)) == 0
    assert mails(school_portal, "annex_news")[0].subject == "Deze week veranderd: bijlagen voor Vijf Bruggen Lyceum"


def test_a_quiet_week_sends_nothing_and_doesnt_make_the_next_news_come_early(school_portal: Portal) -> None:
    on(school_portal, frequency="weekly")
    assert send(school_portal, datetime(2026, 4, 13, 7, 5, tzinfo=AMSTERDAM)) == 0
    assert send(school_portal, IN_FORCE + timedelta(hours=8)) == 0
    assert send(school_portal, datetime(2026, 4, 20, 7, 5, tzinfo=AMSTERDAM)) == 1


def test_one_click_in_the_mail_ends_it_and_only_that(school_portal: Portal) -> None:
    on(school_portal)
    on(school_portal, actor=OTHER_SCHOOL, email="kim@eenhoorn.example")  # type: ignore[arg-type]
    send(school_portal, IN_FORCE)
    (mail,) = mails(school_portal, "annex_news")
    email = as_email(mail, school_portal.settings)
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = email["List-Unsubscribe"].strip("<>")
    assert f"<{link}>" in mail.body
    token = link.rpartition("/")[2]
    for wrong in ("", "x", token[:-1], token + "0", "." + token.partition(".")[2]):
        with pytest.raises(LinkExpiredError), transaction(school_portal.engine) as session:
            subscriptions.unsubscribe(by(session, VISITOR, NOW, school_portal.settings), wrong)
    for _ in range(2):
        with transaction(school_portal.engine) as session:
            subscriptions.unsubscribe(by(session, VISITOR, NOW, school_portal.settings), token)
    with reading(school_portal.engine) as session:
        ended = {row.email: row.ended_at is not None for row in session.exec(select(Subscription))}
    assert ended == {"siem@lyceum.example": True, "kim@eenhoorn.example": False}


def test_another_address_is_confirmed_anew_and_another_frequency_counts_at_once(school_portal: Portal) -> None:
    on(school_portal)
    ask(school_portal, frequency="weekly")
    assert len(mails(school_portal, "subscription_asked")) == 1
    ask(school_portal, email="ander@lyceum.example")
    with reading(school_portal.engine) as session:
        row = session.exec(select(Subscription)).one()
    assert (row.email, row.confirmed_at) == ("ander@lyceum.example", None)
    assert send(school_portal, IN_FORCE) == 0


def test_a_licence_that_ends_is_told_and_after_it_there_is_no_news_of_the_product(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        session.exec(
            update(Licence).where(col(Licence.product_slug) == "klikkompas").values(valid_to=NOW.date() + timedelta(days=1))
        )
    on(school_portal)
    assert send(school_portal, NOW + timedelta(days=2)) == 1
    assert "de licentie van je school is gestopt op zaterdag 7 maart 2026" in mails(school_portal, "annex_news")[0].body
    assert send(school_portal, IN_FORCE) == 0


def test_ending_it_in_the_portal_ends_it(school_portal: Portal) -> None:
    on(school_portal)
    with transaction(school_portal.engine) as session:
        subscriptions.end_mine(by(session, LYCEUM, NOW))
        assert subscriptions.mine(by(session, LYCEUM)) is None
    assert send(school_portal, IN_FORCE) == 0


@pytest.mark.parametrize(("email", "frequency", "field"), [("geen", "at_once", "email"), ("a@b.example", "ooit", "frequency")])
def test_what_cant_be_is_refused(school_portal: Portal, email: str, frequency: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        ask(school_portal, email=email, frequency=frequency)
    assert set(refused.value.problems) == {field}


@pytest.mark.parametrize("actor", [VISITOR, AGENT])
def test_only_a_school_subscribes(school_portal: Portal, actor: Actor) -> None:
    with pytest.raises(NotAllowedError):
        ask(school_portal, actor)


def test_what_ended_or_was_never_confirmed_is_forgotten_after_a_month(school_portal: Portal) -> None:
    on(school_portal)
    ask(school_portal, OTHER_SCHOOL, "kim@eenhoorn.example")
    with transaction(school_portal.engine) as session:
        subscriptions.end_mine(by(session, LYCEUM, NOW))
        assert subscriptions.forget_old(by(session, SYSTEM, NOW + timedelta(days=30))) == 0
        assert subscriptions.forget_old(by(session, SYSTEM, NOW + timedelta(days=31))) == 2


def test_one_login_mails_nobody_without_end(school_portal: Portal) -> None:
    """Somebody of a school types another's address, ends it and types it again."""
    asked = 0
    for _ in range(20):
        try:
            ask(school_portal, email="slachtoffer@elders.example")
        except TooMuchError:
            continue
        asked += 1
        with transaction(school_portal.engine) as session:
            subscriptions.end_mine(by(session, LYCEUM, NOW, school_portal.settings))
    assert asked == 10
    goes = sorted(mail.next_try_at for mail in mails(school_portal, "subscription_asked"))
    assert max(sum(start <= each < start + timedelta(hours=1) for each in goes) for start in goes) == 3
