"""Writing a version: as data, of which typst makes the PDF, or as a PDF that somebody gives. A draft is nobody's but the
publisher's, and changes until it is approved (`publishing.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from dashboard import audit
from dashboard.accounts.terms import Sector
from dashboard.act import Allowed, Seen, asks
from dashboard.annexes.content import Content, biv, countries, parsed
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Product
from dashboard.annexes.printing import Paper, pdf
from dashboard.annexes.terms import VersionState
from dashboard.audit import Action
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError, reject
from dashboard.pdfs import annex_fault_of
from dashboard.permissions import Permission
from dashboard.typed import body_of, line_of

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


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that is being written, of which document and kind."""

    version: DocumentVersion
    document: Document
    kind: DocumentKind


@asks(Permission.DRAFT_ANNEX)
def add_product(act: Allowed, slug: str, name: str) -> None:
    """A product of the catalogue. Raises InvalidInputError."""
    named = line_of(name)
    problems: dict[str, str] = {}
    if not _SLUG.fullmatch(slug) or len(slug) > 60 or act.session.get(Product, slug) is not None:  # noqa: PLR2004  the column's length
        problems["slug"] = "invalid.product_slug"
    if not 0 < len(named) <= LONGEST_NAME:
        problems["name"] = "invalid.product_name"
    reject(problems)
    act.session.add(Product(slug=slug, name=named))
    audit.record(act, Action.PRODUCT_ADDED, slug)


@asks(Permission.DRAFT_ANNEX)
def draft(act: Allowed, product_slug: str | None, kind_key: str, sector: Sector | None, typed: NewVersion) -> str:
    """Begin a version; returns its id. Raises InvalidInputError."""
    kind = act.session.get(DocumentKind, kind_key)
    if kind is None or (product_slug is None) is not kind.locked or (product_slug and not act.session.get(Product, product_slug)):
        raise NotFoundError(kind_key)
    document = _document(act, product_slug, kind_key, sector)
    version = DocumentVersion(
        document_id=document.id,
        version="",
        model_version="",
        state=VersionState.DRAFT,
        valid_from=date.max,
        sha256="",
        size=0,
        edition=0,
    )
    _fill(act, Draft(version, document, kind), typed)
    audit.record(act, Action.ANNEX_DRAFTED, version.id)
    return version.id


@asks(Permission.DRAFT_ANNEX)
def revise(act: Allowed, seen: Seen, typed: NewVersion) -> None:
    """Change a draft. Raises StaleError when somebody else changed it since it was read."""
    _fill(act, load_draft(act, seen), typed)
    audit.record(act, Action.ANNEX_REVISED, seen.id)


@asks(Permission.DRAFT_ANNEX)
def offer(act: Allowed, seen: Seen) -> None:
    """Ask a colleague to look at a draft and approve it."""
    version = load_draft(act, seen).version
    if not version.sha256:
        raise NotPossibleError("catalogue.needs_file")
    version.offered_at = act.now
    act.session.add(version)
    audit.record(act, Action.ANNEX_OFFERED, version.id)


@asks(Permission.DRAFT_ANNEX)
def discard(act: Allowed, seen: Seen) -> None:
    """Throw a draft away. Its PDF stays in the store, named by nobody: deleted before the commit, one that counts could go."""
    version = load_draft(act, seen).version
    act.session.delete(version)
    audit.record(act, Action.ANNEX_DISCARDED, seen.id)


def load_draft(act: Allowed, seen: Seen) -> Draft:
    """A draft as somebody read it. Raises NotFoundError, NotPossibleError for an approved one, StaleError."""
    version = act.find(DocumentVersion, seen.id)
    if version.state is not VersionState.DRAFT:
        raise NotPossibleError("catalogue.is_approved")
    seen.compare(version.edition)
    document = act.session.get_one(Document, version.document_id)
    return Draft(version, document, act.session.get_one(DocumentKind, document.kind))


def _document(act: Allowed, product_slug: str | None, kind_key: str, sector: Sector | None) -> Document:
    found = act.session.exec(
        select(Document).where(
            col(Document.product_slug).is_(None) if product_slug is None else Document.product_slug == product_slug,
            Document.kind == kind_key,
            col(Document.sector).is_(None) if sector is None else Document.sector == sector,
        )
    ).first()
    if found is None:
        found = Document(product_slug=product_slug, kind=kind_key, sector=sector)
        act.session.add(found)
        act.session.flush()
    return found


def _fill(act: Allowed, held: Draft, typed: NewVersion) -> None:
    version = held.version
    problems = _problems(act, held, typed)
    content = None
    if typed.content is not None and held.kind.structure:
        try:
            content = parsed(held.kind.structure, typed.content)
        except InvalidInputError as wrong:
            problems |= wrong.problems
    elif typed.file is not None and (fault := annex_fault_of(typed.file)):
        problems["file"] = f"invalid.pdf_{fault.value}"
    if problems or typed.valid_from is None:
        raise InvalidInputError(problems)
    version.version, version.model_version = typed.version.strip(), typed.model_version.strip()
    version.valid_from, version.review_on = typed.valid_from, typed.review_on
    version.changes_nl, version.changes_en = body_of(typed.changes_nl), body_of(typed.changes_en)
    version.deviates_from_model, version.deviation_reason = typed.deviates, body_of(typed.deviation_reason)
    made = typed.file if typed.file is not None else _printed(act, held, content) if content is not None else None
    if made is not None:
        as_data = content.model_dump(mode="json") if content else None
        version.content, version.countries, version.biv = as_data, countries(content), biv(content)
        version.sha256, version.size = act.files.put(made), len(made)
    version.edition += 1
    version.drafted_by, version.drafted_name, version.drafted_at, version.offered_at = act.actor.id, act.actor.name, act.now, None
    act.session.add(version)
    act.session.flush()


def _printed(act: Allowed, held: Draft, content: Content) -> bytes:
    """Data become a PDF at every save, so that what is read before approving is what schools will get."""
    version, slug = held.version, held.document.product_slug
    product = act.session.get(Product, slug) if slug else None
    name = product.name if product else ""
    paper = Paper(
        kind=held.kind.key,
        title=f"{held.kind.name_nl} {name}".strip(),
        product=name,
        version=version.version,
        model=version.model_version,
        valid_from=version.valid_from,
        content=content.model_dump(mode="json"),
        deviation=version.deviation_reason if version.deviates_from_model else "",
    )
    return pdf(paper)


def _problems(act: Allowed, held: Draft, typed: NewVersion) -> dict[str, str]:
    found: dict[str, str] = {}
    number = typed.version.strip()
    if not _VERSION.fullmatch(number):
        found["version"] = "invalid.version_form"
    elif act.session.exec(
        select(DocumentVersion.id).where(
            DocumentVersion.document_id == held.document.id,
            DocumentVersion.version == number,
            DocumentVersion.id != held.version.id,
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
