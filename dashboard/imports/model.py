"""One row for each file that was tried or taken, with its result file."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from dashboard.db import Record, UtcDateTime, stored_enum
from dashboard.imports.terms import ImportKind


class ImportRun(Record, table=True):
    """A file that somebody imported (or tried to): what it changed, and what was wrong with which row."""

    __tablename__ = "import_run"

    kind: ImportKind = Field(sa_column=Column(stored_enum(ImportKind), nullable=False))
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    by_id: str = Field(max_length=80)
    by_name: str = Field(max_length=200)
    file_name: str = Field(max_length=120)
    sha256: str = Field(max_length=64)
    effective_on: date
    # False: only looked at.
    taken: bool
    counts: Any = Field(sa_type=JSON)
    # The file's rows with the outcome of each, by digest in the file store.
    result_sha256: str = Field(max_length=64)
