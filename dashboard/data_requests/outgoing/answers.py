"""The files of an answer: attaching them, and handing them out to whom they are for."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from dashboard import audit
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status, Verb
from dashboard.data_requests.case.model import Case, CaseFile, FilePurpose
from dashboard.data_requests.case.moves import add_event, load_case, move
from dashboard.data_requests.outgoing.case_files import Shelf, Upload, content_of, keep
from dashboard.errors import NotFoundError
from dashboard.permissions import Actor, Permission, require


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes on their way out, with the name and type that we gave them."""

    name: str
    media_type: str
    content: bytes


def attach(session: Session, actor: Actor, case_id: str, upload: Upload, *, shelf: Shelf, version: int, now: datetime) -> None:
    """Add a file to the answer. Raises InvalidInputError for a wrong type or size."""
    require(actor, Permission.HANDLE_CASE)
    case = load_case(session, actor, case_id)
    row = keep(session, actor, case, upload, FilePurpose.ANSWER, shelf=shelf, now=now)
    move(session, actor, case, Verb.ATTACH, now=now, version=version, fields={"file_id": row.id, "sha256": row.sha256})


def download(session: Session, actor: Actor, file_id: str, *, shelf: Shelf, now: datetime) -> Download:
    """A file of a case, for staff and for the requester whose it is; each download is recorded.

    The requester gets the answer once the case is closed, and the attachments of messages; nobody gets proof of identity
    once it was checked. Raises NotFoundError.
    """
    found = session.get(CaseFile, file_id)
    if found is None:
        raise NotFoundError(file_id)
    case = load_case(session, actor, found.case_id)
    content = content_of(found, shelf)
    if not actor.is_staff:
        _for_requester(session, actor, case, found, now)
    audit.record(session, actor, "case.download_file", ("case", case.id), now=now, detail={"file_id": file_id})
    return Download(found.name, found.media_type, content)


def _for_requester(session: Session, actor: Actor, case: Case, found: CaseFile, now: datetime) -> None:
    if found.purpose is FilePurpose.ATTACHMENT:
        return
    if found.purpose is not FilePurpose.ANSWER or case.status is not Status.CLOSED:
        raise NotFoundError(found.id)
    if found.downloaded_at is None:
        found.downloaded_at = now
        session.add(found)
    add_event(session, actor, case, EventKind.ANSWER_DOWNLOADED, now=now, fields={"file_id": found.id})
