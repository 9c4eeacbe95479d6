from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from dashboard.accounts import access, keys
from dashboard.accounts import mappings as accounts_mappings
from dashboard.accounts import service as accounts
from dashboard.accounts.model import ApiKey, OrganisationMapping, School
from dashboard.accounts.terms import AccessState, KeyUse, Sector
from dashboard.act import Seen
from dashboard.audit import AuditRow
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, NotPossibleError, TooMuchError
from dashboard.i18n import Language
from dashboard.mail.model import OutgoingMail
from dashboard.notices import mappings, subscriptions
from dashboard.notices.model import Subscription
from dashboard.permissions import SYSTEM, VISITOR, Actor, Refusal, Role
from dashboard.portal import Portal
from dashboard.settings import ProviderKind
from tests.acts import NOW, by
from tests.app import cookie_for
from tests.people import ADMINISTRATOR, AGENT, AUDITOR, EDITOR, LYCEUM, OFFICER


def signed_in(portal: Portal, provider: str, sub: str) -> Actor:
    cookie = cookie_for(portal, provider, sub, NOW)
    with reading(portal.engine) as session:
        return accounts.resolve(by(session, VISITOR, NOW, portal.settings), cookie)


def ask(portal: Portal, actor: Actor, said: str = "ROC Elders", email: str = "nora@elders.example") -> None:
    with transaction(portal.engine) as session:
        access.ask_access(by(session, actor, NOW), said, email, language=Language.EN)


def waiting(portal: Portal) -> list[access.AccessRow]:
    with reading(portal.engine) as session:
        return access.access_requests(by(session, AUDITOR))


def approve(portal: Portal, request_id: str, target: str = "90104", actor: Actor = ADMINISTRATOR) -> None:
    with transaction(portal.engine) as session:
        access.approve_access(by(session, actor, NOW, portal.settings), Seen(request_id), target)


def mails(portal: Portal) -> list[OutgoingMail]:
    with reading(portal.engine) as session:
        return list(session.exec(select(OutgoingMail)).all())


def test_somebody_of_an_unknown_organisation_asks_is_let_in_and_hears_so(school_portal: Portal) -> None:
    nora = signed_in(school_portal, "surfconext", "niet-gekoppeld")
    assert nora.refusal is Refusal.UNKNOWN_SCHOOL
    ask(school_portal, nora)
    ask(school_portal, nora, "Nog een keer")
    (row,) = waiting(school_portal)
    assert (row.provider, row.value, row.said, row.state) == (
        ProviderKind.SURFCONEXT,
        "elders.example",
        "ROC Elders",
        AccessState.OPEN,
    )
    approve(school_portal, row.id)
    with reading(school_portal.engine) as session:
        again = accounts.resolve(
            by(session, VISITOR, NOW, school_portal.settings), cookie_for(school_portal, "surfconext", "niet-gekoppeld", NOW)
        )
        said = session.exec(select(AuditRow.action).where(col(AuditRow.action).like("access.%"))).all()
        assert sorted(said) == ["access.approved", "access.asked"]
    assert (again.role, again.scope and again.scope.board) == (Role.SCHOOL, "90104")
    (mail,) = mails(school_portal)
    assert (mail.kind, mail.recipient, mail.language) == ("access_granted", "nora@elders.example", Language.EN)
    with pytest.raises(NotFoundError):
        approve(school_portal, row.id)


def test_a_refusal_tells_the_reason_and_maps_nothing(school_portal: Portal) -> None:
    nora = signed_in(school_portal, "surfconext", "niet-gekoppeld")
    ask(school_portal, nora)
    (row,) = waiting(school_portal)
    with pytest.raises(InvalidInputError), transaction(school_portal.engine) as session:
        access.refuse_access(by(session, ADMINISTRATOR, NOW, school_portal.settings), Seen(row.id), "  ")
    with transaction(school_portal.engine) as session:
        access.refuse_access(by(session, ADMINISTRATOR, NOW, school_portal.settings), Seen(row.id), "Geen klant van ons.")
    (mail,) = mails(school_portal)
    assert "Geen klant van ons." in mail.body
    assert signed_in(school_portal, "surfconext", "niet-gekoppeld").refusal is Refusal.UNKNOWN_SCHOOL
    # Another try is another request.
    ask(school_portal, nora)
    assert [each.state for each in waiting(school_portal)] == [AccessState.OPEN, AccessState.REFUSED]


def test_an_entree_school_is_let_in_once_it_was_imported(school_portal: Portal) -> None:
    otto = signed_in(school_portal, "entree", "onbekende-school")
    ask(school_portal, otto, "De nieuwe school", "otto@school.example")
    (row,) = waiting(school_portal)
    assert not row.needs_mapping
    with pytest.raises(NotPossibleError) as refused:
        approve(school_portal, row.id, "")
    assert refused.value.text_key == "access.import_first"
    with transaction(school_portal.engine) as session:
        session.add(School(brin="99ZZ", name="Nieuw", sector=Sector.PO))
    approve(school_portal, row.id, "")
    assert signed_in(school_portal, "entree", "onbekende-school").role is Role.SCHOOL


@pytest.mark.parametrize(
    ("said", "email", "fields"),
    [
        ("", "a@b.example", {"said"}),
        ("x" * 201, "a@b.example", {"said"}),
        ("School", "geen adres", {"email"}),
        ("", "", {"said", "email"}),
    ],
)
def test_a_request_says_which_school_and_where_to_answer(school_portal: Portal, said: str, email: str, fields: set[str]) -> None:
    nora = signed_in(school_portal, "surfconext", "niet-gekoppeld")
    with pytest.raises(InvalidInputError) as refused:
        ask(school_portal, nora, said, email)
    assert set(refused.value.problems) == fields


