"""Other requests of perhaps the same person: by one mailbox, which may be several people's."""

from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from dashboard import vault
from dashboard.act import Allowed
from dashboard.addresses import mailbox
from dashboard.data_requests.case.asked import is_same_requester
from dashboard.data_requests.case.desk_model import SearchWord
from dashboard.data_requests.case.lifecycle import ANSWERED, OPEN, Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.needs import rights_of
from dashboard.data_requests.case.rows import EarlierRow, LinkRow
from dashboard.data_requests.law.deadlines import may_be_excessive
from dashboard.words import whole

MOST_ALIKE = 50


def reference_of(act: Allowed, case_id: str | None) -> str:
    found = act.session.get(Case, case_id) if case_id else None
    return found.reference if found else ""


def same_address(act: Allowed, case: Case) -> Sequence[Case]:
    """Other cases with this address, whatever its capitals, the oldest first: one mailbox may be several people's."""
    hidden = vault.of(act.session).words(whole(case.email)) if case.email else []
    found = (
        select(Case)
        .join(SearchWord, col(SearchWord.case_id) == col(Case.id))
        .where(col(SearchWord.word).in_(hidden), Case.id != case.id)
    )
    rows = act.session.exec(found.order_by(col(Case.received_on), col(Case.id)).limit(MOST_ALIKE)).all() if hidden else []
    return [each for each in rows if mailbox(each.email) == mailbox(case.email)]


def asked_before(act: Allowed, case: Case) -> list[EarlierRow]:
    """What the same person asked less than a year before, and was answered: only then can asking again be too much."""
    return [
        EarlierRow(each.reference, each.received_on, frozenset(row.right for row in rights_of(act, each)))
        for each in same_address(act, case)
        if each.status in ANSWERED and may_be_excessive(each.received_on, case.received_on) and is_same_requester(case, each)
    ]


# Whoever likes can ask in the name of an address: until it is confirmed it is nobody's.
_PROVEN = OPEN - {Status.UNVERIFIED}


def perhaps_the_same(act: Allowed, case: Case, known: Iterable[str]) -> list[LinkRow]:
    """Open requests from the same address that nobody linked yet: perhaps the same one asked again, perhaps somebody else."""
    left = {*known, reference_of(act, case.sibling_id)}
    alike = same_address(act, case) if case.status in OPEN else ()
    return [
        LinkRow(each.reference, "perhaps", each.status) for each in alike if each.status in _PROVEN and each.reference not in left
    ]
