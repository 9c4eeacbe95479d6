"""The demo's schools and catalogue, from `data/samples` and `data/catalogue`, with dates around the day they are made."""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import select

from dashboard.accounts.finding import sought
from dashboard.accounts.terms import Council, Sector
from dashboard.act import Allowed, asks
from dashboard.annexes.content import biv, countries
from dashboard.annexes.printing import Paper, pdf
from dashboard.annexes.subprocessors import as_stored, changes_of
from dashboard.annexes.terms import DvoStatus, VersionState
from dashboard.clock import local_midnight
from dashboard.content import DATA
from dashboard.demo.documents import clauses, content
from dashboard.permissions import Permission
from dashboard.settings import ProviderKind
from dashboard.tables import accounts, annexes

LONG_AGO = date(2010, 8, 1)


@asks(Permission.RUN_JOBS)
def load(act: Allowed) -> bool:
    """Add the samples to a database that has none; returns whether it did."""
    if act.session.exec(select(accounts.Board.number).limit(1)).first():
        return False
    schools = _read("samples/schools.toml")
    for rows in (
        _boards(schools, act.today),
        _councils(schools),
        _schools(schools),
        _places(schools, act.today),
        _products(),
        _documents(act),
        _notices(act),
        _rights_to_use(schools, act.today),
    ):
        act.session.add_all(rows)
        act.session.flush()
    return True


def _boards(schools: dict[str, Any], today: date) -> Iterator[accounts.Board]:
    # Merged ones last: they point to the board that took them over.
    for board in sorted(schools["boards"], key=lambda row: "merged_into" in row):
        yield accounts.Board(
            number=board["number"],
            name=board["name"],
            merged_into=board.get("merged_into"),
            merged_on=_day(today, board.get("merged")),
            contact_email=f"privacy@{board['number']}.example",
            own_covenant=board.get("own_signature", False),
            covenant_signed_on=_day(today, board.get("signed")),
        )


def _councils(schools: dict[str, Any]) -> Iterator[accounts.CouncilMembership]:
    for board in schools["boards"]:
        for council in board["councils"]:
            yield accounts.CouncilMembership(
                id=_id("council", board["number"], council),
                board_number=board["number"],
                council=Council(council),
                valid_from=LONG_AGO,
            )


def _schools(schools: dict[str, Any]) -> Iterator[accounts.School]:
    for school in schools["schools"]:
        brin, name = school["brin"], school["name"]
        yield accounts.School(brin=brin, name=name, sector=Sector(school["sector"]), sought=sought(brin, name))


def _places(schools: dict[str, Any], today: date) -> Iterator[accounts.BoardSchool | accounts.Location]:
    for school in schools["schools"]:
        moved = today + timedelta(days=school["moved"]) if "moved" in school else LONG_AGO
        if "before" in school:
            yield _member(school["before"], school["brin"], LONG_AGO, moved - timedelta(days=1))
        yield _member(school["board"], school["brin"], moved, None)
        for number, name in enumerate(school.get("locations", [school["name"]])):
            code, town = f"{school['brin']}{number:02}", school["town"]
            yield accounts.Location(code=code, brin=school["brin"], name=name, town=town, sought=sought(code, name, town))


def _member(board: str, brin: str, begin: date, end: date | None) -> accounts.BoardSchool:
    return accounts.BoardSchool(id=_id("member", board, brin), board_number=board, brin=brin, valid_from=begin, valid_to=end)


def _products() -> Iterator[annexes.Product]:
    for product in _read("catalogue/products.toml")["products"]:
        yield annexes.Product(slug=product["slug"], name=product["name"], is_public=product.get("public", False))


def _documents(act: Allowed) -> Iterator[annexes.Document | annexes.DocumentVersion]:
    catalogue = _read("catalogue/products.toml")
    names = {kind.key: kind.name_nl for kind in act.session.exec(select(annexes.DocumentKind))}
    agreement = {"slug": None, "name": "alle producten", **catalogue["agreement"]}
    seen: set[str] = set()
    for product in (*catalogue["products"], agreement):
        for version in product["versions"]:
            kind, sector = version.get("kind", "processing_agreement"), version.get("sector")
            document_id = _id("document", product["slug"] or "", kind, sector or "")
            if document_id not in seen:
                seen.add(document_id)
                yield annexes.Document(
                    id=document_id, product_slug=product["slug"], kind=kind, sector=Sector(sector) if sector else None
                )
            title = names[kind] if product["slug"] is None else f"{names[kind]} {product['name']}"
            yield _version(act, document_id, product, version, title)