@pytest.mark.parametrize(
    ("provider", "sub"), [("entree", "leerling"), ("google", "prive"), ("entree", "school"), ("medewerkers", "geen-rol")]
)
def test_who_was_refused_for_another_reason_or_is_in_asks_nothing(school_portal: Portal, provider: str, sub: str) -> None:
    with pytest.raises(NotFoundError):
        ask(school_portal, signed_in(school_portal, provider, sub))
    with pytest.raises(NotFoundError):
        ask(school_portal, VISITOR)


@pytest.mark.parametrize("actor", [VISITOR, LYCEUM, AGENT, OFFICER, EDITOR, AUDITOR])
def test_only_an_administrator_decides_and_maps(school_portal: Portal, actor: Actor) -> None:
    with pytest.raises(NotAllowedError):
        approve(school_portal, "x", actor=actor)
    with pytest.raises(NotAllowedError), transaction(school_portal.engine) as session:
        accounts_mappings.add_mapping(by(session, actor, NOW), ProviderKind.GOOGLE, "x.example", "90104")
    with pytest.raises(NotAllowedError), transaction(school_portal.engine) as session:
        mappings.remove_mapping(by(session, actor, NOW), Seen("x"))


@pytest.mark.parametrize(
    ("provider", "value", "target", "field"),
    [
        (ProviderKind.GOOGLE, "", "90104", "value"),
        (ProviderKind.GOOGLE, "twee woorden", "90104", "value"),
        (ProviderKind.GOOGLE, "Eenhoorn.example", "90104", "value"),
        (ProviderKind.ENTREE, "90AD", "90101", "value"),
        (ProviderKind.PUBLISHER, "x", "90101", "value"),
        (ProviderKind.GOOGLE, "nieuw.example", "99999", "target"),
        (ProviderKind.GOOGLE, "nieuw.example", "90106", "target"),
    ],
)
def test_a_mapping_that_cant_be_is_refused(
    school_portal: Portal, provider: ProviderKind, value: str, target: str, field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused, transaction(school_portal.engine) as session:
        accounts_mappings.add_mapping(by(session, ADMINISTRATOR, NOW), provider, value, target)
    assert set(refused.value.problems) == {field}


def test_a_removed_mapping_lets_nobody_in_from_the_next_run(school_portal: Portal) -> None:
    dina = signed_in(school_portal, "google", "domein")
    assert dina.role is Role.SCHOOL
    with reading(school_portal.engine) as session:
        mapping = session.exec(select(OrganisationMapping).where(OrganisationMapping.value == "eenhoorn.example")).one()
    with transaction(school_portal.engine) as session:
        mappings.remove_mapping(by(session, ADMINISTRATOR, NOW), Seen(mapping.id))
    assert signed_in(school_portal, "google", "domein").refusal is Refusal.UNKNOWN_SCHOOL


def test_with_a_mapping_end_the_keys_and_the_mail_of_its_board(school_portal: Portal) -> None:
    dina, siem = signed_in(school_portal, "google", "domein"), signed_in(school_portal, "entree", "school")
    with transaction(school_portal.engine) as session:
        for actor in (dina, siem):
            keys.make_key(by(session, actor, NOW), KeyUse.API, "Proef")
            subscriptions.subscribe(
                by(session, actor, NOW, school_portal.settings), "x@school.example", "weekly", language=Language.NL
            )
    with reading(school_portal.engine) as session:
        mapping = session.exec(select(OrganisationMapping).where(OrganisationMapping.value == "eenhoorn.example")).one()
    with transaction(school_portal.engine) as session:
        mappings.remove_mapping(by(session, ADMINISTRATOR, NOW), Seen(mapping.id))
    with reading(school_portal.engine) as session:
        ended = {row.board_number or row.brin: row.revoked_at is not None for row in session.exec(select(ApiKey))}
        stopped = {row.scope: row.ended_at is not None for row in session.exec(select(Subscription))}
    assert ended == stopped == {"90102": True, "90AD": False}


def test_an_answered_request_is_forgotten_after_a_year(school_portal: Portal) -> None:
    ask(school_portal, signed_in(school_portal, "surfconext", "niet-gekoppeld"))
    (row,) = waiting(school_portal)
    approve(school_portal, row.id)
    for days, left in ((365, 1), (366, 0)):
        with transaction(school_portal.engine) as session:
            access.forget_old(by(session, SYSTEM, NOW + timedelta(days=days)))
        assert len(waiting(school_portal)) == left


def test_a_whole_school_that_isnt_known_fills_no_list_of_the_administrators(
    school_portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pupils can sign in too; another organisation asks meanwhile."""
    monkeypatch.setattr(access, "OF_AN_ORGANISATION", replace(access.OF_AN_ORGANISATION, most=3))

    def tried(number: int, domain: str) -> bool:
        cookie = cookie_for(school_portal, "surfconext", "niet-gekoppeld", NOW, sub=str(number), schac_home_organization=domain)
        with reading(school_portal.engine) as session:
            who = accounts.resolve(by(session, VISITOR, NOW, school_portal.settings), cookie)
        try:
            with transaction(school_portal.engine) as session:
                act = by(session, who, NOW, school_portal.settings)
                access.ask_access(act, "Wij ook", f"p{number}@elders.example", language=Language.NL)
        except TooMuchError:
            return False
        return True

    assert [tried(number, "elders.example") for number in range(5)] == [True] * 3 + [False] * 2
    assert tried(9, "anders.example")
    assert len(waiting(school_portal)) == 4
