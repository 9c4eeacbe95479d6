"""What staff watch, counted by day: filled from the event log by `bijsluiter insight rebuild`; marks of secrets"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FACTS = (
    "received", "verified", "ended", "reopened", "answered", "answered_net", "within", "outcome", "ground", "extended", "paused",
    "stood_still", "first_reply", "handed", "stage", "easy", "clear", "late_told",
)  # fmt: skip
RIGHTS = (
    "access", "rectification", "erasure", "restriction", "portability", "objection", "marketing_objection", "automated_decision",
    "consent_withdrawal",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "fact_day",
        sa.Column("fact", sa.Enum(*FACTS, name="fact", native_enum=False, create_constraint=True, length=40), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("asked_right", sa.String(40), primary_key=True),
        sa.Column("role", sa.String(40), primary_key=True),
        sa.Column("channel", sa.String(40), primary_key=True),
        sa.Column("detail", sa.String(60), primary_key=True),
        sa.Column("value", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("cases", sa.Integer(), nullable=False),
    )
    op.create_table(
        "secret_mark", sa.Column("name", sa.String(40), primary_key=True), sa.Column("mark", sa.String(64), nullable=False)
    )
    # Its numbers are among the new ones, by day.
    op.drop_table("weekly_requests")


def downgrade() -> None:
    weeks = op.create_table(
        "weekly_requests",
        sa.Column("monday", sa.Date(), primary_key=True),
        sa.Column(
            "asked_right", sa.Enum(*RIGHTS, name="right", native_enum=False, create_constraint=True, length=40), primary_key=True
        ),
        sa.Column("requests", sa.Integer(), nullable=False),
    )
    facts = sa.table("fact_day", *(sa.column(name) for name in ("fact", "asked_right", "cases")), sa.column("day", sa.Date()))
    found: dict[tuple[object, str], int] = {}
    for day, right, cases in op.get_bind().execute(
        sa.select(facts.c.day, facts.c.asked_right, facts.c.cases).where(facts.c.fact == "received", facts.c.asked_right != "")
    ):
        key = (day - timedelta(days=day.weekday()), right)
        found[key] = found.get(key, 0) + cases
    if found:
        op.bulk_insert(weeks, [{"monday": monday, "asked_right": right, "requests": n} for (monday, right), n in found.items()])
    op.drop_table("secret_mark")
    op.drop_table("fact_day")
