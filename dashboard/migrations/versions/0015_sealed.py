"""What people typed lies sealed, each request under a key of its own; the words to search by are hidden

All that is there is sealed here, and opened again on the way back: with the secrets that the database was opened with.
"""

import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from dashboard.addresses import mailbox
from dashboard.sealed_types import CLEAR, MARK, open_text, seal_text
from dashboard.vault import PORTAL, Vault, drop_all, of_dialect
from dashboard.words import words

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AT_ONCE = 1_000
PARTS = ("school", "wrong_field")


@dataclass(frozen=True)
class Of:
    """What is sealed of a table: whose row it is, its key, the columns with their longest text before."""

    table: str
    owner: str
    key: tuple[str, ...]
    columns: dict[str, int | None]


SEALED = (
    Of(
        "request_case",
        "id",
        ("id",),
        {
            "name": 200, "email": 254, "school_name": 200, "explanation": None, "subject_name": 200, "postal_address": 500,
            "born_on": None,
        },
    ),
    Of("case_right", "case_id", ("case_id", "asked_right"), {"reason": None, "evidence": None, "wrong_field": 200, "right_value": 1000}),
    Of("case_event", "case_id", ("id",), {"fields": None}),
    Of("case_message", "case_id", ("id",), {"body": None}),
    Of("case_file", "id", ("id",), {"name": 120}),
    Of("mailed_link", "case_id", ("token_digest",), {"new_email": 254}),
    Of("school_key", "case_id", ("case_id",), {"contact_name": 200, "contact_email": 254}),
    Of("case_recipient", "case_id", ("case_id", "recipient"), {"reason": None}),
    Of("identity_doubt", "case_id", ("id",), {"reason": None}),
    Of("outgoing_mail", "case_id", ("id",), {"recipient": 500, "subject": 200, "body": None, "unsubscribe_url": 300}),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("owner", sa.String(length=36), primary_key=True),
        sa.Column("key_id", sa.String(length=16), nullable=False, index=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
    )
    with op.batch_alter_table("request_case") as batch_op:
        batch_op.drop_index("ix_request_case_email")
    with op.batch_alter_table("case_file") as batch_op:
        batch_op.add_column(sa.Column("own_key", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("secret_mark") as batch_op:
        batch_op.add_column(sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE case_file SET name = '-' WHERE deleted_at IS NOT NULL")
    for of in SEALED:
        _types(of, sealed=True)
    _change(_Sealing(op.get_bind()))
    _index(400, lambda vault, word: vault.word(word))
    drop_all(op.get_bind().dialect)


def downgrade() -> None:
    files = op.get_bind().scalar(sa.text("SELECT count(*) FROM case_file WHERE own_key AND deleted_at IS NULL"))
    if files:
        # Their bytes aren't in the database: nothing here could seal them the old way, and the keys would be gone.
        raise RuntimeError(f"{files} files lie under keys of their own, which no earlier release opens: restore a backup of before")
    _change(_Opening(op.get_bind()))
    for of in reversed(SEALED):
        _types(of, sealed=False)
    op.execute("DELETE FROM secret_mark WHERE name LIKE '% %'")
    with op.batch_alter_table("secret_mark") as batch_op:
        batch_op.drop_column("since")
    with op.batch_alter_table("case_file") as batch_op:
        batch_op.drop_column("own_key")
    with op.batch_alter_table("request_case") as batch_op:
        batch_op.create_index("ix_request_case_email", ["email"])
    _index(120, None)
    op.drop_table("data_key")
    drop_all(op.get_bind().dialect)


def _types(of: Of, *, sealed: bool) -> None:
    """Text of any length while it is sealed."""
    changed = {name: longest for name, longest in of.columns.items() if name != "fields"}
    if "born_on" in changed and not sealed and op.get_bind().dialect.name == "sqlite":
        _day_again()
        del changed["born_on"]
    if not changed:
        return
    with op.batch_alter_table(of.table) as batch_op:
        for name, longest in changed.items():
            before = sa.Date() if name == "born_on" else sa.String(length=longest)
            now, then = (sa.Text(), before) if sealed else (before, sa.Text())
            batch_op.alter_column(name, type_=now, existing_type=then, postgresql_using=f"{name}::{'text' if sealed else _sql(before)}")


def _day_again() -> None:
    """A text that becomes a date there is read as a number, and all but the year is gone: into a column of its own."""
    with op.batch_alter_table("request_case") as batch_op:
        batch_op.add_column(sa.Column("day", sa.Date(), nullable=True))
    op.execute("UPDATE request_case SET day = born_on")
    with op.batch_alter_table("request_case") as batch_op:
        batch_op.drop_column("born_on")
    with op.batch_alter_table("request_case") as batch_op:
        batch_op.alter_column("day", new_column_name="born_on", existing_type=sa.Date())


def _sql(kind: Any) -> str:
    return str(kind.compile(dialect=op.get_bind().dialect))


class _Change(ABC):
    """Rewrites values, owner by owner."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.keys: dict[str, bytes] = {}

    @property
    def vault(self) -> Vault:
        """Asked for once there is something to seal or open: an empty database needs no secrets."""
        return of_dialect(self.connection.dialect)

    @abstractmethod
    def begin(self, owners: Sequence[str]) -> None:
        """Whose values come next."""

    @abstractmethod
    def text(self, value: str, owner: str, about: str) -> str:
        """A value as it is from now on."""

    @abstractmethod
    def end(self) -> None:
        """All of theirs came."""


class _Sealing(_Change):
    def begin(self, owners: Sequence[str]) -> None:
        self.keys = {}

    def text(self, value: str, owner: str, about: str) -> str:
        if owner not in self.keys:
            self.keys[owner] = secrets.token_bytes(32)
        return seal_text(value, self.keys[owner], about)

    def end(self) -> None:
        if self.keys:
            rows = [self.vault.wrap(owner, key) for owner, key in self.keys.items()]
            self.connection.execute(sa.insert(_DATA_KEY), rows)


class _Opening(_Change):
    def begin(self, owners: Sequence[str]) -> None:
        found = self.connection.execute(sa.select(*_DATA_KEY.c).where(_DATA_KEY.c.owner.in_(owners)))
        self.keys = {owner: self.vault.unwrap(owner, key_id, wrapped) for owner, key_id, wrapped in found}

    def text(self, value: str, owner: str, about: str) -> str:
        return open_text(value, self.keys[owner], about) if value.startswith(MARK) else value

    def end(self) -> None:
        self.keys = {}


_DATA_KEY = sa.table("data_key", sa.column("owner"), sa.column("key_id"), sa.column("wrapped", sa.LargeBinary()))


def _change(change: _Change) -> None:
    for ids in _pieces(change.connection, "request_case"):
        change.begin(ids)
        # Before the case itself, while its address can be read.
        _known_as(change, ids)
        for of in SEALED:
            if of.owner != "id" or of.table == "request_case":
                _rows(change, of, sa.column(of.owner).in_(ids))
        change.end()
    for ids in _pieces(change.connection, "case_file"):
        change.begin(ids)
        _rows(change, next(of for of in SEALED if of.table == "case_file"), sa.column("id").in_(ids))
        change.end()
    change.begin([PORTAL])
    _rows(change, next(of for of in SEALED if of.table == "outgoing_mail"), sa.column("case_id").is_(None))
    change.end()


def _pieces(connection: Connection, table: str) -> Iterator[list[str]]:
    of, after = sa.table(table, sa.column("id")), ""
    while ids := list(connection.scalars(sa.select(of.c.id).where(of.c.id > after).order_by(of.c.id).limit(AT_ONCE))):
        yield ids
        after = ids[-1]


def _rows(change: _Change, of: Of, which: Any) -> None:
    table = sa.table(of.table, *(sa.column(name, _type(name)) for name in {of.owner, *of.key, *of.columns}))
    found = change.connection.execute(sa.select(table).where(which)).mappings().all()
    changed = []
    for row in found:
        owner, place = row[of.owner] or PORTAL, "|".join(str(row[name]) for name in of.key)
        values = {name: _value(change, row[name], owner, f"{of.table}.{name}|{place}") for name in of.columns}
        if values != {name: row[name] for name in of.columns}:
            changed.append({f"key_{name}": row[name] for name in of.key} | {f"new_{name}": each for name, each in values.items()})
    if changed:
        mine = [table.c[name] == sa.bindparam(f"key_{name}") for name in of.key]
        values = {name: sa.bindparam(f"new_{name}") for name in of.columns}
        change.connection.execute(sa.update(table).where(*mine).values(values), changed)


def _type(name: str) -> Any:
    return sa.JSON() if name == "fields" else sa.Text()


def _value(change: _Change, value: Any, owner: str, about: str) -> Any:
    if isinstance(value, dict):
        return {
            part: change.text(each, owner, f"{about}|{part}") if part in PARTS and each not in CLEAR else each
            for part, each in value.items()
        }
    return value if value is None or value in CLEAR else change.text(str(value), owner, about)


def _known_as(change: _Change, ids: Sequence[str]) -> None:
    """The address that a mail was for: a plain digest of it can be guessed."""
    case = sa.table("request_case", sa.column("id"), sa.column("email"))
    link = sa.table("mailed_link", sa.column("case_id"), sa.column("known_as"))
    for case_id, email in change.connection.execute(sa.select(case.c.id, case.c.email).where(case.c.id.in_(ids))).all():
        if isinstance(change, _Opening):
            opened = change.text(email, case_id, f"request_case.email|{case_id}")
            before, now = change.vault.marks(mailbox(opened)), _plain(opened)
        else:
            before, now = [_plain(email)], change.vault.marks(mailbox(email))[0]
        mine = link.c.case_id == case_id, link.c.known_as != ""
        theirs = link.c.known_as.in_(before)
        # Of an address that it had before: it matched no more, and goes on matching nothing.
        change.connection.execute(sa.update(link).where(*mine).values(known_as=sa.case((theirs, now), else_="-")))


def _plain(email: str) -> str:
    return hashlib.sha256(mailbox(email).encode()).hexdigest()


def _index(longest: int, hide: Callable[[Vault, str], str] | None) -> None:
    """The words anew, of every case."""
    connection = op.get_bind()
    op.execute("DELETE FROM search_word")
    collation = "C" if connection.dialect.name == "postgresql" else None
    with op.batch_alter_table("search_word") as batch_op:
        batch_op.alter_column("word", type_=sa.String(length=longest, collation=collation), existing_type=sa.String(length=520 - longest))
    names = ("name", "email", "subject_name", "school_name")
    case = sa.table("request_case", *(sa.column(name) for name in ("id", "purged_at", *names)))
    word = sa.table("search_word", sa.column("word"), sa.column("case_id"))
    opening = _Opening(connection)
    for ids in _pieces(connection, "request_case"):
        opening.begin(ids)
        rows = []
        for row in connection.execute(sa.select(case).where(case.c.id.in_(ids), case.c.purged_at.is_(None))).mappings():
            said = [opening.text(row[name], row["id"], f"request_case.{name}|{row['id']}") for name in names]
            rows += [{"word": hide(opening.vault, each) if hide else each, "case_id": row["id"]} for each in sorted(words(*said))]
        if rows:
            connection.execute(sa.insert(word), rows)
