"""Requests in full: extension, pause, hand-over to schools, four eyes, recipients, search, policy, drafts"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = "closed_at IS NULL"
STATUSES = (
    "unverified",
    "received",
    "in_progress",
    "waiting_for_requester",
    "closed",
    "withdrawn",
    "expired",
    "handed_to_school",
    "closed_by_school",
)
NEW_STATUSES = (*STATUSES, "merged", "school_decided")
ROLES = ("customer", "teacher", "pupil", "parent")
RIGHTS = ("access", "rectification", "erasure", "restriction", "portability", "objection", "consent_withdrawal")
NEW_RIGHTS = (*RIGHTS, "marketing_objection", "automated_decision")
GROUNDS = (
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
)
EVENTS = (
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
)
NEW_EVENTS = (
    *EVENTS,
    "registered",
    "joined",
    "reminded",
    "reopened",
    "acknowledged",
    "assigned",
    "paused",
    "pause_ended",
    "identity_doubted",
    "identity_checked",
    "ticked",
    "approved",
    "recipient_told",
    "extended",
    "due_moved",
    "merged",
    "linked",
    "opened_by_school",
    "school_reminded",
    "school_decided",
    "executed",
    "address_changed",
    "verify_reminded",
    "rated",
    "purged",
)
MAIL_STATES = ("queued", "sent", "dead")


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def verified_only(states: tuple[str, ...]) -> str:
    return f"verified_at IS NOT NULL OR status NOT IN ({', '.join(repr(state) for state in sorted(states))})"


# The CHECKs that change: table -> name -> (before, after).
VERIFIED = ("closed", "closed_by_school", "handed_to_school", "in_progress", "received", "waiting_for_requester")
CHECKS = {
    "request_case": {
        "status": (one_of("status", STATUSES), one_of("status", NEW_STATUSES)),
        "requesterrole": (one_of("role", ROLES), one_of("role", (*ROLES, "agent"))),
        "answered_only_when_verified": (verified_only(VERIFIED), verified_only((*VERIFIED, "school_decided"))),
    },
    "case_right": {
        "right": (one_of("asked_right", RIGHTS), one_of("asked_right", NEW_RIGHTS)),
        "ground": (one_of("ground", GROUNDS), one_of("ground", (*GROUNDS, "necessary_or_consented"))),
    },
    "case_event": {"eventkind": (one_of("kind", EVENTS), one_of("kind", NEW_EVENTS))},
    "case_message": {
        "author": (one_of("author", ("requester", "staff")), one_of("author", ("requester", "staff", "school"))),
    },
    "weekly_requests": {"right": (one_of("asked_right", RIGHTS), one_of("asked_right", NEW_RIGHTS))},
    "outgoing_mail": {"mailstate": (one_of("state", MAIL_STATES), one_of("state", (*MAIL_STATES, "to_post")))},
}
NEW_COLUMNS = {
    "request_case": (
        sa.Column("subject_name", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("postal_address", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("sibling_id", sa.String(length=36), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("paused_since", sa.Date(), nullable=True),
        sa.Column("paused_days", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_board", sa.String(length=5), nullable=True),
        sa.Column("handed_brin", sa.String(length=4), nullable=True),
        sa.Column("merged_into", sa.String(length=36), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rights_bits", sa.Integer(), nullable=False, server_default="0"),
    ),
    "case_right": (
        sa.Column("evidence", sa.String(), nullable=False, server_default=""),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("wrong_field", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("right_value", sa.String(length=1000), nullable=False, server_default=""),
    ),
    "case_file": (
        sa.Column(
            "purpose",
            sa.Enum(
                "answer",
                "attachment",
                "authorisation",
                "identity",
                name="filepurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="answer",
            nullable=False,
        ),
        sa.Column("sealed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("downloaded_at", sa.DateTime(timezone=True), nullable=True),
    ),
    "mailed_link": (sa.Column("new_email", sa.String(length=254), nullable=True),),
    "person": (
        sa.Column("staff_role", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("email", sa.String(length=254), nullable=False, server_default=""),
    ),
}
NEW_INDEXES = (
    ("ix_request_case_open_due", ["due_on", "id", "rights_bits"], OPEN),
    ("ix_request_case_open_handler", ["handler_id", "due_on", "id"], OPEN),
    ("ix_request_case_open_received", ["received_on", "id", "rights_bits"], OPEN),
    ("ix_request_case_open_reference", ["reference", "id", "rights_bits"], OPEN),
    ("ix_request_case_handed", ["handed_brin", "handed_board"], None),
    ("ix_request_case_merged_into", ["merged_into"], None),
    ("ix_request_case_sibling_id", ["sibling_id"], None),
)


def upgrade() -> None:
    for table, columns in NEW_COLUMNS.items():
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                batch_op.add_column(column)
    with op.batch_alter_table("outgoing_mail") as batch_op:
        # A postal address may be longer than an e-mail address.
        batch_op.alter_column("recipient", existing_type=sa.String(length=254), type_=sa.String(length=500))
    change_checks(after=True)
    for name, indexed, where in NEW_INDEXES:
        condition = sa.text(where) if where else None
        op.create_index(name, "request_case", indexed, sqlite_where=condition, postgresql_where=condition)
    create_tables()
    fill_open_load()
    fill_rights_bits()
    fill_search_words()


def downgrade() -> None:
    for table in (
        "search_word",
        "school_key",
        "school_grant",
        "identity_doubt",
        "case_mention",
        "case_tick",
        "case_recipient",
        "case_link",
        "case_feedback",
        "request_draft",
        "policy_change",
        "open_load",
        "job_day",
    ):
        op.drop_table(table)
    for name, _, _ in NEW_INDEXES:
        op.drop_index(name, "request_case")
    forget_what_the_older_schema_lacks()
    change_checks(after=False)
    with op.batch_alter_table("outgoing_mail") as batch_op:
        batch_op.alter_column("recipient", existing_type=sa.String(length=500), type_=sa.String(length=254))
    with op.batch_alter_table("case_file") as batch_op:
        batch_op.drop_constraint("filepurpose", type_="check")
    for table, columns in NEW_COLUMNS.items():
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                batch_op.drop_column(column.name)


def of_case() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["case_id"], ["request_case.id"])


def change_checks(*, after: bool) -> None:
    for table, named in CHECKS.items():
        with op.batch_alter_table(table) as batch_op:
            for name, conditions in named.items():
                batch_op.drop_constraint(name, type_="check")
                batch_op.create_check_constraint(name, sa.text(conditions[1 if after else 0]))


def create_tables() -> None:
    op.create_table(
        "job_day",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("job"),
    )
    op.create_table(
        "open_load",
        sa.Column(
            "status",
            sa.Enum(*NEW_STATUSES, name="status", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("handler_id", sa.String(length=36), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("status", "due_on", "handler_id"),
    )
    op.create_table(
        "policy_change",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=80), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_policy_change_newest", "policy_change", ["name", "number"], unique=True)
    op.create_table(
        "request_draft",
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("visitor"),
    )
    op.create_index("ix_request_draft_updated_at", "request_draft", ["updated_at"])
    op.create_table(
        "case_feedback",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("easy", sa.Integer(), nullable=False),
        sa.Column("clear", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        of_case(),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("related", "duplicate", name="linkkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=80), nullable=False),
        of_case(),
        sa.ForeignKeyConstraint(["other_id"], ["request_case.id"]),
        sa.PrimaryKeyConstraint("case_id", "other_id"),
    )
    op.create_table(
        "case_recipient",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("recipient", sa.String(length=60), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=80), nullable=False),
        of_case(),
        sa.PrimaryKeyConstraint("case_id", "recipient"),
    )
    op.create_table(
        "case_mention",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        of_case(),
        sa.PrimaryKeyConstraint("person_id", "case_id"),
    )
    op.create_index("ix_case_mention_case_id", "case_mention", ["case_id"])
    op.create_table(
        "case_tick",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=80), nullable=False),
        of_case(),
        sa.PrimaryKeyConstraint("case_id", "step"),
    )
    op.create_table(
        "identity_doubt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=80), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        of_case(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_identity_doubt_case_id", "identity_doubt", ["case_id"])
    op.create_table(
        "school_grant",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        of_case(),
        sa.PrimaryKeyConstraint("person_id", "case_id"),
    )
    op.create_table(
        "school_key",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("code_hmac", sa.String(length=64), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        of_case(),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "search_word",
        sa.Column(
            "word", sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        of_case(),
        sa.PrimaryKeyConstraint("word", "case_id"),
    )
    op.create_index("ix_search_word_case_id", "search_word", ["case_id"])


def fill_open_load() -> None:
    op.execute(
        "INSERT INTO open_load (status, due_on, handler_id, cases) "
        "SELECT status, due_on, coalesce(handler_id, ''), count(*) FROM request_case "
        "WHERE closed_at IS NULL GROUP BY status, due_on, coalesce(handler_id, '')"
    )


def fill_rights_bits() -> None:
    case = sa.table("request_case", sa.column("id"), sa.column("rights_bits"))
    asked = sa.table("case_right", sa.column("case_id"), sa.column("asked_right"))
    bit = sa.case(*((asked.c.asked_right == right, 2**place) for place, right in enumerate(RIGHTS)), else_=0)
    total = sa.select(sa.func.coalesce(sa.func.sum(bit), 0)).where(asked.c.case_id == case.c.id).scalar_subquery()
    op.execute(case.update().values(rights_bits=total))


def fill_search_words() -> None:
    """The words of requests that were there before. As `data_requests/words.py` makes them on the day of this migration."""
    connection = op.get_bind()
    case = sa.table("request_case", sa.column("id"), sa.column("name"), sa.column("email"), sa.column("school_name"))
    word = sa.table("search_word", sa.column("word"), sa.column("case_id"))
    found = connection.execute(sa.select(case))
    for page in found.partitions(5_000):
        rows = [{"word": each, "case_id": row.id} for row in page for each in words(row.name, row.email, row.school_name)]
        if rows:
            connection.execute(word.insert(), rows)


def words(*texts: str) -> set[str]:
    found: set[str] = set()
    for text in texts:
        plain = unicodedata.normalize("NFKD", text.casefold())
        bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
        found.update(part[:120] for part in bare.split())
    return found


def forget_what_the_older_schema_lacks() -> None:
    """Going back loses what only the newer schema can hold; the cases themselves stay."""
    op.execute("UPDATE request_case SET status = 'withdrawn' WHERE status = 'merged'")
    op.execute("UPDATE request_case SET status = 'handed_to_school' WHERE status = 'school_decided'")
    op.execute("UPDATE request_case SET role = 'customer' WHERE role = 'agent'")
    op.execute("UPDATE case_message SET author = 'staff' WHERE author = 'school'")
    op.execute("UPDATE outgoing_mail SET state = 'dead' WHERE state = 'to_post'")
    op.execute("UPDATE outgoing_mail SET recipient = substr(recipient, 1, 254)")
    op.execute("UPDATE case_right SET ground = NULL WHERE ground = 'necessary_or_consented'")
    rights = sa.table("case_right", sa.column("asked_right"))
    weeks = sa.table("weekly_requests", sa.column("asked_right"))
    events = sa.table("case_event", sa.column("kind"))
    op.execute(rights.delete().where(rights.c.asked_right.not_in(RIGHTS)))
    op.execute(weeks.delete().where(weeks.c.asked_right.not_in(RIGHTS)))
    op.execute(events.delete().where(events.c.kind.not_in(EVENTS)))
