"""What notices and mail about them are called; free of the tables that hold them."""

from enum import StrEnum


class ObjectionOutcome(StrEnum):
    """How the publisher answered."""

    UPHELD = "upheld"
    EXPLAINED = "explained"
    REJECTED = "rejected"


class Frequency(StrEnum):
    """How often a subscriber wants to hear."""

    AT_ONCE = "at_once"
    WEEKLY = "weekly"
