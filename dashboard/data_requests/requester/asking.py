"""Asking: a form becomes a case, or two, with a receipt. Getting into a case is in `entering.py`."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from dashboard.clock import local_day
from dashboard.data_requests.case.codes import code_for
from dashboard.data_requests.case.model import Case, Channel, FilePurpose
from dashboard.data_requests.law.deadlines import Explanation, explain
from dashboard.data_requests.law.narrative import reasons_in_words, right_in_words
from dashboard.data_requests.outgoing.case_files import Shelf, keep
from dashboard.data_requests.requester import drafts, links
from dashboard.data_requests.requester.intake import CheckedRequest, NewRequest, check
from dashboard.data_requests.requester.opening import Arrival, new_case, record_opening
from dashboard.i18n import texts
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, require
from dashboard.policy.queries import bridge_days
from dashboard.settings import Settings
from dashboard.tokens import digest

RECEIPT_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the confirmation shows; the code is nowhere else. `also` is the reference of the second case, where the request
    is about our records and the school's: one code opens both.
    """

    reference: str
    code: str
    received_on: date
    explanation: Explanation
    also: str = ""


def submit(
    session: Session,
    actor: Actor,
    typed: NewRequest,
    *,
    key: str,
    shelf: Shelf,
    now: datetime,
    visitor: str | None = None,
) -> Receipt:
    """Open a case for what was typed, or two where we and the school each answer for a part.

    The same key again gives the same case: a double click is one request. Received on the Amsterdam day of `now`, even when
    the address is confirmed later. Raises InvalidInputError.
    """
    require(actor, Permission.SUBMIT_REQUEST)
    settings = shelf.settings
    asked = check(typed, today=local_day(now))
    if known := _by_key(session, key):
        return _receipt(session, known, key, settings)
    try:
        with session.begin_nested():
            cases = _open(session, asked, key, settings, now)
    except IntegrityError:
        # The same form, sent twice at once: the other one won.
        if known := _by_key(session, key):
            return _receipt(session, known, key, settings)
        raise
    for case, part in zip(cases, asked.parts, strict=True):
        record_opening(session, actor, case, part, asked, now)
        _keep_uploads(session, actor, case, typed, shelf, now)
    drafts.forget(session, actor, visitor)
    receipt = _receipt(session, cases[0], key, settings)
    t = texts(asked.language)
    messages.verification(
        Post(session, settings, now),
        cases[0],
        token=links.new_link(session, cases[0], now=now),
        rights=[right_in_words(t, right) for right in asked.rights],
        reasons=reasons_in_words(t, receipt.explanation),
        also=receipt.also,
    )
    return receipt


def receipt(session: Session, actor: Actor, key: str, *, settings: Settings, now: datetime) -> Receipt | None:
    """The receipt of a form sent within the last hour, for a page that runs again; None when there is none."""
    require(actor, Permission.SUBMIT_REQUEST)
    case = _by_key(session, key)
    return _receipt(session, case, key, settings) if case and now - case.submitted_at < RECEIPT_FOR else None


def _by_key(session: Session, key: str) -> Case | None:
    return session.exec(select(Case).where(Case.submission == digest(key))).one_or_none()


def _open(session: Session, asked: CheckedRequest, key: str, settings: Settings, now: datetime) -> list[Case]:
    arrival = Arrival(Channel.FORM, local_day(now), now)
    cases = [new_case(session, asked, part, key, arrival, settings) for part in asked.parts]
    if len(cases) > 1:
        cases[0].sibling_id, cases[1].sibling_id = cases[1].id, cases[0].id
    session.add_all(cases)
    session.flush()
    return cases


def _keep_uploads(session: Session, actor: Actor, case: Case, typed: NewRequest, shelf: Shelf, now: datetime) -> None:
    for upload in typed.uploads:
        keep(session, actor, case, upload, FilePurpose.ATTACHMENT, shelf=shelf, now=now)
    if typed.authorisation:
        keep(session, actor, case, typed.authorisation, FilePurpose.AUTHORISATION, shelf=shelf, now=now)


def _receipt(session: Session, case: Case, key: str, settings: Settings) -> Receipt:
    sibling = session.get(Case, case.sibling_id) if case.sibling_id else None
    return Receipt(
        case.reference,
        code_for(key, settings.pepper.get_secret_value()),
        case.received_on,
        explain(case.received_on, extra_holidays=bridge_days(session, settings)),
        sibling.reference if sibling else "",
    )
