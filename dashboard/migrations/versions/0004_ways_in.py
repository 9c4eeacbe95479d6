"""Ways into a case: a short code beside a mailed link, and whether using it proves the address"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mailed_link") as batch_op:
        batch_op.add_column(sa.Column("code_hmac", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("proves_address", sa.Boolean(), nullable=False, server_default=sa.true()))
    # A grant names the cookie of an opening now, which no browser has yet.
    op.execute(sa.text("DELETE FROM case_grant"))


def downgrade() -> None:
    # Without the column a ticket of a code would be taken for a mail that somebody read.
    op.execute(sa.text("DELETE FROM mailed_link WHERE proves_address = false"))
    with op.batch_alter_table("mailed_link") as batch_op:
        batch_op.drop_column("proves_address")
        batch_op.drop_column("code_hmac")
