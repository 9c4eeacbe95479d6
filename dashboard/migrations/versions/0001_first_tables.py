"""First tables"""

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_role", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_audit_subject_id"), ["subject_id"], unique=False
        )

    op.create_table(
        "board",
        sa.Column("number", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("council_member", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.String(length=5), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"],
            ["board.number"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "code_tries",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "document_kind",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name_nl", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "nl",
                "en",
                name="language",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(length=None), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "dead",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_failure", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outgoing_mail_case_id"), ["case_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_outgoing_mail_created_at"), ["created_at"], unique=False
        )
        batch_op.create_index(
            "ix_outgoing_mail_due", ["state", "next_try_at"], unique=False
        )

    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_table(
        "product",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("slug"),
    )
    op.create_table(
        "request_case",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("code_hmac", sa.String(length=64), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "unverified",
                "received",
                "in_progress",
                "waiting_for_requester",
                "closed",
                "withdrawn",
                "expired",
                "handed_to_school",
                "closed_by_school",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "role",
            sa.Enum(
                "customer",
                "teacher",
                "pupil",
                "parent",
                name="requesterrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "subject",
            sa.Enum(
                "own_records",
                "learning_material",
                name="subject",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "form",
                "letter",
                "phone",
                "mail",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "language",
            sa.Enum(
                "nl",
                "en",
                name="language",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("school_name", sa.String(length=200), nullable=False),
        sa.Column("explanation", sa.String(length=None), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handler_id", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "verified_at IS NOT NULL OR status NOT IN ('closed', 'closed_by_school', 'handed_to_school', 'in_progress', 'received', 'waiting_for_requester')",
            name="answered_only_when_verified",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
        sa.UniqueConstraint("submission"),
    )
    with op.batch_alter_table("request_case", schema=None) as batch_op:
        batch_op.create_index("ix_request_case_due", ["due_on", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_request_case_email"), ["email"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_request_case_handler_id"), ["handler_id"], unique=False
        )
        batch_op.create_index(
            "ix_request_case_queue", ["status", "due_on", "id"], unique=False
        )
        batch_op.create_index(
            "ix_request_case_received", ["received_on", "id"], unique=False
        )

    op.create_table(
        "school",
        sa.Column("brin", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "po",
                "vo",
                "vso",
                "mbo",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("brin"),
    )
    op.create_table(
        "weekly_requests",
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column(
            "asked_right",
            sa.Enum(
                "access",
                "rectification",
                "erasure",
                "restriction",
                "portability",
                "objection",
                "consent_withdrawal",
                name="right",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("monday", "asked_right"),
    )
    op.create_table(
        "board_agreement",
        sa.Column("board_number", sa.String(length=5), nullable=False),
        sa.Column("model_version", sa.String(length=10), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("own_covenant_signature", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_number"],
            ["board.number"],
        ),
        sa.PrimaryKeyConstraint("board_number"),
    )
    op.create_table(
        "board_school",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("board_number", sa.String(length=5), nullable=False),
        sa.Column("brin", sa.String(length=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["board_number"],
            ["board.number"],
        ),
        sa.ForeignKeyConstraint(
            ["brin"],
            ["school.brin"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("board_school", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_board_school_board_number"), ["board_number"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_board_school_brin"), ["brin"], unique=False
        )

    op.create_table(
        "case_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "submitted",
                "verified",
                "expired",
                "withdrawn",
                "taken",
                "asked",
                "replied",
                "informed",
                "noted",
                "decided",
                "attached",
                "closed",
                "handed_over",
                "closed_by_school",
                "answer_downloaded",
                "code_resent",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_role", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.String(length=80), nullable=False),
        sa.Column("from_status", sa.String(length=40), nullable=True),
        sa.Column("to_status", sa.String(length=40), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["request_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "number"),
    )
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_event_at"), ["at"], unique=False)

    op.create_table(
        "case_file",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["request_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_file_case_id"), ["case_id"], unique=False
        )

    op.create_table(
        "case_grant",
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["request_case.id"],
        ),
        sa.PrimaryKeyConstraint("visitor"),
    )
    with op.batch_alter_table("case_grant", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_grant_case_id"), ["case_id"], unique=False
        )

    op.create_table(
        "case_message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "author",
            sa.Enum(
                "requester",
                "staff",
                name="author",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.String(length=80), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "requester",
                "internal",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.String(length=None), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["request_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_message_case_id"), ["case_id"], unique=False
        )

    op.create_table(
        "case_right",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column(
            "asked_right",
            sa.Enum(
                "access",
                "rectification",
                "erasure",
                "restriction",
                "portability",
                "objection",
                "consent_withdrawal",
                name="right",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "granted",
                "partly",
                "refused",
                "not_applicable",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "rights_of_others",
                "expression",
                "legal_duty",
                "public_health",
                "archive",
                "legal_claims",
                "compelling_grounds",
                "no_consent_or_contract",
                "not_automated",
                "manifestly_unfounded",
                "statutory_exception",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=None), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["request_case.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "asked_right"),
    )
    with op.batch_alter_table("case_right", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_right_asked_right"), ["asked_right"], unique=False
        )

    op.create_table(
        "document",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("product_slug", sa.String(length=60), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "po",
                "vo",
                "vso",
                "mbo",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["kind"],
            ["document_kind.key"],
        ),
        sa.ForeignKeyConstraint(
            ["product_slug"],
            ["product.slug"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_slug", "kind", "sector"),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_product_slug"), ["product_slug"], unique=False
        )

    op.create_table(
        "location",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("brin", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["brin"],
            ["school.brin"],
        ),
        sa.PrimaryKeyConstraint("code"),
    )
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_location_brin"), ["brin"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("cookie_digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("cookie_digest"),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_login_session_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "mailed_link",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["request_case.id"],
        ),
        sa.PrimaryKeyConstraint("token_digest"),
    )
    with op.batch_alter_table("mailed_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mailed_link_case_id"), ["case_id"], unique=False
        )

    op.create_table(
        "organisation_mapping",
        sa.Column("id", sa.String(length=36), nullable=False),
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
        sa.Column("board_number", sa.String(length=5), nullable=True),
        sa.Column("brin", sa.String(length=4), nullable=True),
        sa.CheckConstraint(
            "(board_number IS NULL) <> (brin IS NULL)", name="board_or_school"
        ),
        sa.ForeignKeyConstraint(
            ["board_number"],
            ["board.number"],
        ),
        sa.ForeignKeyConstraint(
            ["brin"],
            ["school.brin"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "key", "value"),
    )
    op.create_table(
        "document_version",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("model_version", sa.String(length=10), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "approved",
                name="versionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("changes_nl", sa.String(length=None), nullable=False),
        sa.Column("changes_en", sa.String(length=None), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("document_id", "version"),
    )
    with op.batch_alter_table("document_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_version_document_id"), ["document_id"], unique=False
        )

    op.create_table(
        "licence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("product_slug", sa.String(length=60), nullable=False),
        sa.Column("board_number", sa.String(length=5), nullable=True),
        sa.Column("brin", sa.String(length=4), nullable=True),
        sa.Column("location", sa.String(length=6), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN board_number IS NULL THEN 0 ELSE 1 END) + (CASE WHEN brin IS NULL THEN 0 ELSE 1 END) + (CASE WHEN location IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_holder",
        ),
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
            ["product_slug"],
            ["product.slug"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("licence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_licence_board_number"), ["board_number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_licence_brin"), ["brin"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_licence_location"), ["location"], unique=False
        )

    op.create_table(
        "document_download",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=6), nullable=False),
        sa.Column("version_id", sa.String(length=36), nullable=False),
        sa.Column(
            "via",
            sa.Enum(
                "view",
                "pdf",
                "zip",
                name="via",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["document_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("document_download", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_download_scope"), ["scope"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("document_download", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_download_scope"))

    op.drop_table("document_download")
    with op.batch_alter_table("licence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_licence_location"))
        batch_op.drop_index(batch_op.f("ix_licence_brin"))
        batch_op.drop_index(batch_op.f("ix_licence_board_number"))

    op.drop_table("licence")
    with op.batch_alter_table("document_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_version_document_id"))

    op.drop_table("document_version")
    op.drop_table("organisation_mapping")
    with op.batch_alter_table("mailed_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailed_link_case_id"))

    op.drop_table("mailed_link")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_person_id"))

    op.drop_table("login_session")
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_location_brin"))

    op.drop_table("location")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_product_slug"))

    op.drop_table("document")
    with op.batch_alter_table("case_right", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_right_asked_right"))

    op.drop_table("case_right")
    with op.batch_alter_table("case_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_message_case_id"))

    op.drop_table("case_message")
    with op.batch_alter_table("case_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_grant_case_id"))

    op.drop_table("case_grant")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_file_case_id"))

    op.drop_table("case_file")
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_event_at"))

    op.drop_table("case_event")
    with op.batch_alter_table("board_school", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_board_school_brin"))
        batch_op.drop_index(batch_op.f("ix_board_school_board_number"))

    op.drop_table("board_school")
    op.drop_table("board_agreement")
    op.drop_table("weekly_requests")
    op.drop_table("school")
    with op.batch_alter_table("request_case", schema=None) as batch_op:
        batch_op.drop_index("ix_request_case_received")
        batch_op.drop_index("ix_request_case_queue")
        batch_op.drop_index(batch_op.f("ix_request_case_handler_id"))
        batch_op.drop_index(batch_op.f("ix_request_case_email"))
        batch_op.drop_index("ix_request_case_due")

    op.drop_table("request_case")
    op.drop_table("product")
    op.drop_table("person")
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_outgoing_mail_due")
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_created_at"))
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_case_id"))

    op.drop_table("outgoing_mail")
    op.drop_table("document_kind")
    op.drop_table("code_tries")
    op.drop_table("board")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_subject_id"))
        batch_op.drop_index(batch_op.f("ix_audit_at"))

    op.drop_table("audit")
