"""The words of a breach."""

from enum import StrEnum


class Risk(StrEnum):
    """How likely it harms those whom it is about: decides who must be told (art. 33(1), 34(1))."""

    UNKNOWN = "unknown"
    UNLIKELY = "unlikely"
    RISK = "risk"
    HIGH = "high"
