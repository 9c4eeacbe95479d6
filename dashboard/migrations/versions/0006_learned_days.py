"""When it was learned which days a licence, a membership or a merger has; when a version was withdrawn; work that fails"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is there already was always known: it has no row here.
    op.create_table(
        "learned_days",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "of",
            sa.Enum("licence", "board_school", "board", name="dated", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("row_id", sa.String(36), nullable=False),
        sa.Column("was_there", sa.Boolean(), nullable=False),
        sa.Column("was_from", sa.Date()),
        sa.Column("was_to", sa.Date()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
    )
    op.create_index("ix_learned_days_row", "learned_days", ["of", "row_id"])
    op.create_table(
        "job_fault",
        sa.Column("job", sa.String(40), primary_key=True),
        sa.Column("thing", sa.String(80), primary_key=True),
        sa.Column("fault", sa.String(80), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
    )
    with op.batch_alter_table("document_version") as batch:
        batch.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("document_version") as batch:
        batch.drop_column("withdrawn_at")
    op.drop_table("job_fault")
    op.drop_table("learned_days")
