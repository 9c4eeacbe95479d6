"""Asking: a form becomes a case, or two, with a receipt. Getting into a case is in `entering.py`."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from dashboard import limits
from dashboard.act import Allowed, asks
from dashboard.addresses import letterbox
from dashboard.data_requests.case.codes import code_for, code_hmac
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.terms import Channel, FilePurpose
from dashboard.data_requests.law.deadlines import Explanation, explain
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.outgoing.case_files import keep
from dashboard.data_requests.outgoing.uploads import Prepared, prepared
from dashboard.data_requests.requester import drafts, links
from dashboard.data_requests.requester.intake import CheckedRequest, NewRequest, check
from dashboard.data_requests.requester.starting import Arrival, check_product, new_case, record_start
from dashboard.db import savepoint
from dashboard.errors import TooMuchError
from dashboard.limits import Limit
from dashboard.mail import outbox, pacing
from dashboard.permissions import Permission
from dashboard.policy.queries import bridge_days
from dashboard.tokens import digest

RECEIPT_FOR = timedelta(hours=1)
# A school behind one address sends sixty an hour; nobody writes twenty requests in one browser.
FROM_AN_ADDRESS = Limit("request from an address", 150, timedelta(hours=1))
FROM_A_BROWSER = Limit("request from a browser", 20, timedelta(hours=1))
A_DAY_FOR_A_MAILBOX_FROM_AN_ADDRESS = Limit("request for a mailbox from an address", 10, timedelta(days=1))
# Who types another's address from one place keeps them out no longer than this place is patient.
A_DAY_FOR_A_MAILBOX = Limit("request for a mailbox", 40, timedelta(days=1))
IN_ALL = Limit("request", 3_000, timedelta(hours=1), apart=16)


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
    # When the mail goes out, where its mailbox got several already.
    mailed_at: datetime | None = None


@asks(Permission.SUBMIT_REQUEST)
def submit(act: Allowed, typed: NewRequest, *, key: str, visitor: str | None = None, address: str = "") -> Receipt:
    """Open a case for what was typed, or two where we and the school each answer for a part.

    The same key again gives the same case: a double click is one request. Received on the Amsterdam day of `now`, even when
    the address is confirmed later. Raises InvalidInputError, and TooMuchError for more than people ask.
    """
    asked = check(typed, today=act.today)
    files = _looked_at(act, typed)
    check_product(act, asked.product)
    if known := _by_key(act, key):
        _keep_key(act, visitor, key)
        return _receipt(act, known, key)
    later = _within_limits(act, asked.email, visitor=visitor, address=address)
    drafts.forget(act, visitor)
    _keep_key(act, visitor, key)
    try:
        with savepoint(act.session):
            cases = _open(act, asked, key)
    except IntegrityError:
        # The same form, sent twice at once: the other one won.
        if known := _by_key(act, key):
            return _receipt(act, known, key)
        raise
    for case, part in zip(cases, asked.parts, strict=True):
        record_start(act, case, part, asked)
        for file in files:
            keep(act, case, file)
    also = cases[1].reference if len(cases) > 1 else ""
    # The link is good for a day from when it goes out.
    token = links.new_link(act, cases[0], lasts=links.VERIFY_FOR + later)
    messages.verification(act, cases[0], token=token, rights=asked.rights, also=also, later=later)
    return _receipt(act, cases[0], key)


@asks(Permission.SUBMIT_REQUEST)
def must_wait(act: Allowed, key: str, email: str, *, visitor: str | None, address: str) -> TooMuchError | None:
    """How long until `submit` takes another one of these; nothing when it does now. A look, before files are looked at."""
    if _by_key(act, key):
        return None
    seconds = max(limits.wait(act, *each) for each in _counted(email, visitor=visitor, address=address))
    return TooMuchError(seconds) if seconds else None


@asks(Permission.SUBMIT_REQUEST)
def receipt(act: Allowed, visitor: str | None) -> Receipt | None:
    """The receipt of the form that this browser sent last, within the hour: for a page that is loaded again. None without one."""
    key = drafts.load(act, drafts.receipt_of(visitor)).get("key", "") if visitor else ""
    case = _by_key(act, key) if key else None
    return _receipt(act, case, key) if case and act.now - case.submitted_at < RECEIPT_FOR else None


@asks(Permission.SUBMIT_REQUEST)
def forget_receipt(act: Allowed, visitor: str) -> None:
    """It was read: the next one may look at a new form."""
    drafts.forget(act, drafts.receipt_of(visitor))


def _within_limits(act: Allowed, email: str, *, visitor: str | None, address: str) -> timedelta:
    """By how much the mail waits: an address gets a few an hour, known or not. Raises TooMuchError."""
    limits.take(act, *_counted(email, visitor=visitor, address=address))
    return pacing.waits(act, email)


def _counted(email: str, *, visitor: str | None, address: str) -> list[limits.Wanted]:
    box = letterbox(email)
    given = (
        (A_DAY_FOR_A_MAILBOX, box),
        (A_DAY_FOR_A_MAILBOX_FROM_AN_ADDRESS, f"{box}|{address}" if address else ""),
        (FROM_AN_ADDRESS, address),
        (FROM_A_BROWSER, visitor or ""),
    )
    return [*(each for each in given if each[1]), (IN_ALL, "")]


def _keep_key(act: Allowed, visitor: str | None, key: str) -> None:
    """Sealed with the browser's cookie: neither the database nor the id of a session can show the code again."""
    if visitor:
        drafts.put_by(act, drafts.receipt_of(visitor), {"key": key})


def _by_key(act: Allowed, key: str) -> Case | None:
    return act.session.exec(select(Case).where(Case.submission == digest(key))).one_or_none()


def _open(act: Allowed, asked: CheckedRequest, key: str) -> list[Case]:
    arrival = Arrival(Channel.FORM, act.today, act.now)
    cases = [new_case(act, asked, part, key, arrival) for part in asked.parts]
    if len(cases) > 1:
        cases[0].sibling_id, cases[1].sibling_id = cases[1].id, cases[0].id
    act.session.add_all(cases)
    act.session.flush()
    return cases


def _looked_at(act: Allowed, typed: NewRequest) -> list[Prepared]:
    """Before anything is asked of the database: others write meanwhile."""
    authorisation = [typed.authorisation] if typed.authorisation else []
    return [
        *prepared(act.settings, typed.uploads, FilePurpose.ATTACHMENT),
        *prepared(act.settings, authorisation, FilePurpose.AUTHORISATION),
    ]


def _code_of(act: Allowed, case: Case, key: str) -> str:
    """Under the pepper that it was made with: another may have come since."""
    codes = [(code_for(key, pepper), pepper) for pepper in act.settings.peppers]
    return next((code for code, pepper in codes if code_hmac(code, pepper) == case.code_hmac), codes[0][0])


def _receipt(act: Allowed, case: Case, key: str) -> Receipt:
    sibling = act.session.get(Case, case.sibling_id) if case.sibling_id else None
    return Receipt(
        case.reference,
        _code_of(act, case, key),
        case.received_on,
        explain(case.received_on, extra_holidays=bridge_days(act)),
        sibling.reference if sibling else "",
        outbox.held_until(act, case.id, "verification"),
    )
