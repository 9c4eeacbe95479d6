"""The claims of a login -> what they say about person and organisation. Pure; reject, never guess."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from dashboard.permissions import Refusal
from dashboard.settings import ProviderKind
from dashboard.typed import line_of

# ASCII digits: \d would take Arabic-Indic ones too.
_BRIN = re.compile(r"[0-9]{2}[A-Z]{2}")
_LOCATION = re.compile(r"[0-9]{2}[A-Z]{2}[0-9]{2}")
_ENTRA_CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
_TENANT = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# Teachers are "faculty" in vocational education; a bare "member" may be a pupil.
_INSIDE = frozenset({"employee", "staff", "faculty"})
_AFFILIATIONS = ("eduPersonAffiliation", "eduperson_affiliation")
_SCOPED = ("eduPersonScopedAffiliation", "eduperson_scoped_affiliation")
# Federations send a list, or one text with a comma or a semicolon between its parts.
_BETWEEN = re.compile(r"[,;]")
_GIVEN = ("given_name", "givenName")
_PARTICLE = ("nlEduPersonTussenvoegsels", "tussenvoegsels", "tussenvoegsel")
_FAMILY = ("family_name", "sn", "surname")
LONGEST_NAME = 200
# Of marks that may mean "staff": more of them than this name nobody's role.
MOST_MARKS = 200


class OrganisationKey(StrEnum):
    """By which claim an organisation is known."""

    LOCATION = "location"
    BRIN = "brin"
    SCHAC = "schac_home_organization"
    TENANT = "tid"
    HOSTED_DOMAIN = "hd"


# By which claim an organisation is known, and how it is called there.
Organisation: TypeAlias = tuple[OrganisationKey, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept of the claims: enough to resolve entitlements anew, and no more."""

    provider: ProviderKind
    subject: str
    name: str
    key: OrganisationKey | None = None
    value: str = ""
    refusal: Refusal | None = None
    roles: tuple[str, ...] = ()
    # Every organisation that the login names, the closest first; `key` and `value` are the first of them.
    organisations: tuple[Organisation, ...] = ()
    # Of a provider that doesn't tell staff from pupils: the values of the claim that its mapping names.
    marks: tuple[str, ...] = ()
    # The provider's own name for the session, by which it can end it.
    sid: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Facts":
        key, refusal = stored["key"], stored["refusal"]
        organisations = tuple((OrganisationKey(one), value) for one, value in stored.get("organisations", ()))
        return cls(
            provider=ProviderKind(stored["provider"]),
            subject=stored["subject"],
            name=stored["name"],
            key=OrganisationKey(key) if key else None,
            value=stored["value"],
            refusal=Refusal(refusal) if refusal else None,
            roles=tuple(stored["roles"]),
            # A session of an earlier release has one organisation at most.
            organisations=organisations or (((OrganisationKey(key), stored["value"]),) if key else ()),
            marks=tuple(stored.get("marks", ())),
            sid=stored.get("sid", ""),
        )


def read_claims(kind: ProviderKind, claims: Mapping[str, Any], *, staff_claim: str = "roles", mark_claim: str = "") -> Facts:
    """The facts in merged ID token and userinfo claims. A refusal is a fact too: that person gets a page of their own.

    `mark_claim`: of which claim the values are kept, for a mapping that tells staff from pupils by it.
    """
    subject, name, sid = _text(claims.get("sub")), _name(claims), _text(claims.get("sid"))[:LONGEST_NAME]
    match kind:
        case ProviderKind.ENTREE:
            found, refusal = _entree(claims)
        case ProviderKind.SURFCONEXT:
            found, refusal = _surfconext(claims)
        case ProviderKind.ENTRA:
            found, refusal = _entra(claims)
            subject = f"{_text(claims.get('oid'))}@{_text(claims.get('tid'))}"
        case ProviderKind.GOOGLE:
            found, refusal = _google(claims)
        case ProviderKind.PUBLISHER:
            return Facts(kind, subject, name, roles=tuple(_texts(claims.get(staff_claim))), sid=sid)
    key, value = found[0] if found else (None, "")
    marks = tuple(text.strip().lower() for text in _texts(claims.get(mark_claim)))[:MOST_MARKS] if mark_claim else ()
    return Facts(kind, subject, name, key=key, value=value, refusal=refusal, organisations=found, marks=marks, sid=sid)


def organisation_of(kind: ProviderKind, claims: Mapping[str, Any]) -> Organisation | None:
    """The organisation that a mapping may know: before the facts are read, for what the mapping asks of them."""
    facts = read_claims(kind, claims)
    return (facts.key, facts.value) if facts.key else None


