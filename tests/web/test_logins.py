"""Logins as the federations send them, against a provider over HTTP: discovery, PKCE, keys, tokens and userinfo are real."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from pydantic import SecretStr
from sqlmodel import col, func, select
from starlette.applications import Starlette
from starlette.routing import Route
from structlog.testing import capture_logs

from dashboard.accounts import mappings, service, sign_ins
from dashboard.accounts.model import LoginSession, OrganisationMapping, SignInStart
from dashboard.audit import AuditRow
from dashboard.clock import utc_now
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.permissions import SYSTEM, VISITOR, Actor, Refusal, Role
from dashboard.portal import Portal
from dashboard.settings import Provider as ProviderSettings
from dashboard.settings import ProviderKind
from dashboard.web import sign_in
from tests.acts import by
from tests.people import ADMINISTRATOR
from tests.web import provider
from tests.web.visit import in_a_thread

TENANT, OTHER_TENANT = "0a0b0c0d-1111-4222-8333-444455556666", "ffffffff-1111-4222-8333-444455556666"
MANY = "{url}/{tenantid}/v2.0"
EMPLOYEE = {"eduPersonAffiliation": ["employee"]}
BRANCH, ORG = "nlEduPersonHomeOrganizationBranchId", "nlEduPersonHomeOrganizationId"
SANNE = {"givenName": "Sanne", "nlEduPersonTussenvoegsels": "van der", "sn": "Berg"}
DINA = {"hd": "school.example", "email_verified": True, "given_name": "Dina", "family_name": "Domein"}
K = ProviderKind
KINDS = {kind.value: kind for kind in ProviderKind}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
def idp() -> Iterator[provider.Provider]:
    with provider.running() as found:
        yield found


@pytest.fixture
def here(school_portal: Portal, idp: provider.Provider, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """The sample schools, with the provider under the name of each kind of federation."""
    providers = tuple(
        ProviderSettings(
            name=name,
            label=name,
            kind=kind,
            metadata_url=f"{idp.url}/.well-known/openid-configuration",
            client_id=provider.CLIENT,
            client_secret=SecretStr("x"),
        )
        for name, kind in KINDS.items()
    )
    portal = Portal(school_portal.settings.model_copy(update={"providers": providers}), school_portal.engine, school_portal.files)
    for module in ("sign_in", "identity"):
        monkeypatch.setattr(f"dashboard.web.{module}.portal", lambda: portal)
    sign_in._made.cache_clear()  # noqa: SLF001  another provider on the same port
    with transaction(portal.engine) as session:
        for value, claim, mark in ((TENANT, "roles", "Medewerker"), (OTHER_TENANT, "", "")):
            session.add(
                OrganisationMapping(
                    provider=ProviderKind.ENTRA, key="tid", value=value, board_number="90102", staff_claim=claim, staff_value=mark
                )
            )
        session.add(
            OrganisationMapping(
                provider=ProviderKind.GOOGLE, key="hd", value="school.example", brin="90AD", staff_claim="groups", staff_value="m"
            )
        )
    return portal


class Browser:
    """Keeps its cookies, and goes by the provider when it is sent there."""

    def __init__(self, idp: provider.Provider) -> None:
        routes = [
            Route("/sign-in/{provider}", sign_in.start),
            Route("/sign-in-callback", sign_in.callback),
            Route("/sign-out-elsewhere/{provider}", sign_in.signed_out_elsewhere, methods=["POST"]),
        ]
        self.app, self.idp, self.cookies = Starlette(routes=routes), idp, dict[str, str]()

    def ask(self, path: str, method: str = "GET", **given: Any) -> httpx2.Response:
        async def asked() -> httpx2.Response:
            transport = httpx2.ASGITransport(app=self.app)
            headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8501") as client:
                return await client.request(method, path, headers=headers, **given)

        answer = in_a_thread(asked)
        self.cookies |= dict(answer.cookies.items())
        return answer

    def begin(self, name: str, to: str = "/annexes") -> str:
        """The address with which the provider sends the browser back."""
        answer = self.ask(f"/sign-in/{name}?to={to}")
        assert answer.status_code == 302, answer.text
        return self.idp.authorize(dict(parse_qsl(urlsplit(answer.headers["location"]).query)))

    def finish(self, address: str) -> httpx2.Response:
        parts = urlsplit(address)
        return self.ask(f"{parts.path}?{parts.query}")


def who(portal: Portal, browser: Browser) -> Actor:
    with reading(portal.engine) as session:
        return service.resolve(by(session, VISITOR, utc_now(), portal.settings), browser.cookies.get("bijsluiter-session"))


def entree(**claims: Any) -> dict[str, Any]:
    return {**EMPLOYEE, **claims}


def surf(*affiliations: str, home: Any = "lagelanden.example") -> dict[str, Any]:
    return {"schac_home_organization": home, "eduperson_affiliation": list(affiliations)}


# Ten shapes of each family: what it sends, and whom that makes: (role or refusal, scope, name).
ENTREE: list[tuple[dict[str, Any], Role | Refusal, str, str]] = [
    (entree(**{ORG: "90AD"}, **SANNE), Role.SCHOOL, "90AD", "Sanne van der Berg"),
    (entree(**{ORG: "90AD"}, givenName="Sanne"), Role.SCHOOL, "90AD", "Sanne"),
    (entree(**{BRANCH: "90AA01", ORG: "90AA"}), Role.SCHOOL, "90AA01", ""),
    (entree(**{BRANCH: "90AA99", ORG: "90AA"}), Role.SCHOOL, "90AA", ""),
    (entree(**{BRANCH: "0", ORG: "90AA"}), Role.SCHOOL, "90AA", ""),
    (entree(**{BRANCH: "90AA01,90AA02"}), Role.SCHOOL, "90AA01", ""),
    (entree(**{ORG: ["99ZZ", "90AD"]}), Role.SCHOOL, "90AD", ""),
    ({ORG: "90AD", "eduPersonAffiliation": "student;employee"}, Role.SCHOOL, "90AD", ""),
    ({ORG: "90AD", "eduPersonScopedAffiliation": "employee@lyceum.example"}, Role.SCHOOL, "90AD", ""),
    ({ORG: "90AD", "eduPersonScopedAffiliation": ["student@lyceum.example", "employee@a.example"]}, Refusal.NOT_EMPLOYED, "", ""),
    (entree(**{BRANCH: "90AA99"}), Refusal.UNKNOWN_SCHOOL, "", ""),
    (entree(**{ORG: "90AD77"}), Role.SCHOOL, "90AD", ""),
    ({ORG: "90AD", "eduPersonScopedAffiliation": ["student@lyceum.example", "member@lyceum.example"]}, Refusal.STUDENT, "", ""),
]  # fmt: skip
SURFCONEXT: list[tuple[dict[str, Any], Role | Refusal, str, str]] = [
    (surf("employee", "member"), Role.SCHOOL, "90104", ""),
    (surf("faculty", "member"), Role.SCHOOL, "90104", ""),
    (surf("staff"), Role.SCHOOL, "90104", ""),
    (surf("faculty", "staff", "employee", "member") | {"name": "Mila Mbo"}, Role.SCHOOL, "90104", "Mila Mbo"),
    (surf("student", "member"), Refusal.STUDENT, "", ""),
    (surf("member"), Refusal.NOT_EMPLOYED, "", ""),
    (surf("employee", home=["lagelanden.example"]), Role.SCHOOL, "90104", ""),
    (surf("employee", home="LageLanden.Example"), Role.SCHOOL, "90104", ""),
    (surf("employee", home="elders.example"), Refusal.UNKNOWN_SCHOOL, "", ""),
    (surf() | {"eduperson_scoped_affiliation": ["employee@sub.lagelanden.example"]}, Role.SCHOOL, "90104", ""),
    (surf() | {"eduperson_scoped_affiliation": ["student@lagelanden.example", "employee@x.example"]}, Refusal.STUDENT, "", ""),
    (surf("employee", home="elders.example,lagelanden.example"), Refusal.UNKNOWN_SCHOOL, "", ""),
]  # fmt: skip
ENTRA: list[tuple[dict[str, Any], Role | Refusal, str, str]] = [
    ({"tid": TENANT, "oid": "o", "roles": ["Medewerker"], "name": "Bas"}, Role.SCHOOL, "90102", "Bas"),
    ({"tid": TENANT, "oid": "o", "roles": ["medewerker", "x"]}, Role.SCHOOL, "90102", ""),
    ({"tid": TENANT, "oid": "o", "roles": ["Leerling"]}, Role.SCHOOL_READER, "90102", ""),
    ({"tid": TENANT, "oid": "o"}, Role.SCHOOL_READER, "90102", ""),
    ({"tid": TENANT, "oid": "o", "groups": ["Medewerker"]}, Role.SCHOOL_READER, "90102", ""),
    ({"tid": OTHER_TENANT, "oid": "o", "roles": ["Medewerker"]}, Role.SCHOOL_READER, "90102", ""),
    ({"tid": TENANT.replace("0a", "0e"), "oid": "o"}, Refusal.UNKNOWN_SCHOOL, "", ""),
    ({"tid": "9188040d-6c67-4c5b-b112-36a304b66dad", "oid": "o"}, Refusal.CONSUMER_ACCOUNT, "", ""),
    ({"tid": TENANT}, Refusal.NO_ORGANISATION, "", ""),
    ({"tid": TENANT, "oid": "o", "roles": "Medewerker", "email": "x@90101.example"}, Role.SCHOOL, "90102", ""),
]
GOOGLE: list[tuple[dict[str, Any], Role | Refusal, str, str]] = [
    ({"hd": "school.example", "email_verified": True, "groups": ["m"], "name": "Dina"}, Role.SCHOOL, "90AD", "Dina"),
    ({"hd": "School.Example", "email_verified": True, "groups": ["M"]}, Role.SCHOOL, "90AD", ""),
    ({"hd": "school.example", "email_verified": True, "groups": ["leerlingen"]}, Role.SCHOOL_READER, "90AD", ""),
    ({"hd": "school.example", "email_verified": True}, Role.SCHOOL_READER, "90AD", ""),
    (DINA, Role.SCHOOL_READER, "90AD", "Dina Domein"),
    ({"hd": "school.example", "email_verified": False}, Refusal.EMAIL_NOT_VERIFIED, "", ""),
    ({"hd": "school.example", "email_verified": "true"}, Refusal.EMAIL_NOT_VERIFIED, "", ""),
    ({"email": "x@school.example", "email_verified": True}, Refusal.CONSUMER_ACCOUNT, "", ""),
    ({"hd": "elders.example", "email_verified": True}, Refusal.UNKNOWN_SCHOOL, "", ""),
    ({"hd": "", "email_verified": True}, Refusal.CONSUMER_ACCOUNT, "", ""),
]  # fmt: skip
FAMILIES = dict(zip((K.ENTREE, K.SURFCONEXT, K.ENTRA, K.GOOGLE), (ENTREE, SURFCONEXT, ENTRA, GOOGLE), strict=True))
SHAPES = [
    pytest.param(kind, *shape, id=f"{kind.value}-{number}")
    for kind, shapes in FAMILIES.items()
    for number, shape in enumerate(shapes)
]


@pytest.mark.parametrize(("kind", "claims", "expected", "scope", "name"), SHAPES)
def test_a_login_makes_whom_its_federation_means(
    here: Portal,
    idp: provider.Provider,
    kind: ProviderKind,
    claims: dict[str, Any],
    expected: Role | Refusal,
    scope: str,
    name: str,
) -> None:
    """SURFconext tells most at the userinfo endpoint, in a signed JWT; Entra serves many tenants under one description."""
    idp.mood.claims = claims
    if kind is ProviderKind.SURFCONEXT:
        idp.mood = provider.Mood(told=claims, userinfo_jwt=True)
    if kind is ProviderKind.ENTRA:
        idp.mood.issuer, idp.mood.token_issuer = MANY, MANY.replace("{tenantid}", claims["tid"])
    browser = Browser(idp)
    answer = browser.finish(browser.begin(kind.value))
    assert (answer.status_code, answer.headers.get("location")) == (303, "/annexes")
    actor = who(here, browser)
    assert (actor.refusal or actor.role) == expected
    assert (actor.scope.key if actor.scope else "") == scope
    if name:
        assert actor.name == name


@pytest.mark.parametrize(
    "issuer",
    [
        MANY.replace("{tenantid}", OTHER_TENANT),
        MANY,
        "{url}//v2.0",
        "https://elders.example/" + TENANT + "/v2.0",
        "{url}/" + TENANT.upper() + "/v2.0",
    ],
)
def test_a_token_of_another_tenant_than_it_says_is_refused(here: Portal, idp: provider.Provider, issuer: str) -> None:
    idp.mood = provider.Mood(claims={"tid": TENANT, "oid": "o"}, issuer=MANY, token_issuer=issuer)
    browser = Browser(idp)
    assert browser.finish(browser.begin("entra")).status_code == 403
    assert not who(here, browser).signed_in


def test_a_description_for_many_tenants_is_for_entra_alone(here: Portal, idp: provider.Provider) -> None:
    mine = MANY.replace("{tenantid}", TENANT)
    idp.mood = provider.Mood(claims={"tid": TENANT, ORG: "90AD", **EMPLOYEE}, issuer=MANY, token_issuer=mine)
    browser = Browser(idp)
    assert browser.finish(browser.begin("entree")).status_code == 403
    assert not who(here, browser).signed_in


def test_two_tabs_sign_in_at_the_same_time_and_each_lands_where_it_was_going(here: Portal, idp: provider.Provider) -> None:
    idp.mood.claims = entree(**{ORG: "90AD"})
    browser = Browser(idp)
    first, second = browser.begin("entree", "/annexes?day=2026-03-05"), browser.begin("entree", "/agreement")
    assert browser.finish(first).headers["location"] == "/annexes?day=2026-03-05"
    assert browser.finish(second).headers["location"] == "/agreement"
    # Loaded again after it went well: where it was going, and no new session.
    session = browser.cookies["bijsluiter-session"]
    again = browser.finish(first)
    assert (again.status_code, again.headers["location"]) == (303, "/annexes?day=2026-03-05")
    assert browser.cookies["bijsluiter-session"] == session
    assert browser.finish("/sign-in-callback?code=x&state=unknown").headers["location"] == "/"


def test_an_answer_is_worth_nothing_in_another_browser_or_after_an_hour(here: Portal, idp: provider.Provider) -> None:
    idp.mood.claims = entree(**{ORG: "90AD"})
    browser, thief = Browser(idp), Browser(idp)
    address = browser.begin("entree")
    thief.begin("entree")
    assert thief.finish(address).status_code == 403
    with transaction(here.engine) as session:
        for row in session.exec(select(SignInStart)):
            row.started_at -= timedelta(hours=1, seconds=1)
    assert browser.finish(address).status_code == 403
    with transaction(here.engine) as session:
        assert sign_ins.forget_old(by(session, SYSTEM, utc_now())) == 2


def test_forty_unfinished_sign_ins_fill_no_cookie_and_no_table(here: Portal, idp: provider.Provider) -> None:
    idp.mood.claims = entree(**{ORG: "90AD"})
    browser = Browser(idp)
    addresses = [browser.begin("entree", f"/annexes?q={number}") for number in range(40)]
    assert sum(len(name) + len(value) for name, value in browser.cookies.items()) < 200
    with reading(here.engine) as session:
        assert session.exec(select(func.count()).select_from(SignInStart)).one() == sign_ins.MOST_OPEN
        assert not any(secret in str(row.sealed) for row in session.exec(select(SignInStart)) for secret in ("nonce", "verifier"))
    assert browser.finish(addresses[0]).status_code == 403
    assert browser.finish(addresses[-1]).headers["location"] == "/annexes?q=39"


def test_a_new_key_of_the_provider_is_asked_for_and_one_that_it_doesnt_have_is_refused(
    here: Portal, idp: provider.Provider
) -> None:
    idp.mood.claims = entree(**{ORG: "90AD"})
    browser = Browser(idp)
    browser.finish(browser.begin("entree"))
    idp.rotate()
    assert browser.finish(browser.begin("entree")).status_code == 303
    idp.mood.userinfo_jwt = True
    idp.rotate()
    assert browser.finish(browser.begin("entree")).status_code == 303
    own = idp.key
    idp.rotate()
    idp.key = own
    thief = Browser(idp)
    assert thief.finish(thief.begin("entree")).status_code == 403
    assert here


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks", "/userinfo"])
def test_a_provider_that_answers_garbage_gets_a_sentence_and_is_asked_anew(
    here: Portal, idp: provider.Provider, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    idp.mood = provider.Mood(claims=entree(**{ORG: "90AD"}), garbage=frozenset({path}))
    browser = Browser(idp)
    start = browser.ask("/sign-in/entree")
    if path.endswith("configuration"):
        assert start.status_code == 503
    else:
        answer = browser.finish(browser.begin("entree"))
        assert answer.status_code in {403, 503}
        assert "<h1" in answer.text
    assert not who(here, browser).signed_in
    # Nothing of it stays: a quarter of an hour later it is asked for again.
    idp.mood.garbage = frozenset()
    later = time.monotonic() + sign_in.BELIEVED_SECONDS + 1
    monkeypatch.setattr(sign_in.time, "monotonic", lambda: later)
    assert browser.finish(browser.begin("entree")).status_code == 303


def test_a_slow_provider_gets_a_sentence_in_time(here: Portal, idp: provider.Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer comes before its own limit; all together they may not take longer than one waits for a page."""
    monkeypatch.setattr(sign_in, "ALL_OF_IT_SECONDS", 0.8)
    idp.mood.claims = entree(**{ORG: "90AD"})
    browser = Browser(idp)
    address = browser.begin("entree")
    idp.mood.slow_seconds = 0.4
    began = time.monotonic()
    answer = browser.finish(address)
    assert answer.status_code == 503
    assert "niet bereikbaar" in answer.text
    assert time.monotonic() - began < 3
    assert sign_in.PROVIDER_TIMEOUT_SECONDS < 10
    assert here


