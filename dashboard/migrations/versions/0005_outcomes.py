"""Outcomes as the law has them: more grounds, how a board stands in law, what a school may do with a request, the day of an answer"""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

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
    "necessary_or_consented",
    "manifestly_unfounded",
    "statutory_exception",
)
NEW_GROUNDS = (
    "no_ground_to_erase",
    "data_is_right",
    "no_ground_to_restrict",
    "cannot_identify",
    "excessive",
    "no_data",
    "no_such_decision",
)


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
    "merged",
    "school_decided",
)
VERIFIED = (
    "closed",
    "closed_by_school",
    "handed_to_school",
    "in_progress",
    "received",
    "school_decided",
    "waiting_for_requester",
)
EVENTS = (
    "submitted",
    "registered",
    "verified",
    "expired",
    "joined",
    "withdrawn",
    "replied",
    "reminded",
    "reopened",
    "acknowledged",
    "taken",
    "assigned",
    "asked",
    "paused",
    "pause_ended",
    "identity_doubted",
    "identity_checked",
    "informed",
    "noted",
    "ticked",
    "decided",
    "approved",
    "recipient_told",
    "attached",
    "extended",
    "due_moved",
    "closed",
    "merged",
    "linked",
    "handed_over",
    "opened_by_school",
    "school_reminded",
    "school_decided",
    "closed_by_school",
    "executed",
    "answer_downloaded",
    "code_resent",
    "address_changed",
    "verify_reminded",
    "rated",
    "purged",
)
NEW_EVENTS = ("taken_back", "wait_reminded", "wait_ended", "late_told", "recognised", "fee_announced")


def verified_only(states: tuple[str, ...]) -> str:
    return f"verified_at IS NOT NULL OR status NOT IN ({', '.join(repr(state) for state in sorted(states))})"


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


# The CHECKs that change: table -> name -> (before, after).
CHECKS = {
    "case_right": {"ground": (one_of("ground", GROUNDS), one_of("ground", (*GROUNDS, *NEW_GROUNDS)))},
    "case_event": {"eventkind": (one_of("kind", EVENTS), one_of("kind", (*EVENTS, *NEW_EVENTS)))},
    "request_case": {
        "status": (one_of("status", STATUSES), one_of("status", (*STATUSES, "school_asked"))),
        "answered_only_when_verified": (verified_only(VERIFIED), verified_only((*VERIFIED, "school_asked"))),
    },
    "open_load": {"status": (one_of("status", STATUSES), one_of("status", (*STATUSES, "school_asked")))},
}
NEW_COLUMNS: dict[str, tuple[sa.Column[Any], ...]] = {
    "request_case": (
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recognised",
            sa.Enum(
                "known_address",
                "called_back",
                "own_facts",
                "shown",
                "not_yet",
                name="recognised",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    ),
    "identity_doubt": (
        sa.Column(
            "about",
            sa.Enum(
                "identity", "custody", "authorisation", name="doubtabout", native_enum=False, create_constraint=True, length=40
            ),
            server_default="identity",
            nullable=False,
        ),
    ),
    "product": (sa.Column("is_public", sa.Boolean(), server_default=sa.false(), nullable=False),),
    "mailed_link": (sa.Column("known_as", sa.String(length=64), server_default="", nullable=False),),
    "case_file": (sa.Column("holds_data", sa.Boolean(), server_default=sa.false(), nullable=False),),
    "board": (
        sa.Column(
            "governance",
            sa.Enum(
                "public", "private", "unknown", name="governance", native_enum=False, create_constraint=True, length=40
            ),
            server_default="unknown",
            nullable=False,
        ),
    ),
}


def upgrade() -> None:
    for table, columns in NEW_COLUMNS.items():
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                batch_op.add_column(column)
    change_checks(after=True)
    op.create_index("ix_request_case_waiting_since", "request_case", ["waiting_since"])
    fill_answered_at()
    op.execute(
        "UPDATE request_case SET waiting_since = (SELECT max(at) FROM case_event WHERE case_event.case_id = request_case.id "
        "AND case_event.kind IN ('asked', 'paused', 'identity_doubted')) WHERE status = 'waiting_for_requester'"
    )
    find_by_every_part()
    # Nobody looked into these; what was given before goes by the rule of then.
    op.execute(
        "UPDATE case_file SET holds_data = TRUE "
        "WHERE purpose = 'answer' AND media_type IN ('application/json', 'text/csv', 'application/zip')"
    )


def find_by_every_part() -> None:
    """The words of requests that were there before, from each part on. As `words.py` makes them on the day of this migration."""
    connection = op.get_bind()
    case = sa.table(
        "request_case", *(sa.column(name) for name in ("id", "name", "email", "subject_name", "school_name", "purged_at"))
    )
    word = sa.table("search_word", sa.column("word"), sa.column("case_id"))
    connection.execute(word.delete())
    found = connection.execute(sa.select(case).where(case.c.purged_at.is_(None)))
    for page in found.partitions(5_000):
        rows = [
            {"word": each, "case_id": row.id}
            for row in page
            for each in sorted(words_of(row.name, row.email, row.subject_name, row.school_name))
        ]
        if rows:
            connection.execute(word.insert(), rows)


JOINS = re.compile(r"[-'@._+/‐‑]+")
PLAIN = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t"}
    | {"’": "'", "‘": "'"}
)


