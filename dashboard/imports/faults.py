"""What can be wrong with a row or a cell."""

from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with a row; each has a sentence that says what to do."""

    CELLS = "cells"
    CONTROL_SIGNS = "control_signs"
    BOARD_EMPTY = "board_empty"
    BOARD_FORM = "board_form"
    BOARD_UNKNOWN = "board_unknown"
    BOARD_MERGED = "board_merged"
    BRIN_EMPTY = "brin_empty"
    BRIN_FORM = "brin_form"
    BRIN_UNKNOWN = "brin_unknown"
    LOCATION_EMPTY = "location_empty"
    LOCATION_FORM = "location_form"
    LOCATION_OF_ANOTHER = "location_of_another"
    LOCATION_UNKNOWN = "location_unknown"
    NAME_EMPTY = "name_empty"
    NAME_LONG = "name_long"
    SECTOR_UNKNOWN = "sector_unknown"
    EMAIL_FORM = "email_form"
    DAY_EMPTY = "day_empty"
    DAY_FORM = "day_form"
    DAY_FUTURE = "day_future"
    ENDS_BEFORE = "ends_before"
    TWICE = "twice"
    TWO_BOARDS = "two_boards"
    MOVES_TOO_EARLY = "moves_too_early"
    RETURNS_TOO_EARLY = "returns_too_early"
    PRODUCT_EMPTY = "product_empty"
    PRODUCT_UNKNOWN = "product_unknown"
    HOLDER_NONE = "holder_none"
    HOLDER_SEVERAL = "holder_several"
    OVERLAPS = "overlaps"
    INTO_ITSELF = "into_itself"
    INTO_A_CIRCLE = "into_a_circle"
    COUNCIL_UNKNOWN = "council_unknown"
    MODEL_FORM = "model_form"
    MODEL_UNKNOWN = "model_unknown"
    DVO_UNKNOWN = "dvo_unknown"


class WrongCellError(Exception):
    """A cell that can't be taken; the row's other cells are still looked at."""

    def __init__(self, fault: Fault, column: str) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.column = column
