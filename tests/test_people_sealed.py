"""People who sign in, ask for access, object for their board or want mail: what is kept of them lies sealed as well."""

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from dashboard import migrate
from dashboard.accounts import access, queries, sessions
from dashboard.accounts import service as accounts
from dashboard.accounts.model import AccessRequest, LoginSession, Person
from dashboard.accounts.terms import AccessState
from dashboard.act import Allowed, Seen
from dashboard.annexes.model import SubprocessorNotice
from dashboard.db import reading, transaction
from dashboard.i18n import Language
from dashboard.notices import service, subscriptions
from dashboard.notices.model import Objection, Subscription
from dashboard.notices.service import NewObjection
from dashboard.permissions import SYSTEM, VISITOR, Actor
from dashboard.portal import Portal
from dashboard.settings import Settings
from dashboard.tokens import digest
from tests.acts import NOW, by
from tests.app import cookie_for
from tests.people import ADMINISTRATOR, LYCEUM, OFFICER
from tests.test_sealed import everything

TYPED = {
    "teacher": "Wiebelien Trommelaar",
    "colleague": "Ottokar Vlinderdas",
    "colleague_email": "ottokar@zwaluwnest.example",
    "asker": "Berend Kruiwagen",
    "asker_email": "kruiwagen@hooiberg.example",
    "school": "De Ronkende Egel",
    "no": "Deze school is een sprookjeskasteel.",
    "objection": "Een postkoets is ons te traag en te tochtig.",
    "objector_email": "klachten@tochtdeur.example",
    "answer": "Wij sturen voortaan een stoomtrein.",
    "news_to": "nieuws@toeterhoorn.example",
}
CANARIES = (
    "Wiebelien", "Trommelaar", "Ottokar", "Vlinderdas", "zwaluwnest", "Kruiwagen", "hooiberg", "Ronkende", "sprookjeskasteel",
    "postkoets is ons", "tochtdeur", "stoomtrein", "toeterhoorn",
)  # fmt: skip


def signed_in(portal: Portal, provider: str, sub: str, name: str, **claims: object) -> Actor:
    """Somebody else than this sample user, of the same organisation."""
    cookie = cookie_for(portal, provider, sub, NOW, sub=digest(name), name=name, **claims)
    with reading(portal.engine) as session:
        return accounts.resolve(by(session, VISITOR, NOW, portal.settings), cookie)


def lived(portal: Portal) -> None:
    teacher = signed_in(portal, "entree", "school", TYPED["teacher"])
    signed_in(portal, "medewerkers", "behandelaar", TYPED["colleague"], email=TYPED["colleague_email"], email_verified=True)
    asker = signed_in(portal, "surfconext", "niet-gekoppeld", TYPED["asker"])
    with transaction(portal.engine) as session:
        access.ask_access(by(session, asker, NOW, portal.settings), TYPED["school"], TYPED["asker_email"], language=Language.NL)
    with transaction(portal.engine) as session:
        act = by(session, ADMINISTRATOR, NOW, portal.settings)
        access.refuse_access(act, Seen(session.exec(select(AccessRequest.id)).one()), TYPED["no"])
    with transaction(portal.engine) as session:
        act = by(session, SYSTEM, NOW, portal.settings)
        for each in service.due(act):
            service.tell_board(act, *each)
        session.merge(Person(id=LYCEUM.id, issuer="i", subject="l", name=LYCEUM.name, created_at=NOW))
    with transaction(portal.engine) as session:
        typed = NewObjection(TYPED["objection"], TYPED["objector_email"], on_behalf=True, language=Language.NL)
        service.object_to(
            by(session, LYCEUM, NOW, portal.settings), Seen(session.exec(select(SubprocessorNotice.id)).one()), typed
        )
    with transaction(portal.engine) as session:
        answered = Seen(session.exec(select(Objection.id)).one())
        service.answer_objection(by(session, OFFICER, NOW, portal.settings), answered, "upheld", TYPED["answer"])
    with transaction(portal.engine) as session:
        act = by(session, LYCEUM, NOW, portal.settings)
        subscriptions.subscribe(act, TYPED["news_to"], "at_once", language=Language.NL)
    assert teacher.name == TYPED["teacher"]


def test_a_copy_of_the_database_names_nobody_who_signs_in_asks_or_objects(school_portal: Portal) -> None:
    lived(school_portal)
    # It is all there for who has the secrets.
    with reading(school_portal.engine) as session:
        people = {(row.name, row.email) for row in session.exec(select(Person))}
        assert {(TYPED["teacher"], ""), (TYPED["colleague"], TYPED["colleague_email"])} <= people
        asked = session.exec(select(AccessRequest)).one()
        assert (asked.name, asked.email, asked.said, asked.state, asked.reason, asked.decided_by) == (
            TYPED["asker"], TYPED["asker_email"], TYPED["school"], AccessState.REFUSED, TYPED["no"], ADMINISTRATOR.name,
        )  # fmt: skip
        objection = session.exec(select(Objection)).one()
        assert (objection.body, objection.email, objection.answer, objection.answered_by) == (
            TYPED["objection"], TYPED["objector_email"], TYPED["answer"], OFFICER.name,
        )  # fmt: skip
        assert session.exec(select(Subscription)).one().email == TYPED["news_to"]
        assert {row.facts["name"] for row in session.exec(select(LoginSession))} == {
            TYPED["teacher"], TYPED["colleague"], TYPED["asker"],
        }  # fmt: skip
    content = everything(school_portal.engine, school_portal.settings.data_dir).lower()
    assert [each for each in CANARIES if each.lower().encode() in content] == []


