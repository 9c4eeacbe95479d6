"""The rights, the roles people have, and the grounds on which a right may be limited. Pure."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from dashboard.data_requests.law.deadlines import age_on

# From this age on a pupil acts alone; below it a parent or guardian asks and receives (UAVG art. 5(4)).
ACTS_ALONE_AT = 16


class Right(StrEnum):
    """What somebody may ask for, by article of the GDPR."""

    ACCESS = "access"  # 15
    RECTIFICATION = "rectification"  # 16
    ERASURE = "erasure"  # 17
    RESTRICTION = "restriction"  # 18
    PORTABILITY = "portability"  # 20
    OBJECTION = "objection"  # 21(1)
    MARKETING_OBJECTION = "marketing_objection"  # 21(2)-(3)
    AUTOMATED_DECISION = "automated_decision"  # 22
    CONSENT_WITHDRAWAL = "consent_withdrawal"  # 7(3)


ARTICLE = {
    Right.ACCESS: "15",
    Right.RECTIFICATION: "16",
    Right.ERASURE: "17",
    Right.RESTRICTION: "18",
    Right.PORTABILITY: "20",
    Right.OBJECTION: "21(1)",
    Right.MARKETING_OBJECTION: "21(2)",
    Right.AUTOMATED_DECISION: "22",
    Right.CONSENT_WITHDRAWAL: "7(3)",
}

# Stored with a case, so that the desk filters by right without a join: a new right gets the next number, none ever changes.
BITS = {
    Right.ACCESS: 1,
    Right.RECTIFICATION: 2,
    Right.ERASURE: 4,
    Right.RESTRICTION: 8,
    Right.PORTABILITY: 16,
    Right.OBJECTION: 32,
    Right.CONSENT_WITHDRAWAL: 64,
    Right.MARKETING_OBJECTION: 128,
    Right.AUTOMATED_DECISION: 256,
}

# One click, nothing to explain: marketing stops and consent ends without a reason (art. 21(3), 7(3)).
ONE_CLICK = frozenset({Right.MARKETING_OBJECTION, Right.CONSENT_WITHDRAWAL})
# After these every recipient of the data is told (art. 19).
TELLS_RECIPIENTS = frozenset({Right.RECTIFICATION, Right.ERASURE, Right.RESTRICTION})


class RequesterRole(StrEnum):
    """In what role somebody asks; under 16 a parent asks (UAVG art. 5)."""

    CUSTOMER = "customer"
    TEACHER = "teacher"
    PUPIL = "pupil"
    PARENT = "parent"
    AGENT = "agent"


# Whose request is about somebody else: that person's name is asked.
ASKS_FOR_ANOTHER = frozenset({RequesterRole.PARENT, RequesterRole.AGENT})
# Whose age decides who may ask: only then is a date of birth asked.
AGE_MATTERS = frozenset({RequesterRole.PUPIL, RequesterRole.PARENT})


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


# Anything but what was asked says why.
NEEDS_GROUND = frozenset({Outcome.PARTLY, Outcome.REFUSED, Outcome.NOT_APPLICABLE})


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
    NECESSARY_OR_CONSENTED = "necessary_or_consented"  # 22(2)
    NO_GROUND_TO_ERASE = "no_ground_to_erase"  # none of 17(1)
    DATA_IS_RIGHT = "data_is_right"  # 16: nothing is wrong with it
    NO_GROUND_TO_RESTRICT = "no_ground_to_restrict"  # none of 18(1)
    CANNOT_IDENTIFY = "cannot_identify"  # 11(2), 12(2)
    MANIFESTLY_UNFOUNDED = "manifestly_unfounded"  # 12(5)
    EXCESSIVE = "excessive"  # 12(5): asked again and again
    STATUTORY_EXCEPTION = "statutory_exception"  # 23, UAVG 41
    # Facts that leave nothing to decide: an answer, not a refusal.
    NO_DATA = "no_data"
    NO_SUCH_DECISION = "no_such_decision"


_ANY = (Ground.CANNOT_IDENTIFY, Ground.MANIFESTLY_UNFOUNDED, Ground.EXCESSIVE, Ground.STATUTORY_EXCEPTION)
_EMPTY = (Ground.NO_DATA,)

GROUNDS: dict[Right, tuple[Ground, ...]] = {
    Right.ACCESS: (Ground.RIGHTS_OF_OTHERS, *_ANY),
    Right.RECTIFICATION: (Ground.DATA_IS_RIGHT, *_ANY),
    Right.ERASURE: (
        Ground.LEGAL_DUTY,
        Ground.NO_GROUND_TO_ERASE,
        Ground.EXPRESSION,
        Ground.PUBLIC_HEALTH,
        Ground.ARCHIVE,
        Ground.LEGAL_CLAIMS,
        *_ANY,
    ),
    Right.RESTRICTION: (Ground.NO_GROUND_TO_RESTRICT, *_ANY),
    Right.PORTABILITY: (Ground.NO_CONSENT_OR_CONTRACT, Ground.NOT_AUTOMATED, Ground.RIGHTS_OF_OTHERS, *_ANY),
    Right.OBJECTION: (Ground.COMPELLING_GROUNDS, Ground.LEGAL_CLAIMS, *_ANY),
    # Against direct marketing no refusal exists (art. 21(3)).
    Right.MARKETING_OBJECTION: (),
    Right.AUTOMATED_DECISION: (Ground.NECESSARY_OR_CONSENTED, *_ANY),
    # Consent can always be withdrawn: no ground exists (art. 7(3)).
    Right.CONSENT_WITHDRAWAL: (),
}
# What makes a right empty, by right: "not applicable" is for these alone, anything else is a refusal.
FACTS: dict[Right, tuple[Ground, ...]] = {
    **{right: _EMPTY for right in Right if right not in ONE_CLICK},
    Right.AUTOMATED_DECISION: (Ground.NO_SUCH_DECISION,),
}

# The rights of others limit a copy, they don't refuse it whole (EDPB 01/2022, 168-172); what the law wants kept stays, and
# the rest is erased.
ONLY_PARTLY = frozenset({Ground.RIGHTS_OF_OTHERS, Ground.LEGAL_DUTY})
# Grounds that must be shown, not only stated (art. 12(5): the burden is ours).
NEEDS_EVIDENCE = frozenset({Ground.MANIFESTLY_UNFOUNDED, Ground.EXCESSIVE})


def outcomes_of(right: Right) -> tuple[Outcome, ...]:
    """What can be decided about it: where no refusal exists, only to do it."""
    return tuple(Outcome) if GROUNDS[right] else (Outcome.GRANTED,)


def grounds_of(right: Right, outcome: Outcome) -> tuple[Ground, ...]:
    """On what this outcome may stand; nothing for what is granted."""
    if outcome is Outcome.GRANTED or not GROUNDS[right]:
        return ()
    if outcome is Outcome.NOT_APPLICABLE:
        return FACTS[right]
    return tuple(ground for ground in GROUNDS[right] if outcome is Outcome.PARTLY or ground not in ONLY_PARTLY)


def limits(outcome: Outcome | None, ground: Ground | None) -> bool:
    """Whether this is a refusal, whole or partial: with its reasons, the routes of complaint, and a colleague's look.

    "Not applicable" is one too, unless a fact leaves nothing to decide.
    """
    return outcome in NEEDS_GROUND and ground not in {Ground.NO_DATA, Ground.NO_SUCH_DECISION}


def bits_of(rights: Iterable[Right]) -> int:
    """The rights of a case as one number."""
    return sum({BITS[right] for right in rights})


def allowed(right: Right, outcome: Outcome, ground: Ground | None) -> bool:
    """Whether this outcome may stand on this ground."""
    if outcome not in outcomes_of(right):
        return False
    return ground is None if outcome is Outcome.GRANTED else ground in grounds_of(right, outcome)


def needs_second_pair_of_eyes(right: Right, outcome: Outcome, ground: Ground | None) -> bool:
    """Whether a colleague must look too: at every refusal, whole or partial, and at every erasure."""
    return limits(outcome, ground) or (right is Right.ERASURE and outcome is Outcome.GRANTED)


def may_ask(role: RequesterRole, born: date | None, today: date) -> bool:
    """Whether somebody of this role may ask for the person born then: pupils from 16, parents for a child under 16.

    The age is the one on the day of the request.
    """
    if role not in AGE_MATTERS or born is None:
        return role not in AGE_MATTERS
    old_enough = age_on(born, today) >= ACTS_ALONE_AT
    return old_enough if role is RequesterRole.PUPIL else not old_enough
