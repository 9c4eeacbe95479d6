"""Outcomes as the law has them: more grounds"""

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


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


# The CHECKs that change: table -> name -> (before, after).
CHECKS = {
    "case_right": {"ground": (one_of("ground", GROUNDS), one_of("ground", (*GROUNDS, *NEW_GROUNDS)))},
}


def upgrade() -> None:
    change_checks(after=True)


def downgrade() -> None:
    # Going back loses what only the newer schema can hold; the decisions themselves stay.
    rights = sa.table("case_right", sa.column("ground"))
    op.execute(rights.update().where(rights.c.ground.in_(NEW_GROUNDS)).values(ground=None))
    change_checks(after=False)


def change_checks(*, after: bool) -> None:
    for table, named in CHECKS.items():
        with op.batch_alter_table(table) as batch_op:
            for name, conditions in named.items():
                batch_op.drop_constraint(name, type_="check")
                batch_op.create_check_constraint(name, conditions[after])
