"""The files of an answer: attaching them, and handing them out to whom they are for."""

from collections.abc import Collection
from dataclasses import dataclass

from dashboard import audit
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Verb
from dashboard.data_requests.case.model import CaseFile
from dashboard.data_requests.case.moves import add_event, load, load_case, move
from dashboard.data_requests.case.queries import may_open
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.outgoing.case_files import content_of, keep
from dashboard.data_requests.outgoing.uploads import Upload, prepared
from dashboard.errors import NotFoundError
from dashboard.permissions import Permission, Role


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes on their way out, with the name and type that we gave them."""

    name: str
    media_type: str
    content: bytes


@asks(Permission.HANDLE_CASE, Permission.DECIDE_HANDED_CASE)
def attach(act: Allowed, seen: Seen, upload: Upload) -> None:
    """Add a file to the answer. Raises InvalidInputError for a wrong type or size."""
    [file] = prepared(act.settings, [upload], FilePurpose.ANSWER)
    case = load(act, seen)
    row = keep(act, case, file)
    move(act, case, Verb.ATTACH, fields={"file_id": row.id, "sha256": row.sha256})


@asks(Permission.READ_CASE, Permission.ACT_ON_OWN_CASE, Permission.READ_HANDED_CASE)
def download(act: Allowed, file_id: str, *, kinds: Collection[str] | None = None) -> Download:
    """A file of a case, for staff, for the school that decides and for the requester whose it is; each download is recorded.

    The requester gets an answer once it was given, and the attachments of messages; nobody gets proof of identity once it was
    checked. Raises NotFoundError, also for one of other `kinds` than are asked for.
    """
    found = act.session.get(CaseFile, file_id)
    if found is None or (kinds is not None and found.media_type not in kinds):
        raise NotFoundError(file_id)
    case = load_case(act, found.case_id)
    if not may_open(act, case, found):
        raise NotFoundError(file_id)
    content = content_of(act, found)
    if act.actor.role is Role.REQUESTER and found.purpose is FilePurpose.ANSWER:
        found.downloaded_at = found.downloaded_at or act.now
        add_event(act, case, EventKind.ANSWER_DOWNLOADED, fields={"file_id": found.id})
    audit.record(act, Action.CASE_DOWNLOAD_FILE, case.id, file_id=file_id)
    return Download(found.name, found.media_type, content)
