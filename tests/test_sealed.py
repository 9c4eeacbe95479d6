"""What people typed lies sealed: a copy of the database and its files says nothing without our secrets, and after a purge not
even with them.
"""

import ast
import base64
import hashlib
import random
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update
from sqlmodel import col, select

from dashboard import jobs, migrate, vault
from dashboard.accounts.model import School
from dashboard.accounts.terms import Sector
from dashboard.data_requests.case.access_model import MailedLink
from dashboard.data_requests.case.desk_model import SearchWord
from dashboard.data_requests.case.model import Case, CaseFile, CaseMessage
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.desk import deciding, handing_over, handling, queue, registering
from dashboard.data_requests.desk.deciding import NewDecision
from dashboard.data_requests.desk.rows import Filters
from dashboard.data_requests.law.recipients import recipients
from dashboard.data_requests.outgoing import answers
from dashboard.data_requests.outgoing.case_files import content_of
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import following
from dashboard.data_requests.school import at_school
from dashboard.data_requests.upkeep import retention, rotation
from dashboard.db import Base, make_engine, reading, transaction
from dashboard.errors import DamagedFileError
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal, open_portal
from dashboard.sealed_types import Sealed, SealedDay, SealedParts
from dashboard.sealing import key_from, seal
from dashboard.settings import Settings
from dashboard.sqlite import truncate_log
from dashboard.tables import metadata
from dashboard.tokens import new_key
from dashboard.words import after, hidden, plain, words
from tests import cases
from tests.acts import by, seen
from tests.conftest import ROOT
from tests.people import AGENT, LYCEUM, request, requester

# Each in one place that somebody types in; none is a word of ours.
TYPED = {
    "name": "Xanthippe Quillebeek",
    "email": "x.quillebeek@wolkenkuif.example",
    "explanation": "Wat weten jullie van mijn zwijmelkast?",
    "subject_name": "Yolande Prikkelbos",
    "born_on": "17-4-2011",
    "school_name": "De Dwarrelhoek",
    "wrong_field": "postcode Kwibusdal",
    "right_value": "Snorrebolstraat 9",
}
TYPED_LATER = {
    "message": "Ik stuur nog een flapdrol mee.",
    "file": "inhoud van de mimbelbrief",
    "file_name": "Mimbelbrief.txt",
    "answer": "naam;plaats\nQuillebeek;Grutterveen\n",
    "note": "Intern: belt morgen over kringelkruid.",
    "reason": "Omdat de frommelwet dat vraagt.",
    "evidence": "Facturen tot de knoopmaand.",
    "letter": "Beste lezer, de wobbelaar heeft besloten.",
    "question": "Ben je wel de echte pimpelaar?",
    "doubt": "De handtekening is een krabbelvos.",
    "new_email": "nieuw@sprietkous.example",
    "contact": "Floris Knettermans",
    "contact_email": "fg@brombeer.example",
    "told": "Niet verteld: adres is zoekgezwabberd.",
    "post": "Slingerpad 4\n9999 ZZ Mompelgat",
}
# What each leaves anywhere; words of the search index too.
CANARIES = (
    "Xanthippe", "Quillebeek", "wolkenkuif", "zwijmelkast", "Yolande", "Prikkelbos", "Dwarrelhoek", "Kwibusdal", "Snorrebol",
    "flapdrol", "mimbelbrief", "Grutterveen", "kringelkruid", "frommelwet", "knoopmaand", "wobbelaar", "pimpelaar", "krabbelvos",
    "sprietkous", "Knettermans", "brombeer", "zoekgezwabberd", "Slingerpad", "Mompelgat", "2011-04-17",
)  # fmt: skip


