"""Who may do what: one enum of capabilities, one table from role to capabilities. Unknown means no."""

from dataclasses import dataclass, field
from enum import StrEnum

from dashboard.errors import NotAllowedError


class Permission(StrEnum):
    READ_PUBLIC = "read_public"
    SUBMIT_REQUEST = "submit_request"
    OPEN_OWN_CASE = "open_own_case"
    ACT_ON_OWN_CASE = "act_on_own_case"
    READ_DEMO_MAILBOX = "read_demo_mailbox"
    READ_OWN_ANNEXES = "read_own_annexes"
    DOWNLOAD_OWN_ANNEXES = "download_own_annexes"
    READ_DESK = "read_desk"
    READ_CASE = "read_case"
    HANDLE_CASE = "handle_case"
    SET_POLICY = "set_policy"
    READ_POLICY = "read_policy"
    READ_HANDED_CASE = "read_handed_case"
    DECIDE_HANDED_CASE = "decide_handed_case"
    READ_INSIGHT = "read_insight"
    RUN_JOBS = "run_jobs"


class Role(StrEnum):
    VISITOR = "visitor"
    REQUESTER = "requester"
    SCHOOL = "school"
    DESK_AGENT = "desk_agent"
    PRIVACY_OFFICER = "privacy_officer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    SYSTEM = "system"


STAFF_ROLES = frozenset({Role.DESK_AGENT, Role.PRIVACY_OFFICER, Role.EDITOR, Role.ADMINISTRATOR, Role.AUDITOR})

_EVERYONE = frozenset({Permission.READ_PUBLIC, Permission.SUBMIT_REQUEST, Permission.OPEN_OWN_CASE, Permission.READ_DEMO_MAILBOX})
_DESK = frozenset(
    {Permission.READ_DESK, Permission.READ_CASE, Permission.HANDLE_CASE, Permission.READ_INSIGHT, Permission.READ_POLICY}
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VISITOR: _EVERYONE,
    Role.REQUESTER: _EVERYONE | {Permission.ACT_ON_OWN_CASE},
    Role.SCHOOL: _EVERYONE
    | {
        Permission.READ_OWN_ANNEXES,
        Permission.DOWNLOAD_OWN_ANNEXES,
        Permission.READ_HANDED_CASE,
        Permission.DECIDE_HANDED_CASE,
    },
    Role.DESK_AGENT: _EVERYONE | _DESK,
    Role.PRIVACY_OFFICER: _EVERYONE | _DESK | {Permission.SET_POLICY},
    Role.EDITOR: _EVERYONE,
    Role.ADMINISTRATOR: _EVERYONE,
    Role.AUDITOR: _EVERYONE | {Permission.READ_DESK, Permission.READ_CASE, Permission.READ_INSIGHT, Permission.READ_POLICY},
    Role.SYSTEM: frozenset({Permission.RUN_JOBS}),
}


class Refusal(StrEnum):
    """Why somebody who did sign in gets no further; each has its own page."""

    STUDENT = "student"
    NOT_EMPLOYED = "not_employed"
    NO_ORGANISATION = "no_organisation"
    MALFORMED_ORGANISATION = "malformed_organisation"
    UNKNOWN_SCHOOL = "unknown_school"
    CONSUMER_ACCOUNT = "consumer_account"
    EMAIL_NOT_VERIFIED = "email_not_verified"
    NO_STAFF_ROLE = "no_staff_role"


@dataclass(frozen=True, slots=True)
class SchoolScope:
    """What a school's login stands for: a board, a school (BRIN) or one location, never more than one level wide."""

    board: str | None = None
    brin: str | None = None
    location: str | None = None

    @property
    def key(self) -> str:
        return self.location or self.brin or self.board or ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, resolved anew at every run and request."""

    role: Role = Role.VISITOR
    id: str = ""
    name: str = ""
    scope: SchoolScope | None = None
    case_id: str | None = None
    refusal: Refusal | None = None
    # Hash of the cookie that named the session, for signing out.
    session: str = field(default="", repr=False)

    @property
    def signed_in(self) -> bool:
        return bool(self.session)

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]


VISITOR = Actor()
SYSTEM = Actor(role=Role.SYSTEM, id="system", name="system")


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowedError unless the actor's role has the capability."""
    if not actor.may(permission):
        raise NotAllowedError(permission)