def test_people_are_still_found_and_ordered_by_their_names(school_portal: Portal) -> None:
    lived(school_portal)
    signed_in(school_portal, "medewerkers", "behandelaar", "Anouk Eerste", email="anouk@zwaluwnest.example", email_verified=True)
    with reading(school_portal.engine) as session:
        act = by(session, ADMINISTRATOR, NOW, school_portal.settings)
        assert [row.name for row in sessions.signed_in(act, "vlinder otto")] == [TYPED["colleague"]]
        assert [row.name for row in sessions.signed_in(act, "TROMMEL")] == [TYPED["teacher"]]
        assert sessions.signed_in(act, "nobody") == []
        desk = by(session, SYSTEM, NOW, school_portal.settings)
        assert [row.name for row in queries.desk_people(desk)] == ["Anouk Eerste", TYPED["colleague"]]
        assert [each["login"] for each in queries.logins_of(Allowed(desk), TYPED["colleague_email"])] == [TYPED["colleague"]]
        assert [each["access"] for each in queries.logins_of(Allowed(desk), TYPED["asker_email"])] == [TYPED["asker"]]


THEN = "2026-03-05 09:30:00"
BEFORE = (
    """INSERT INTO person (id, issuer, subject, name, created_at, staff_role, email) VALUES
    ('p1', 'i', 's', 'Ottokar', :then, 'desk_agent', 'o@zwaluwnest.example'),
    ('p2', 'i', 't', 'Wiebelien', :then, '', '')""",
    """INSERT INTO access_request
    (id, person_id, provider, key, value, name, email, language, said, state, at, decided_by, reason) VALUES
    ('a1', 'p2', 'surfconext', 'domain', 'elders.example', 'Wiebelien', 'w@hooiberg.example', 'nl', 'Ronkende Egel',
    'open', :then, '', '')""",
    """INSERT INTO subscription
    (id, person_id, scope, email, language, frequency, asked_at, token_digest, told_until) VALUES
    ('s1', 'p2', '90AD', 'n@toeterhoorn.example', 'nl', 'at_once', :then, '', :then)""",
    """INSERT INTO login_session
    (cookie_digest, person_id, provider, facts, created_at, last_seen_at, chosen, sid) VALUES
    ('c1', 'p2', 'entree', '{"name"\\: "Wiebelien", "value"\\: "90AD"}', :then, :then, '', '')""",
)


def test_rows_of_before_are_sealed_and_opened_again_on_the_way_back(engine: Engine, settings: Settings) -> None:
    migrate.downgrade(engine, "0018")
    with engine.begin() as connection:
        for statement in BEFORE:
            connection.execute(text(statement), {"then": THEN})
    before = _as_they_lie(engine)
    for _ in range(2):
        migrate.upgrade(engine)
        assert not any(each in _as_they_lie(engine) for each in ("Ottokar", "Wiebelien", "zwaluw", "hooiberg", "toeter", "Egel"))
        with reading(engine) as session:
            assert [(row.id, row.name, row.email) for row in session.exec(select(Person).order_by(Person.id))] == [
                ("p1", "Ottokar", "o@zwaluwnest.example"), ("p2", "Wiebelien", ""),
            ]  # fmt: skip
            asked = session.exec(select(AccessRequest)).one()
            assert (asked.name, asked.email, asked.said, asked.reason) == ("Wiebelien", "w@hooiberg.example", "Ronkende Egel", "")
            assert session.exec(select(Subscription)).one().email == "n@toeterhoorn.example"
            assert session.exec(select(LoginSession)).one().facts == {"name": "Wiebelien", "value": "90AD"}
        migrate.downgrade(engine, "0018")
        assert _as_they_lie(engine) == before
    migrate.upgrade(engine)


def test_objections_and_answers_open_again_after_a_way_back(school_portal: Portal) -> None:
    lived(school_portal)
    kinds = (Person, AccessRequest, Objection, Subscription, LoginSession)

    def all_of_it() -> list[str]:
        with reading(school_portal.engine) as session:
            return sorted(repr(row.model_dump()) for kind in kinds for row in session.exec(select(kind)))

    before = all_of_it()
    migrate.downgrade(school_portal.engine, "0018")
    open_now = _as_they_lie(school_portal.engine)
    assert all(each in open_now for each in (TYPED["objection"], TYPED["answer"], TYPED["no"], TYPED["news_to"]))
    migrate.upgrade(school_portal.engine)
    lying = _as_they_lie(school_portal.engine)
    assert [each for each in CANARIES if each in lying] == []
    assert all_of_it() == before


def test_a_way_up_that_was_cut_off_leaves_no_key_that_nobody_has(engine: Engine) -> None:
    """In the same process: what was made for rows that were undone opens nothing."""
    migrate.downgrade(engine, "0018")
    with engine.begin() as connection:
        for statement in BEFORE:
            connection.execute(text(statement), {"then": THEN})
        # What no release wrote: the way up stops there.
        connection.execute(text("UPDATE login_session SET facts = '\"Wiebelien\"'"))
    with pytest.raises(AttributeError):
        migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("""UPDATE login_session SET facts = '{"name"\\: 7}'"""))
    migrate.upgrade(engine)
    with reading(engine) as session:
        assert {row.name for row in session.exec(select(Person))} == {"Ottokar", "Wiebelien"}
        assert session.exec(select(LoginSession)).one().facts == {"name": 7}


def _as_they_lie(engine: Engine) -> str:
    found = []
    with engine.connect() as connection:
        for table in ("person", "access_request", "objection", "subscription", "login_session"):
            found += [repr(tuple(map(str, row))) for row in connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608
    return "\n".join(sorted(found))