USERINFO: list[tuple[dict[str, Any], int]] = [
    ({}, 303),
    ({"aud": ["x", "bijsluiter"]}, 303),
    ({"aud": "another"}, 403),
    ({"iss": "https://elders.example"}, 403),
    ({"sub": "somebody else"}, 403),
]


@pytest.mark.parametrize(("told", "status"), USERINFO)
def test_userinfo_as_a_signed_token_is_about_this_person_for_us(
    here: Portal, idp: provider.Provider, told: dict[str, Any], status: int
) -> None:
    idp.mood = provider.Mood(told={**surf("employee"), **told}, userinfo_jwt=True)
    browser = Browser(idp)
    assert browser.finish(browser.begin("surfconext")).status_code == status
    assert who(here, browser).signed_in is (status == 303)


def test_of_several_schools_one_chooses_and_only_of_ones_own(here: Portal, idp: provider.Provider) -> None:
    idp.mood.claims = entree(**{BRANCH: "90AA01", ORG: ["90AA", "90AD", "99ZZ"]})
    browser = Browser(idp)
    browser.finish(browser.begin("entree"))
    actor = who(here, browser)
    # Of the school whose location is there the location counts; a school that we don't know isn't one.
    assert [scope.key for scope in actor.choices] == ["90AA01", "90AD"]
    assert actor.scope == actor.choices[0]
    with transaction(here.engine) as session:
        service.choose_school(by(session, actor, utc_now()), "90AD")
    assert (who(here, browser).scope, who(here, browser).role) == (actor.choices[1], Role.SCHOOL)
    for other in ("90BA", "", "90AA"):
        with pytest.raises(NotFoundError), transaction(here.engine) as session:
            service.choose_school(by(session, actor, utc_now()), other)
    # Another browser of the same person looks at the first again.
    second = Browser(idp)
    second.finish(second.begin("entree"))
    assert who(here, second).scope == actor.choices[0]


