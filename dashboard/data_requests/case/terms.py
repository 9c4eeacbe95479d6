"""What is said of a case; free of the tables that hold it."""

from enum import StrEnum


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
    SPECIFY = "specify"


class ExtensionReason(StrEnum):
    """Why an answer may take two months more (art. 12(3)): nothing else is a reason."""

    COMPLEXITY = "complexity"
    NUMBER_OF_REQUESTS = "number_of_requests"
