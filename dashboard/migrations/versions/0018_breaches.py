"""The register of personal data breaches"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breach",
        sa.Column("id", sa.String(length=36), primary_key=True),
        sa.Column("number", sa.String(length=12), nullable=False, unique=True),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=36), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column(
            "risk",
            sa.Enum("unknown", "unlikely", "risk", "high", name="risk", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("traced_who", sa.String(length=80), nullable=False),
        sa.Column("traced_from", sa.Date(), nullable=True),
        sa.Column("traced_to", sa.Date(), nullable=True),
        sa.Column("authority_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authority_why", sa.Text(), nullable=False),
        sa.Column("people_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people_why", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "breach_case",
        sa.Column("breach_id", sa.String(length=36), sa.ForeignKey("breach.id"), primary_key=True),
        sa.Column("case_id", sa.String(length=36), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("breach_case")
    op.drop_table("breach")
