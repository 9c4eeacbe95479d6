from typing import Any

import pytest

from dashboard.accounts.claims import Facts, OrganisationKey, read_claims
from dashboard.demo.provider import samples
from dashboard.permissions import Refusal
from dashboard.settings import ProviderKind

K, R = OrganisationKey, Refusal
EMPLOYEE = {"eduPersonAffiliation": "employee"}
BRIN, BRANCH = "nlEduPersonHomeOrganizationId", "nlEduPersonHomeOrganizationBranchId"


def read(kind: ProviderKind, **claims: Any) -> Facts:
    return read_claims(kind, {"sub": "s", "name": "N", **claims})


@pytest.mark.parametrize(
    ("claims", "key", "value", "refusal"),
    [
        ({BRANCH: "90AA01", **EMPLOYEE}, K.LOCATION, "90AA01", None),
        ({BRANCH: "90AA01", BRIN: "91AA", **EMPLOYEE}, K.LOCATION, "90AA01", None),
        ({BRIN: "90AD", **EMPLOYEE}, K.BRIN, "90AD", None),
        ({BRIN: "90AD00", **EMPLOYEE}, K.LOCATION, "90AD00", None),
        ({BRIN: " 90ad ", **EMPLOYEE}, K.BRIN, "90AD", None),
        ({BRIN: ["90AD"], **EMPLOYEE}, K.BRIN, "90AD", None),
        ({BRANCH: "", BRIN: "90AD", **EMPLOYEE}, K.BRIN, "90AD", None),
        ({BRIN: "9A0A", **EMPLOYEE}, None, "", R.MALFORMED_ORGANISATION),
        ({BRIN: "90AD1", **EMPLOYEE}, None, "", R.MALFORMED_ORGANISATION),
        ({BRIN: "90AD\n", **EMPLOYEE}, K.BRIN, "90AD", None),
        ({BRIN: "90AD\n91AA", **EMPLOYEE}, None, "", R.MALFORMED_ORGANISATION),
        ({BRIN: "٩٠AD", **EMPLOYEE}, None, "", R.MALFORMED_ORGANISATION),
        ({BRIN: "90ÀD", **EMPLOYEE}, None, "", R.MALFORMED_ORGANISATION),
        ({**EMPLOYEE}, None, "", R.NO_ORGANISATION),
        ({BRIN: 90, **EMPLOYEE}, None, "", R.NO_ORGANISATION),
        ({BRIN: "90AD", "eduPersonAffiliation": "staff"}, K.BRIN, "90AD", None),
        ({BRIN: "90AD", "eduPersonAffiliation": ["student", "employee"]}, K.BRIN, "90AD", None),
        ({BRIN: "90AD", "eduperson_affiliation": ["Employee"]}, K.BRIN, "90AD", None),
        ({BRIN: "90AD", "eduPersonAffiliation": "student"}, K.BRIN, "90AD", R.STUDENT),
        ({BRIN: "90AD", "eduPersonAffiliation": ["affiliate", "student"]}, K.BRIN, "90AD", R.STUDENT),
        ({BRIN: "90AD", "eduPersonAffiliation": "affiliate"}, K.BRIN, "90AD", R.NOT_EMPLOYED),
        ({BRIN: "90AD"}, K.BRIN, "90AD", R.NOT_EMPLOYED),
        ({BRIN: "90AD", "eduPersonAffiliation": {"employee": True}}, K.BRIN, "90AD", R.NOT_EMPLOYED),
    ],
)
def test_entree_gives_location_or_brin_and_asks_for_employment(
    claims: dict[str, Any], key: OrganisationKey | None, value: str, refusal: Refusal | None
) -> None:
    found = read(ProviderKind.ENTREE, **claims)
    assert (found.key, found.value, found.refusal) == (key, value, refusal)


@pytest.mark.parametrize(
    ("kind", "claims", "key", "value", "refusal"),
    [
        (
            ProviderKind.SURFCONEXT,
            {"schac_home_organization": "Lagelanden.example", "eduperson_affiliation": ["employee"]},
            K.SCHAC,
            "lagelanden.example",
            None,
        ),
        (
            ProviderKind.SURFCONEXT,
            {"schac_home_organization": "x.example", "eduperson_affiliation": ["student"]},
            K.SCHAC,
            "x.example",
            R.STUDENT,
        ),
        (ProviderKind.SURFCONEXT, {"eduperson_affiliation": ["employee"]}, None, "", R.NO_ORGANISATION),
        (ProviderKind.ENTRA, {"tid": "T-1", "oid": "o"}, K.TENANT, "t-1", None),
        (ProviderKind.ENTRA, {"tid": "9188040d-6c67-4c5b-b112-36a304b66dad", "oid": "o"}, None, "", R.CONSUMER_ACCOUNT),
        (ProviderKind.ENTRA, {"tid": "t-1"}, None, "", R.NO_ORGANISATION),
        (ProviderKind.ENTRA, {"oid": "o", "email": "x@90101.example"}, None, "", R.NO_ORGANISATION),
        (ProviderKind.GOOGLE, {"hd": "Eenhoorn.example", "email_verified": True}, K.HOSTED_DOMAIN, "eenhoorn.example", None),
        (ProviderKind.GOOGLE, {"email": "x@eenhoorn.example", "email_verified": True}, None, "", R.CONSUMER_ACCOUNT),
        (ProviderKind.GOOGLE, {"hd": "eenhoorn.example", "email_verified": "true"}, None, "", R.EMAIL_NOT_VERIFIED),
        (ProviderKind.GOOGLE, {"hd": "eenhoorn.example"}, None, "", R.EMAIL_NOT_VERIFIED),
    ],
)
def test_the_other_providers_give_the_key_that_an_administrator_maps(
    kind: ProviderKind, claims: dict[str, Any], key: OrganisationKey | None, value: str, refusal: Refusal | None
) -> None:
    found = read(kind, **claims)
    assert (found.key, found.value, found.refusal) == (key, value, refusal)


def test_a_person_at_entra_is_object_and_tenant() -> None:
    assert read(ProviderKind.ENTRA, tid="t", oid="o").subject == "o@t"


def test_staff_roles_come_from_the_configured_claim() -> None:
    assert read(ProviderKind.PUBLISHER, roles=["a", "b", 3]).roles == ("a", "b")
    assert read_claims(ProviderKind.PUBLISHER, {"sub": "s", "groups": "desk"}, staff_claim="groups").roles == ("desk",)


def test_facts_survive_the_session_record() -> None:
    for sample in samples():
        for user in sample["users"]:
            facts = read_claims(ProviderKind(sample["kind"]), {"sub": user["sub"], "name": user["name"], **user["claims"]})
            assert Facts.from_json(facts.to_json()) == facts
