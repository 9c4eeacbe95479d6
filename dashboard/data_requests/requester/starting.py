"""Entry a case: by the form, or by staff for a letter, a call or a mail. One place makes the rows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from dashboard import audit, vault
from dashboard.act import Allowed
from dashboard.annexes.catalogue import product_names
from dashboard.audit import Action
from dashboard.data_requests.case.asked import asked_of, searched
from dashboard.data_requests.case.codes import code_for, code_hmac, new_reference
from dashboard.data_requests.case.counts import place_of, shift
from dashboard.data_requests.case.desk_model import SearchWord
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case, CaseRight
from dashboard.data_requests.case.moves import begin_events
from dashboard.data_requests.case.terms import Channel
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.data_requests.law.rights import Right, bits_of
from dashboard.data_requests.requester.intake import CheckedRequest, Part
from dashboard.db import store
from dashboard.errors import InvalidInputError
from dashboard.policy.queries import bridge_days
from dashboard.tokens import digest

# Rows without a life of their own: in one statement, not an object each.
_WORDS: Any = SearchWord.__table__  # type: ignore[attr-defined]  # made by SQLModel's metaclass


@dataclass(frozen=True, slots=True)
class Arrival:
    """How and when a request came in."""

    channel: Channel
    received_on: date
    now: datetime


def new_case(act: Allowed, asked: CheckedRequest, part: Part, key: str, arrival: Arrival) -> Case:
    """A case for one part of a request; not yet in the session."""
    pepper = act.settings.pepper.get_secret_value()
    return Case(
        reference=new_reference(),
        code_hmac=code_hmac(code_for(key, pepper), pepper),
        submission=submission(key, part, asked),
        status=Status.UNVERIFIED,
        subject=part.subject,
        channel=arrival.channel,
        submitted_at=arrival.now,
        received_on=arrival.received_on,
        rights_bits=bits_of(part.rights),
        due_on=statutory_due(arrival.received_on, extra_holidays=bridge_days(act)),
        **asked_of(asked),
    )


def check_product(act: Allowed, slug: str) -> None:
    """Nothing, or a product that there is. Raises InvalidInputError."""
    if slug and slug not in product_names(act):
        raise InvalidInputError({"product": "invalid.product"})


def submission(key: str, part: Part, asked: CheckedRequest) -> str:
    """What makes sending the same form twice one case: the form's key, and for its second case also which part."""
    return digest(key if part is asked.parts[0] else f"{key}:{part.subject.value}")


def record_start(act: Allowed, case: Case, part: Part, asked: CheckedRequest) -> None:
    """Its rights, its words, its first event, and the counts: in the caller's transaction."""
    store(act.session, *(_right(case, right, asked) for right in part.rights))
    if words := sorted(searched(case)):
        act.session.connection().execute(
            insert(_WORDS), [{"word": vault.of(act.session).word(word), "case_id": case.id} for word in words]
        )
    facts = {
        "rights": [right.value for right in part.rights],
        "role": case.role.value,
        "subject": case.subject.value,
        "channel": case.channel.value,
        "product": case.product,
        "received_on": case.received_on.isoformat(),
        "due_on": case.due_on.isoformat(),
    }
    kind = EventKind.SUBMITTED if case.channel is Channel.FORM else EventKind.REGISTERED
    begin_events(act, case, kind, facts)
    shift(act, None, place_of(case))
    audit.record(act, Action.CASE_SUBMIT if case.channel is Channel.FORM else Action.CASE_REGISTER, case.id)


def _right(case: Case, right: Right, asked: CheckedRequest) -> CaseRight:
    corrects = right is Right.RECTIFICATION
    return CaseRight(
        case_id=case.id,
        right=right,
        wrong_field=asked.wrong_field if corrects else "",
        right_value=asked.right_value if corrects else "",
    )
