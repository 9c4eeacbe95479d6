"""Rows of the audit trail may go with the request that they are about, and with nothing else; the trail is read by who did it"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

REFUSED = "the audit trail only grows"
# What was said to go, of a request that is forgotten.
ALLOWED = "EXISTS (SELECT 1 FROM audit_purged WHERE row_id = OLD.id)"


def upgrade() -> None:
    op.create_table(
        "audit_purged",
        sa.Column("row_id", sa.String(length=36), primary_key=True),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_audit_actor", "audit", ["actor_id", "at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE OR REPLACE FUNCTION audit_goes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {ALLOWED} THEN RETURN OLD; END IF; RAISE EXCEPTION '{REFUSED}'; END $$"
        )
        op.execute("DROP TRIGGER audit_only_grows ON audit")
        op.execute("CREATE TRIGGER audit_only_grows BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION only_grows()")
        op.execute("CREATE TRIGGER audit_goes BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_goes()")
        op.execute(
            "CREATE TRIGGER audit_purged_only_grows BEFORE UPDATE OR DELETE ON audit_purged FOR EACH ROW EXECUTE FUNCTION only_grows()"
        )
        op.execute(
            "CREATE TRIGGER audit_purged_stays BEFORE TRUNCATE ON audit_purged FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
        )
    else:
        op.execute("DROP TRIGGER audit_no_delete")
        op.execute(
            f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN NOT {ALLOWED} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )
        for what in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER audit_purged_no_{what} BEFORE {what.upper()} ON audit_purged "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_goes ON audit")
        op.execute("DROP FUNCTION audit_goes")
        op.execute("DROP TRIGGER audit_only_grows ON audit")
        op.execute("CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION only_grows()")
        op.execute("DROP TRIGGER audit_purged_only_grows ON audit_purged")
        op.execute("DROP TRIGGER audit_purged_stays ON audit_purged")
    else:
        for what in ("update", "delete"):
            op.execute(f"DROP TRIGGER audit_purged_no_{what}")
        op.execute("DROP TRIGGER audit_no_delete")
        op.execute(f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END")
    op.drop_index("ix_audit_actor", "audit")
    op.drop_table("audit_purged")