def sessions(portal: Portal) -> list[bool]:
    """Which sessions still run, the oldest first."""
    with reading(portal.engine) as session:
        rows = session.exec(select(LoginSession).order_by(col(LoginSession.created_at))).all()
        return [row.revoked_at is None for row in rows]


def test_a_provider_that_says_somebody_signed_out_ends_the_session_here(here: Portal, idp: provider.Provider) -> None:
    browsers = []
    for sid, sub in (("s-1", "s"), ("s-2", "s"), ("s-3", "t")):
        idp.mood.claims = entree(**{ORG: "90AD"}, sid=sid, sub=sub)
        browser = Browser(idp)
        browser.finish(browser.begin("entree"))
        browsers.append(browser)
    caller = Browser(idp)
    one = {"logout_token": idp.logout_token(sid="s-2", sub=None)}
    assert caller.ask("/sign-out-elsewhere/entree", "POST", data=one).status_code == 200
    assert [who(here, each).signed_in for each in browsers] == [True, False, True]
    everywhere = {"logout_token": idp.logout_token(sub="s")}
    assert caller.ask("/sign-out-elsewhere/entree", "POST", data=everywhere).status_code == 200
    assert [who(here, each).signed_in for each in browsers] == [False, False, True]
    assert sessions(here) == [False, False, True]
    with reading(here.engine) as session:
        told = session.exec(select(AuditRow).where(AuditRow.action == "sessions.ended")).all()
    assert sorted(row.detail["sessions"] for row in told) == [1, 1]


