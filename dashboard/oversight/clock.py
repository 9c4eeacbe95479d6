"""The clock of art. 33: who must tell the authority hears it while there is time, also at night and at the weekend."""

from datetime import timedelta

from sqlmodel import col, select

from dashboard import audit
from dashboard.accounts.queries import people_who_may
from dashboard.act import Allowed, asks
from dashboard.audit import Action, AuditRow
from dashboard.i18n import texts
from dashboard.mail.outbox import Envelope
from dashboard.mail.post import write
from dashboard.oversight.breaches import TO_TELL_WITHIN
from dashboard.oversight.model import Breach
from dashboard.permissions import Permission
from dashboard.policy.queries import current

# Hours after it was noticed: a day left, six hours left, none.
MOMENTS = (48, 66, 72)


@asks(Permission.RUN_JOBS)
def due(act: Allowed) -> list[str]:
    """The breaches of which somebody must hear now."""
    return [row.id for row in _untold(act) if _moment(act, row) > _reminded(act, row.id)]


@asks(Permission.RUN_JOBS)
def remind(act: Allowed, breach_id: str) -> int:
    """Mail the privacy officers; once for each moment, and after a night without a worker only for the last. Returns how many."""
    row = act.session.get_one(Breach, breach_id)
    hours = _moment(act, row)
    if row not in _untold(act) or hours <= _reminded(act, breach_id):
        return 0
    officers = (person.email for person in people_who_may(act, Permission.HANDLE_BREACH) if person.email)
    to = sorted({*current(act, "digest_to"), *officers})
    tell_by = row.noticed_at + TO_TELL_WITHIN
    for address in to:
        envelope = Envelope(address)
        moment = texts(envelope.language).moment(tell_by)
        write(act, "breach_clock", envelope, number=row.number, tell_by=moment, is_late=act.now >= tell_by)
    audit.record(act, Action.BREACH_REMINDED, breach_id, hours=hours)
    return len(to)


def _untold(act: Allowed) -> list[Breach]:
    waits = col(Breach.closed_at).is_(None), col(Breach.authority_at).is_(None)
    rows = act.session.exec(select(Breach).where(*waits).order_by(col(Breach.noticed_at))).all()
    # Why the authority need not hear lies sealed.
    return [row for row in rows if not row.authority_why]


def _moment(act: Allowed, row: Breach) -> int:
    """The last moment that passed, in hours; 0 before the first."""
    return max((hours for hours in MOMENTS if act.now >= row.noticed_at + timedelta(hours=hours)), default=0)


def _reminded(act: Allowed, breach_id: str) -> int:
    rows = act.session.exec(
        select(AuditRow.detail).where(AuditRow.action == Action.BREACH_REMINDED.value, AuditRow.subject_id == breach_id)
    ).all()
    return max((int(detail["hours"]) for detail in rows), default=0)
