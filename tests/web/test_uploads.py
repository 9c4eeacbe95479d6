"""Files that are chosen on a page: only where it shows a place for them, so many bytes, on disk, and gone with the session."""

import threading
import time
from http import HTTPStatus
from pathlib import Path

import httpx2
import pytest
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from dashboard.ui import chosen_files
from dashboard.ui.chosen_files import MEGABYTE, Uploads
from tests.conftest import Demo
from tests.web.visit import client, cookies, tab


def a_keeper() -> Uploads:
    return Uploads("/_stcore/upload_file")


def given(held: Uploads, session: str = "s", number: int = 1) -> list[str]:
    held.shows(session)
    return [each.file_id for each in held.get_upload_urls(session, ["a.pdf"] * number)]


def put(held: Uploads, session: str, file_id: str, content: bytes, address: str = "192.0.2.1") -> HTTPStatus:
    status = held.may_take(session, file_id, address, len(content))
    if status is HTTPStatus.OK:
        held.add_file(session, UploadedFileRec(file_id, "a.pdf", "application/pdf", content))
        held.settle(session, file_id)
    return status


def test_a_session_that_shows_no_place_for_files_is_given_none() -> None:
    held = a_keeper()
    assert held.get_upload_urls("s", ["a.pdf"]) == []
    assert given(held)
    held.hides("s")
    assert held.get_upload_urls("s", ["a.pdf"]) == []


def test_bytes_come_once_to_the_place_that_was_given_out_and_to_no_other() -> None:
    held = a_keeper()
    [place] = given(held)
    assert put(held, "s", "made-up", b"x") is HTTPStatus.NOT_FOUND
    assert put(held, "other", place, b"x") is HTTPStatus.NOT_FOUND
    assert put(held, "s", place, b"content") is HTTPStatus.OK
    assert put(held, "s", place, b"again") is HTTPStatus.NOT_FOUND
    [file] = held.get_files("s", [place])
    assert (file.name, file.data) == ("a.pdf", b"content")


def test_places_that_were_not_used_dont_pile_up() -> None:
    held = a_keeper()
    first = given(held, number=1)[0]
    given(held, number=200)
    assert put(held, "s", first, b"x") is HTTPStatus.NOT_FOUND
    assert len(held.get_upload_urls("s", ["a"] * 500)) == chosen_files.MOST_WAITING


def test_so_much_of_a_session_of_an_address_and_in_all() -> None:
    held = a_keeper()

    def fill(session: str, address: str) -> int:
        """How many files of ten MB were let in; the bytes themselves don't matter here."""
        return sum(
            held.may_take(session, place, address, 10 * MEGABYTE) is HTTPStatus.OK for place in given(held, session, number=30)
        )

    assert fill("one", "192.0.2.1") == 6
    assert sum(fill(f"more-{number}", "192.0.2.1") for number in range(20)) == 24
    # Another one is served meanwhile, until it is too much in all.
    assert fill("elsewhere", "192.0.2.2") == 6
    assert sum(fill(f"s-{number}", f"198.51.100.{number}") for number in range(100)) == 100 - 36
    held.remove_session_files("one")
    assert fill("late", "203.0.113.1") == 0


def test_what_broke_off_or_was_removed_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen_files, "OF_A_SESSION", 100)
    held = a_keeper()
    for _ in range(5):
        [place] = given(held)
        assert held.may_take("s", place, "a", 80) is HTTPStatus.OK
        held.settle("s", place)
    [place] = given(held)
    assert put(held, "s", place, b"x" * 80) is HTTPStatus.OK
    [other] = given(held)
    assert put(held, "s", other, b"x" * 80) is HTTPStatus.TOO_MANY_REQUESTS
    held.remove_file("s", place)
    [other] = given(held)
    assert put(held, "s", other, b"x" * 80) is HTTPStatus.OK


def test_what_lies_on_disk_says_nothing_and_goes_with_the_session() -> None:
    held = a_keeper()
    [place] = given(held)
    put(held, "s", place, b"mimbelbrief" * 100)
    folder: Path = held._folder  # noqa: SLF001
    [path] = folder.iterdir()
    assert b"mimbel" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    held.remove_session_files("s")
    assert list(folder.iterdir()) == []
    assert held.get_files("s", [place]) == []


def test_many_at_once_never_take_more_than_is_allowed() -> None:
    held, let_in, begun = a_keeper(), [], threading.Barrier(20)
    places = given(held, number=20)

    def one(place: str) -> None:
        begun.wait()
        let_in.append(held.may_take("s", place, "a", 10 * MEGABYTE))

    threads = [threading.Thread(target=one, args=(place,)) for place in places]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert let_in.count(HTTPStatus.OK) == 6


def test_a_page_without_a_place_for_files_takes_no_bytes(demo: Demo) -> None:
    """60 of 10 MB filled the memory before."""
    visitor = client(demo)
    visitor.get("/")
    with tab(demo, "", visitor) as page:
        page.run()
        session = page.session
        began = time.monotonic()
        statuses = {
            visitor.put(f"/_stcore/upload_file/{session}/file-{number}", files={"f": ("a.pdf", b"x" * MEGABYTE)}).status_code
            for number in range(20)
        }
    assert statuses == {404}
    assert time.monotonic() - began < 20
    assert httpx2.put(
        f"{demo.url}/_stcore/upload_file/nobody/x", content=iter([b"x"]), headers={"cookie": cookies(visitor)}
    ).status_code in {403, 411}
