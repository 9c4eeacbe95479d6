"""Personas: who owns a thing, who works beside them, who has nothing to do with it. All made up."""

from dashboard.data_requests.requester.intake import NewRequest
from dashboard.i18n import Language
from dashboard.permissions import Actor, Role, SchoolScope

AGENT = Actor(Role.DESK_AGENT, id="agent-1", name="Ben Behandelaar", session="s1")
COLLEAGUE = Actor(Role.DESK_AGENT, id="agent-2", name="Cato Collega", session="s2")
OFFICER = Actor(Role.PRIVACY_OFFICER, id="officer-1", name="Fien Functionaris", session="s3")
AUDITOR = Actor(Role.AUDITOR, id="auditor-1", name="Abel Auditor", session="s4")
EDITOR = Actor(Role.EDITOR, id="editor-1", name="Eva Editor", session="s5")
ADMINISTRATOR = Actor(Role.ADMINISTRATOR, id="admin-1", name="Ada Beheer", session="s6")

LYCEUM = Actor(Role.SCHOOL, id="p-1", name="Siem School", scope=SchoolScope(brin="90AD"), session="s7")
LOCATION = Actor(Role.SCHOOL, id="p-2", name="Loes Locatie", scope=SchoolScope(brin="90AA", location="90AA01"), session="s8")
BOARD = Actor(Role.SCHOOL, id="p-3", name="Bas Bestuur", scope=SchoolScope(board="90101"), session="s9")
OTHER_SCHOOL = Actor(Role.SCHOOL, id="p-4", name="Kim Klein", scope=SchoolScope(brin="90BA"), session="s10")


def requester(case_id: str) -> Actor:
    return Actor(Role.REQUESTER, id=f"case:{case_id}", case_id=case_id)


def request(**changes: object) -> NewRequest:
    """A good request, with what a test changes."""
    values: dict[str, object] = {
        "rights": ("access",),
        "role": "customer",
        "subject": "own_records",
        "explanation": "Ik wil mijn gegevens zien.",
        "name": "Noor Voorbeeld",
        "email": "noor@aanvrager.example",
        "language": Language.NL,
    }
    return NewRequest(**{**values, **changes})  # type: ignore[arg-type]