def lived(engine: Engine, settings: Settings, now: datetime) -> list[Case]:
    """Requests in which all of it was typed, the first of them the one for a child: by a form, by the desk, by a school."""
    with transaction(engine) as session:
        session.add(School(brin="90AD", name="Vijf Bruggen Lyceum", sector=Sector.VO))
    upload = Upload(TYPED_LATER["file_name"], TYPED_LATER["file"].encode())
    born = date(2011, 4, 17)
    asked = request(
        **TYPED | {"rights": ("erasure", "rectification"), "role": "parent", "subject": "learning_material", "uploads": (upload,)}
    )
    case = cases.in_progress(engine, settings, now, asked)
    assert cases.fresh(engine, case).born_on == born
    with transaction(engine) as session:
        act = by(session, AGENT, now, settings)
        handling.note(act, seen(cases.fresh(engine, case)), TYPED_LATER["note"])
    with transaction(engine) as session:
        act = by(session, requester(case.id), now, settings)
        following.reply(act, seen(cases.fresh(engine, case)), TYPED_LATER["message"], uploads=(upload,))
    with transaction(engine) as session:
        following.ask_new_address(
            by(session, requester(case.id), now, settings), seen(cases.fresh(engine, case)), TYPED_LATER["new_email"]
        )
    with transaction(engine) as session:
        to = handing_over.HandTo(TYPED_LATER["contact"], TYPED_LATER["contact_email"], brin="90AD")
        handing_over.hand_over(by(session, AGENT, now, settings), seen(cases.fresh(engine, case)), to)
    alone = {**TYPED, "subject_name": "", "born_on": "", "rights": ("access", "erasure")}
    own = cases.in_progress(engine, settings, now, request(**alone))
    with transaction(engine) as session:
        act = by(session, AGENT, now, settings)
        handling.doubt_identity(act, seen(cases.fresh(engine, own)), doubt=TYPED_LATER["doubt"], question=TYPED_LATER["question"])
    with transaction(engine) as session:
        act = by(session, requester(own.id), now, settings)
        following.reply(act, seen(cases.fresh(engine, own)), "Zie het bestand.", identity=Upload("Flapdrol.png", cases.PNG))
    with transaction(engine) as session:
        handling.check_identity(by(session, AGENT, now, settings), seen(cases.fresh(engine, own)), confirmed=True)
    with transaction(engine) as session:
        act = by(session, AGENT, now, settings)
        chosen = NewDecision("erasure", "partly", "legal_duty", TYPED_LATER["reason"], TYPED_LATER["evidence"])
        deciding.decide(act, seen(cases.fresh(engine, own)), chosen)
    own = cases.approve(engine, cases.decide(engine, own, now), now, "erasure")
    with transaction(engine) as session:
        for each in recipients():
            fresh = seen(session.get_one(Case, own.id))
            deciding.tell_recipient(by(session, AGENT, now, settings), fresh, each.key, told=False, reason=TYPED_LATER["told"])
    with transaction(engine) as session:
        answer = Upload("antwoord.csv", TYPED_LATER["answer"].encode())
        answers.attach(by(session, AGENT, now, settings), seen(cases.fresh(engine, own)), answer)
    own = cases.close(engine, settings, own, now, letter=f"{TYPED_LATER['letter']}\n{cases.LETTER}")
    with transaction(engine) as session:
        entered = registering.Registration(
            request(**{**TYPED, "subject_name": "", "born_on": "", "email": ""}),
            channel="letter",
            received_on="5-3-2026",
            postal_address=TYPED_LATER["post"],
            recognised="known_address",
        )
        registering.register(by(session, AGENT, now, settings), entered, key=new_key())
    with reading(engine) as session:
        # No order is the order of entry unless it is asked for.
        return sorted(session.exec(select(Case)).all(), key=lambda each: each.id != case.id)


def everything(engine: Engine, folder: Path) -> bytes:
    """All bytes that somebody with a copy would have."""
    if engine.dialect.name == "sqlite":
        return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    with engine.connect() as connection:
        rows = [repr(connection.execute(text(f"SELECT t.*::text FROM {name} t")).all()) for name in metadata.tables]  # noqa: S608
    return "".join(rows).encode() + b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def found_in(content: bytes) -> list[str]:
    """What can be read of what was typed: as it is, in capitals or not, in another coding."""
    shown = content.lower()
    ways = {
        each: {
            each.lower().encode(),
            each.lower().encode("utf-16-le"),
            hashlib.sha256(each.lower().encode()).hexdigest().encode(),
            # Of a short one too little is left to know it by.
            *(way for shift in range(3) if len(way := base64.b64encode(b"x" * shift + each.encode())[4:-4].lower()) >= 8),
        }
        for each in (*CANARIES, TYPED["email"], TYPED_LATER["new_email"])
    }
    return [each for each, written in ways.items() if any(way in shown for way in written)]


