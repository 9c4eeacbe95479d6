"""Models of the agreement from the start; what changed in the register of boards and schools, and by whom; asking a provider again"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The covenant's versions, with the year of each: https://www.privacyconvenant.nl. Their texts are uploaded as documents.
MODELS = (("2.0", 2016), ("3.0", 2018), ("4.0", 2022))


def upgrade() -> None:
    models = op.create_table(
        "agreement_model",
        sa.Column("version", sa.String(10), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
    )
    op.bulk_insert(models, [{"version": version, "year": year} for version, year in MODELS])
    op.create_table(
        "register_change",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(80), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("key", sa.String(6), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("before", sa.String(200), nullable=False),
        sa.Column("after", sa.String(200), nullable=False),
    )
    op.create_index("ix_register_change_key", "register_change", ["key", "at"])
    with op.batch_alter_table("login_session") as batch:
        batch.add_column(sa.Column("renewal", sa.LargeBinary()))
        batch.add_column(sa.Column("asked_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("login_session") as batch:
        batch.drop_column("asked_at")
        batch.drop_column("renewal")
    op.drop_table("register_change")
    op.drop_table("agreement_model")
