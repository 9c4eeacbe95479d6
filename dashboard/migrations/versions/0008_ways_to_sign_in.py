"""Sign-ins on their way; which claim of an organisation means staff; which school somebody of several looks at"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_start",
        sa.Column("state_digest", sa.String(64), primary_key=True),
        sa.Column("browser_digest", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("wanted", sa.String(1000), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_sign_in_start_browser_digest", "sign_in_start", ["browser_digest"])
    op.create_index("ix_sign_in_start_started_at", "sign_in_start", ["started_at"])
    with op.batch_alter_table("organisation_mapping") as batch:
        batch.add_column(sa.Column("staff_claim", sa.String(80), nullable=False, server_default=""))
        batch.add_column(sa.Column("staff_value", sa.String(200), nullable=False, server_default=""))
    with op.batch_alter_table("login_session") as batch:
        batch.add_column(sa.Column("chosen", sa.String(6), nullable=False, server_default=""))
        batch.add_column(sa.Column("sid", sa.String(200), nullable=False, server_default=""))
        batch.create_index("ix_login_session_sid", ["sid"])


def downgrade() -> None:
    with op.batch_alter_table("login_session") as batch:
        batch.drop_index("ix_login_session_sid")
        batch.drop_column("sid")
        batch.drop_column("chosen")
    with op.batch_alter_table("organisation_mapping") as batch:
        batch.drop_column("staff_value")
        batch.drop_column("staff_claim")
    op.drop_table("sign_in_start")
