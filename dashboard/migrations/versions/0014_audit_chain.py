"""The audit trail only grows: the database refuses anything else, and each row is linked to the one before"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# What may only be added to.
GROWS = ("audit", "audit_link")
REFUSED = "the audit trail only grows"


def upgrade() -> None:
    op.create_table(
        "audit_link",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("row_id", sa.String(length=36), nullable=False, unique=True),
        sa.Column("row_digest", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
    )
    op.create_table("audit_unlinked", sa.Column("row_id", sa.String(length=36), primary_key=True))
    op.execute("INSERT INTO audit_unlinked (row_id) SELECT id FROM audit")
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_is_unlinked ON audit")
        op.execute("DROP FUNCTION audit_is_unlinked")
        for table in GROWS:
            op.execute(f"DROP TRIGGER {table}_only_grows ON {table}")
            op.execute(f"DROP TRIGGER {table}_stays ON {table}")
        op.execute("DROP FUNCTION only_grows")
    else:
        op.execute("DROP TRIGGER audit_is_unlinked")
        for table in GROWS:
            for what in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{what}")
    op.drop_table("audit_unlinked")
    op.drop_table("audit_link")


def _sqlite() -> None:
    op.execute(
        "CREATE TRIGGER audit_is_unlinked AFTER INSERT ON audit "
        "BEGIN INSERT INTO audit_unlinked (row_id) VALUES (NEW.id); END"
    )
    for table in GROWS:
        for what in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )


def _postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    op.execute(
        "CREATE FUNCTION audit_is_unlinked() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO audit_unlinked (row_id) VALUES (NEW.id); RETURN NULL; END $$"
    )
    op.execute("CREATE TRIGGER audit_is_unlinked AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_unlinked()")
    for table in GROWS:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION only_grows()"
        )
        op.execute(f"CREATE TRIGGER {table}_stays BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION only_grows()")
