import io
from datetime import date, timedelta
from typing import Any

import pikepdf
import pytest
from sqlmodel import col, func, select

from dashboard.accounts.terms import Sector
from dashboard.act import Seen
from dashboard.annexes import catalogue, completeness, drafting, publishing, queries
from dashboard.annexes.completeness import Worry
from dashboard.annexes.drafting import NewVersion
from dashboard.annexes.model import Document, DocumentVersion, Licence, SubprocessorNotice
from dashboard.annexes.printing import Paper, pdf
from dashboard.annexes.terms import VersionState
from dashboard.annexes.timeline import Phase
from dashboard.audit import AuditRow
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.demo.documents import content as sample_content
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, NotPossibleError, StaleError
from dashboard.files import FileStore, digest
from dashboard.i18n import Language
from dashboard.permissions import VISITOR, Actor, Role
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.people import ADMINISTRATOR, AGENT, AUDITOR, EDITOR, LYCEUM, OFFICER, OTHER_SCHOOL

TODAY = local_day(NOW)
SECOND_OFFICER = Actor(Role.PRIVACY_OFFICER, id="officer-2", name="Olle Officer", session="s")
PRODUCT = {"slug": "muisstap", "about": "oefeningen met de muis", "audience": "leerlingen"}


@pytest.fixture
def library(school_portal: Portal) -> Portal:
    """Drafts write files: into a store of this test's own."""
    return Portal(school_portal.settings, school_portal.engine, FileStore.local(school_portal.settings.data_dir / "own-files"))


def privacy(**changes: Any) -> dict[str, Any]:
    found = sample_content(PRODUCT, "annex_1", "2.1")
    assert found is not None
    return {**found.model_dump(mode="json"), **changes}


def typed(**changes: Any) -> NewVersion:
    values: dict[str, Any] = {
        "version": "3.0",
        "model_version": "4.0",
        "valid_from": TODAY + timedelta(days=60),
        "content": privacy(),
    }
    return NewVersion(**{**values, **changes})


def draft(
    portal: Portal, new: NewVersion | None = None, kind: str = "annex_1", product: str | None = "muisstap", actor: Actor = EDITOR
) -> str:
    with transaction(portal.engine) as session:
        return drafting.draft(by(session, actor, NOW, files=portal.files), product, kind, None, new or typed())


def version(portal: Portal, version_id: str) -> DocumentVersion:
    with reading(portal.engine) as session:
        return session.get_one(DocumentVersion, version_id)


def approve(portal: Portal, version_id: str, actor: Actor = OFFICER, edition: int = 1) -> None:
    with transaction(portal.engine) as session:
        publishing.approve(by(session, actor, NOW), Seen(version_id, edition))


def of(library: Portal, version_id: str) -> Seen:
    """A version as the catalogue shows it."""
    with reading(library.engine) as session:
        return Seen(version_id, session.get_one(DocumentVersion, version_id).edition)


def why_not(portal: Portal, version_id: str, actor: Actor = OFFICER) -> str:
    with pytest.raises(NotPossibleError) as refused:
        approve(portal, version_id, actor)
    assert version(portal, version_id).state is VersionState.DRAFT
    return refused.value.text_key


def test_a_draft_as_data_becomes_a_tagged_pdf_and_no_school_sees_it(library: Portal) -> None:
    made = version(library, draft(library))
    with pikepdf.open(io.BytesIO(library.files.get(made.sha256))) as opened:
        assert opened.Root.MarkInfo.Marked
    assert (made.state, made.countries, made.edition, made.drafted_name) == (VersionState.DRAFT, "DE NL", 1, "Eva Editor")
    with reading(library.engine) as session:
        shown = queries.annexes(by(session, OTHER_SCHOOL), day=TODAY + timedelta(days=90), language=Language.NL)
    assert [annex.in_force and annex.in_force.version for annex in shown.products[0].annexes] == ["2.1", "2.0", "1.0"]


