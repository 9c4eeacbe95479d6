from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pikepdf
import pytest
from sqlmodel import select

from dashboard.accounts.model import Person
from dashboard.annexes import queries, service
from dashboard.annexes.model import Document, DocumentDownload, DocumentVersion
from dashboard.annexes.rows import AnnexRow
from dashboard.annexes.terms import Via
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.errors import NotAllowedError, NotFoundError
from dashboard.files import digest
from dashboard.i18n import Language
from dashboard.permissions import VISITOR, Actor, Role, SchoolScope
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.people import AGENT, BOARD, LYCEUM, OTHER_SCHOOL

TODAY = local_day(NOW)


@pytest.fixture(autouse=True)
def _known_people(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        for actor in (LYCEUM, OTHER_SCHOOL, BOARD):
            session.add(Person(id=actor.id, issuer="i", subject=actor.id, name=actor.name, created_at=NOW))


def annex(portal: Portal, actor: Actor, product: str, number: int = 0) -> AnnexRow:
    with reading(portal.engine) as session:
        found = queries.annexes(by(session, actor), day=TODAY, language=Language.NL)
    return next(row for row in found.products if row.slug == product).annexes[number]


def take(portal: Portal, actor: Actor, version_id: str, via: Via = Via.PDF) -> service.PdfDownload:
    with transaction(portal.engine) as session:
        return service.take_document(by(session, actor, NOW, files=portal.files), version_id, via=via)


def in_force(portal: Portal, actor: Actor, product: str) -> str:
    found = annex(portal, actor, product).in_force
    assert found is not None
    return found.id


def test_a_document_is_a_real_tagged_pdf_with_the_digest_that_the_page_shows(school_portal: Portal) -> None:
    row = annex(school_portal, LYCEUM, "digit").in_force
    assert row is not None
    found = take(school_portal, LYCEUM, row.id)
    assert digest(found.content) == row.sha256
    assert len(found.content) == row.size
    assert found.name == "digit_annex-1_3.1.pdf"
    with pikepdf.open(BytesIO(found.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("nl")


def test_a_download_is_recorded_and_shown_as_the_schools_last(school_portal: Portal) -> None:
    assert annex(school_portal, LYCEUM, "digit").last_downloaded_at is None
    take(school_portal, LYCEUM, in_force(school_portal, LYCEUM, "digit"))
    row = annex(school_portal, LYCEUM, "digit")
    assert (row.last_downloaded_at, row.last_downloaded_version, row.newer_in_force) == (NOW, "3.1", False)
    assert annex(school_portal, BOARD, "digit").last_downloaded_at is None
    with reading(school_portal.engine) as session:
        (recorded,) = session.exec(select(DocumentDownload)).all()
    assert (recorded.person_id, recorded.scope, recorded.via, recorded.at) == (LYCEUM.id, "90AD", Via.PDF, NOW)


def test_looking_at_a_document_is_recorded_but_is_no_download(school_portal: Portal) -> None:
    take(school_portal, LYCEUM, in_force(school_portal, LYCEUM, "digit"), Via.VIEW)
    assert annex(school_portal, LYCEUM, "digit").last_downloaded_at is None
    with reading(school_portal.engine) as session:
        assert [row.via for row in session.exec(select(DocumentDownload))] == [Via.VIEW]


def test_a_newer_version_in_force_is_marked_for_who_took_the_older(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        old = session.exec(
            select(DocumentVersion).where(DocumentVersion.version == "2.0", DocumentVersion.model_version == "3.0")
        ).one()
        session.add(
            DocumentDownload(
                id=str(uuid4()), at=NOW - timedelta(days=300), person_id=LYCEUM.id, scope="90AD", version_id=old.id, via=Via.PDF
            )
        )
    row = annex(school_portal, LYCEUM, "digit")
    assert row.newer_in_force
    assert row.last_downloaded_version == "2.0"


def test_another_schools_document_reads_as_not_found(school_portal: Portal) -> None:
    theirs = in_force(school_portal, OTHER_SCHOOL, "muisstap")
    for version_id in (theirs, "", "x", str(uuid4()), "../../etc/passwd"):
        with pytest.raises(NotFoundError):
            take(school_portal, LYCEUM, version_id)


@pytest.mark.parametrize("outsider", [VISITOR, AGENT])
def test_who_is_no_school_takes_nothing(school_portal: Portal, outsider: Actor) -> None:
    wanted = in_force(school_portal, LYCEUM, "digit")
    with pytest.raises(NotAllowedError):
        take(school_portal, outsider, wanted)


def versions(portal: Portal, product: str) -> dict[tuple[str, str], DocumentVersion]:
    with reading(portal.engine) as session:
        rows = session.exec(
            select(DocumentVersion, Document).join(Document).where(Document.product_slug == product)  # type: ignore[arg-type]
        ).all()
    return {(document.kind, version.version): version for version, document in rows}


def test_what_applied_before_stays_theirs_and_a_draft_or_what_never_applied_to_them_isnt(school_portal: Portal) -> None:
    old = versions(school_portal, "digit")["annex_1", "2.0"]
    assert take(school_portal, LYCEUM, old.id).name == "digit_annex-1_2.0.pdf"
    newcomer = Actor(Role.SCHOOL, id=LYCEUM.id, name="N", scope=SchoolScope(board="90110"))
    assert take(school_portal, newcomer, versions(school_portal, "digit")["annex_1", "3.1"].id)
    for actor, version in (
        # Their licence began when 3.1 was in force.
        (newcomer, old),
        (
            Actor(Role.SCHOOL, id=LYCEUM.id, name="R", scope=SchoolScope(board="90105")),
            versions(school_portal, "rustig-digitaal")["annex_2", "1.0"],
        ),
    ):
        with pytest.raises(NotFoundError):
            take(school_portal, actor, version.id)


def test_a_withdrawn_product_can_be_had_by_who_used_it(school_portal: Portal) -> None:
    withdrawn = versions(school_portal, "codekist")["annex_1", "1.1"]
    assert take(school_portal, LYCEUM, withdrawn.id)
    with pytest.raises(NotFoundError):
        take(school_portal, OTHER_SCHOOL, withdrawn.id)


def test_a_download_for_one_school_of_a_board_counts_for_that_school(school_portal: Portal) -> None:
    wanted = in_force(school_portal, BOARD, "klikkompas")
    with transaction(school_portal.engine) as session:
        service.take_document(by(session, BOARD, NOW, files=school_portal.files), wanted, key="90AD")
    assert annex(school_portal, LYCEUM, "klikkompas").last_downloaded_version == "1.4"
    assert annex(school_portal, LYCEUM, "klikkompas").my_last_version == ""
    assert annex(school_portal, BOARD, "klikkompas").last_downloaded_version == ""
    assert annex(school_portal, BOARD, "klikkompas").my_last_version == "1.4"
    for key in ("90AA", "90BA", "90AD00x", "90102"):
        with pytest.raises(NotFoundError), transaction(school_portal.engine) as session:
            service.take_document(by(session, BOARD, NOW, files=school_portal.files), wanted, key=key)


def test_an_announced_version_can_be_read_before_it_is_in_force(school_portal: Portal) -> None:
    row = annex(school_portal, LYCEUM, "klikkompas").announced
    assert row is not None
    assert take(school_portal, LYCEUM, row.id).name == "klikkompas_annex-1_1.5.pdf"
