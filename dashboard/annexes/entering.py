"""What an administrator changes of a licence or an agreement by hand. A new licence comes by `imports.by_hand`."""

from datetime import date

from sqlmodel import col, select

from dashboard import audit
from dashboard.accounts.history import Change, note
from dashboard.accounts.learned import learn
from dashboard.accounts.periods import FIRST_DAY, LAST_DAY, Period, typed
from dashboard.accounts.queries import boards
from dashboard.accounts.register import alone
from dashboard.accounts.terms import Dated
from dashboard.act import Allowed, Seen, asks
from dashboard.annexes.model import BoardAgreement, Licence, Product
from dashboard.annexes.terms import SIGNED
from dashboard.audit import Action
from dashboard.errors import InvalidInputError
from dashboard.permissions import Permission

HOLDERS = ("board_number", "brin", "location")


@asks(Permission.MANAGE_SCHOOLS)
def change_licence(act: Allowed, seen: Seen, begin: date | None, end: date | None) -> None:
    """Other days of a licence, both inclusive; without a last day until further notice. Raises InvalidInputError, StaleError."""
    alone(act)
    row = act.find(Licence, seen.id)
    seen.compare(Seen.of(row.id, row.valid_from, row.valid_to).version)
    wanted = typed(begin, end)
    merged_on = boards(act, [row.board_number])[row.board_number].merged_on if row.board_number else None
    if merged_on and wanted.begin != row.valid_from and merged_on <= max(wanted.begin, act.today):
        # What it held before stays as it is; nothing new is licensed to a board that is no more.
        raise InvalidInputError({"begin": "import.fault.board_merged"})
    others = act.session.exec(
        select(Licence).where(
            Licence.product_slug == row.product_slug,
            # Of one holder the other two are empty.
            *(col(getattr(Licence, name)) == getattr(row, name) for name in HOLDERS if getattr(row, name)),
            col(Licence.id) != row.id,
        )
    ).all()
    if any(wanted.overlap(Period(other.valid_from, other.valid_to)) for other in others):
        raise InvalidInputError({"begin": "import.fault.overlaps"})
    learn(act, Dated.LICENCE.value, [{"id": row.id, "valid_from": wanted.begin, "valid_to": end}], new=False)
    holder, product = next(filter(None, (getattr(row, name) for name in HOLDERS))), act.find(Product, row.product_slug).name
    note(
        act,
        Change(holder, "from", str(row.valid_from), str(begin), product),
        Change(holder, "until", str(row.valid_to or ""), str(end or ""), product),
    )
    row.valid_from, row.valid_to = wanted.begin, end
    audit.record(act, Action.LICENCE_CHANGED, row.id)


@asks(Permission.MANAGE_SCHOOLS)
def end_agreement(act: Allowed, seen: Seen, day: date | None) -> None:
    """The last day on which a signed agreement applies; without one it goes on. Raises InvalidInputError, StaleError."""
    alone(act)
    row = act.find(BoardAgreement, seen.id)
    seen.compare(Seen.of(row.id, row.dvo_status, row.signed_on, row.ended_on).version)
    if row.dvo_status not in SIGNED:
        raise InvalidInputError({"day": "invalid.agreement_not_in_force"})
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidInputError({"day": "invalid.day_range"})
    if day and row.signed_on and day < row.signed_on:
        raise InvalidInputError({"day": "import.fault.ends_before"})
    note(act, Change(row.board_number, "agreement_until", str(row.ended_on or ""), str(day or ""), row.model_version))
    row.ended_on = day
    audit.record(act, Action.AGREEMENT_ENDED, row.board_number, model=row.model_version, day=str(day or ""))