def test_a_draft_changes_until_it_is_approved_and_so_does_its_pdf(library: Portal) -> None:
    made = draft(library)
    before = version(library, made).sha256
    with transaction(library.engine) as session:
        drafting.revise(by(session, EDITOR, NOW, files=library.files), Seen(made, 1), typed(version="3.1"))
    after = version(library, made)
    assert (after.version, after.edition) == ("3.1", 2)
    assert after.sha256 != before
    assert digest(library.files.get(after.sha256)) == after.sha256
    with pytest.raises(StaleError), transaction(library.engine) as session:
        drafting.revise(by(session, EDITOR, NOW, files=library.files), Seen(made, 1), typed())


def test_who_wrote_it_last_doesnt_approve_it_and_a_colleague_does(library: Portal) -> None:
    mine = draft(library, actor=OFFICER)
    assert why_not(library, mine) == "catalogue.four_eyes"
    approve(library, mine, SECOND_OFFICER)
    done = version(library, mine)
    assert (done.state, done.approved_name, done.approved_at) == (VersionState.APPROVED, "Olle Officer", NOW)
    with reading(library.engine) as session:
        view = catalogue.version_view(by(session, AUDITOR, TODAY), mine, language=Language.NL)
    assert view.phase is Phase.ANNOUNCED
    for change in (
        lambda s: drafting.revise(by(s, EDITOR, NOW, files=library.files), Seen(mine, 1), typed(version="3.2")),
        lambda s: drafting.discard(by(s, EDITOR, NOW), Seen(mine, 1)),
        lambda s: publishing.approve(by(s, SECOND_OFFICER, NOW), Seen(mine, 1)),
    ):
        with pytest.raises(NotPossibleError) as refused, transaction(library.engine) as session:
            change(session)
        assert refused.value.text_key == "catalogue.is_approved"


def test_nobody_approves_another_text_than_the_one_they_read(library: Portal) -> None:
    made = draft(library)
    with transaction(library.engine) as session:
        drafting.revise(by(session, EDITOR, NOW, files=library.files), Seen(made, 1), typed(changes_nl="Anders"))
    with pytest.raises(StaleError):
        approve(library, made, edition=1)


def test_history_is_not_rewritten(library: Portal) -> None:
    # 2.1 has been in force for 320 days.
    assert why_not(library, draft(library, typed(version="2.2", valid_from=TODAY - timedelta(days=1)))) == "catalogue.in_the_past"
    assert why_not(library, draft(library, typed(version="2.0", valid_from=TODAY - timedelta(days=400)))) == "catalogue.day_taken"
    approve(library, draft(library, typed(version="3.0")))
    assert why_not(library, draft(library, typed(version="3.1"))) == "catalogue.day_taken"


def test_the_first_version_of_a_document_may_have_begun_in_the_past(library: Portal) -> None:
    with transaction(library.engine) as session:
        drafting.add_product(by(session, EDITOR, NOW), "nieuw", "Nieuw")
    made = draft(library, typed(valid_from=date(2024, 1, 1)), product="nieuw")
    approve(library, made)
    assert version(library, made).state is VersionState.APPROVED


def test_a_change_of_subprocessors_needs_the_time_to_object_and_makes_a_notice(library: Portal) -> None:
    other = privacy(subprocessors=[{"name": "Nieuw B.V.", "service": "Opslag", "data": "Alles", "country": "NL"}])
    soon = draft(library, typed(version="3.0", valid_from=TODAY + timedelta(days=27), content=other))
    assert why_not(library, soon) == "catalogue.objection_time"
    with transaction(library.engine) as session:
        drafting.discard(by(session, EDITOR, NOW), Seen(soon, 1))
    later = draft(library, typed(version="3.0", valid_from=TODAY + timedelta(days=28), content=other))
    approve(library, later)
    with reading(library.engine) as session:
        notice = session.exec(select(SubprocessorNotice).where(SubprocessorNotice.version_id == later)).one()
    assert [(each["change"], each["name"]) for each in notice.changes] == [
        ("removed", "Rekenhal B.V. (fictief)"),
        ("removed", "Berichtenpost GmbH (fictief)"),
        ("added", "Nieuw B.V."),
    ]
    assert notice.effective_on == TODAY + timedelta(days=28)


