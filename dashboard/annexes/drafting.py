"""Writing a version: as data, of which typst makes the PDF, or as a PDF that somebody gives. A draft is nobody's but the
publisher's, and changes until it is approved (`publishing.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, select

from dashboard import audit
from dashboard.accounts.model import Sector
from dashboard.annexes.content import Content, biv, countries, parsed
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Product, VersionState
from dashboard.annexes.printing import Paper, pdf
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError, StaleError
from dashboard.files import FileStore
from dashboard.pdfs import fault_of
from dashboard.permissions import Actor, Permission, require

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}(-[a-z0-9]{1,10})?")
_MODEL = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}")
LONGEST_CHANGES = 2000
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What somebody filled in of a version. Either `content` (as data) or `file` (a PDF); none of both keeps what there was."""

    version: str
    model_version: str
    valid_from: date | None
    review_on: date | None = None
    changes_nl: str = ""
    changes_en: str = ""
    deviates: bool = False
    deviation_reason: str = ""
    content: Mapping[str, Any] | None = None
    file: bytes | None = None


def add_product(session: Session, actor: Actor, slug: str, name: str, *, now: datetime) -> None:
    """A product of the catalogue. Raises InvalidInputError."""
    require(actor, Permission.DRAFT_ANNEX)
    named = " ".join(name.split())
    problems: dict[str, str] = {}
    if not _SLUG.fullmatch(slug) or len(slug) > 60 or session.get(Product, slug) is not None:  # noqa: PLR2004  the column's length
        problems["slug"] = "invalid.product_slug"
    if not 0 < len(named) <= LONGEST_NAME:
        problems["name"] = "invalid.product_name"
    if problems:
        raise InvalidInputError(problems)
    session.add(Product(slug=slug, name=named))
    audit.record(session, actor, "product.added", ("product", slug), now=now)


def draft(  # noqa: PLR0913  of which document, and what it says
    session: Session,
    actor: Actor,
    product_slug: str | None,
    kind_key: str,
    sector: Sector | None,
    typed: NewVersion,
    *,
    files: FileStore,
    now: datetime,
) -> str:
    """Begin a version; returns its id. Raises InvalidInputError."""
    require(actor, Permission.DRAFT_ANNEX)
    kind = session.get(DocumentKind, kind_key)
    if kind is None or (product_slug is None) is not kind.locked or (product_slug and not session.get(Product, product_slug)):
        raise NotFoundError(kind_key)
    document = _document(session, product_slug, kind_key, sector)
    version = DocumentVersion(
        id=str(uuid4()),
        document_id=document.id,
        version="",
        model_version="",
        state=VersionState.DRAFT,
        valid_from=date.max,
        sha256="",
        size=0,
        edition=0,
    )
    _fill(session, actor, version, document, kind, typed, files, now)
    audit.record(session, actor, "annex.drafted", ("document_version", version.id), now=now)
    return version.id


def revise(
    session: Session, actor: Actor, version_id: str, typed: NewVersion, *, edition: int, files: FileStore, now: datetime
) -> None:
    """Change a draft. Raises StaleError when somebody else changed it since it was read."""
    require(actor, Permission.DRAFT_ANNEX)
    version, document, kind = load_draft(session, version_id, edition)
    _fill(session, actor, version, document, kind, typed, files, now)
    audit.record(session, actor, "annex.revised", ("document_version", version.id), now=now)


def offer(session: Session, actor: Actor, version_id: str, *, edition: int, now: datetime) -> None:
    """Ask a colleague to look at a draft and approve it."""
    require(actor, Permission.DRAFT_ANNEX)
    version, _, _ = load_draft(session, version_id, edition)
    if not version.sha256:
        raise NotPossibleError("catalogue.needs_file")
    version.offered_at = now
    session.add(version)
    audit.record(session, actor, "annex.offered", ("document_version", version.id), now=now)


def discard(session: Session, actor: Actor, version_id: str, *, edition: int, now: datetime) -> None:
    """Throw a draft away. Its PDF stays in the store, named by nobody: deleted before the commit, one that counts could go."""
    require(actor, Permission.DRAFT_ANNEX)
    version, _, _ = load_draft(session, version_id, edition)
    session.delete(version)
    audit.record(session, actor, "annex.discarded", ("document_version", version_id), now=now)


