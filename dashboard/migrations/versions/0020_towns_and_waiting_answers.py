"""Towns of locations, the words that schools are found by while somebody types, and answers that wait a minute"""

import sqlalchemy as sa
from alembic import op

from dashboard.accounts.finding import sought

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

AT_ONCE = 1_000
KEYS = {"school": "brin", "location": "code"}


def upgrade() -> None:
    with op.batch_alter_table("school") as batch:
        batch.add_column(sa.Column("sought", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("location") as batch:
        batch.add_column(sa.Column("town", sa.String(length=80), nullable=False, server_default=""))
        batch.add_column(sa.Column("sought", sa.Text(), nullable=False, server_default=""))
    for name, key in KEYS.items():
        _fill(sa.table(name, sa.column(key), sa.column("name"), sa.column("sought")), key)
    _waiting()


def _waiting() -> None:
    op.create_table(
        "waiting_answer",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.String(length=80), nullable=False),
        sa.Column("by_role", sa.String(length=40), nullable=False),
        sa.Column("problem", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["request_case.id"], name=op.f("fk_waiting_answer_case_id_request_case")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_waiting_answer")),
    )
    op.create_index(op.f("ix_waiting_answer_send_at"), "waiting_answer", ["send_at"], unique=False)


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM waiting_answer WHERE send_at IS NOT NULL")).first():
        raise RuntimeError("an answer is on its way: let the worker send it first, or take it back")
    op.drop_index(op.f("ix_waiting_answer_send_at"), table_name="waiting_answer")
    op.drop_table("waiting_answer")
    with op.batch_alter_table("location") as batch:
        batch.drop_column("sought")
        batch.drop_column("town")
    with op.batch_alter_table("school") as batch:
        batch.drop_column("sought")


def _fill(of: sa.TableClause, key: str) -> None:
    connection, after = op.get_bind(), ""
    filling = sa.update(of).where(of.c[key] == sa.bindparam("key")).values(sought=sa.bindparam("words"))
    piece = sa.select(of.c[key], of.c.name).order_by(of.c[key]).limit(AT_ONCE)
    while found := connection.execute(piece.where(of.c[key] > after)).all():
        after = found[-1][0]
        connection.execute(filling, [{"key": code, "words": sought(code, name)} for code, name in found])