def words_of(*texts: str) -> set[str]:
    found: set[str] = set()
    for text in texts:
        bare = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
        for word in bare.translate(PLAIN).split():
            found.add(word[:120])
            found |= {word[join.end() :][:120] for join in JOINS.finditer(word) if len(word) - join.end() > 1}
    return found


def fill_answered_at() -> None:
    """Our own answer came when we closed; a school's decision when it decided, of which there is an event. Of an answer that a
    school gave outside the portal nobody knows when.
    """
    op.execute("UPDATE request_case SET answered_at = closed_at WHERE status = 'closed'")
    # Of a case that was reopened: the answer before.
    for kind, states in (("closed", "'in_progress', 'waiting_for_requester'"), ("school_decided", "'school_decided', 'closed_by_school'")):
        op.execute(
            "UPDATE request_case SET answered_at = (SELECT max(at) FROM case_event "
            f"WHERE case_event.case_id = request_case.id AND case_event.kind = '{kind}') WHERE status IN ({states})"
        )


def downgrade() -> None:
    # Going back loses what only the newer schema can hold; the decisions themselves stay.
    rights = sa.table("case_right", sa.column("ground"))
    op.execute(rights.update().where(rights.c.ground.in_(NEW_GROUNDS)).values(ground=None))
    op.execute("UPDATE request_case SET status = 'handed_to_school' WHERE status = 'school_asked'")
    count_open_cases_anew()
    events = sa.table("case_event", sa.column("kind"))
    op.execute(events.delete().where(events.c.kind.in_(NEW_EVENTS)))
    change_checks(after=False)
    op.drop_index("ix_request_case_waiting_since", "request_case")
    for table, name in (("board", "governance"), ("identity_doubt", "doubtabout"), ("request_case", "recognised")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(name, type_="check")
    for table, columns in NEW_COLUMNS.items():
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                batch_op.drop_column(column.name)


def count_open_cases_anew() -> None:
    op.execute("DELETE FROM open_load")
    op.execute(
        "INSERT INTO open_load (status, due_on, handler_id, cases) "
        "SELECT status, due_on, coalesce(handler_id, ''), count(*) FROM request_case "
        "WHERE closed_at IS NULL GROUP BY status, due_on, coalesce(handler_id, '')"
    )


def change_checks(*, after: bool) -> None:
    for table, named in CHECKS.items():
        with op.batch_alter_table(table) as batch_op:
            for name, conditions in named.items():
                batch_op.drop_constraint(name, type_="check")
                batch_op.create_check_constraint(name, conditions[after])
