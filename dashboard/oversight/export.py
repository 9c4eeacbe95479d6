"""The audit trail as a file that can be checked elsewhere: its rows, what was asked, the head of the chain, and our signature."""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from stream_zip import ZIP_32, Method, stream_zip

from dashboard.audit_chain import Head
from dashboard.evidence.signing import sign
from dashboard.oversight.trail import Asked, TrailRow, told
from dashboard.settings import Settings
from dashboard.spreadsheets import csv_pieces

ROWS, ABOUT, SIGNATURE = "audit.csv", "about.json", "about.sig"
COLUMNS = ("number", "at", "role", "person", "name", "action", "outcome", "kind", "subject", "reference", "facts", "id")
_READ_BY_ALL = 0o644


def packed(
    pieces: Iterator[tuple[TrailRow, ...]], asked: Asked, head: Head, settings: Settings, *, by: str, now: datetime
) -> Iterator[bytes]:
    """A ZIP, as it is made. The signature comes last: it is over the digest of the rows before it."""
    return iter(stream_zip(_members(pieces, asked, head, settings, by, now)))


def _members(
    pieces: Iterator[tuple[TrailRow, ...]], asked: Asked, head: Head, settings: Settings, by: str, now: datetime
) -> Iterator[tuple[str, datetime, int, Method, Iterator[bytes]]]:
    counted = _Counted(pieces)
    yield ROWS, now, _READ_BY_ALL, ZIP_32, counted.content()
    about = {
        "rows": counted.rows,
        "sha256": counted.digest.hexdigest(),
        "asked": asked.query,
        "chain": {"number": head.number, "head": head.chain},
        "made_at": now.isoformat(),
        "made_by": by,
        "portal": settings.base_url,
    }
    content = (json.dumps(about, indent=2, ensure_ascii=False) + "\n").encode()
    yield ABOUT, now, _READ_BY_ALL, ZIP_32, iter((content,))
    yield SIGNATURE, now, _READ_BY_ALL, ZIP_32, iter((sign(content, settings).to_bytes(),))


class _Counted:
    """Rows as CSV, counted and digested as they pass."""

    def __init__(self, pieces: Iterator[tuple[TrailRow, ...]]) -> None:
        self._pieces = pieces
        self.rows = 0
        self.digest = sha256()

    def content(self) -> Iterator[bytes]:
        for content in csv_pieces(self._cells()):
            self.digest.update(content)
            yield content

    def _cells(self) -> Iterator[list[tuple[object, ...]]]:
        yield [COLUMNS]
        for rows in self._pieces:
            self.rows += len(rows)
            yield [_cells(row) for row in rows]


def _cells(row: TrailRow) -> tuple[object, ...]:
    return (
        row.number or "", row.at.isoformat(), row.role, row.actor_id, row.who, row.action, "denied" if row.denied else "done",
        row.kind, row.subject_id, row.reference, told(row), row.id,
    )  # fmt: skip
