"""Indexes for what jobs look for among a million requests; counts by day in the order in which they are asked"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEPT, THERE = "purged_at IS NULL", "deleted_at IS NULL"
FACTS = (
    "received", "verified", "ended", "reopened", "answered", "answered_net", "within", "outcome", "ground", "extended", "paused",
    "stood_still", "first_reply", "handed", "stage", "easy", "clear", "late_told",
)  # fmt: skip
NEW = ("fact", "asked_right", "day", "role", "channel", "detail", "value")
OLD = ("fact", "day", "asked_right", "role", "channel", "detail", "value")


def upgrade() -> None:
    op.create_index(
        "ix_request_case_kept",
        "request_case",
        ["status", "closed_at"],
        sqlite_where=sa.text(KEPT),
        postgresql_where=sa.text(KEPT),
    )
    op.create_index("ix_case_file_there", "case_file", ["purpose"], sqlite_where=sa.text(THERE), postgresql_where=sa.text(THERE))
    _keyed_by(NEW)


def downgrade() -> None:
    _keyed_by(OLD)
    op.drop_index("ix_case_file_there", "case_file")
    op.drop_index("ix_request_case_kept", "request_case")


def _keyed_by(key: tuple[str, ...]) -> None:
    """The same rows under a key in another order: most questions are about all rights together, for a run of days."""
    columns: dict[str, Any] = {
        "fact": sa.Enum(*FACTS, name="fact", native_enum=False, create_constraint=True, length=40),
        "asked_right": sa.String(40),
        "day": sa.Date(),
        "role": sa.String(40),
        "channel": sa.String(40),
        "detail": sa.String(60),
        "value": sa.Integer(),
    }
    op.rename_table("fact_day", "fact_day_before")
    if op.get_bind().dialect.name == "postgresql":
        # The names of what belongs to a table aren't renamed with it.
        op.execute("ALTER TABLE fact_day_before DROP CONSTRAINT fact_day_pkey")
    op.create_table(
        "fact_day",
        *(sa.Column(name, columns[name], primary_key=True, autoincrement=False) for name in key),
        sa.Column("cases", sa.Integer(), nullable=False),
    )
    named = ", ".join((*key, "cases"))
    op.execute(f"INSERT INTO fact_day ({named}) SELECT {named} FROM fact_day_before")  # noqa: S608  our own names
    op.drop_table("fact_day_before")