NO_LOGOUT: list[dict[str, Any]] = [
    {"aud": "another"},
    {"iss": "https://elders.example"},
    {"events": {}},
    {"events": None},
    {"nonce": "n"},
    {"iat": 1},
    {"iat": None},
    {"jti": None},
    {"sub": None},
    {"sub": 1},
]


@pytest.mark.parametrize("changes", NO_LOGOUT)
def test_a_token_that_doesnt_end_a_session_ends_none(here: Portal, idp: provider.Provider, changes: dict[str, Any]) -> None:
    idp.mood.claims = entree(**{ORG: "90AD"}, sid="s-1")
    browser = Browser(idp)
    browser.finish(browser.begin("entree"))
    answer = Browser(idp).ask("/sign-out-elsewhere/entree", "POST", data={"logout_token": idp.logout_token(**changes)})
    assert answer.status_code == 400
    assert who(here, browser).signed_in


def test_an_old_word_of_a_logout_ends_no_session_that_began_after_it(here: Portal, idp: provider.Provider) -> None:
    idp.mood.claims = entree(**{ORG: "90AD"}, sid="s-1")
    told = idp.logout_token(iat=int(time.time()) - 300)
    browser = Browser(idp)
    browser.finish(browser.begin("entree"))
    for token in (told, idp.logout_token(iat=int(time.time()) - 300, sid="s-1")):
        assert Browser(idp).ask("/sign-out-elsewhere/entree", "POST", data={"logout_token": token}).status_code == 200
    assert who(here, browser).signed_in


