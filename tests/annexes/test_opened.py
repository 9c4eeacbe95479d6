"""What anybody may have without a login, and what not."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.act import Seen
from dashboard.annexes import opened
from dashboard.annexes.model import Document, DocumentVersion, Product
from dashboard.annexes.terms import VersionState
from dashboard.db import reading, transaction
from dashboard.demo import samples
from dashboard.errors import NotAllowedError, NotFoundError
from dashboard.files import FileStore
from dashboard.i18n import Language
from dashboard.permissions import SYSTEM, VISITOR
from tests.acts import NOW, by
from tests.people import EDITOR, OFFICER


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


def test_a_new_product_is_closed(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Product(slug="nieuw", name="Nieuw"))
    with reading(engine) as session:
        assert session.get_one(Product, "nieuw").is_public is False
