"""Schools in full: validity of memberships, agreements with the DVO, the life of a version, notices, imports, keys, evidence"""

from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LONG_AGO = date(2010, 8, 1)
TABLES = (
    "objection",
    "board_notice",
    "subprocessor_notice",
    "subscription",
    "council_membership",
    "access_request",
    "signing_key",
    "import_run",
    "school_api_key",
)


def text(length: int) -> sa.String:
    return sa.String(length=length)


def upgrade() -> None:
    create_tables()
    change_boards()
    change_agreements()
    change_documents()
    op.create_index("ix_licence_product_slug", "licence", ["product_slug"])
    with op.batch_alter_table("outgoing_mail") as batch_op:
        batch_op.add_column(sa.Column("unsubscribe_url", text(300), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("outgoing_mail") as batch_op:
        batch_op.drop_column("unsubscribe_url")
    op.drop_index("ix_licence_product_slug", "licence")
    change_documents_back()
    change_agreements_back()
    change_boards_back()
    for table in TABLES:
        op.drop_table(table)


def change_boards() -> None:
    with op.batch_alter_table("board") as batch_op:
        batch_op.add_column(sa.Column("merged_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("contact_email", text(254), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("own_covenant", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("covenant_signed_on", sa.Date(), nullable=True))
        batch_op.create_index("ix_board_merged_into", ["merged_into"])
    connection = op.get_bind()
    board = sa.table(
        "board", sa.column("number"), sa.column("merged_into"), sa.column("merged_on", sa.Date()), sa.column("council_member")
    )
    member = sa.table("board_school", sa.column("board_number"), sa.column("valid_to", sa.Date()))
    council = sa.table(
        "council_membership", sa.column("id"), sa.column("board_number"), sa.column("council"), sa.column("valid_from", sa.Date())
    )
    found = connection.execute(sa.select(board.c.number).where(board.c.council_member == sa.true())).scalars().all()
    rows = [
        {
            "id": str(uuid5(NAMESPACE_URL, f"bijsluiter:council/{number}")),
            "board_number": number,
            "council": "unknown",
            "valid_from": LONG_AGO,
        }
        for number in found
    ]
    if rows:
        connection.execute(council.insert(), rows)
    # A merger had no day of its own: it was the day after the last school left.
    left = sa.select(board.c.number, sa.func.max(member.c.valid_to)).join(member, member.c.board_number == board.c.number)
    for number, last in connection.execute(left.where(board.c.merged_into.is_not(None)).group_by(board.c.number)).all():
        if last is not None:
            day = date.fromisoformat(str(last)) + timedelta(days=1)
            connection.execute(board.update().where(board.c.number == number).values(merged_on=day))
    with op.batch_alter_table("board") as batch_op:
        batch_op.drop_column("council_member")


def change_boards_back() -> None:
    with op.batch_alter_table("board") as batch_op:
        batch_op.add_column(sa.Column("council_member", sa.Boolean(), nullable=False, server_default=sa.false()))
    board = sa.table("board", sa.column("number"), sa.column("council_member"))
    council = sa.table("council_membership", sa.column("board_number"))
    op.execute(board.update().where(board.c.number.in_(sa.select(council.c.board_number))).values(council_member=sa.true()))
    with op.batch_alter_table("board") as batch_op:
        batch_op.drop_index("ix_board_merged_into")
        for name in ("merged_on", "contact_email", "own_covenant", "covenant_signed_on"):
            batch_op.drop_column(name)


def agreement_columns() -> list[sa.ColumnClause[Any]]:
    return [sa.column("board_number"), sa.column("model_version"), sa.column("signed_on", sa.Date())]


def change_agreements() -> None:
    """A board may have had several agreements: the table gets a key of its own. Its own signature of the covenant is the board's."""
    connection = op.get_bind()
    old = sa.table("board_agreement", *agreement_columns(), sa.column("own_covenant_signature"))
    kept = connection.execute(sa.select(old)).all()
    op.drop_table("board_agreement")
    op.create_table(
        "board_agreement",
        sa.Column("id", text(36), nullable=False),
        sa.Column("board_number", text(5), nullable=False),
        sa.Column("model_version", text(10), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "dvo_status",
            sa.Enum(
                "outside",
                "offered",
                "in_review",
                "signed",
                "refused",
                name="dvostatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("dvo_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["board_number"], ["board.number"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("board_number", "model_version"),
    )
    op.create_index("ix_board_agreement_board_number", "board_agreement", ["board_number"])
    new = sa.table("board_agreement", sa.column("id"), *agreement_columns(), sa.column("dvo_status"))
    board = sa.table("board", sa.column("number"), sa.column("own_covenant"), sa.column("covenant_signed_on", sa.Date()))
    for row in kept:
        connection.execute(
            new.insert().values(
                id=str(uuid5(NAMESPACE_URL, f"bijsluiter:agreement/{row.board_number}")),
                board_number=row.board_number,
                model_version=row.model_version,
                signed_on=row.signed_on,
                dvo_status="outside",
            )
        )
        if row.own_covenant_signature:
            mine = board.update().where(board.c.number == row.board_number)
            connection.execute(mine.values(own_covenant=sa.true()))


def change_agreements_back() -> None:
    """The older schema holds one agreement for each board: the one signed last."""
    connection = op.get_bind()
    new = sa.table("board_agreement", *agreement_columns())
    board = sa.table("board", sa.column("number"), sa.column("own_covenant"))
    signers = set(connection.execute(sa.select(board.c.number).where(board.c.own_covenant == sa.true())).scalars())
    kept = {
        row.board_number: row
        for row in sorted(connection.execute(sa.select(new)).all(), key=lambda row: str(row.signed_on or ""))
    }
    op.drop_table("board_agreement")
    op.create_table(
        "board_agreement",
        sa.Column("board_number", text(5), nullable=False),
        sa.Column("model_version", text(10), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("own_covenant_signature", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["board_number"], ["board.number"]),
        sa.PrimaryKeyConstraint("board_number"),
    )
    old = sa.table("board_agreement", *agreement_columns(), sa.column("own_covenant_signature", sa.Boolean()))
    for number, row in kept.items():
        connection.execute(
            old.insert().values(
                board_number=number,
                model_version=row.model_version,
                signed_on=row.signed_on,
                own_covenant_signature=number in signers,
            )
        )


VERSION_COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("review_on", sa.Date(), nullable=True),
    sa.Column("deviates_from_model", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("deviation_reason", text(2000), nullable=False, server_default=""),
    sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("countries", text(120), nullable=False, server_default=""),
    sa.Column("biv", text(3), nullable=False, server_default=""),
    sa.Column("edition", sa.Integer(), nullable=False, server_default="1"),
    sa.Column("drafted_by", text(80), nullable=True),
    sa.Column("drafted_name", text(200), nullable=False, server_default=""),
    sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("approved_by", text(80), nullable=True),
    sa.Column("approved_name", text(200), nullable=False, server_default=""),
    sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("withdrawn_reason", text(500), nullable=False, server_default=""),
)
VIA = "via IN ({})"


def via(*values: str) -> str:
    return VIA.format(", ".join(repr(value) for value in values))


def change_documents() -> None:
    with op.batch_alter_table("document_kind") as batch_op:
        batch_op.add_column(sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column(
                "structure",
                sa.Enum("privacy", "security", "changes", name="structure", native_enum=False, create_constraint=True, length=40),
                nullable=True,
            )
        )
    kind = sa.table("document_kind", sa.column("key"), sa.column("structure"), sa.column("locked"))
    for key, structure in (("annex_1", "privacy"), ("annex_2", "security"), ("annex_3", "changes")):
        op.execute(kind.update().where(kind.c.key == key).values(structure=structure))
    op.execute(kind.update().where(kind.c.key == "processing_agreement").values(locked=sa.true()))
    with op.batch_alter_table("document_version") as batch_op:
        for column in VERSION_COLUMNS:
            batch_op.add_column(column)
        batch_op.create_index("ix_document_version_sha256", ["sha256"])
        batch_op.create_check_constraint("approved_has_a_file", "state = 'draft' OR sha256 <> ''")
        batch_op.create_check_constraint("four_eyes", "approved_by IS NULL OR drafted_by IS NULL OR approved_by <> drafted_by")
    with op.batch_alter_table("document_download") as batch_op:
        batch_op.add_column(sa.Column("key_id", text(36), nullable=True))
        batch_op.alter_column("person_id", existing_type=text(36), nullable=True)
        batch_op.create_index("ix_document_download_version", ["version_id", "scope"])
        batch_op.create_foreign_key("document_download_key_id_fkey", "school_api_key", ["key_id"], ["id"])
        batch_op.drop_constraint("via", type_="check")
        batch_op.create_check_constraint("via", via("view", "pdf", "zip", "api"))
        batch_op.create_check_constraint("taken_by_one", "(person_id IS NULL) <> (key_id IS NULL)")


def change_documents_back() -> None:
    op.execute("DELETE FROM document_download WHERE person_id IS NULL")
    with op.batch_alter_table("document_download") as batch_op:
        batch_op.drop_constraint("taken_by_one", type_="check")
        batch_op.drop_constraint("via", type_="check")
        batch_op.create_check_constraint("via", via("view", "pdf", "zip"))
        batch_op.drop_constraint("document_download_key_id_fkey", type_="foreignkey")
        batch_op.drop_index("ix_document_download_version")
        batch_op.alter_column("person_id", existing_type=text(36), nullable=False)
        batch_op.drop_column("key_id")
    with op.batch_alter_table("document_version") as batch_op:
        batch_op.drop_constraint("approved_has_a_file", type_="check")
        batch_op.drop_constraint("four_eyes", type_="check")
        batch_op.drop_index("ix_document_version_sha256")
        for column in VERSION_COLUMNS:
            batch_op.drop_column(column.name)
    with op.batch_alter_table("document_kind") as batch_op:
        batch_op.drop_constraint("structure", type_="check")
        batch_op.drop_column("structure")
        batch_op.drop_column("locked")


def create_tables() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "schools",
                "mergers",
                "councils",
                "licences",
                "agreements",
                name="importkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=80), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("result_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_import_run_at", "import_run", ["at"], unique=False)

    op.create_table(
        "signing_key",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.create_table(
        "access_request",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column(
            "provider",
            sa.Enum(
                "entree",
                "surfconext",
                "entra",
                "google",
                "publisher",
                name="providerkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "language", sa.Enum("nl", "en", name="language", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "approved", "refused", name="accessstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_access_request_at", "access_request", ["at"], unique=False)
    op.create_index("ix_access_request_person_id", "access_request", ["person_id"], unique=False)

    op.create_table(
        "council_membership",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("board_number", sa.String(length=5), nullable=False),
        sa.Column(
            "council",
            sa.Enum(
                "po_raad", "vo_raad", "mbo_raad", "unknown", name="council", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["board_number"],
            ["board.number"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("board_number", "council", "valid_from"),
    )
    op.create_index("ix_council_membership_board_number", "council_membership", ["board_number"], unique=False)

    op.create_table(
        "school_api_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "use", sa.Enum("api", "feed", name="keyuse", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("begins_with", sa.String(length=12), nullable=False),
        sa.Column("board_number", sa.String(length=5), nullable=True),
        sa.Column("brin", sa.String(length=4), nullable=True),
        sa.Column("location", sa.String(length=6), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["board_number"],
            ["board.number"],
        ),
        sa.ForeignKeyConstraint(
            ["brin"],
            ["school.brin"],
        ),
        sa.ForeignKeyConstraint(
            ["location"],
            ["location.code"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_school_api_key_board_number", "school_api_key", ["board_number"], unique=False)
    op.create_index("ix_school_api_key_brin", "school_api_key", ["brin"], unique=False)
    op.create_index("ix_school_api_key_location", "school_api_key", ["location"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=6), nullable=False),
        sa.Column("board_number", sa.String(length=5), nullable=True),
        sa.Column("brin", sa.String(length=4), nullable=True),
        sa.Column("location", sa.String(length=6), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "language", sa.Enum("nl", "en", name="language", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column(
            "frequency",
            sa.Enum("at_once", "weekly", name="frequency", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["board_number"],
            ["board.number"],
        ),
        sa.ForeignKeyConstraint(
            ["brin"],
            ["school.brin"],
        ),
        sa.ForeignKeyConstraint(
            ["location"],
            ["location.code"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "scope"),
    )
    op.create_index("ix_subscription_due", "subscription", ["frequency", "told_until"], unique=False)
    op.create_index("ix_subscription_token_digest", "subscription", ["token_digest"], unique=False)

    op.create_table(
        "subprocessor_notice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version_id", sa.String(length=36), nullable=False),
        sa.Column("product_slug", sa.String(length=60), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_slug"],
            ["product.slug"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["document_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version_id"),
    )
    op.create_index("ix_subprocessor_notice_product_slug", "subprocessor_notice", ["product_slug"], unique=False)

    op.create_table(
        "board_notice",
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("board_number", sa.String(length=5), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("object_until", sa.Date(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["board_number"],
            ["board.number"],
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["subprocessor_notice.id"],
        ),
        sa.PrimaryKeyConstraint("notice_id", "board_number"),
    )
    op.create_index("ix_board_notice_board_number", "board_notice", ["board_number"], unique=False)

    op.create_table(
        "objection",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("board_number", sa.String(length=5), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "language", sa.Enum("nl", "en", name="language", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("body", sa.String(length=5000), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "upheld", "explained", "rejected", name="objectionoutcome", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.String(length=5000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_has_an_outcome"),
        sa.ForeignKeyConstraint(
            ["board_number"],
            ["board.number"],
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["subprocessor_notice.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("notice_id", "board_number"),
    )
    op.create_index("ix_objection_board_number", "objection", ["board_number"], unique=False)
