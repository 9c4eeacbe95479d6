"""From which browsers our own people signed in before"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_browser",
        sa.Column("person_id", sa.String(length=36), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("browser", sa.String(length=64), primary_key=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("known_browser")
