"""Whether a file holds data that a machine reads (art. 20(1)): looked into, not believed by its name. Pure."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from dashboard.spreadsheets import decoded, rows_of

LARGEST_MEMBER = 50 * 1024 * 1024
MOST_MEMBERS = 1_000


def holds_data(kind: str, content: bytes) -> bool:
    """Whether at least one value is in it. `kind`: the ending of its name; the content was checked to be that."""
    match kind:
        case "json":
            return any(value not in ("", None) for value in _leaves(json.loads(content)))
        case "csv":
            _, *rows = rows_of(decoded(content))
            return any(cell.strip() for row in rows for cell in row)
        case "xml":
            return bool(content.strip())
        case "zip":
            return _zip_holds_data(content)
        case _:
            return False


def _leaves(value: Any) -> Iterator[Any]:
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, dict | list):
            left += each.values() if isinstance(each, dict) else each
        else:
            yield each


def depth_of(value: Any) -> int:
    """How deep lists and objects lie in each other."""
    deepest, left = 0, [(value, 0)]
    while left:
        each, depth = left.pop()
        deepest = max(deepest, depth)
        if isinstance(each, dict | list):
            left += [(inner, depth + 1) for inner in (each.values() if isinstance(each, dict) else each)]
    return deepest


def _zip_holds_data(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()[:MOST_MEMBERS]
        return any(_member_holds_data(archive, each) for each in members if 0 < each.file_size <= LARGEST_MEMBER)


def _member_holds_data(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    kind = PurePath(member.filename).suffix.lower().lstrip(".")
    if kind not in {"json", "csv", "xml"}:
        return False
    try:
        return holds_data(kind, archive.read(member))
    except (ValueError, csv.Error, RecursionError, RuntimeError, zipfile.BadZipFile):
        # Not what its name says, damaged, or under a password.
        return False