def test_a_logout_of_megabytes_is_refused(here: Portal, idp: provider.Provider) -> None:
    big = {"logout_token": (None, "x" * 200_000)}
    assert Browser(idp).ask("/sign-out-elsewhere/entree", "POST", files=big).status_code == 400
    many = {f"field{number}": (None, "x") for number in range(50)}
    assert Browser(idp).ask("/sign-out-elsewhere/entree", "POST", files=many).status_code == 400
    assert here


def test_an_answer_that_says_it_is_of_another_provider_is_refused(here: Portal, idp: provider.Provider) -> None:
    idp.mood.claims = entree(**{ORG: "90AD"})
    browser = Browser(idp)
    assert browser.finish(browser.begin("entree") + "&iss=https%3A%2F%2Felders.example").status_code == 403
    assert browser.finish(browser.begin("entree") + f"&iss={idp.url}").status_code == 303
    assert here


def test_a_forged_token_ends_no_session(here: Portal, idp: provider.Provider) -> None:
    idp.mood.claims = entree(**{ORG: "90AD"})
    browser = Browser(idp)
    browser.finish(browser.begin("entree"))
    good = idp.logout_token()
    header, body, _ = good.split(".")
    for forged in ("", "x", f"{header}.{body}.", f"{header}.{body}.AAAA"):
        assert Browser(idp).ask("/sign-out-elsewhere/entree", "POST", data={"logout_token": forged}).status_code == 400
    assert Browser(idp).ask("/sign-out-elsewhere/entree", "POST").status_code == 400
    assert who(here, browser).signed_in


@pytest.mark.parametrize(("claim", "value"), [("roles", ""), ("", "x"), ("two words", "x"), ("r" * 81, "x")])
def test_a_mapping_names_both_claim_and_value_that_mean_staff_or_neither(here: Portal, claim: str, value: str) -> None:
    with pytest.raises(InvalidInputError) as refused, transaction(here.engine) as session:
        act = by(session, ADMINISTRATOR)
        mappings.add_mapping(act, ProviderKind.GOOGLE, "nieuw.example", "90AD", staff_claim=claim, staff_value=value)
    assert set(refused.value.problems) == {"staff"}


def test_an_administrator_sees_of_which_organisation_nobody_said_who_is_staff(here: Portal) -> None:
    with transaction(here.engine) as session:
        mappings.add_mapping(by(session, ADMINISTRATOR), ProviderKind.GOOGLE, "nieuw.example", "90AD")
    with reading(here.engine) as session:
        found = {row.value: row.only_reads for row in mappings.mappings(by(session, ADMINISTRATOR))}
    assert (found["nieuw.example"], found[OTHER_TENANT], found[TENANT], found["lagelanden.example"]) == (True, True, False, False)