def test_a_copy_of_the_database_and_its_files_holds_nothing_that_was_typed(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    there = lived(engine, settings, now)
    # It is all there: who opens it with the secrets reads it.
    with reading(engine) as session:
        theirs = session.exec(select(Case).where(Case.id == there[0].id)).one()
        assert (theirs.name, theirs.subject_name) == (TYPED["name"], TYPED["subject_name"])
        said = {row.body for row in session.exec(select(CaseMessage))}
    assert {TYPED_LATER["message"], TYPED_LATER["note"], TYPED_LATER["question"]} <= said
    assert {TYPED_LATER["letter"] in body for body in said} == {True, False}
    content = everything(engine, settings.data_dir)
    assert len(content) > 20_000
    assert found_in(content) == []


def test_the_hunt_for_what_was_typed_finds_it_where_it_is(settings: Settings) -> None:
    """That nothing was found says something."""
    assert found_in(b"x" * 50 + b"wat weten jullie van mijn ZWIJMELKAST" + b"y" * 50) == ["zwijmelkast"]
    assert found_in(base64.b64encode(b"een brief van Knettermans uit de straat")) == ["Knettermans"]
    assert found_in(hashlib.sha256(TYPED["email"].encode()).hexdigest().encode()) == [TYPED["email"]]


def test_after_a_purge_not_even_our_secrets_open_what_a_copy_may_still_hold(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    there = lived(engine, settings, now)
    before = list(_lying(engine))
    assert len(before) > 20
    later = now + timedelta(days=1_000)
    _end_all(engine, now)
    while True:
        with reading(engine) as session:
            due = retention.due(by(session, SYSTEM, later, settings))
        if not due:
            break
        for each in due:
            with transaction(engine) as session:
                assert retention.purge(by(session, SYSTEM, later, settings), each)
    assert truncate_log(engine)
    with reading(engine) as session:
        assert [each.id for each in there if vault.has_key(session, each.id)] == []
        assert not session.exec(select(CaseFile).where(col(CaseFile.deleted_at).is_(None))).all()
    content = everything(engine, settings.data_dir)
    assert [each for each in before if each in content] == []
    # What the process itself remembers opens nothing either.
    with reading(engine) as session, pytest.raises(DamagedFileError):
        vault.key_of(session, there[0].id)


def _end_all(engine: Engine, now: datetime) -> None:
    with transaction(engine) as session:
        session.exec(update(Case).values(status="withdrawn", closed_at=now))


def _lying(engine: Engine) -> Iterator[bytes]:
    """What lies in sealed columns and wrapped keys."""
    with engine.connect() as connection:
        yield from (
            bytes(each) for each in connection.execute(text("SELECT wrapped FROM data_key WHERE owner <> 'portal'")).scalars()
        )
        for table, name in (
            ("request_case", "name"),
            ("request_case", "explanation"),
            ("case_message", "body"),
            ("case_file", "name"),
        ):
            rows = connection.execute(text(f"SELECT {name} FROM {table}")).scalars()  # noqa: S608  our own names
            yield from (each.encode() for each in rows if each.startswith("\x02"))
        mails = connection.execute(text("SELECT body FROM outgoing_mail WHERE case_id IS NOT NULL")).scalars()
        yield from (each.encode() for each in mails if each.startswith("\x02"))


def test_what_lies_in_one_row_opens_in_no_other(engine: Engine, settings: Settings, now: datetime) -> None:
    one = cases.received(engine, settings, now)
    other = cases.received(engine, settings, now, request(name="Piet Proef", email="piet@x.example"))
    with engine.begin() as connection:
        swapped = "UPDATE request_case SET name = (SELECT name FROM request_case WHERE id = :one) WHERE id = :other"
        connection.execute(text(swapped), {"one": one.id, "other": other.id})
    with pytest.raises(DamagedFileError):
        cases.fresh(engine, other)
    with engine.begin() as connection:
        connection.execute(text("UPDATE request_case SET name = explanation WHERE id = :one"), {"one": one.id})
    with pytest.raises(DamagedFileError):
        cases.fresh(engine, one)


def test_what_lies_under_one_key_opens_in_no_other_row_either(engine: Engine, settings: Settings, now: datetime) -> None:
    """Two messages of one request, two mails about none: the key is the same, the place isn't."""
    case = cases.in_progress(engine, settings, now)
    for body in ("Eerste bericht.", "Tweede bericht."):
        with transaction(engine) as session:
            following.reply(by(session, requester(case.id), now, settings), seen(cases.fresh(engine, case)), body)
    with engine.begin() as connection:
        one, other = connection.execute(text("SELECT id FROM case_message ORDER BY id")).scalars()
        swapped = "UPDATE case_message SET body = (SELECT body FROM case_message WHERE id = :one) WHERE id = :other"
        connection.execute(text(swapped), {"one": one, "other": other})
    with reading(engine) as session:
        assert session.get_one(CaseMessage, one).body
        with pytest.raises(DamagedFileError):
            session.get_one(CaseMessage, other)


def test_nothing_is_stored_unsealed_by_mistake(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    with pytest.raises(Exception, match="has no key"), transaction(engine) as session:
        session.exec(update(Case).where(col(Case.id) == case.id).values(name="In het open"))


def test_a_database_that_was_opened_without_secrets_gives_and_takes_nothing(
    sqlite: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.received(sqlite, settings, now)
    bare = make_engine(str(sqlite.url))
    with pytest.raises(RuntimeError, match="without the secrets"):
        cases.fresh(bare, case)
    with pytest.raises(RuntimeError, match="without the secrets"):
        cases.submit(bare, settings, now)
    bare.dispose()


def test_a_key_that_was_made_in_a_transaction_that_failed_seals_nothing(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    """Else what is sealed under it later would be lost."""
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        vault.key_for(session, "somebody")
        raise ZeroDivisionError
    with transaction(engine) as session:
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            lost = vault.key_for(session, "somebody")
            raise ZeroDivisionError
        key = vault.key_for(session, "somebody")
        assert key != lost
    with reading(engine) as session:
        assert vault.key_of(session, "somebody") == key


def test_two_who_make_a_key_at_once_have_the_same(engine: Engine) -> None:
    begun, found = threading.Barrier(8), []

    def one() -> None:
        begun.wait()
        with transaction(engine) as session:
            found.append(vault.key_for(session, vault.PORTAL))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_hidden_words_begin_alike_as_the_words_do() -> None:
    """Against the words themselves, for made-up ones of all lengths."""
    chance, key = random.Random(4), b"k" * 32  # noqa: S311  words, no secret
    made = ["".join(chance.choice("abcde") for _ in range(chance.randrange(1, 14))) for _ in range(600)]
    for typed in made[:200]:
        begins = hidden(typed, key)
        by_hidden = {each for each in made if begins <= hidden(each, key) < after(begins)}
        assert by_hidden == {each for each in made if each.startswith(typed)}
    assert hidden("quillebeek", b"k" * 32) != hidden("quillebeek", b"l" * 32)
    assert len(hidden("q" * 120, key)) <= 400


def test_a_search_finds_who_a_plain_comparison_finds(engine: Engine, settings: Settings, now: datetime) -> None:
    chance = random.Random(5)  # noqa: S311  names, no secret
    first, last = ("Ana", "Anna", "Anne-Marie", "Zoë", "Łukasz"), ("van Dam", "d'Angelo", "Damstra", "Dam")
    people = [f"{chance.choice(first)} {chance.choice(last)}" for _ in range(24)]
    there = {
        cases.submit(
            engine, settings, now + timedelta(hours=number), request(name=name, email=f"{number}@x.example")
        ).reference: name
        for number, name in enumerate(people)
    }
    for typed in (
        "ana",
        "an",
        "anne",
        "marie",
        "dam",
        "dams",
        "zoe",
        "lukasz dam",
        "angelo",
        "d'a",
        "x",
        "7@x.example",
        "van dam",
    ):
        with reading(engine) as session:
            found = {row.reference for row in queue.desk(by(session, AGENT, now, settings), Filters(search=typed)).rows}
        wanted = {
            reference
            for number, (reference, name) in enumerate(there.items())
            if all(any(word.startswith(each) for word in words(name, f"{number}@x.example")) for each in plain(typed).split())
        }
        assert found <= wanted, typed
        assert len(found) == min(25, len(wanted)), typed


NEW, OLD = "n" * 40, "o" * 40


def portal_with(tmp_path: Path, **secrets: object) -> Portal:
    given = {
        "environment": "production", "base_url": "http://localhost", "data_dir": tmp_path, "pepper": "p" * 40,
        "cookie_secret": "c" * 40, "file_secret": OLD, "signing_secret": "s" * 40,
    }  # fmt: skip
    return open_portal(Settings(_env_file=None, **given | secrets))  # type: ignore[arg-type]


def test_a_new_file_secret_takes_the_place_of_the_old_while_the_portal_goes_on(tmp_path: Path, now: datetime) -> None:
    old = portal_with(tmp_path)
    migrate.upgrade(old.engine)
    there = [
        cases.received(old.engine, old.settings, now, request(name=f"Noor Proef{number}", email=f"{number}@x.example"))
        for number in range(3)
    ]
    cases.give(old.engine, old.settings, cases.in_progress(old.engine, old.settings, now), now)
    link = cases.submit(old.engine, old.settings, now, request(email="link@x.example"))
    old.engine.dispose()

    both = portal_with(tmp_path, file_secret=NEW, old_file_secrets=(OLD,))
    one_of_new = cases.received(both.engine, both.settings, now, request(name="Noor Nieuw", email="nieuw@x.example"))
    _reads(both, now, [*there, one_of_new], "noor", 5)
    waiting = 0
    for done in (3, 0):
        with both.act(SYSTEM, now) as act:
            waiting = rotation.how_many(act)
            # Cut off after a piece, it goes on.
            if done:
                rotation.rotate_keys(act)
        _reads(both, now, [*there, one_of_new], "noor", 5)
    with both.act(SYSTEM, now) as act:
        assert rotation.settle(act) == ["BIJSLUITER_OLD_FILE_SECRETS"]
    assert waiting == 0
    both.engine.dispose()

    new = portal_with(tmp_path, file_secret=NEW)
    _reads(new, now, [*there, one_of_new], "noor", 5)
    with reading(new.engine) as session:
        act = by(session, AGENT, now, new.settings)
        file = session.exec(select(CaseFile).where(CaseFile.purpose == FilePurpose.ANSWER)).one()
        assert b"Bodegraven" in content_of(act, file)
        assert rotation.unopened(act.by(SYSTEM)) == 0  # type: ignore[arg-type]
    # A mail of before still opens its request.
    mail = next(each for each in cases.mails(new.engine, "verification") if "link@" in each.recipient)
    cases.open_link(new.engine, new.settings, cases.token_in(mail), now)
    assert cases.case_of(new.engine, link).verified_at
    new.engine.dispose()

    other = portal_with(tmp_path, file_secret="x" * 40)
    with other.look(SYSTEM, now) as act:
        assert rotation.unopened(act) > 4
    with pytest.raises(DamagedFileError):
        cases.fresh(other.engine, there[0])
    other.engine.dispose()


def _reads(portal: Portal, now: datetime, there: list[Case], typed: str, wanted: int) -> None:
    assert [cases.fresh(portal.engine, case).name for case in there] == [case.name for case in there]
    with reading(portal.engine) as session:
        found = queue.desk(by(session, AGENT, now, portal.settings), Filters(search=typed)).rows
    assert len(found) >= wanted


def test_a_code_of_before_a_new_pepper_goes_on_working(tmp_path: Path, now: datetime) -> None:
    old = portal_with(tmp_path)
    migrate.upgrade(old.engine)
    receipt = cases.submit(old.engine, old.settings, now, key="form")
    case = cases.handed(old.engine, old.settings, now)
    code = cases.school_code(old.engine, case)
    short = cases.once_in(cases.mails(old.engine, "verification")[0])
    old.engine.dispose()
    for given, works in (((NEW, ("p" * 40,)), True), ((NEW, ()), False)):
        new = portal_with(tmp_path, pepper=given[0], old_peppers=given[1])
        again = cases.submit(new.engine, new.settings, now, key="form")
        assert (again.code == receipt.code) is works
        for each in (receipt.code, *([short] if works else [])):
            assert cases.enter(new.engine, new.settings, now, receipt.reference, each).opened is works
        with transaction(new.engine) as session:
            assert at_school.enter_handed(by(session, LYCEUM, now, new.settings), case.id, code).opened is works
        new.engine.dispose()


def test_files_that_lie_under_the_secret_itself_get_a_key_of_their_own(engine: Engine, settings: Settings, now: datetime) -> None:
    """As they were stored by an earlier release."""
    case = cases.give(engine, settings, cases.in_progress(engine, settings, now), now)
    with transaction(engine) as session:
        act = by(session, SYSTEM, now, settings)
        row = session.exec(select(CaseFile).where(CaseFile.case_id == case.id)).one()
        content = content_of(act, row)
        secret = settings.file_secret.get_secret_value()
        before = act.files.put(seal(content, key_from(secret, "case files"), row.id))
        row.sha256, row.own_key = before, False
    with transaction(engine) as session:
        act = by(session, SYSTEM, now, settings)
        assert content_of(act, session.get_one(CaseFile, row.id)) == content
        assert list(rotation.plain_files(act)) == [row.id]
        rotation.give_key(act, row.id)
    with transaction(engine) as session:
        act = by(session, SYSTEM, now, settings)
        assert not rotation.plain_files(act)
        held = session.get_one(CaseFile, row.id)
        assert held.sha256 != before
        assert content_of(act, held) == content


def test_a_mail_waits_sealed_and_goes_out_as_it_was_written(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.submit(engine, settings, now, request(email="noor@aanvrager.example"))
    with engine.connect() as connection:
        lying = connection.execute(text("SELECT recipient, subject, body FROM outgoing_mail")).one()
    assert all(each.startswith("\x02") for each in lying)
    went: list[str] = []
    portal = Portal(settings, engine, open_portal(settings).files)
    assert jobs.deliver_mail(portal, lambda mail: went.append(mail.recipient), lambda: now) == 1
    assert went == ["noor@aanvrager.example"]


def test_the_words_of_the_index_and_the_marks_of_addresses_say_nothing(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.submit(engine, settings, now, request(name="Noor Voorbeeld"))
    with reading(engine) as session:
        there = {*session.exec(select(SearchWord.word)), *session.exec(select(MailedLink.known_as))}
    assert there
    assert not any(word in each for each in there for word in ("noor", "voorbeeld", "aanvrager"))
    assert hashlib.sha256(b"noor@aanvrager.example").hexdigest() not in there


def test_no_statement_puts_a_value_into_a_sealed_column_past_its_model() -> None:
    """`update(Model).values(column=...)` knows no key: the type refuses it, at the first real row."""
    sealed = (Sealed, SealedDay, SealedParts)
    kinds = {
        mapper.class_.__name__: {column.key for column in mapper.columns if isinstance(column.type, sealed)}
        for mapper in Base._sa_registry.mappers  # noqa: SLF001  all models there are
    }
    found = []
    for path in sorted(ROOT.glob("dashboard/**/*.py")):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "values":
                chain = ast.dump(call.func)
                model = next((each for each in kinds if f"args=[Name(id='{each}'" in chain), "")
                said = {word.arg for word in call.keywords if not isinstance(word.value, (ast.Constant, ast.Name))}
                found += [(path.name, model, name) for name in said & kinds.get(model, set())]
    assert found == []
    assert kinds["Person"] == {"name", "email"}
