import json
import zipfile
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pikepdf
import pytest
from sqlmodel import select

from dashboard.accounts.model import Person
from dashboard.annexes import queries, service
from dashboard.annexes.model import DocumentDownload, DocumentVersion, Via
from dashboard.annexes.rows import AnnexRow
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.errors import NotAllowedError, NotFoundError
from dashboard.files import digest
from dashboard.i18n import Language
from dashboard.permissions import VISITOR, Actor, Role, SchoolScope
from dashboard.portal import Portal
from tests.conftest import NOW
from tests.people import AGENT, BOARD, LYCEUM, OTHER_SCHOOL

TODAY = local_day(NOW)


@pytest.fixture(autouse=True)
def _known_people(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        for actor in (LYCEUM, OTHER_SCHOOL, BOARD):
            session.add(Person(id=actor.id, issuer="i", subject=actor.id, name=actor.name, created_at=NOW))


def annex(portal: Portal, actor: Actor, product: str, number: int = 0) -> AnnexRow:
    with reading(portal.engine) as session:
        found = queries.annexes(session, actor, today=TODAY, language=Language.NL)
    return next(row for row in found.products if row.slug == product).annexes[number]


def take(portal: Portal, actor: Actor, version_id: str, via: Via = Via.PDF) -> service.PdfDownload:
    with transaction(portal.engine) as session:
        return service.open_document(session, actor, version_id, via=via, files=portal.files, now=NOW)


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
    with pytest.raises(NotAllowedError), transaction(school_portal.engine) as session:
        service.bundle(session, outsider, files=school_portal.files, now=NOW)


def test_drafts_superseded_and_withdrawn_versions_are_not_handed_out(school_portal: Portal) -> None:
    with reading(school_portal.engine) as session:
        allowed = set(queries.entitled_versions(session, BOARD, today=TODAY))
        for version in session.exec(select(DocumentVersion)):
            if version.state == "draft" or version.withdrawn_on or (version.version == "2.0" and version.model_version == "3.0"):
                assert version.id not in allowed


def test_an_announced_version_can_be_read_before_it_is_in_force(school_portal: Portal) -> None:
    row = annex(school_portal, LYCEUM, "klikkompas").announced
    assert row is not None
    assert take(school_portal, LYCEUM, row.id).name == "klikkompas_annex-1_1.5.pdf"


def test_the_bundle_holds_all_that_is_in_force_with_a_manifest_of_digests(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        archive = service.bundle(session, LYCEUM, files=school_portal.files, now=NOW)
    with archive, zipfile.ZipFile(archive) as zipped:
        manifest = json.loads(zipped.read("manifest.json"))
        assert manifest["school"] == "Vijf Bruggen Lyceum"
        assert manifest["identifier"] == "90AD"
        assert manifest["applies_on"] == TODAY.isoformat()
        assert {row["file"] for row in manifest["documents"]} | {"manifest.json"} == set(zipped.namelist())
        for row in manifest["documents"]:
            assert digest(zipped.read(row["file"])) == row["sha256"]
    assert {(row["product"], row["kind"], row["version"]) for row in manifest["documents"]} == {
        ("DIGIT", "annex_1", "3.1"),
        ("DIGIT", "annex_2", "3.0"),
        ("DIGIT", "annex_3", "1.1"),
        ("Klikkompas", "annex_1", "1.4"),
        ("Klikkompas", "annex_2", "1.4"),
        ("Klikkompas", "annex_3", "1.2"),
        (None, "processing_agreement", "4.0"),
    }
    assert annex(school_portal, LYCEUM, "klikkompas").last_downloaded_version == "1.4"


def test_there_is_no_bundle_without_documents(school_portal: Portal) -> None:
    empty = Actor(Role.SCHOOL, id=LYCEUM.id, name="G", scope=SchoolScope(brin="95CA"))
    with pytest.raises(NotFoundError), transaction(school_portal.engine) as session:
        service.bundle(session, empty, files=school_portal.files, now=NOW)
