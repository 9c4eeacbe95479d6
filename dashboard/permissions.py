"""Who may do what: one enum of capabilities, one table from role to capabilities. Unknown means no."""

from dataclasses import dataclass, field
from enum import StrEnum

from dashboard.errors import NotAllowedError


class Permission(StrEnum):
    READ_PUBLIC = "read_public"
    SUBMIT_REQUEST = "submit_request"
    ENTER_OWN_CASE = "open_own_case"
    ACT_ON_OWN_CASE = "act_on_own_case"
    READ_DEMO_MAILBOX = "read_demo_mailbox"
    READ_OWN_ANNEXES = "read_own_annexes"
    DOWNLOAD_OWN_ANNEXES = "download_own_annexes"
    MANAGE_OWN_SCHOOL = "manage_own_school"
    ASK_ACCESS = "ask_access"
    OWN_SESSIONS = "own_sessions"
    READ_CATALOGUE = "read_catalogue"
    DRAFT_ANNEX = "draft_annex"
    PUBLISH_ANNEX = "publish_annex"
    READ_SCHOOLS = "read_schools"
    MANAGE_SCHOOLS = "manage_schools"
    READ_NOTICES = "read_notices"
    ANSWER_OBJECTION = "answer_objection"
    READ_DESK = "read_desk"
    READ_CASE = "read_case"
    HANDLE_CASE = "handle_case"
    SET_POLICY = "set_policy"
    READ_POLICY = "read_policy"
    READ_HANDED_CASE = "read_handed_case"
    DECIDE_HANDED_CASE = "decide_handed_case"
    READ_INSIGHT = "read_insight"
    READ_AUDIT = "read_audit"
    HANDLE_BREACH = "handle_breach"
    RUN_JOBS = "run_jobs"


class Role(StrEnum):
    VISITOR = "visitor"
    REQUESTER = "requester"
    SCHOOL = "school"
    # Somebody of an organisation whose provider doesn't tell staff from pupils.
    SCHOOL_READER = "school_reader"
    SCHOOL_SYSTEM = "school_system"
    DESK_AGENT = "desk_agent"
    PRIVACY_OFFICER = "privacy_officer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    SYSTEM = "system"


STAFF_ROLES = frozenset({Role.DESK_AGENT, Role.PRIVACY_OFFICER, Role.EDITOR, Role.ADMINISTRATOR, Role.AUDITOR})

_EVERYONE = frozenset(
    {
        Permission.READ_PUBLIC,
        Permission.SUBMIT_REQUEST,
        Permission.ENTER_OWN_CASE,
        Permission.READ_DEMO_MAILBOX,
        Permission.ASK_ACCESS,
    }
)
# Who signed in, wherever.
_SIGNED_IN = _EVERYONE | {Permission.OWN_SESSIONS}
_DESK = frozenset(
    {Permission.READ_DESK, Permission.READ_CASE, Permission.HANDLE_CASE, Permission.READ_INSIGHT, Permission.READ_POLICY}
)
# What every employee of the publisher with a role may look at: the catalogue, schools, notices.
_LIBRARY = frozenset({Permission.READ_CATALOGUE, Permission.READ_SCHOOLS, Permission.READ_NOTICES})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VISITOR: _EVERYONE,
    Role.REQUESTER: _EVERYONE | {Permission.ACT_ON_OWN_CASE},
    Role.SCHOOL: _SIGNED_IN
    | {
        Permission.READ_OWN_ANNEXES,
        Permission.DOWNLOAD_OWN_ANNEXES,
        Permission.MANAGE_OWN_SCHOOL,
        Permission.READ_HANDED_CASE,
        Permission.DECIDE_HANDED_CASE,
    },
    Role.SCHOOL_READER: _SIGNED_IN | {Permission.READ_OWN_ANNEXES, Permission.DOWNLOAD_OWN_ANNEXES},
    # A system of a school's, by its key: reads and takes what its school may, and nothing else.
    Role.SCHOOL_SYSTEM: frozenset({Permission.READ_OWN_ANNEXES, Permission.DOWNLOAD_OWN_ANNEXES}),
    Role.DESK_AGENT: _SIGNED_IN | _DESK | _LIBRARY,
    Role.PRIVACY_OFFICER: _SIGNED_IN
    | _DESK
    | _LIBRARY
    | {
        Permission.SET_POLICY,
        Permission.DRAFT_ANNEX,
        Permission.PUBLISH_ANNEX,
        Permission.ANSWER_OBJECTION,
        Permission.READ_AUDIT,
        Permission.HANDLE_BREACH,
    },
    Role.EDITOR: _SIGNED_IN | _LIBRARY | {Permission.DRAFT_ANNEX},
    Role.ADMINISTRATOR: _SIGNED_IN | _LIBRARY | {Permission.MANAGE_SCHOOLS},
    Role.AUDITOR: _SIGNED_IN
    | _LIBRARY
    | {Permission.READ_DESK, Permission.READ_CASE, Permission.READ_INSIGHT, Permission.READ_POLICY, Permission.READ_AUDIT},
    Role.SYSTEM: frozenset({Permission.RUN_JOBS, Permission.MANAGE_SCHOOLS}),
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
    # Every school or board that the login stands for, when there are several.
    choices: tuple[SchoolScope, ...] = ()
    # Whether they signed in a short while ago: what is asked anew before something grave is done.
    fresh: bool = True
    # Hash of the cookie that named the session, for signing out.
    session: str = field(default="", repr=False)

    @property
    def signed_in(self) -> bool:
        return bool(self.session)

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def is_of_school(self) -> bool:
        return self.role in {Role.SCHOOL, Role.SCHOOL_READER}

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]


VISITOR = Actor()
SYSTEM = Actor(role=Role.SYSTEM, id="system", name="system")


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowedError unless the actor's role has the capability."""
    if not actor.may(permission):
        raise NotAllowedError(permission)
