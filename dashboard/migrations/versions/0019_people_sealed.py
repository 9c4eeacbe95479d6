"""Names and addresses of people who sign in, ask for access, object or want mail lie sealed too"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic import op

from dashboard.sealed_types import CLEAR, MARK, open_text, seal_text
from dashboard.vault import PORTAL, drop_all, of_dialect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

AT_ONCE = 1_000


@dataclass(frozen=True)
class Of:
    """Columns of a table, with their longest text before."""

    table: str
    columns: dict[str, int]


SEALED = (
    Of("person", {"name": 200, "email": 254}),
    Of("access_request", {"name": 200, "email": 254, "said": 200, "decided_by": 200, "reason": 500}),
    Of("objection", {"name": 200, "email": 254, "body": 5000, "answer": 5000, "answered_by": 200}),
    Of("subscription", {"email": 254}),
)
_KEYS = sa.table("data_key", sa.column("owner"), sa.column("key_id"), sa.column("wrapped", sa.LargeBinary()))

# What a text in a place is from now on.
Change = Callable[[str, str], str]


def upgrade() -> None:
    for of in SEALED:
        with op.batch_alter_table(of.table) as batch_op:
            for name, longest in of.columns.items():
                batch_op.alter_column(name, type_=sa.Text(), existing_type=sa.String(length=longest))
    drop_all(op.get_bind().dialect)
    portal = _Portal()
    _change(lambda text, about: text if text in CLEAR else seal_text(text, portal.key(), about))
    drop_all(op.get_bind().dialect)


def downgrade() -> None:
    drop_all(op.get_bind().dialect)
    portal = _Portal()
    _change(lambda text, about: open_text(text, portal.key(), about) if text.startswith(MARK) else text)
    for of in reversed(SEALED):
        with op.batch_alter_table(of.table) as batch_op:
            for name, longest in of.columns.items():
                batch_op.alter_column(name, type_=sa.String(length=longest), existing_type=sa.Text())
    drop_all(op.get_bind().dialect)


def _change(change: Change) -> None:
    for of in SEALED:
        _rows(of.table, "id", tuple(of.columns), change)
    _rows("login_session", "cookie_digest", ("facts",), lambda facts, about: _named(facts, about, change))


def _named(facts: dict[str, Any], about: str, change: Change) -> dict[str, Any]:
    named = facts.get("name")
    return facts | {"name": change(named, f"{about}|name")} if isinstance(named, str) and named else facts


def _rows(table: str, key: str, columns: tuple[str, ...], change: Callable[[Any, str], Any]) -> None:
    of = sa.table(table, sa.column(key), *(sa.column(name, sa.JSON() if name == "facts" else sa.Text()) for name in columns))
    connection, after = op.get_bind(), ""
    changing = sa.update(of).where(of.c[key] == sa.bindparam("key")).values({name: sa.bindparam(f"new_{name}") for name in columns})
    piece = sa.select(of).order_by(of.c[key]).limit(AT_ONCE)
    while found := connection.execute(piece.where(of.c[key] > after)).mappings().all():
        after = found[-1][key]
        connection.execute(
            changing,
            [
                {"key": row[key]} | {f"new_{name}": change(row[name], f"{table}.{name}|{row[key]}") for name in columns}
                for row in found
            ],
        )


class _Portal:
    """The portal's own key, of this run alone: what a process remembers may be of a try that was undone."""

    def __init__(self) -> None:
        self._key: bytes | None = None

    def key(self) -> bytes:
        """Made where there is none. Asked for where there is something to seal: an empty database needs no secrets."""
        if self._key is None:
            connection = op.get_bind()
            vault = of_dialect(connection.dialect)
            found = connection.execute(sa.select(_KEYS.c.key_id, _KEYS.c.wrapped).where(_KEYS.c.owner == PORTAL)).first()
            self._key = vault.unwrap(PORTAL, *found) if found else secrets.token_bytes(32)
            if found is None:
                connection.execute(sa.insert(_KEYS), vault.wrap(PORTAL, self._key))
        return self._key
