"""What staff watch, counted by day: filled from the event log by `bijsluiter insight rebuild`"""

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


def downgrade() -> None:
    op.drop_table("fact_day")
