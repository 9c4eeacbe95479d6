"""The rights, the roles people have, and the grounds on which a right may be limited. Pure."""

from enum import StrEnum


class Right(StrEnum):
    """What somebody may ask for, by article of the GDPR."""

    ACCESS = "access"  # 15
    RECTIFICATION = "rectification"  # 16
    ERASURE = "erasure"  # 17
    RESTRICTION = "restriction"  # 18
    PORTABILITY = "portability"  # 20
    OBJECTION = "objection"  # 21
    CONSENT_WITHDRAWAL = "consent_withdrawal"  # 7(3)


ARTICLE = {
    Right.ACCESS: "15",
    Right.RECTIFICATION: "16",
    Right.ERASURE: "17",
    Right.RESTRICTION: "18",
    Right.PORTABILITY: "20",
    Right.OBJECTION: "21",
    Right.CONSENT_WITHDRAWAL: "7(3)",
}


class RequesterRole(StrEnum):
    """In what role somebody asks; under 16 a parent asks (UAVG art. 5)."""

    CUSTOMER = "customer"
    TEACHER = "teacher"
    PUPIL = "pupil"
    PARENT = "parent"


class Subject(StrEnum):
    """Whose data it is about: ours as controller, or the school's, for which we are processor."""

    OWN_RECORDS = "own_records"
    LEARNING_MATERIAL = "learning_material"


class Outcome(StrEnum):
    """What was decided about one right."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"


NEEDS_GROUND = frozenset({Outcome.PARTLY, Outcome.REFUSED})


class Ground(StrEnum):
    """Why a right is limited. The list is per article."""

    RIGHTS_OF_OTHERS = "rights_of_others"  # 15(4), 20(4)
    EXPRESSION = "expression"  # 17(3)(a)
    LEGAL_DUTY = "legal_duty"  # 17(3)(b): the tax duty to keep invoices
    PUBLIC_HEALTH = "public_health"  # 17(3)(c)
    ARCHIVE = "archive"  # 17(3)(d)
    LEGAL_CLAIMS = "legal_claims"  # 17(3)(e), 21(1)
    COMPELLING_GROUNDS = "compelling_grounds"  # 21(1)
    NO_CONSENT_OR_CONTRACT = "no_consent_or_contract"  # 20(1)(a)
    NOT_AUTOMATED = "not_automated"  # 20(1)(b)
    MANIFESTLY_UNFOUNDED = "manifestly_unfounded"  # 12(5)
    STATUTORY_EXCEPTION = "statutory_exception"  # 23, UAVG 41


_ANY = (Ground.MANIFESTLY_UNFOUNDED, Ground.STATUTORY_EXCEPTION)

GROUNDS: dict[Right, tuple[Ground, ...]] = {
    Right.ACCESS: (Ground.RIGHTS_OF_OTHERS, *_ANY),
    Right.RECTIFICATION: _ANY,
    Right.ERASURE: (
        Ground.LEGAL_DUTY,
        Ground.EXPRESSION,
        Ground.PUBLIC_HEALTH,
        Ground.ARCHIVE,
        Ground.LEGAL_CLAIMS,
        *_ANY,
    ),
    Right.RESTRICTION: _ANY,
    Right.PORTABILITY: (Ground.NO_CONSENT_OR_CONTRACT, Ground.NOT_AUTOMATED, Ground.RIGHTS_OF_OTHERS, *_ANY),
    Right.OBJECTION: (Ground.COMPELLING_GROUNDS, Ground.LEGAL_CLAIMS, *_ANY),
    # Consent can always be withdrawn: no ground exists (art. 7(3)).
    Right.CONSENT_WITHDRAWAL: (),
}

# The rights of others limit a copy, they don't refuse it whole (EDPB 01/2022, 168-172).
ONLY_PARTLY = frozenset({Ground.RIGHTS_OF_OTHERS})


def allowed(right: Right, outcome: Outcome, ground: Ground | None) -> bool:
    """Whether this outcome may stand on this ground."""
    if outcome not in NEEDS_GROUND:
        return ground is None
    if ground not in GROUNDS[right]:
        return False
    return not (outcome is Outcome.REFUSED and ground in ONLY_PARTLY)