def _name(claims: Mapping[str, Any]) -> str:
    """As the provider writes it; Kennisnet's default set has its parts instead."""
    parts = [_first(claims, *names).strip() for names in (_GIVEN, _PARTICLE, _FAMILY)]
    return line_of(_text(claims.get("name")) or " ".join(part for part in parts if part))[:LONGEST_NAME]


_Reading: TypeAlias = tuple[tuple[Organisation, ...], Refusal | None]


def _entree(claims: Mapping[str, Any]) -> _Reading:
    """Branches go before the organisations that they are of; one that is written wrong says nothing, unless nothing else does."""
    raw = [
        part.strip().upper()
        for name in ("nlEduPersonHomeOrganizationBranchId", "nlEduPersonHomeOrganizationId")
        for part in _parts(claims.get(name))
    ]
    if not raw:
        return (), Refusal.NO_ORGANISATION
    # An organisation that is written as its main location is its school too.
    organisations = [part.strip().upper() for part in _parts(claims.get("nlEduPersonHomeOrganizationId"))]
    raw += [value[:4] for value in organisations if _LOCATION.fullmatch(value)]
    found = [
        (OrganisationKey.LOCATION if _LOCATION.fullmatch(value) else OrganisationKey.BRIN, value)
        for value in dict.fromkeys(raw)
        if _LOCATION.fullmatch(value) or _BRIN.fullmatch(value)
    ]
    return tuple(found), _affiliation(claims) if found else Refusal.MALFORMED_ORGANISATION


def _surfconext(claims: Mapping[str, Any]) -> _Reading:
    names = ("schac_home_organization", "schacHomeOrganization")
    # One value: a hub checks it as one, and so it is read.
    values = dict.fromkeys(text.strip().lower() for name in names for text in _texts(claims.get(name)) if text.strip())
    if not values:
        return (), Refusal.NO_ORGANISATION
    return tuple((OrganisationKey.SCHAC, value) for value in values), _affiliation(claims, values)


def _entra(claims: Mapping[str, Any]) -> _Reading:
    value = _text(claims.get("tid")).strip().lower()
    if not value or not _text(claims.get("oid")):
        return (), Refusal.NO_ORGANISATION
    if value == _ENTRA_CONSUMERS:
        return (), Refusal.CONSUMER_ACCOUNT
    return ((OrganisationKey.TENANT, value),), None


def _google(claims: Mapping[str, Any]) -> _Reading:
    value = _text(claims.get("hd")).strip().lower()
    if not value:
        return (), Refusal.CONSUMER_ACCOUNT
    if claims.get("email_verified") is not True:
        return (), Refusal.EMAIL_NOT_VERIFIED
    return ((OrganisationKey.HOSTED_DOMAIN, value),), None


def _affiliation(claims: Mapping[str, Any], homes: Iterable[str] = ()) -> Refusal | None:
    """Employee, staff or faculty is in, whatever else somebody is; a pupil or a bare affiliate is not. A scoped affiliation
    (`employee@school.example`) is one at that scope: it counts at these homes, and without any when there is one scope alone.
    """
    held = {part.strip().lower() for name in _AFFILIATIONS for part in _parts(claims.get(name))}
    scoped = [part.strip().lower().partition("@")[::2] for name in _SCOPED for part in _parts(claims.get(name))]
    known = tuple(homes) or tuple({scope for _, scope in scoped} if len({scope for _, scope in scoped}) == 1 else ())
    held |= {what for what, scope in scoped if any(scope == home or scope.endswith("." + home) for home in known)}
    if held & _INSIDE:
        return None
    return Refusal.STUDENT if "student" in held else Refusal.NOT_EMPLOYED


def issuer_of_tenant(template: str, claims: Mapping[str, Any]) -> str:
    """A discovery document for many tenants has `{tenantid}` in its issuer; a token has the tenant's own. Empty without one."""
    tenant = _text(claims.get("tid")).lower()
    return template.replace("{tenantid}", tenant) if _TENANT.fullmatch(tenant) else ""


def _parts(claim: object) -> list[str]:
    """The texts of a claim, apart also where one text holds several."""
    return [part for text in _texts(claim) for part in _BETWEEN.split(text) if part.strip()]


def _first(claims: Mapping[str, Any], *names: str) -> str:
    return next((text for name in names for text in _texts(claims.get(name)) if text.strip()), "")


def _texts(claim: object) -> Iterable[str]:
    """A claim as texts, whether the provider sends one or a list."""
    if isinstance(claim, str):
        return (claim,)
    if isinstance(claim, list | tuple):
        return tuple(item for item in claim if isinstance(item, str))
    return ()


def _text(claim: object) -> str:
    return claim if isinstance(claim, str) else ""
