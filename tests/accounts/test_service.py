from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from dashboard.accounts import service
from dashboard.accounts.model import LoginSession, OrganisationMapping, Person
from dashboard.audit import AuditRow
from dashboard.db import reading, transaction
from dashboard.demo.provider import configured, samples
from dashboard.errors import NotAllowedError, SignInRefusedError
from dashboard.permissions import SYSTEM, VISITOR, Actor, Refusal, Role, SchoolScope
from dashboard.portal import Portal
from dashboard.settings import Provider
from dashboard.tokens import digest
from tests.acts import by
from tests.people import AGENT

PROVIDERS = {provider.name: provider for provider in configured(9000)}
USERS = {(sample["name"], user["sub"]): user for sample in samples() for user in sample["users"]}


def sign_in(portal: Portal, provider: Provider, claims: Mapping[str, Any], now: datetime, old: Actor = VISITOR) -> str:
    with transaction(portal.engine) as session:
        return service.sign_in(by(session, old, now, portal.settings), provider, {"iss": "http://idp.example", **claims})


def sample_cookie(portal: Portal, provider: str, sub: str, now: datetime) -> str:
    user = USERS[provider, sub]
    return sign_in(portal, PROVIDERS[provider], {"sub": sub, "name": user["name"], **user["claims"]}, now)


def who(portal: Portal, cookie: str | None, now: datetime) -> Actor:
    with reading(portal.engine) as session:
        return service.resolve(by(session, VISITOR, now, portal.settings), cookie)


SCHOOL = Role.SCHOOL
EXPECTED: dict[tuple[str, str], Role | Refusal] = {
    ("entree", "locatie"): SCHOOL,
    ("entree", "school"): SCHOOL,
    ("entree", "tekens"): SCHOOL,
    ("entree", "leerling"): Refusal.STUDENT,
    ("entree", "gast"): Refusal.NOT_EMPLOYED,
    ("entree", "werkstudent"): SCHOOL,
    ("entree", "kleine-letters"): SCHOOL,
    ("entree", "verkeerd-nummer"): Refusal.MALFORMED_ORGANISATION,
    ("entree", "onbekende-school"): Refusal.UNKNOWN_SCHOOL,
    ("entree", "geen-licentie"): SCHOOL,
    ("entree", "bijlage-ontbreekt"): SCHOOL,
    ("surfconext", "mbo"): SCHOOL,
    ("surfconext", "niet-gekoppeld"): Refusal.UNKNOWN_SCHOOL,
    ("entra", "bestuur"): SCHOOL,
    ("entra", "leerling-entra"): Role.SCHOOL_READER,
    ("google", "domein"): SCHOOL,
    ("google", "prive"): Refusal.CONSUMER_ACCOUNT,
    ("medewerkers", "behandelaar"): Role.DESK_AGENT,
    ("medewerkers", "collega"): Role.DESK_AGENT,
    ("medewerkers", "functionaris"): Role.PRIVACY_OFFICER,
    ("medewerkers", "redacteur"): Role.EDITOR,
    ("medewerkers", "beheerder"): Role.ADMINISTRATOR,
    ("medewerkers", "auditor"): Role.AUDITOR,
    ("medewerkers", "geen-rol"): Refusal.NO_STAFF_ROLE,
}


@pytest.mark.parametrize("user", sorted(USERS))
def test_every_sample_user_gets_the_role_or_the_refusal_of_the_rules(
    school_portal: Portal, now: datetime, user: tuple[str, str]
) -> None:
    actor = who(school_portal, sample_cookie(school_portal, *user, now), now)
    expected = EXPECTED[user]
    assert (actor.refusal or actor.role) == expected
    assert actor.role in {expected, Role.VISITOR}
    assert (actor.scope is not None) is actor.is_of_school


def test_every_sample_user_is_expected_here() -> None:
    assert set(EXPECTED) == set(USERS)


def test_the_same_person_signs_in_twice_and_is_one_person_with_two_sessions(school_portal: Portal, now: datetime) -> None:
    first, second = (sample_cookie(school_portal, "entree", "school", now) for _ in range(2))
    assert first != second
    assert who(school_portal, first, now).id == who(school_portal, second, now).id
    with reading(school_portal.engine) as session:
        assert len(session.exec(select(Person)).all()) == 1


def test_the_same_subject_at_another_issuer_is_another_person(school_portal: Portal, now: datetime) -> None:
    claims = {"sub": "x", "name": "X", **USERS["entree", "school"]["claims"]}
    first = sign_in(school_portal, PROVIDERS["entree"], claims, now)
    second = sign_in(school_portal, PROVIDERS["entree"], {**claims, "iss": "http://other.example"}, now)
    assert who(school_portal, first, now).id != who(school_portal, second, now).id


