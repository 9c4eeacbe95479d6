"""What schools, councils and keys are called; free of the tables that hold them."""

from enum import StrEnum


class Sector(StrEnum):
    PO = "po"
    VO = "vo"
    VSO = "vso"
    MBO = "mbo"


class Council(StrEnum):
    """The sector councils that signed the covenant for all their members."""

    PO_RAAD = "po_raad"
    VO_RAAD = "vo_raad"
    MBO_RAAD = "mbo_raad"
    # We know that it is a member of none; not having heard is something else.
    NONE = "none"
    # Recorded before councils were told apart.
    UNKNOWN = "unknown"


class Governance(StrEnum):
    """How a board stands in law: one of public education (openbaar onderwijs) decides as an administrative body."""

    PUBLIC = "public"
    PRIVATE = "private"
    UNKNOWN = "unknown"


class Dated(StrEnum):
    """What has days that are learned some time, by the table that has them."""

    LICENCE = "licence"
    MEMBERSHIP = "board_school"
    MERGER = "board"


class AccessState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


class KeyUse(StrEnum):
    """What a key of a school opens."""

    API = "api"
    FEED = "feed"
