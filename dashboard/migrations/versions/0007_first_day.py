"""Kinds of document from the start; the sector of a location; lists of boards; boards that are known to be in no council"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = (
    ("processing_agreement", "Verwerkersovereenkomst", "Processing agreement", 0, False, True, None),
    ("annex_1", "Bijlage 1 Privacybijsluiter", "Annex 1 Privacy annex", 1, True, False, "privacy"),
    ("annex_2", "Bijlage 2 Beveiligingsbijlage", "Annex 2 Security annex", 2, True, False, "security"),
    ("annex_3", "Bijlage 3 Wijzigingsbijlage", "Annex 3 Change annex", 3, False, False, "changes"),
)
COUNCILS = ("po_raad", "vo_raad", "mbo_raad", "unknown")
IMPORTS = ("schools", "mergers", "councils", "licences", "agreements")


def upgrade() -> None:
    insert_kinds()
    with op.batch_alter_table("location") as batch:
        sector = sa.Enum("po", "vo", "vso", "mbo", name="sector", native_enum=False, create_constraint=True, length=40)
        batch.add_column(sa.Column("sector", sector))
    choices("council_membership", "council", (*COUNCILS, "none"))
    choices("import_run", "importkind", (*IMPORTS, "boards"), column="kind")


def downgrade() -> None:
    op.execute("DELETE FROM import_run WHERE kind = 'boards'")
    op.execute("DELETE FROM council_membership WHERE council = 'none'")
    choices("import_run", "importkind", IMPORTS, column="kind")
    choices("council_membership", "council", COUNCILS)
    with op.batch_alter_table("location") as batch:
        batch.drop_constraint("sector", type_="check")
        batch.drop_column("sector")
    unused = "key NOT IN (SELECT kind FROM document)"
    op.execute(f"DELETE FROM document_kind WHERE {unused}")


def insert_kinds() -> None:
    """What an earlier release got from its samples stays as it is."""
    table = sa.table(
        "document_kind",
        *(sa.column(name) for name in ("key", "name_nl", "name_en", "position", "expected", "locked", "structure")),
    )
    there = set(op.get_bind().execute(sa.select(table.c.key)).scalars())
    names = ("key", "name_nl", "name_en", "position", "expected", "locked", "structure")
    rows = [dict(zip(names, kind)) for kind in KINDS if kind[0] not in there]
    if rows:
        op.bulk_insert(table, rows)


def choices(table: str, name: str, values: tuple[str, ...], column: str = "") -> None:
    """Another set of values for a text column that a CHECK holds."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(name, type_="check")
        listed = ", ".join(f"'{value}'" for value in sorted(values))
        batch.create_check_constraint(name, f"{column or name} IN ({listed})")
