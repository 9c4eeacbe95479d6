import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache

import pytest
from sqlalchemy import Engine

from dashboard.annexes.printing import Paper, pdf
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.outgoing import answers
from dashboard.data_requests.outgoing.uploads import ANSWER_KINDS, LARGEST_BYTES, Upload, checked_kind
from dashboard.db import reading, transaction
from dashboard.errors import DamagedFileError, InvalidInputError, NotAllowedError, NotFoundError, NotPossibleError
from dashboard.permissions import VISITOR
from dashboard.settings import Settings
from tests import cases
from tests.acts import NOW, by, seen
from tests.people import AGENT, LYCEUM, request, requester

JSON = json.dumps({"naam": "Noor"}).encode()


@cache
def a_pdf() -> bytes:
    return pdf(Paper("annex_3", "Antwoord", "x", "1", "4.0", date(2026, 1, 1), {"rows": ["Een regel"]}))


def a_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "a")
    return made.getvalue()


def attach(engine: Engine, settings: Settings, case: Case, name: str, content: bytes, now: datetime) -> Case:
    with transaction(engine) as session:
        answers.attach(by(session, AGENT, now, settings), seen(case), Upload(name, content))
    return cases.fresh(engine, case)


def file_id(engine: Engine, case: Case, settings: Settings) -> str:
    with reading(engine) as session:
        return queries.case_view(by(session, AGENT, NOW, settings), case.id).files[0].id


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", a_pdf),
        ("a.json", lambda: JSON),
        ("a.csv", lambda: b"naam;adres\nNoor;x\n"),
        ("a.txt", lambda: b"tekst"),
        ("a.zip", a_zip),
        ("A.PDF", a_pdf),
    ],
)
def test_each_kind_is_taken_by_its_content(name: str, content: Callable[[], bytes]) -> None:
    assert checked_kind(Upload(name, content()), ANSWER_KINDS) == name.lower()[2:]


@pytest.mark.parametrize(
    ("name", "content", "text_key"),
    [
        ("a.exe", b"MZ", "invalid.file_type"),
        ("a.svg", b"<svg onload=alert(1)>", "invalid.file_type"),
        ("geen-ending", b"x", "invalid.file_type"),
        ("a.pdf.html", b"%PDF-1.7", "invalid.file_type"),
        ("a.pdf", b"", "invalid.file_empty"),
        ("a.pdf", b"<html>geen pdf</html>", "invalid.file_content"),
        ("a.pdf", b"%PDF-1.7 en dan niets", "invalid.file_content"),
        ("a.json", b"{niet json", "invalid.file_content"),
        ("a.csv", b"\x00\x01\x02", "invalid.file_content"),
        ("a.txt", b"\xff\xfe\x00", "invalid.file_content"),
        ("a.zip", b"PK geen zip", "invalid.file_content"),
        ("a.txt", b"x" * (LARGEST_BYTES + 1), "invalid.file_large"),
    ],
)
def test_a_wrong_type_size_or_content_is_refused_with_its_sentence(name: str, content: bytes, text_key: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        checked_kind(Upload(name, content), ANSWER_KINDS)
    assert refused.value.problems == {"file": text_key}


def test_ten_megabytes_exactly_is_taken() -> None:
    assert checked_kind(Upload("a.txt", b"x" * LARGEST_BYTES), ANSWER_KINDS) == "txt"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "C:\\mijn\\bestand.txt", "a\r\nSet-Cookie: x.txt", 'quote".txt', "💥.txt"]
)
def test_a_file_gets_a_name_of_our_own_making(engine: Engine, settings: Settings, now: datetime, name: str) -> None:
    case = attach(engine, settings, cases.in_progress(engine, settings, now), name, b"x", now)
    with reading(engine) as session:
        (row,) = queries.case_view(by(session, AGENT, now, settings), case.id).files
    assert row.name.endswith(".txt")
    assert not set(row.name) & set('/\\\r\n"')
    assert row.name.isascii()


def test_the_requester_gets_the_file_when_the_case_is_closed_and_not_before(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = attach(engine, settings, cases.in_progress(engine, settings, now), "antwoord.json", JSON, now)
    wanted, owner = file_id(engine, case, settings), requester(case.id)
    with pytest.raises(NotFoundError), transaction(engine) as session:
        answers.download(by(session, owner, now, settings), wanted)
    _close(engine, case, settings, now)
    with transaction(engine) as session:
        found = answers.download(by(session, owner, now, settings), wanted)
    assert (found.content, found.media_type, found.name) == (JSON, "application/json", "antwoord.json")
    with reading(engine) as session:
        assert queries.case_view(by(session, AGENT, now, settings), case.id).events[0].kind.value == "answer_downloaded"


def test_nobody_else_gets_the_file(engine: Engine, settings: Settings, now: datetime) -> None:
    case = attach(engine, settings, cases.in_progress(engine, settings, now), "antwoord.json", JSON, now)
    _close(engine, case, settings, now)
    wanted = file_id(engine, case, settings)
    for outsider, error in ((VISITOR, NotAllowedError), (LYCEUM, NotFoundError), (requester("another"), NotFoundError)):
        with pytest.raises(error), transaction(engine) as session:
            answers.download(by(session, outsider, now, settings), wanted)


def test_damaged_bytes_are_not_handed_out(engine: Engine, settings: Settings, now: datetime, tmp_path: object) -> None:
    case = attach(engine, settings, cases.in_progress(engine, settings, now), "antwoord.json", JSON, now)
    stored = next(path for path in (settings.data_dir / "files").rglob("*") if path.is_file())
    stored.write_bytes(JSON + b" ")
    with pytest.raises(DamagedFileError), transaction(engine) as session:
        answers.download(by(session, AGENT, now, settings), file_id(engine, case, settings))


def test_portability_closes_only_with_a_file_that_a_machine_reads(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now, request(rights=("portability",)))
    case = attach(engine, settings, case, "antwoord.pdf", a_pdf(), now)
    with pytest.raises(NotPossibleError) as refused:
        _close(engine, case, settings, now, right="portability")
    assert refused.value.text_key == "need.machine_readable_answer"
    case = attach(engine, settings, cases.fresh(engine, case), "gegevens.csv", b"a;b\n1;2\n", now)
    _close(engine, case, settings, now, right="portability")


def _close(engine: Engine, case: Case, settings: Settings, now: datetime, right: str = "access") -> None:
    cases.decide(engine, case, now, right)
    cases.close(engine, settings, case, now)