@pytest.mark.parametrize("claims", [{"iss": "", "sub": "x"}, {"iss": None, "sub": "x"}, {"sub": ""}, {}])
def test_without_issuer_or_subject_nobody_is_signed_in(school_portal: Portal, now: datetime, claims: dict[str, Any]) -> None:
    with pytest.raises(SignInRefusedError):
        sign_in(school_portal, PROVIDERS["entree"], claims, now)


def test_the_cookie_is_stored_only_as_a_digest(school_portal: Portal, now: datetime) -> None:
    cookie = sample_cookie(school_portal, "entree", "school", now)
    with reading(school_portal.engine) as session:
        (held,) = session.exec(select(LoginSession)).all()
    assert held.cookie_digest == digest(cookie)
    assert cookie not in str(held.model_dump())


def test_after_signing_out_the_cookie_opens_nothing(school_portal: Portal, now: datetime) -> None:
    cookie = sample_cookie(school_portal, "entree", "school", now)
    with transaction(school_portal.engine) as session:
        service.sign_out(by(session, who(school_portal, cookie, now), now))
    assert who(school_portal, cookie, now) == VISITOR


def test_signing_in_again_ends_the_session_that_was_there(school_portal: Portal, now: datetime) -> None:
    cookie = sample_cookie(school_portal, "entree", "school", now)
    user = USERS["entree", "school"]
    sign_in(
        school_portal,
        PROVIDERS["entree"],
        {"sub": "school", "name": user["name"], **user["claims"]},
        now,
        who(school_portal, cookie, now),
    )
    assert who(school_portal, cookie, now) == VISITOR


@pytest.mark.parametrize(("minutes", "still"), [(29, True), (31, False)])
def test_a_session_ends_after_half_an_hour_without_use(school_portal: Portal, now: datetime, minutes: int, still: bool) -> None:
    cookie = sample_cookie(school_portal, "entree", "school", now)
    assert who(school_portal, cookie, now + timedelta(minutes=minutes)).signed_in is still


@pytest.mark.parametrize(("hours", "minutes", "still"), [(7, 59, True), (8, 1, False)])
def test_a_session_ends_after_eight_hours_however_much_it_is_used(
    school_portal: Portal, now: datetime, hours: int, minutes: int, still: bool
) -> None:
    cookie, end = sample_cookie(school_portal, "entree", "school", now), now + timedelta(hours=hours, minutes=minutes)
    at = now
    while at < now + timedelta(hours=7, minutes=40):
        at += timedelta(minutes=20)
        actor = who(school_portal, cookie, at)
        assert actor.signed_in
        with transaction(school_portal.engine) as session:
            service.touch(by(session, actor, at))
    assert who(school_portal, cookie, end).signed_in is still


def test_the_last_use_is_written_at_most_twice_a_minute(school_portal: Portal, now: datetime) -> None:
    cookie = sample_cookie(school_portal, "entree", "school", now)
    with reading(school_portal.engine) as session:
        assert not service.needs_touch(by(session, VISITOR, now + timedelta(seconds=29)), cookie)
        assert service.needs_touch(by(session, VISITOR, now + timedelta(seconds=30)), cookie)
        assert not service.needs_touch(by(session, VISITOR, now), "unknown")


@pytest.mark.parametrize("cookie", [None, "", "x", "a" * 5000])
def test_an_unknown_cookie_is_a_visitor(school_portal: Portal, now: datetime, cookie: str | None) -> None:
    assert who(school_portal, cookie, now) == VISITOR


def test_entitlement_follows_the_mapping_at_every_run(school_portal: Portal, now: datetime) -> None:
    cookie = sample_cookie(school_portal, "google", "domein", now)
    assert who(school_portal, cookie, now).scope == SchoolScope(board="90102")
    with transaction(school_portal.engine) as session:
        session.delete(session.exec(select(OrganisationMapping).where(OrganisationMapping.key == "hd")).one())
    assert who(school_portal, cookie, now).refusal is Refusal.UNKNOWN_SCHOOL


def test_signing_in_and_out_leave_audit_rows(school_portal: Portal, now: datetime) -> None:
    cookie = sample_cookie(school_portal, "entree", "school", now)
    with transaction(school_portal.engine) as session:
        service.sign_out(by(session, who(school_portal, cookie, now), now))
    with reading(school_portal.engine) as session:
        assert sorted(row.action for row in session.exec(select(AuditRow))) == ["sign_in", "sign_out"]


def test_old_sessions_are_forgotten_by_the_job_alone(school_portal: Portal, now: datetime) -> None:
    sample_cookie(school_portal, "entree", "school", now)
    later = now + timedelta(days=2)
    with pytest.raises(NotAllowedError), transaction(school_portal.engine) as session:
        service.forget_old_sessions(by(session, AGENT, later, school_portal.settings))
    with transaction(school_portal.engine) as session:
        assert service.forget_old_sessions(by(session, SYSTEM, later, school_portal.settings)) == 1
