"""Files at a case: sealed at rest, removed for good when their time is over."""

from contextlib import suppress
from uuid import uuid4

from sqlmodel import col, select

from dashboard import vault
from dashboard.act import Allowed, asks
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.outgoing.contents import holds_data
from dashboard.data_requests.outgoing.uploads import MEDIA_TYPES, Prepared
from dashboard.errors import DamagedFileError, NotFoundError
from dashboard.permissions import Permission
from dashboard.sealed_types import REMOVED
from dashboard.sealing import key_from, seal, unseal


def keep(act: Allowed, case: Case, file: Prepared) -> CaseFile:
    """Seal and store a file. The bytes first: a row never names a file that isn't there."""
    file_id = str(uuid4())
    # Sealed under a key of its own: nobody else has these bytes.
    sha256 = act.files.put(seal(file.content, vault.key_for(act.session, file_id), _about(file_id)), unique=True)
    row = CaseFile(
        id=file_id,
        case_id=case.id,
        name=file.name,
        media_type=MEDIA_TYPES[file.kind],
        sha256=sha256,
        size=len(file.content),
        at=act.now,
        by_id=act.actor.id,
        purpose=file.purpose,
        holds_data=file.purpose is FilePurpose.ANSWER and holds_data(file.kind, file.content),
        sealed=True,
        own_key=True,
    )
    act.session.add(row)
    return row


def content_of(act: Allowed, row: CaseFile) -> bytes:
    """The bytes as they were given. Raises NotFoundError when their time is over, DamagedFileError when they changed."""
    if row.deleted_at:
        raise NotFoundError(row.id)
    stored = act.files.get(row.sha256)
    if not row.sealed:
        return stored
    return unseal(stored, vault.key_of(act.session, row.id), _about(row.id)) if row.own_key else _of_before(act, stored, row.id)


def reseal(act: Allowed, row: CaseFile) -> None:
    """Put one that lies under our secret itself, or unsealed, under a key of its own."""
    before, shared = row.sha256, not row.sealed
    content = content_of(act, row)
    row.sha256 = act.files.put(seal(content, vault.key_for(act.session, row.id), _about(row.id)), unique=True)
    row.sealed = row.own_key = True
    act.session.add(row)
    act.session.flush()
    if not shared:
        act.files.delete(before)


@asks(Permission.RUN_JOBS)
def opens_stored(act: Allowed) -> bool:
    """Whether our secret opens what is stored: tried on the newest file. Without any it can't be wrong."""
    newest = select(CaseFile).where(col(CaseFile.sealed), col(CaseFile.deleted_at).is_(None)).order_by(col(CaseFile.at).desc())
    try:
        row = act.session.exec(newest.limit(1)).first()
        return row is None or bool(content_of(act, row))
    except DamagedFileError:
        return False


def remove(act: Allowed, row: CaseFile) -> None:
    """The bytes go, the row stays without its name. An unsealed file of the first release may share its bytes: those stay
    until nobody names them.
    """
    row.deleted_at = act.now
    row.name = REMOVED
    act.session.add(row)
    act.session.flush()
    if row.sealed:
        act.files.delete(row.sha256)
    vault.forget(act.session, row.id)


def _about(file_id: str) -> str:
    return f"case_file|{file_id}"


def _of_before(act: Allowed, stored: bytes, file_id: str) -> bytes:
    """Sealed under one of our secrets."""
    *others, last = act.settings.file_secrets
    for secret in others:
        with suppress(DamagedFileError):
            return unseal(stored, key_from(secret, "case files"), file_id)
    return unseal(stored, key_from(last, "case files"), file_id)
