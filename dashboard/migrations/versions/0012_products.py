"""Which product a request is about; complaints, recipients, answers taken and purges among the counts; recounts that go on"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FACTS = (
    "received", "verified", "ended", "reopened", "answered", "answered_net", "within", "outcome", "ground", "extended", "paused",
    "stood_still", "first_reply", "handed", "stage", "easy", "clear", "late_told",
)  # fmt: skip
NEW_FACTS = ("complained", "recipient", "given", "fetched", "purged")
EVENTS = (
    "submitted", "registered", "verified", "expired", "joined", "withdrawn", "replied", "reminded", "reopened", "acknowledged",
    "taken", "assigned", "asked", "paused", "pause_ended", "identity_doubted", "identity_checked", "informed", "noted", "ticked",
    "decided", "approved", "recipient_told", "attached", "extended", "due_moved", "closed", "merged", "linked", "handed_over",
    "taken_back", "opened_by_school", "school_reminded", "school_decided", "closed_by_school", "executed", "answer_downloaded",
    "code_resent", "address_changed", "verify_reminded", "rated", "purged", "recognised", "fee_announced", "wait_reminded",
    "wait_ended", "late_told",
)  # fmt: skip
BEFORE = ("fact", "asked_right", "day", "role", "channel", "detail", "value")
AFTER = ("fact", "asked_right", "day", "role", "channel", "product", "detail", "value")


def upgrade() -> None:
    with op.batch_alter_table("request_case") as batch_op:
        batch_op.add_column(sa.Column("product", sa.String(length=60), server_default="", nullable=False))
    _events(("complained",))
    op.create_table("fact_recount", *_columns(AFTER, (*FACTS, *NEW_FACTS)))
    made = op.create_table(
        "recount_pass",
        sa.Column("name", sa.String(length=40), primary_key=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_case", sa.String(length=36), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
    )
    _facts(_columns(AFTER, (*FACTS, *NEW_FACTS)), (*BEFORE, "product", "cases"), f"SELECT {', '.join(BEFORE)}, '', cases")
    # There is more to count: `bijsluiter migrate` does it from the event log.
    now = datetime.now(UTC)
    op.bulk_insert(made, [{"name": "wanted", "begun_at": now, "until": now, "after_case": "", "events": 0}])


def downgrade() -> None:
    op.drop_table("recount_pass")
    op.drop_table("fact_recount")
    op.execute(f"DELETE FROM fact_day WHERE fact IN ({', '.join(map(repr, NEW_FACTS))})")  # noqa: S608  our own names
    # A school's number stood in no fact before.
    key = ", ".join("CASE fact WHEN 'handed' THEN '' ELSE detail END AS detail" if name == "detail" else name for name in BEFORE)
    grouped = ", ".join(str(place) for place in range(1, len(BEFORE) + 1))
    _facts(_columns(BEFORE, FACTS), (*BEFORE, "cases"), f"SELECT {key}, sum(cases)", f" GROUP BY {grouped}")
    events = sa.table("case_event", sa.column("kind"))
    op.execute(events.delete().where(events.c.kind == "complained"))
    _events(())
    with op.batch_alter_table("request_case") as batch_op:
        batch_op.drop_column("product")


def _facts(columns: list[sa.Column[Any]], names: tuple[str, ...], selected: str, grouped: str = "") -> None:
    """The same counts in another table."""
    op.rename_table("fact_day", "fact_day_before")
    if op.get_bind().dialect.name == "postgresql":
        # The names of what belongs to a table aren't renamed with it.
        op.execute("ALTER TABLE fact_day_before DROP CONSTRAINT fact_day_pkey")
    op.create_table("fact_day", *columns)
    op.execute(f"INSERT INTO fact_day ({', '.join(names)}) {selected} FROM fact_day_before{grouped}")
    op.drop_table("fact_day_before")


def _columns(key: tuple[str, ...], facts: tuple[str, ...]) -> list[sa.Column[Any]]:
    kinds: dict[str, Any] = {
        "fact": sa.Enum(*facts, name="fact", native_enum=False, create_constraint=True, length=40),
        "asked_right": sa.String(40),
        "day": sa.Date(),
        "role": sa.String(40),
        "channel": sa.String(40),
        "product": sa.String(60),
        "detail": sa.String(60),
        "value": sa.Integer(),
    }
    made = [sa.Column(name, kinds[name], primary_key=True, autoincrement=False) for name in key]
    return [*made, sa.Column("cases", sa.Integer(), nullable=False)]


def _events(more: tuple[str, ...]) -> None:
    kinds = ", ".join(repr(kind) for kind in (*EVENTS, *more))
    with op.batch_alter_table("case_event") as batch_op:
        batch_op.drop_constraint("eventkind", type_="check")
        batch_op.create_check_constraint("eventkind", f"kind IN ({kinds})")