def test_a_version_without_a_change_of_subprocessors_makes_no_notice(library: Portal) -> None:
    made = draft(library, typed(valid_from=TODAY))
    approve(library, made)
    with reading(library.engine) as session:
        assert not session.exec(select(SubprocessorNotice).where(SubprocessorNotice.version_id == made)).all()
        view = catalogue.version_view(by(session, AUDITOR, TODAY), made, language=Language.NL)
    assert view.phase is Phase.IN_FORCE


def test_an_announced_version_is_called_off_and_the_one_in_force_stays(library: Portal) -> None:
    with reading(library.engine) as session:
        coming = session.exec(select(DocumentVersion.id).where(DocumentVersion.version == "1.5")).one()
    with transaction(library.engine) as session:
        publishing.withdraw(by(session, OFFICER, NOW), of(library, coming), TODAY, "Gaat niet door.")
    with reading(library.engine) as session:
        assert session.exec(select(SubprocessorNotice.withdrawn_at)).one() == NOW
        shown = queries.annexes(by(session, LYCEUM), day=TODAY + timedelta(days=60), language=Language.NL)
    annex = next(p for p in shown.products if p.slug == "klikkompas").annexes[0]
    assert annex.in_force is not None
    assert (annex.in_force.version, annex.announced) == ("1.4", None)
    with pytest.raises(NotPossibleError), transaction(library.engine) as session:
        publishing.withdraw(by(session, OFFICER, NOW), of(library, coming), TODAY, "Nog eens.")


@pytest.mark.parametrize(
    ("day", "reason", "field"), [(None, "x", "day"), (TODAY - timedelta(days=1), "x", "day"), (TODAY, " ", "reason")]
)
def test_withdrawing_asks_a_day_from_today_and_a_reason(library: Portal, day: date | None, reason: str, field: str) -> None:
    with reading(library.engine) as session:
        now_in_force = session.exec(select(DocumentVersion.id).where(DocumentVersion.version == "1.4")).first()
    with pytest.raises(InvalidInputError) as refused, transaction(library.engine) as session:
        publishing.withdraw(by(session, OFFICER, NOW), of(library, str(now_in_force)), day, reason)
    assert set(refused.value.problems) == {field}


def test_the_model_agreement_is_locked(library: Portal) -> None:
    with reading(library.engine) as session:
        model = session.exec(
            select(DocumentVersion)
            .join(Document, col(Document.id) == col(DocumentVersion.document_id))
            .where(col(Document.product_slug).is_(None), DocumentVersion.model_version == "4.0")
        ).one()
    with pytest.raises(NotPossibleError) as refused, transaction(library.engine) as session:
        publishing.withdraw(by(session, OFFICER, NOW), of(library, model.id), TODAY, "Nee.")
    assert refused.value.text_key == "catalogue.is_locked"
    sample = sample_pdf()
    again = draft(library, typed(version="4.0.1", content=None, file=sample), kind="processing_agreement", product=None)
    assert why_not(library, again) == "catalogue.model_taken"
    newer = draft(
        library, typed(version="5.0", model_version="5.0", content=None, file=sample), kind="processing_agreement", product=None
    )
    approve(library, newer)


