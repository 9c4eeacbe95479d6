"""What is said of a case; free of the tables that hold it."""

from enum import StrEnum

from dashboard.data_requests.law.rights import RequesterRole


class Channel(StrEnum):
    FORM = "form"
    LETTER = "letter"
    PHONE = "phone"
    MAIL = "mail"


class Visibility(StrEnum):
    REQUESTER = "requester"
    INTERNAL = "internal"


class Author(StrEnum):
    REQUESTER = "requester"
    STAFF = "staff"
    SCHOOL = "school"


class FilePurpose(StrEnum):
    """What a file is for: it decides who may open it and how long it stays."""

    ANSWER = "answer"
    ATTACHMENT = "attachment"
    AUTHORISATION = "authorisation"
    IDENTITY = "identity"


class PauseReason(StrEnum):
    """Why the clock may stand still (EDPB 01/2022): nothing else is a reason."""

    IDENTITY = "identity"
    CUSTODY = "custody"
    AUTHORISATION = "authorisation"
    SPECIFY = "specify"


class ComplaintTo(StrEnum):
    """Where somebody complains about how we dealt with their request."""

    US = "us"
    AUTHORITY = "authority"
    COURT = "court"


class Recognised(StrEnum):
    """How we know who wrote or called: an address in a letter proves nothing by itself."""

    KNOWN_ADDRESS = "known_address"
    CALLED_BACK = "called_back"
    OWN_FACTS = "own_facts"
    SHOWN = "shown"
    NOT_YET = "not_yet"


class DoubtAbout(StrEnum):
    """What is in doubt: who somebody is, or whether they may ask for the one it is about."""

    IDENTITY = "identity"
    CUSTODY = "custody"
    AUTHORISATION = "authorisation"


# Who asks for another may be exactly who they say, and still not be the one who may ask.
DOUBTS = {RequesterRole.PARENT: DoubtAbout.CUSTODY, RequesterRole.AGENT: DoubtAbout.AUTHORISATION}


def doubts_about(role: RequesterRole) -> tuple[DoubtAbout, ...]:
    """What can be in doubt about somebody of this role, the likeliest first."""
    return (DOUBTS[role], DoubtAbout.IDENTITY) if role in DOUBTS else (DoubtAbout.IDENTITY,)


class ExtensionReason(StrEnum):
    """Why an answer may take two months more (art. 12(3)): nothing else is a reason."""

    COMPLEXITY = "complexity"
    NUMBER_OF_REQUESTS = "number_of_requests"
