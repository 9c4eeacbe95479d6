import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from dashboard.accounts.model import Person
from dashboard.annexes.model import DocumentDownload
from dashboard.annexes.terms import Via
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.errors import DamagedFileError, NotAllowedError, NotFoundError
from dashboard.evidence import service
from dashboard.evidence.checking import Fault, check_manifest, check_zip
from dashboard.evidence.manifest import MANIFEST, READABLE, SIGNATURE, Listed
from dashboard.evidence.signing import Signature, public_key, sign
from dashboard.files import FileStore, digest
from dashboard.i18n import Language
from dashboard.permissions import VISITOR, Actor, Role, SchoolScope
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests.acts import NOW, by
from tests.people import AGENT, BOARD, LYCEUM, OTHER_SCHOOL

TODAY = local_day(NOW)


@pytest.fixture(autouse=True)
def _known_people(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        for actor in (LYCEUM, OTHER_SCHOOL, BOARD):
            session.add(Person(id=actor.id, issuer="i", subject=actor.id, name=actor.name, created_at=NOW))


def gathered(
    portal: Portal,
    actor: Actor,
    day: date = TODAY,
    key: str = "",
    language: Language = Language.NL,
    *,
    only_new: bool = False,
) -> service.Evidence:
    with transaction(portal.engine) as session:
        act = by(session, actor, NOW, portal.settings)
        return service.gather(act, key=key, day=day, language=language, only_new=only_new)


def zipped(portal: Portal, actor: Actor, day: date = TODAY, key: str = "") -> bytes:
    return b"".join(service.stream(gathered(portal, actor, day, key), portal.files))


def trusted(portal: Portal) -> list[str]:
    with reading(portal.engine) as session:
        return service.known_keys(by(session, VISITOR, NOW, portal.settings))


def rebuilt(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The ZIP with other files in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def test_the_zip_holds_what_applies_with_a_manifest_of_digests_and_its_signature_holds(school_portal: Portal) -> None:
    content = zipped(school_portal, LYCEUM)
    verdict = check_zip(io.BytesIO(content), trusted(school_portal))
    assert verdict.holds
    assert verdict.manifest is not None
    assert (verdict.manifest.scope, verdict.manifest.scope_name) == ("90AD", "Vijf Bruggen Lyceum")
    assert verdict.manifest.applies_on == TODAY
    assert {(row.product_name, row.kind, row.version) for row in verdict.manifest.documents} == {
        ("DIGIT", "annex_1", "3.1"),
        ("DIGIT", "annex_2", "3.0"),
        ("DIGIT", "annex_3", "1.1"),
        ("Klikkompas", "annex_1", "1.4"),
        ("Klikkompas", "annex_2", "1.4"),
        ("Klikkompas", "annex_3", "1.2"),
        (None, "processing_agreement", "4.0"),
    }
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(archive.namelist()) == {MANIFEST, SIGNATURE, READABLE} | {r.file for r in verdict.manifest.documents}
        assert archive.testzip() is None
        for row in verdict.manifest.documents:
            assert digest(archive.read(row.file)) == row.sha256
        with pikepdf.open(io.BytesIO(archive.read(READABLE))) as pdf:
            assert pdf.Root.MarkInfo.Marked


def test_every_document_in_it_counts_as_downloaded_for_the_school(school_portal: Portal) -> None:
    made = gathered(school_portal, LYCEUM)
    with reading(school_portal.engine) as session:
        rows = session.exec(select(DocumentDownload).where(col(DocumentDownload.scope) == "90AD")).all()
    assert len(rows) == len(made.manifest.documents)
    assert {(row.via, row.person_id) for row in rows} == {(Via.ZIP, LYCEUM.id)}


def test_what_is_new_is_what_the_school_has_not_taken_and_the_proof_says_so(school_portal: Portal) -> None:
    def versions(made: service.Evidence) -> set[tuple[str | None, str, str]]:
        return {(row.product, row.kind, row.version) for row in made.manifest.documents}

    # What a school took of an earlier day, and still applies, it has.
    before = versions(gathered(school_portal, LYCEUM, TODAY - timedelta(days=300)))
    made = gathered(school_portal, LYCEUM, only_new=True)
    assert before
    assert versions(made)
    assert versions(made).isdisjoint(before)
    content = b"".join(service.stream(made, school_portal.files))
    verdict = check_zip(io.BytesIO(content), trusted(school_portal))
    assert verdict.holds
    assert verdict.manifest is not None
    assert verdict.manifest.only_new
    assert made.name == f"bijsluiter_90AD_{TODAY.isoformat()}_nieuw.zip"
    # Now it has all: there is nothing new, and all of it is what it had and what was new.
    with pytest.raises(NotFoundError):
        gathered(school_portal, LYCEUM, only_new=True)
    whole = gathered(school_portal, LYCEUM)
    assert versions(whole) - before == versions(made)
    assert b"only_new" not in whole.manifest_bytes
    # What one school took another still has to take.
    assert gathered(school_portal, OTHER_SCHOOL, only_new=True).manifest.documents


def test_it_tells_what_applied_on_another_day(school_portal: Portal) -> None:
    then = {
        (row.product, row.kind): row.version
        for row in gathered(school_portal, LYCEUM, TODAY - timedelta(days=500)).manifest.documents
    }
    assert then["digit", "annex_1"] == "2.0"
    assert then["codekist", "annex_1"] == "1.1"
    assert ("klikkompas", "annex_1") not in then
    later = {
        (row.product, row.kind): row.version
        for row in gathered(school_portal, LYCEUM, TODAY + timedelta(days=42)).manifest.documents
    }
    assert later["klikkompas", "annex_1"] == "1.5"


def test_a_board_may_take_it_for_one_of_its_schools_or_locations_and_no_other(school_portal: Portal) -> None:
    school = gathered(school_portal, BOARD, key="90AA").manifest
    assert {row.product for row in school.documents} == {"digit", "muisstap", "typeladder", None}
    assert school.scope == "90AA"
    location = gathered(school_portal, BOARD, key="90AA02").manifest
    assert {row.product for row in location.documents} == {"digit", "muisstap", None}
    for key in ("90BA", "90102", "90AA09", "x", "90BA00"):
        with pytest.raises(NotFoundError):
            gathered(school_portal, BOARD, key=key)
    with pytest.raises(NotFoundError):
        gathered(school_portal, OTHER_SCHOOL, key="90AA")


@pytest.mark.parametrize("outsider", [VISITOR, AGENT, Actor(Role.SCHOOL, id="p-1", name="G")])
def test_who_is_no_school_makes_none(school_portal: Portal, outsider: Actor) -> None:
    with pytest.raises(NotAllowedError):
        gathered(school_portal, outsider)


def test_there_is_no_evidence_of_nothing(school_portal: Portal) -> None:
    with pytest.raises(NotFoundError):
        gathered(school_portal, Actor(Role.SCHOOL, id=LYCEUM.id, name="G", scope=SchoolScope(brin="95CA")))


def test_a_changed_byte_in_any_file_is_found(school_portal: Portal) -> None:
    content, keys = zipped(school_portal, OTHER_SCHOOL), trusted(school_portal)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        sizes = {name: archive.getinfo(name).file_size for name in names}
    for name in names:
        # Every byte of the signature and the manifest, some of each PDF.
        step = 1 if name == SIGNATURE else max(1, sizes[name] // 60)
        for place in range(0, sizes[name], step):
            changed = rebuilt(content, lambda files, n=name, p=place: files.update({n: _flipped(files[n], p)}))  # type: ignore[misc]
            assert not check_zip(io.BytesIO(changed), keys).holds, (name, place)


def _flipped(body: bytes, place: int) -> bytes:
    return body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]


def test_a_byte_changed_in_the_zip_itself_is_found_or_changes_no_file(school_portal: Portal) -> None:
    content, keys = zipped(school_portal, OTHER_SCHOOL), trusted(school_portal)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        before = {name: archive.read(name) for name in archive.namelist()}
    for place in range(0, len(content), max(1, len(content) // 300)):
        changed = _flipped(content, place)
        if check_zip(io.BytesIO(changed), keys).holds:
            with zipfile.ZipFile(io.BytesIO(changed)) as archive:
                assert {name: archive.read(name) for name in archive.namelist()} == before


def test_what_is_missing_added_or_doubled_is_found_and_named(school_portal: Portal) -> None:
    content, keys = zipped(school_portal, OTHER_SCHOOL), trusted(school_portal)
    first = "muisstap_annex-1_2.1.pdf"

    def faults(change: Callable[[dict[str, bytes]], None]) -> set[tuple[Fault, str]]:
        return {(each.fault, each.file) for each in check_zip(io.BytesIO(rebuilt(content, change)), keys).findings}

    assert faults(lambda files: files.pop(first)) == {(Fault.MISSING, first)}  # type: ignore[arg-type, return-value]
    assert faults(lambda files: files.update({"extra.pdf": b"x"})) == {(Fault.ADDED, "extra.pdf")}
    assert faults(lambda files: files.pop(MANIFEST)) == {(Fault.NO_MANIFEST, MANIFEST)}  # type: ignore[arg-type, return-value]
    assert faults(lambda files: files.pop(SIGNATURE)) == {(Fault.NO_SIGNATURE, SIGNATURE)}  # type: ignore[arg-type, return-value]
    assert faults(lambda files: files.update({first: files[first] + b"x"})) == {(Fault.CHANGED, first)}
    assert faults(lambda files: files.pop(READABLE)) == {(Fault.MISSING, READABLE)}  # type: ignore[arg-type, return-value]


def test_data_that_belongs_to_no_file_is_found_wherever_it_hides(school_portal: Portal) -> None:
    content, keys = zipped(school_portal, OTHER_SCHOOL), trusted(school_portal)
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hidden.pdf", b"x")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        second = sorted(each.header_offset for each in archive.infolist())[1]
        name = archive.infolist()[1].filename.encode()
        comment = b"x"
    assert check_zip(io.BytesIO(content), keys).holds
    for harmed in (
        b"#!/bin/sh" + content,
        # Another archive in front: some programs read that one.
        other.getvalue() + content,
        content + b"behind",
        content[:-2] + len(comment).to_bytes(2, "little") + comment,
        # A name that reads otherwise here than in the list at the end.
        content[:second] + content[second:].replace(name, name[:-1] + bytes([name[-1] ^ 1]), 1),
    ):
        verdict = check_zip(io.BytesIO(harmed), keys)
        assert not verdict.holds
        assert verdict.findings[0].fault in {Fault.HIDDEN, Fault.NOT_A_ZIP}


def test_nothing_is_signed_about_a_day_that_nobody_knows(school_portal: Portal) -> None:
    for days, signed in ((366, True), (367, False)):
        day = TODAY + timedelta(days=days)
        if signed:
            gathered(school_portal, LYCEUM, day)
        else:
            with pytest.raises(NotFoundError):
                gathered(school_portal, LYCEUM, day)


def test_a_document_that_stands_in_it_twice_is_found(school_portal: Portal) -> None:
    content = io.BytesIO(zipped(school_portal, OTHER_SCHOOL))
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("muisstap_annex-1_2.1.pdf", b"another")
    assert [(f.fault, f.file) for f in check_zip(content, trusted(school_portal)).findings] == [
        (Fault.ADDED, "muisstap_annex-1_2.1.pdf")
    ]


def test_a_manifest_signed_by_somebody_else_is_not_ours(school_portal: Portal) -> None:
    other = Settings(
        _env_file=None,
        environment="production",
        data_dir=school_portal.settings.data_dir,
        base_url="http://localhost",
        pepper="p" * 40,
        cookie_secret="c" * 40,
        file_secret="f" * 40,
        signing_secret="s" * 40,
    )
    content = zipped(school_portal, OTHER_SCHOOL)
    forged = rebuilt(content, lambda files: files.update({SIGNATURE: sign(files[MANIFEST], other).to_bytes()}))
    verdict = check_zip(io.BytesIO(forged), trusted(school_portal))
    assert [each.fault for each in verdict.findings] == [Fault.UNKNOWN_KEY]
    assert verdict.manifest is None
    assert check_zip(io.BytesIO(forged), [public_key(other)]).holds


def test_an_older_key_stays_known_after_a_new_one_was_set(school_portal: Portal) -> None:
    content = zipped(school_portal, OTHER_SCHOOL)
    renewed = school_portal.settings.model_copy(update={"signing_secret": type(school_portal.settings.signing_secret)("n" * 40)})
    with reading(school_portal.engine) as session:
        keys = service.known_keys(by(session, VISITOR, NOW, renewed))
    assert len(keys) == 2
    assert check_zip(io.BytesIO(content), keys).holds


def test_the_manifest_can_be_checked_without_the_documents(school_portal: Portal) -> None:
    made = gathered(school_portal, LYCEUM)
    assert check_manifest(made.manifest_bytes, made.signature, trusted(school_portal)).holds
    worse = made.manifest_bytes.replace(b"Lyceum", b"Lyceem")
    assert [f.fault for f in check_manifest(worse, made.signature, trusted(school_portal)).findings] == [Fault.BAD_SIGNATURE]


@pytest.mark.parametrize("junk", [b"", b"PK", b"%PDF-1.7", b"x" * 5000])
def test_what_is_no_zip_is_said_to_be_none(junk: bytes, school_portal: Portal) -> None:
    assert [each.fault for each in check_zip(io.BytesIO(junk), trusted(school_portal)).findings] == [Fault.NOT_A_ZIP]


def test_a_bomb_is_not_unpacked(school_portal: Portal) -> None:
    name = "muisstap_annex-1_2.1.pdf"
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(zipped(school_portal, OTHER_SCHOOL))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for each in old.namelist():
            new.writestr(each, b"\0" * 300_000_000 if each == name else old.read(each))
    tracemalloc.start()
    verdict = check_zip(out, trusted(school_portal))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(each.fault, each.file) for each in verdict.findings] == [(Fault.CHANGED, name)]
    assert peak < 30_000_000


@given(st.binary(max_size=300))
def test_no_bytes_make_reading_a_signature_fail_otherwise_than_with_a_value_error(content: bytes) -> None:
    try:
        assert Signature.from_bytes(content).to_bytes() == content
    except ValueError:
        return


def test_memory_stays_flat_for_five_hundred_documents(school_portal: Portal, tmp_path: object) -> None:
    store: FileStore = school_portal.files
    made = gathered(school_portal, OTHER_SCHOOL)
    size = 400_000
    documents = []
    for number in range(500):
        body = number.to_bytes(4, "big") * (size // 4)
        row = made.manifest.documents[0].model_dump()
        documents.append(Listed(**{**row, "file": f"{number}.pdf", "sha256": store.put(body), "size": size}))
    many = service.Evidence(
        made.manifest.model_copy(update={"documents": tuple(documents)}), made.manifest_bytes, made.signature, made.readable
    )
    tracemalloc.start()
    sent = sum(len(chunk) for chunk in service.stream(many, store))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > 0
    # 200 MB passed by; a handful of documents were in memory at a time.
    assert peak < 8_000_000


def test_a_document_damaged_in_the_store_ends_the_zip_instead_of_going_out(school_portal: Portal, tmp_path: object) -> None:
    made = gathered(school_portal, OTHER_SCHOOL)
    store = FileStore.local(school_portal.settings.data_dir / "elsewhere")
    with pytest.raises(DamagedFileError):
        list(service.stream(made, store))


def test_the_manifest_is_json_that_other_programs_read(school_portal: Portal) -> None:
    read = json.loads(gathered(school_portal, LYCEUM, language=Language.EN).manifest_bytes)
    assert read["format"] == "bijsluiter-evidence-1"
    assert read["made_by"] == "Siem School"
    assert read["documents"][0]["kind_name"] in {"Annex 1 Privacy annex", "Processing agreement"}