def sample_pdf() -> bytes:
    return pdf(Paper("annex_3", "T", "P", "1.0", "4.0", TODAY, {"rows": ["Een regel"]}))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"version": ""}, "version"),
        ({"version": "één"}, "version"),
        ({"version": "2.1"}, "version"),
        ({"model_version": "4"}, "model_version"),
        ({"valid_from": None}, "valid_from"),
        ({"review_on": TODAY}, "review_on"),
        ({"deviates": True}, "deviation_reason"),
        ({"changes_nl": "x" * 2001}, "changes_nl"),
        ({"content": {}}, "purposes"),
        ({"content": privacy(storage=["XX"])}, "storage"),
        ({"content": privacy(storage=[])}, "storage"),
        ({"content": privacy(transfers=[{"country": "DE", "to": "x", "safeguard": "y"}])}, "transfers"),
        ({"content": privacy(subprocessors=[{"name": "x", "service": "", "data": "y", "country": "NL"}])}, "subprocessors"),
        ({"content": privacy(unknown="x")}, "unknown"),
        ({"content": None, "file": b"GIF89a"}, "file"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(library: Portal, changes: dict[str, Any], field: str) -> None:
    before = versions(library)
    with pytest.raises(InvalidInputError) as refused:
        draft(library, typed(**changes))
    assert field in refused.value.problems
    assert versions(library) == before


def versions(portal: Portal) -> int:
    with reading(portal.engine) as session:
        return session.exec(select(func.count()).select_from(DocumentVersion)).one()


def test_a_deviation_with_its_reason_is_kept_and_shown(library: Portal) -> None:
    made = draft(library, typed(deviates=True, deviation_reason="Het bestuur vroeg een kortere termijn."))
    assert version(library, made).deviation_reason == "Het bestuur vroeg een kortere termijn."


@pytest.mark.parametrize("actor", [VISITOR, LYCEUM, AGENT, AUDITOR, ADMINISTRATOR])
def test_who_doesnt_write_annexes_writes_none(library: Portal, actor: Actor) -> None:
    with pytest.raises(NotAllowedError):
        draft(library, actor=actor)
    made = draft(library)
    with pytest.raises(NotAllowedError):
        approve(library, made, actor)


def test_an_editor_doesnt_publish(library: Portal) -> None:
    made = draft(library)
    with pytest.raises(NotAllowedError):
        approve(library, made, Actor(Role.EDITOR, id="another-editor"))


@pytest.mark.parametrize(
    ("slug", "name"), [("Hoofd", "N"), ("a b", "N"), ("digit", "N"), ("x" * 61, "N"), ("goed", " "), ("goed", "x" * 121)]
)
def test_a_product_has_a_free_short_name_and_a_name(library: Portal, slug: str, name: str) -> None:
    with pytest.raises(InvalidInputError), transaction(library.engine) as session:
        drafting.add_product(by(session, EDITOR, NOW), slug, name)


def test_a_kind_that_isnt_there_or_a_product_that_isnt_is_not_found(library: Portal) -> None:
    for product, kind in (
        ("muisstap", "annex_9"),
        ("elders", "annex_1"),
        (None, "annex_1"),
        ("muisstap", "processing_agreement"),
    ):
        with pytest.raises(NotFoundError):
            draft(library, kind=kind, product=product)


def test_every_step_leaves_one_row_in_the_audit(library: Portal) -> None:
    made = draft(library)
    with transaction(library.engine) as session:
        drafting.offer(by(session, EDITOR, NOW), Seen(made, 1))
    with transaction(library.engine) as session:
        publishing.send_back(by(session, OFFICER, NOW), Seen(made, 1))
    approve(library, made)
    with transaction(library.engine) as session:
        publishing.withdraw(by(session, OFFICER, NOW), of(library, made), TODAY, "Toch niet.")
    with reading(library.engine) as session:
        found = session.exec(select(AuditRow.action).where(AuditRow.subject_id == made)).all()
    assert sorted(found) == ["annex.approved", "annex.drafted", "annex.offered", "annex.sent_back", "annex.withdrawn"]


def test_the_completeness_check_names_what_is_missing_late_or_waiting(library: Portal) -> None:
    with reading(library.engine) as session:
        found = completeness.worries(by(session, AUDITOR, NOW), language=Language.NL)
    told = {(row.worry, row.product, row.sector) for row in found}
    assert (Worry.MISSING, "Rustig Digitaal", None) in told
    assert (Worry.REVIEW, "Typeladder", None) in told
    assert (Worry.DRAFT_WAITS, "Rustig Digitaal", None) in told
    # Its annexes were withdrawn, and a licence on it still runs.
    assert (Worry.MISSING, "Codekist", None) in told
    assert not [row for row in found if row.product in {"DIGIT", "Klikkompas"}]


def test_an_annex_that_is_missing_for_one_sector_is_named_with_it(library: Portal) -> None:
    """Toetsvuur has an annex 1 for secondary and one for vocational education."""
    with transaction(library.engine) as session:
        session.add(Licence(id="po", product_slug="toetsvuur", brin="90BA", valid_from=TODAY))
    with reading(library.engine) as session:
        found = completeness.worries(by(session, AUDITOR, NOW), language=Language.NL)
    assert [(row.product, row.sector) for row in found if row.worry is Worry.MISSING and row.product == "Toetsvuur"] == [
        ("Toetsvuur", Sector.PO)
    ]