def load_draft(session: Session, version_id: str, edition: int) -> tuple[DocumentVersion, Document, DocumentKind]:
    """A draft as somebody read it. Raises NotFoundError, NotPossibleError for an approved one, StaleError."""
    version = session.get(DocumentVersion, version_id)
    if version is None:
        raise NotFoundError(version_id)
    if version.state is not VersionState.DRAFT:
        raise NotPossibleError("catalogue.is_approved")
    if version.edition != edition:
        raise StaleError
    document = session.get_one(Document, version.document_id)
    return version, document, session.get_one(DocumentKind, document.kind)


def _document(session: Session, product_slug: str | None, kind_key: str, sector: Sector | None) -> Document:
    found = session.exec(
        select(Document).where(
            col(Document.product_slug).is_(None) if product_slug is None else Document.product_slug == product_slug,
            Document.kind == kind_key,
            col(Document.sector).is_(None) if sector is None else Document.sector == sector,
        )
    ).first()
    if found is None:
        found = Document(id=str(uuid4()), product_slug=product_slug, kind=kind_key, sector=sector)
        session.add(found)
        session.flush()
    return found


def _fill(  # noqa: PLR0913, PLR0917  a version with all that it is checked against
    session: Session,
    actor: Actor,
    version: DocumentVersion,
    document: Document,
    kind: DocumentKind,
    typed: NewVersion,
    files: FileStore,
    now: datetime,
) -> None:
    problems = _problems(session, version, document, typed)
    content = None
    if typed.content is not None and kind.structure:
        try:
            content = parsed(kind.structure, typed.content)
        except InvalidInputError as wrong:
            problems |= wrong.problems
    elif typed.file is not None and (fault := fault_of(typed.file)):
        problems["file"] = f"invalid.pdf_{fault.value}"
    if problems or typed.valid_from is None:
        raise InvalidInputError(problems)
    version.version, version.model_version = typed.version.strip(), typed.model_version.strip()
    version.valid_from, version.review_on = typed.valid_from, typed.review_on
    version.changes_nl, version.changes_en = typed.changes_nl.strip(), typed.changes_en.strip()
    version.deviates_from_model, version.deviation_reason = typed.deviates, typed.deviation_reason.strip()
    _put_file(session, version, document, kind, typed, content, files)
    version.edition += 1
    version.drafted_by, version.drafted_name, version.drafted_at, version.offered_at = actor.id, actor.name, now, None
    session.add(version)
    session.flush()


def _put_file(
    session: Session,
    version: DocumentVersion,
    document: Document,
    kind: DocumentKind,
    typed: NewVersion,
    content: Content | None,
    files: FileStore,
) -> None:
    """Data become a PDF at every save, so that what is read before approving is what schools will get."""
    if typed.file is not None:
        made = typed.file
        version.content, version.countries, version.biv = None, "", ""
    elif content is not None:
        product = session.get(Product, document.product_slug) if document.product_slug else None
        name = product.name if product else ""
        as_data = content.model_dump(mode="json")
        version.content, version.countries, version.biv = as_data, countries(content), biv(content)
        title = f"{kind.name_nl} {name}".strip()
        reason = version.deviation_reason if version.deviates_from_model else ""
        made = pdf(Paper(kind.key, title, name, version.version, version.model_version, version.valid_from, as_data, reason))
    else:
        return
    version.sha256, version.size = files.put(made), len(made)


def _problems(session: Session, version: DocumentVersion, document: Document, typed: NewVersion) -> dict[str, str]:
    found: dict[str, str] = {}
    number = typed.version.strip()
    if not _VERSION.fullmatch(number):
        found["version"] = "invalid.version_form"
    elif session.exec(
        select(DocumentVersion.id).where(
            DocumentVersion.document_id == document.id, DocumentVersion.version == number, DocumentVersion.id != version.id
        )
    ).first():
        found["version"] = "invalid.version_taken"
    if not _MODEL.fullmatch(typed.model_version.strip()):
        found["model_version"] = "invalid.version_model"
    if typed.valid_from is None:
        found["valid_from"] = "invalid.version_valid_from"
    elif typed.review_on and typed.review_on <= typed.valid_from:
        found["review_on"] = "invalid.version_review"
    if typed.deviates is not bool(typed.deviation_reason.strip()):
        found["deviation_reason"] = "invalid.version_deviation"
    if any(len(text) > LONGEST_CHANGES for text in (typed.changes_nl, typed.changes_en, typed.deviation_reason)):
        found["changes_nl"] = "invalid.version_long"
    return found
