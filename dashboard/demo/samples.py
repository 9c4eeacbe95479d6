"""The demo's schools and catalogue, from `data/samples` and `data/catalogue`, with dates around the day they are made."""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import Session, select

from dashboard.accounts.model import Board, BoardSchool, Location, OrganisationMapping, School, Sector
from dashboard.annexes.model import BoardAgreement, Document, DocumentKind, DocumentVersion, Licence, Product, VersionState
from dashboard.content import DATA
from dashboard.demo.documents import Annex, pdf
from dashboard.files import FileStore
from dashboard.settings import ProviderKind

LONG_AGO = date(2010, 8, 1)


def load(session: Session, files: FileStore, *, today: date) -> bool:
    """Add the samples to a database that has none; returns whether it did."""
    if session.exec(select(Board.number).limit(1)).first():
        return False
    schools = _read("samples/schools.toml")
    for rows in (
        _boards(schools),
        _schools(schools),
        _places(schools, today),
        _products(),
        _documents(files, today),
        _rights_to_use(schools, today),
    ):
        session.add_all(rows)
        session.flush()
    return True


def _boards(schools: dict[str, Any]) -> Iterator[Board]:
    # Merged ones last: they point to the board that took them over.
    for board in sorted(schools["boards"], key=lambda row: "merged_into" in row):
        yield Board(
            number=board["number"], name=board["name"], council_member=board["member"], merged_into=board.get("merged_into")
        )


def _schools(schools: dict[str, Any]) -> Iterator[School]:
    for school in schools["schools"]:
        yield School(brin=school["brin"], name=school["name"], sector=Sector(school["sector"]))


def _places(schools: dict[str, Any], today: date) -> Iterator[BoardSchool | Location]:
    for school in schools["schools"]:
        moved = today + timedelta(days=school["moved"]) if "moved" in school else LONG_AGO
        if "before" in school:
            yield _member(school["before"], school["brin"], LONG_AGO, moved - timedelta(days=1))
        yield _member(school["board"], school["brin"], moved, None)
        for number, name in enumerate(school.get("locations", [school["name"]])):
            yield Location(code=f"{school['brin']}{number:02}", brin=school["brin"], name=name)


def _member(board: str, brin: str, begin: date, end: date | None) -> BoardSchool:
    return BoardSchool(id=_id("member", board, brin), board_number=board, brin=brin, valid_from=begin, valid_to=end)


def _products() -> Iterator[Product | DocumentKind]:
    for kind in _read("catalogue/kinds.toml")["kinds"]:
        yield DocumentKind(**kind)
    for product in _read("catalogue/products.toml")["products"]:
        yield Product(slug=product["slug"], name=product["name"])


def _documents(files: FileStore, today: date) -> Iterator[Document | DocumentVersion]:
    catalogue = _read("catalogue/products.toml")
    names = {kind["key"]: kind["name_nl"] for kind in _read("catalogue/kinds.toml")["kinds"]}
    agreement = {"slug": None, "name": "alle producten", "audience": "scholen", **catalogue["agreement"]}
    seen: set[str] = set()
    for product in (*catalogue["products"], agreement):
        for version in product["versions"]:
            kind, sector = version.get("kind", "processing_agreement"), version.get("sector")
            document_id = _id("document", product["slug"] or "", kind, sector or "")
            if document_id not in seen:
                seen.add(document_id)
                yield Document(id=document_id, product_slug=product["slug"], kind=kind, sector=Sector(sector) if sector else None)
            yield _version(document_id, product, version, names[kind], kind, files, today)


def _version(
    document_id: str, product: dict[str, Any], version: dict[str, Any], kind_name: str, kind: str, files: FileStore, today: date
) -> DocumentVersion:
    valid_from = today + timedelta(days=version["from"])
    title = kind_name if product["slug"] is None else f"{kind_name} {product['name']}"
    content = pdf(
        Annex(
            kind, title, product["name"], product["about"], product["audience"], version["version"], version["model"], valid_from
        )
    )
    return DocumentVersion(
        id=_id("version", document_id, version["version"]),
        document_id=document_id,
        version=version["version"],
        model_version=version["model"],
        state=VersionState(version.get("state", "approved")),
        valid_from=valid_from,
        withdrawn_on=today + timedelta(days=version["withdrawn"]) if "withdrawn" in version else None,
        changes_nl=version.get("changes_nl", ""),
        changes_en=version.get("changes_en", ""),
        sha256=files.put(content),
        size=len(content),
    )


def _rights_to_use(schools: dict[str, Any], today: date) -> Iterator[Licence | BoardAgreement | OrganisationMapping]:
    for number, row in enumerate(schools["licences"]):
        yield Licence(
            id=_id("licence", str(number)),
            product_slug=row["product"],
            board_number=row.get("board"),
            brin=row.get("brin"),
            location=row.get("location"),
            valid_from=today + timedelta(days=row["from"]),
            valid_to=today + timedelta(days=row["to"]) if "to" in row else None,
        )
    for row in schools["agreements"]:
        yield BoardAgreement(
            board_number=row["board"],
            model_version=row["model"],
            signed_on=today + timedelta(days=row["signed"]),
            own_covenant_signature=row.get("own_signature", False),
        )
    for row in schools["mappings"]:
        yield OrganisationMapping(
            id=_id("mapping", row["value"]),
            provider=ProviderKind(row["provider"]),
            key=row["key"],
            value=row["value"],
            board_number=row.get("board"),
        )


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "bijsluiter:" + "/".join(parts)))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text("utf-8"))