def _version(
    act: Allowed, document_id: str, product: dict[str, Any], version: dict[str, Any], title: str
) -> annexes.DocumentVersion:
    today = act.today
    kind, valid_from = version.get("kind", "processing_agreement"), today + timedelta(days=version["from"])
    said = content(product, kind, version["version"])
    as_data = said.model_dump(mode="json") if said else clauses(kind)
    printed = pdf(Paper(kind, title, product["name"], version["version"], version["model"], valid_from, as_data, sample=True))
    state = VersionState(version.get("state", "approved"))
    written_on = today + timedelta(days=version.get("announced", min(version["from"] - 30, -1)))
    approved = state is VersionState.APPROVED
    return annexes.DocumentVersion(
        id=_id("version", document_id, version["version"]),
        document_id=document_id,
        version=version["version"],
        model_version=version["model"],
        state=state,
        valid_from=valid_from,
        withdrawn_on=_day(today, version.get("withdrawn")),
        changes_nl=version.get("changes_nl", ""),
        changes_en=version.get("changes_en", ""),
        sha256=act.files.put(printed),
        size=len(printed),
        review_on=_day(today, version.get("review")),
        content=as_data if said else None,
        countries=countries(said),
        biv=biv(said),
        drafted_by="sample-editor",
        drafted_name="Eva Editor",
        drafted_at=local_midnight(written_on),
        approved_by="sample-officer" if approved else None,
        approved_name="Fien Functionaris" if approved else "",
        approved_at=local_midnight(written_on) if approved else None,
    )


def _notices(act: Allowed) -> Iterator[annexes.SubprocessorNotice]:
    """What approving an announced version with other sub-processors would have left."""
    coming = select(annexes.DocumentVersion, annexes.Document).where(
        annexes.DocumentVersion.document_id == annexes.Document.id,
        annexes.DocumentVersion.state == VersionState.APPROVED,
        annexes.DocumentVersion.valid_from > act.today,
    )
    for version, document in act.session.exec(coming).all():
        kind = act.session.get_one(annexes.DocumentKind, document.kind)
        changes = changes_of(act, version, document, kind)
        if changes and document.product_slug and version.approved_at:
            yield annexes.SubprocessorNotice(
                id=_id("notice", version.id),
                version_id=version.id,
                product_slug=document.product_slug,
                published_at=version.approved_at,
                effective_on=version.valid_from,
                changes=as_stored(changes),
            )


def _rights_to_use(
    schools: dict[str, Any], today: date
) -> Iterator[annexes.Licence | annexes.BoardAgreement | accounts.OrganisationMapping]:
    for number, row in enumerate(schools["licences"]):
        yield annexes.Licence(
            id=_id("licence", str(number)),
            product_slug=row["product"],
            board_number=row.get("board"),
            brin=row.get("brin"),
            location=row.get("location"),
            valid_from=today + timedelta(days=row["from"]),
            valid_to=_day(today, row.get("to")),
        )
    for row in schools["agreements"]:
        yield annexes.BoardAgreement(
            id=_id("agreement", row["board"], row["model"]),
            board_number=row["board"],
            model_version=row["model"],
            signed_on=_day(today, row.get("signed")),
            dvo_status=DvoStatus(row.get("dvo", "signed")),
            dvo_on=_day(today, row.get("dvo_on", row.get("signed"))),
        )
    for row in schools["mappings"]:
        yield accounts.OrganisationMapping(
            id=_id("mapping", row["value"]),
            provider=ProviderKind(row["provider"]),
            key=row["key"],
            value=row["value"],
            board_number=row.get("board"),
            staff_claim=row.get("staff_claim", ""),
            staff_value=row.get("staff_value", ""),
        )


def _day(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "bijsluiter:" + "/".join(parts)))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text("utf-8"))
