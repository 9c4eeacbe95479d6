"""The claims of a login -> what they say about person and organisation. Pure; reject, never guess."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from dashboard.permissions import Refusal
from dashboard.settings import ProviderKind

# ASCII digits: \d would take Arabic-Indic ones too.
_BRIN = re.compile(r"[0-9]{2}[A-Z]{2}")
_LOCATION = re.compile(r"[0-9]{2}[A-Z]{2}[0-9]{2}")
_ENTRA_CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
_INSIDE = frozenset({"employee", "staff"})


class OrganisationKey(StrEnum):
    """By which claim an organisation is known."""

    LOCATION = "location"
    BRIN = "brin"
    SCHAC = "schac_home_organization"
    TENANT = "tid"
    HOSTED_DOMAIN = "hd"


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

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Facts":
        key, refusal = stored["key"], stored["refusal"]
        return cls(
            provider=ProviderKind(stored["provider"]),
            subject=stored["subject"],
            name=stored["name"],
            key=OrganisationKey(key) if key else None,
            value=stored["value"],
            refusal=Refusal(refusal) if refusal else None,
            roles=tuple(stored["roles"]),
        )


def read_claims(kind: ProviderKind, claims: Mapping[str, Any], *, staff_claim: str = "roles") -> Facts:
    """The facts in merged ID token and userinfo claims. A refusal is a fact too: that person gets a page of their own."""
    subject, name = _text(claims.get("sub")), _text(claims.get("name"))[:200]
    match kind:
        case ProviderKind.ENTREE:
            key, value, refusal = _entree(claims)
        case ProviderKind.SURFCONEXT:
            key, value, refusal = _surfconext(claims)
        case ProviderKind.ENTRA:
            key, value, refusal = _entra(claims)
            subject = f"{_text(claims.get('oid'))}@{_text(claims.get('tid'))}"
        case ProviderKind.GOOGLE:
            key, value, refusal = _google(claims)
        case ProviderKind.PUBLISHER:
            return Facts(kind, subject, name, roles=tuple(_texts(claims.get(staff_claim))))
    return Facts(kind, subject, name, key=key, value=value, refusal=refusal)


_Reading: TypeAlias = tuple[OrganisationKey | None, str, Refusal | None]


def _entree(claims: Mapping[str, Any]) -> _Reading:
    raw = _first(claims, "nlEduPersonHomeOrganizationBranchId", "nlEduPersonHomeOrganizationId")
    if not raw:
        return None, "", Refusal.NO_ORGANISATION
    value = raw.strip().upper()
    if _LOCATION.fullmatch(value):
        key = OrganisationKey.LOCATION
    elif _BRIN.fullmatch(value):
        key = OrganisationKey.BRIN
    else:
        return None, "", Refusal.MALFORMED_ORGANISATION
    return key, value, _affiliation(claims)


def _surfconext(claims: Mapping[str, Any]) -> _Reading:
    value = _first(claims, "schac_home_organization", "schacHomeOrganization").strip().lower()
    if not value:
        return None, "", Refusal.NO_ORGANISATION
    return OrganisationKey.SCHAC, value, _affiliation(claims)


def _entra(claims: Mapping[str, Any]) -> _Reading:
    value = _text(claims.get("tid")).strip().lower()
    if not value or not _text(claims.get("oid")):
        return None, "", Refusal.NO_ORGANISATION
    if value == _ENTRA_CONSUMERS:
        return None, "", Refusal.CONSUMER_ACCOUNT
    return OrganisationKey.TENANT, value, None


def _google(claims: Mapping[str, Any]) -> _Reading:
    value = _text(claims.get("hd")).strip().lower()
    if not value:
        return None, "", Refusal.CONSUMER_ACCOUNT
    if claims.get("email_verified") is not True:
        return None, "", Refusal.EMAIL_NOT_VERIFIED
    return OrganisationKey.HOSTED_DOMAIN, value, None


def _affiliation(claims: Mapping[str, Any]) -> Refusal | None:
    """Employee or staff is in, whatever else somebody is; a pupil or a bare affiliate is not."""
    held = {
        text.strip().lower() for name in ("eduPersonAffiliation", "eduperson_affiliation") for text in _texts(claims.get(name))
    }
    if held & _INSIDE:
        return None
    return Refusal.STUDENT if "student" in held else Refusal.NOT_EMPLOYED


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
