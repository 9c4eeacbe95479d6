"""Making evidence: all documents that applied to a scope on a day, listed, signed, and streamed as one ZIP."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import select
from stream_zip import ZIP_32, Method, stream_zip

from dashboard.act import Allowed, asks
from dashboard.annexes.agreements import general_stands, signed_models
from dashboard.annexes.catalogue import titles
from dashboard.annexes.holdings import Holdings, Placed, holdings, shelves
from dashboard.annexes.queries import taken
from dashboard.annexes.service import file_name, record
from dashboard.annexes.terms import Via
from dashboard.annexes.timeline import Phase, fits, holding
from dashboard.content import organisation
from dashboard.errors import NotFoundError
from dashboard.evidence.manifest import FORMAT, MANIFEST, READABLE, SIGNATURE, Listed, Manifest, Readable
from dashboard.evidence.model import SigningKey
from dashboard.evidence.readable import as_pdf
from dashboard.evidence.signing import fingerprint_of, public_key, sign
from dashboard.files import FileStore, digest
from dashboard.i18n import Language
from dashboard.permissions import Permission

_READ_BY_ALL = 0o100644


FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A manifest that is signed, and everything that goes with it; the documents stay in the store until they are sent."""

    manifest: Manifest
    manifest_bytes: bytes
    signature: bytes
    readable: bytes

    @property
    def name(self) -> str:
        of = "_nieuw" if self.manifest.only_new else ""
        return f"bijsluiter_{self.manifest.scope}_{self.manifest.applies_on.isoformat()}{of}.zip"


@asks(Permission.DOWNLOAD_OWN_ANNEXES)
def gather(act: Allowed, *, key: str = "", day: date, language: Language, only_new: bool = False) -> Evidence:
    """Everything that applied to the actor's school (or to the part `key` of it) on `day`, or of that `only_new`: what the school
    hasn't taken yet. Each counts as downloaded.

    Announced versions are left out: evidence says what applies on its day. Raises NotFoundError when there is nothing.
    """
    if day > act.today + FURTHEST:
        # What applies then isn't known, and we sign nothing of the kind.
        raise NotFoundError
    held = holdings(act, key)
    chosen = applying(act, held, day)
    if only_new:
        known = taken(act, held.reached.key, [document.id for _, document in chosen]).by_school
        chosen = [(stand, document) for stand, document in chosen if stand.version.id not in known]
    if not chosen:
        raise NotFoundError
    for stand, _ in chosen:
        record(act, held.reached.key, stand.version, Via.ZIP)
    listed = _listed(act, chosen, language)
    readable = as_pdf(act, held.reached, day, listed, language, only_new=only_new)
    manifest = Manifest(
        format=FORMAT,
        publisher=organisation().name,
        portal=act.settings.base_url,
        scope=held.reached.key,
        scope_name=held.reached.name,
        applies_on=day,
        made_at=act.now,
        made_by=act.actor.name,
        documents=tuple(listed),
        readable=Readable(file=READABLE, sha256=digest(readable), size=len(readable)),
        only_new=only_new,
    )
    _note_key(act)
    content = manifest.to_bytes()
    return Evidence(manifest, content, sign(content, act.settings).to_bytes(), readable)


def applying(act: Allowed, held: Holdings, day: date) -> list[Placed]:
    """The versions in force on `day` of products held then, and the model agreement that the board had signed."""
    shelved = shelves(act, sorted(held.products_on(day)))
    found = [
        (stand, each.document)
        for each in shelved
        for stand in each.stands
        if stand.phase(day) is Phase.IN_FORCE
        and fits(each.document.sector, holding(held.of(each.document.product_slug or ""), day))
    ]
    models = signed_models(act, held, day)
    general = [pair for pair in general_stands(act) if pair[0].version.model_version in models]
    general = [(stand, document) for stand, document in general if stand.phase(day) is Phase.IN_FORCE]
    return sorted([*found, *general], key=lambda pair: file_name(pair[1], pair[0].version))


def stream(evidence: Evidence, files: FileStore) -> Iterator[bytes]:
    """The ZIP, one document in memory at a time. Needs no database: it may take as long as the reader's line does."""
    return iter(stream_zip(_members(evidence, files)))


@asks(Permission.READ_PUBLIC)
def known_keys(act: Allowed) -> list[str]:
    """The public keys whose signatures we stand for: today's, and those that signed before."""
    return sorted({public_key(act.settings), *act.session.exec(select(SigningKey.public_key)).all()})


def _members(evidence: Evidence, files: FileStore) -> Iterator[tuple[str, datetime, int, Method, Iterator[bytes]]]:
    made_at = evidence.manifest.made_at
    for name, content in (
        (MANIFEST, evidence.manifest_bytes),
        (SIGNATURE, evidence.signature),
        (READABLE, evidence.readable),
    ):
        yield name, made_at, _READ_BY_ALL, ZIP_32, iter((content,))
    for listed in evidence.manifest.documents:
        # Read when its turn comes, and checked against its digest as always.
        yield listed.file, made_at, _READ_BY_ALL, ZIP_32, (files.get(sha256) for sha256 in (listed.sha256,))


def _listed(act: Allowed, chosen: Sequence[Placed], language: Language) -> list[Listed]:
    named = titles(act, [document for _, document in chosen], language)
    return [
        Listed(
            file=file_name(document, stand.version),
            product=document.product_slug,
            product_name=named[document.id][0] or None,
            kind=document.kind,
            kind_name=named[document.id][1],
            sector=document.sector.value if document.sector else None,
            version=stand.version.version,
            model=stand.version.model_version,
            valid_from=stand.version.valid_from,
            valid_to=stand.period.end,
            sha256=stand.version.sha256,
            size=stand.version.size,
        )
        for stand, document in chosen
    ]


def _note_key(act: Allowed) -> None:
    key = public_key(act.settings)
    if act.session.get(SigningKey, fingerprint_of(key)) is None:
        act.session.add(SigningKey(fingerprint=fingerprint_of(key), public_key=key, first_used_at=act.now))
