"""What anybody may have without a login, and what not."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.act import Seen
from dashboard.annexes import asking, opened
from dashboard.annexes.model import Document, DocumentVersion, Product
from dashboard.annexes.terms import VersionState
from dashboard.content import organisation
from dashboard.db import reading, transaction
from dashboard.demo import samples
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, TooMuchError
from dashboard.files import FileStore
from dashboard.i18n import Language
from dashboard.permissions import SYSTEM, VISITOR
from tests import cases
from tests.acts import NOW, by
from tests.people import EDITOR, OFFICER

COUNTRIES = {"NL": "Nederland", "DE": "Duitsland", "IE": "Ierland", "FI": "Finland"}


@pytest.fixture
def library(engine: Engine, files: FileStore) -> Engine:
    with transaction(engine) as session:
        samples.load(by(session, SYSTEM, NOW, files=files))
    return engine


def listed(engine: Engine, files: FileStore) -> set[str]:
    with reading(engine) as session:
        return {row.product for row in opened.open_documents(by(session, VISITOR, NOW, files=files), Language.NL)}


def test_anybody_may_have_the_agreement_and_what_applies_of_public_products_and_nothing_else(
    library: Engine, files: FileStore
) -> None:
    assert listed(library, files) == {"", "DIGIT"}
    with reading(library) as session:
        act = by(session, VISITOR, NOW, files=files)
        free = {row.id: row for row in opened.open_documents(act, Language.NL)}
        for version, document in session.exec(
            select(DocumentVersion, Document).where(Document.id == DocumentVersion.document_id)
        ):
            if version.id in free:
                assert opened.take_open(act, version.id).content.startswith(b"%PDF")
                # By a way of its own: approved, begun, not withdrawn, and the newest of its document that is (the agreement's
                # models stand side by side).
                assert version.state is VersionState.APPROVED
                assert version.valid_from <= NOW.date()
                assert document.product_slug in {None, "digit"}
            else:
                with pytest.raises(NotFoundError):
                    opened.take_open(act, version.id)
    own = [row for row in free.values() if row.product == "DIGIT"]
    assert sorted((row.kind, row.version) for row in own) == [
        ("Bijlage 1 Privacybijsluiter", "3.1"),
        ("Bijlage 2 Beveiligingsbijlage", "3.0"),
        ("Bijlage 3 Wijzigingsbijlage", "1.1"),
    ]


def test_the_officer_opens_and_closes_a_product_and_an_editor_does_not(library: Engine, files: FileStore) -> None:
    with pytest.raises(NotAllowedError), transaction(library) as session:
        opened.set_public(by(session, EDITOR, NOW), Seen("muisstap"), is_public=True)
    for wanted, found in ((True, {"", "DIGIT", "Muisstap"}), (False, {"", "DIGIT"})):
        with transaction(library) as session:
            opened.set_public(by(session, OFFICER, NOW + timedelta(hours=1)), Seen("muisstap"), is_public=wanted)
        assert listed(library, files) == found
    with pytest.raises(NotFoundError), transaction(library) as session:
        opened.set_public(by(session, OFFICER, NOW), Seen("geen-product"), is_public=True)


def test_an_open_product_says_what_its_annexes_say_and_what_they_said_before(library: Engine, files: FileStore) -> None:
    with reading(library) as session:
        act = by(session, VISITOR, NOW, files=files)
        shown = opened.open_product(act, "digit", Language.NL)
        listed_too = {row.id for row in opened.open_documents(act, Language.NL) if row.slug == "digit"}
        assert shown.name == "DIGIT"
        # The same that may be downloaded, and what each version says as it was written.
        assert {annex.id for annex in shown.annexes if annex.id} == listed_too
        for annex in shown.annexes:
            told = dict(annex.sections)
            if annex.id:
                content = session.get_one(DocumentVersion, annex.id).content or {}
                assert told.keys() == content.keys()
                for section in ("purposes", "measures", "services", "rows"):
                    assert [said for _, said in told.get(section, ())] == content.get(section, [])
                for each, (about, said) in zip(content.get("subprocessors", []), told.get("subprocessors", ()), strict=True):
                    assert about == each["name"]
                    assert said == f"{each['service']}; {each['data']}; {COUNTRIES[each['country']]}"
                assert [said for _, said in told.get("storage", ())] == [COUNTRIES[code] for code in content.get("storage", [])]
            days = [each.valid_from for each in annex.versions]
            assert days == sorted(days, reverse=True)
        drafts = session.exec(select(DocumentVersion.version).where(DocumentVersion.state == VersionState.DRAFT)).all()
        assert drafts
        privacy = next(annex for annex in shown.annexes if annex.kind == "Bijlage 1 Privacybijsluiter")
        assert [each.version for each in privacy.versions][-1] == "2.0"


@pytest.mark.parametrize("slug", ["muisstap", "geen-product", "", "DIGIT", "x" * 500, "\x00"])
def test_of_a_product_that_isnt_open_nothing_is_told_not_even_whether_there_is_one(library: Engine, slug: str) -> None:
    with reading(library) as session, pytest.raises(NotFoundError):
        opened.open_product(by(session, VISITOR, NOW), slug, Language.NL)


def ask(engine: Engine, product: str, wanted: str, email: str, *, address: str = "192.0.2.1") -> None:
    with transaction(engine) as session:
        asking.ask_for(by(session, VISITOR, NOW), product, wanted, email, address=address)


def test_who_looks_for_something_else_asks_the_publisher_and_nobody_else_is_written_to(library: Engine) -> None:
    ask(library, "muisstap", "De bijsluiter van **2019**.\r\n<https://kwaad.example>", " Nora@Ouder.example ")
    ask(library, "geen-product", "Iets anders", "nora@ouder.example")
    first, second = cases.mails(library, "document_asked")
    assert {first.recipient, second.recipient} == {organisation().email}
    assert first.subject == "Vraag om een document van Muisstap"
    assert second.subject == "Vraag om een document"
    assert "Nora@ouder.example" in first.body
    # What the stranger wrote is marked as theirs, and nothing in it stands out or is a link.
    assert "| De bijsluiter van   2019  .\n|  https://kwaad.example" in first.body
    assert "<https://kwaad" not in first.body


@pytest.mark.parametrize(
    ("wanted", "email", "wrong"),
    [("", "nora@ouder.example", {"wanted"}), ("x" * 1_001, "nora", {"wanted", "email"}), ("Iets", "", {"email"})],
)
def test_a_question_without_words_or_address_is_refused_in_words(
    library: Engine, wanted: str, email: str, wrong: set[str]
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        ask(library, "", wanted, email)
    assert refused.value.problems.keys() == wrong
    assert cases.mails(library, "document_asked") == []


def test_nobody_fills_the_publishers_mailbox(library: Engine) -> None:
    for number in range(5):
        ask(library, "", "Iets", f"no.ra+{number}@ouder.example", address=f"192.0.2.{number}")
    with pytest.raises(TooMuchError):
        ask(library, "", "Iets", "nora@ouder.example", address="192.0.2.200")
    for number in range(10):
        ask(library, "", "Iets", f"ander{number}@ouder.example", address="198.51.100.7")
    with pytest.raises(TooMuchError):
        ask(library, "", "Iets", "nieuw@ouder.example", address="198.51.100.7")
    for number in range(85):
        ask(library, "", "Iets", f"weer{number}@ouder.example", address=f"203.0.113.{number}")
    with pytest.raises(TooMuchError):
        ask(library, "", "Iets", "laatste@ouder.example", address="203.0.113.250")


def test_a_new_product_is_closed(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Product(slug="nieuw", name="Nieuw"))
    with reading(engine) as session:
        assert session.get_one(Product, "nieuw").is_public is False
