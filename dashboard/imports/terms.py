"""What can be imported."""

from enum import StrEnum


class ImportKind(StrEnum):
    """What a file is about."""

    SCHOOLS = "schools"
    BOARDS = "boards"
    MERGERS = "mergers"
    COUNCILS = "councils"
    LICENCES = "licences"
    AGREEMENTS = "agreements"
