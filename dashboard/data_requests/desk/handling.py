"""The desk's daily verbs, some of which a school has too for what was handed to it; deciding is in `deciding.py`."""

import re
from collections.abc import Collection

from sqlmodel import select

from dashboard.accounts.queries import desk_people
from dashboard.act import Allowed, Seen, asks
from dashboard.data_requests.case.desk_model import CaseMention, CaseTick, IdentityDoubt
from dashboard.data_requests.case.lifecycle import Verb
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.case.moves import add_message, checked_text, load, load_latest, move
from dashboard.data_requests.case.needs import open_doubt
from dashboard.data_requests.case.rows import box_seen
from dashboard.data_requests.case.terms import (
    ComplaintTo,
    DoubtAbout,
    ExtensionReason,
    FilePurpose,
    PauseReason,
    Recognised,
    Visibility,
    doubts_about,
)
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.data_requests.outgoing import letters, messages
from dashboard.data_requests.outgoing.case_files import keep, remove
from dashboard.data_requests.outgoing.uploads import Prepared, Upload, prepared
from dashboard.data_requests.requester import links
from dashboard.data_requests.requester.intake import MOST_UPLOADS
from dashboard.db import put
from dashboard.errors import InvalidInputError, NotFoundError, StaleError
from dashboard.i18n import Language, texts
from dashboard.permissions import Permission
from dashboard.policy.queries import bridge_days

LONGEST_STEP = 80
# In cents.
HIGHEST_FEE = 100_000
_AMOUNT = re.compile(r"(?:€\s*)?(?P<euros>[0-9]{1,4})(?:[,.](?P<cents>[0-9]{1,2}))?")


@asks(Permission.HANDLE_CASE)
def take(act: Allowed, seen: Seen) -> None:
    """Make the case the actor's own and start on it."""
    case = load(act, seen)
    facts = {"previous_handler": case.handler_id}
    move(act, case, Verb.TAKE, fields=facts, handler_id=act.actor.id)


@asks(Permission.HANDLE_CASE)
def assign(act: Allowed, seen: Seen, handler_id: str) -> None:
    """Give the case to a colleague."""
    case = load(act, seen)
    facts = {"previous_handler": case.handler_id, "handler": handler_id}
    move(act, case, Verb.ASSIGN, fields=facts, handler_id=handler_id)


@asks(Permission.HANDLE_CASE)
def acknowledge(act: Allowed, seen: Seen) -> None:
    """Tell the requester that a person has seen it, and when the answer comes."""
    case = load(act, seen)
    move(act, case, Verb.ACKNOWLEDGE)
    messages.acknowledged(act, case)


@asks(Permission.HANDLE_CASE, Permission.DECIDE_HANDED_CASE)
def ask(act: Allowed, seen: Seen, body: str, *, uploads: Collection[Upload] = ()) -> None:
    """Ask the requester something: it becomes their turn. The clock runs on."""
    letters.require_filled(body, "message")
    files = _looked_at(act, uploads)
    case = load(act, seen)
    message_id = add_message(act, case, body, Visibility.REQUESTER)
    _keep_with(act, case, message_id, files)
    move(act, case, Verb.ASK, fields={"message_id": message_id})
    messages.question(act, case, token=links.notice_link(act, case), body=body)


@asks(Permission.HANDLE_CASE)
def pause(act: Allowed, seen: Seen, body: str) -> None:
    """Ask what must be known to start at all: the clock may stand still until the answer (EDPB 01/2022).

    The statutory date stays; the second date is shown beside it.
    """
    case = load(act, seen)
    letters.require_filled(body, "message")
    message_id = add_message(act, case, body, Visibility.REQUESTER)
    facts = {"message_id": message_id, "reason": PauseReason.SPECIFY.value}
    move(act, case, Verb.PAUSE, fields=facts, paused_since=act.today)
    messages.paused(act, case, token=links.notice_link(act, case), reason=PauseReason.SPECIFY, body=body)


@asks(Permission.HANDLE_CASE, Permission.DECIDE_HANDED_CASE)
def doubt_identity(act: Allowed, seen: Seen, *, doubt: str, question: str, about: str = DoubtAbout.IDENTITY) -> None:
    """Record a reasonable doubt and ask for proof (art. 12(6)); without a recorded doubt nothing can be asked.

    `about`: who they are, or whether they may ask for the one it is about. Raises InvalidInputError.
    """
    case = load(act, seen)
    if about not in set(doubts_about(case.role)):
        raise InvalidInputError({"about": "invalid.doubt_about"})
    reason = checked_text(doubt, "doubt")
    letters.require_filled(question, "message")
    message_id = add_message(act, case, question, Visibility.REQUESTER)
    row = IdentityDoubt(case_id=case.id, about=DoubtAbout(about), reason=reason, at=act.now, by_id=act.actor.id)
    act.session.add(row)
    facts = {"message_id": message_id, "doubt_id": row.id}
    # Late is late: who asks after the date pauses nothing.
    move(act, case, Verb.DOUBT_IDENTITY, fields=facts, paused_since=act.today if act.today <= case.due_on else None)
    messages.paused(act, case, token=links.notice_link(act, case), reason=PauseReason(about), body=question)


@asks(Permission.HANDLE_CASE, Permission.DECIDE_HANDED_CASE)
def check_identity(act: Allowed, seen: Seen, *, confirmed: bool) -> None:
    """Settle the doubt. The proof is deleted at once; one event says that it was looked at."""
    case = load(act, seen)
    doubt = open_doubt(act, case)
    move(act, case, Verb.CHECK_IDENTITY, fields={"confirmed": confirmed})
    if doubt:
        doubt.settled_at, doubt.confirmed = act.now, confirmed
    proofs = select(CaseFile).where(CaseFile.case_id == case.id, CaseFile.purpose == FilePurpose.IDENTITY)
    for proof in act.session.exec(proofs).all():
        if proof.deleted_at is None:
            remove(act, proof)


@asks(Permission.HANDLE_CASE, Permission.DECIDE_HANDED_CASE)
def extend(act: Allowed, seen: Seen, *, reason: str, explanation: str) -> None:
    """Two months more, once, told with its reason no later than the first due date (art. 12(3)).

    Raises NotPossibleError on the day after: then the case is late, and stays so.
    """
    case = load(act, seen)
    if reason not in set(ExtensionReason):
        raise InvalidInputError({"extension_reason": "invalid.extension_reason"})
    letters.require_filled(explanation, "message")
    message_id = add_message(act, case, explanation, Visibility.REQUESTER)
    first_due = case.due_on
    due_on = statutory_due(case.received_on, extended=True, extra_holidays=bridge_days(act))
    facts = {"message_id": message_id, "reason": reason, "from_due": first_due.isoformat(), "to_due": due_on.isoformat()}
    move(act, case, Verb.EXTEND, fields=facts, extended=True, due_on=due_on)
    said, first = checked_text(explanation, "message"), texts(Language(case.language)).day(first_due)
    token = links.notice_link(act, case)
    messages.extended(act, case, token=token, reason=ExtensionReason(reason), explanation=said, first_due=first)


@asks(Permission.HANDLE_CASE)
def inform(act: Allowed, seen: Seen, body: str, *, uploads: Collection[Upload] = ()) -> None:
    """Tell the requester something that asks no answer."""
    letters.require_filled(body, "message")
    files = _looked_at(act, uploads)
    case = load(act, seen)
    message_id = add_message(act, case, body, Visibility.REQUESTER)
    _keep_with(act, case, message_id, files)
    move(act, case, Verb.INFORM, fields={"message_id": message_id})
    messages.news(act, case, token=links.notice_link(act, case), body=body)


@asks(Permission.HANDLE_CASE)
def recognise(act: Allowed, seen: Seen, how: str) -> None:
    """Record how we know who wrote or called. Raises InvalidInputError."""
    case = load(act, seen)
    if how not in set(Recognised) - {Recognised.NOT_YET}:
        raise InvalidInputError({"recognised": "invalid.recognised"})
    move(act, case, Verb.RECOGNISE, fields={"how": how}, recognised=Recognised(how))


@asks(Permission.HANDLE_CASE)
def announce_fee(act: Allowed, seen: Seen, amount: str, body: str, *, evidence: str) -> None:
    """Say beforehand what it would cost, and let the requester think again: withdraw, ask less, or agree (art. 12(5)(a)).

    What shows that it is unfounded or too much is kept for the desk. Raises InvalidInputError.
    """
    case = load(act, seen)
    found = _AMOUNT.fullmatch(amount.strip())
    cents = int(found["euros"]) * 100 + int((found["cents"] or "0").ljust(2, "0")) if found else 0
    if not 0 < cents <= HIGHEST_FEE:
        raise InvalidInputError({"amount": "invalid.fee"})
    letters.require_filled(body, "message")
    add_message(act, case, checked_text(evidence, "evidence"), Visibility.INTERNAL)
    message_id = add_message(act, case, body, Visibility.REQUESTER)
    move(act, case, Verb.ANNOUNCE_FEE, fields={"message_id": message_id, "cents": cents})
    messages.fee(act, case, token=links.notice_link(act, case), cents=cents, body=body)


@asks(Permission.HANDLE_CASE)
def note(act: Allowed, seen: Seen, body: str, *, mentions: Collection[str] = ()) -> None:
    """A note that only the desk reads. Who is named in it finds the case in their list, and gets a mail without a word of it."""
    case = load(act, seen)
    people = {person.id: person for person in desk_people(act)}
    for person_id in sorted(set(mentions) & people.keys()):
        put(act.session, CaseMention(person_id=person_id, case_id=case.id, at=act.now))
        if people[person_id].email:
            messages.mentioned(act, case, to=people[person_id].email)
    message_id = add_message(act, case, body, Visibility.INTERNAL)
    move(act, case, Verb.NOTE, fields={"message_id": message_id})


@asks(Permission.HANDLE_CASE)
def note_complaint(act: Allowed, seen: Seen, body: str, *, about: str) -> None:
    """That somebody complains about how we dealt with their request, and where: for the desk alone, and to count."""
    case = load(act, seen)
    if about not in set(ComplaintTo):
        raise InvalidInputError({"about": "invalid.complaint_to"})
    message_id = add_message(act, case, body, Visibility.INTERNAL)
    move(act, case, Verb.NOTE_COMPLAINT, fields={"message_id": message_id, "about": about})


@asks(Permission.HANDLE_CASE)
def seen_mention(act: Allowed, case_id: str) -> None:
    """Whoever was named has opened the case."""
    held = act.session.get(CaseMention, (act.actor.id, case_id))
    if held:
        act.session.delete(held)


@asks(Permission.HANDLE_CASE)
def tick(act: Allowed, seen: Seen, name: str, *, done: bool) -> None:
    """A step of the checklist, done or not done after all. `seen` is the box (`box_seen`): who ticks three in a second, or while
    a colleague writes, was looking at those.
    """
    case = load_latest(act, seen.id)
    if not 0 < len(name) <= LONGEST_STEP:
        raise NotFoundError(name)
    held = act.session.get(CaseTick, (case.id, name))
    if seen != box_seen(case.id, held):
        raise StaleError(case.id)
    if done and held is None:
        act.session.add(CaseTick(case_id=case.id, step=name, at=act.now, by_id=act.actor.id))
    elif held and not done:
        act.session.delete(held)
    move(act, case, Verb.TICK, fields={"step": name, "done": done})


def _looked_at(act: Allowed, uploads: Collection[Upload]) -> list[Prepared]:
    if len(uploads) > MOST_UPLOADS:
        raise InvalidInputError({"uploads": "invalid.uploads_many"})
    return prepared(act.settings, uploads, FilePurpose.ATTACHMENT)


def _keep_with(act: Allowed, case: Case, message_id: str, files: Collection[Prepared]) -> None:
    for file in files:
        row = keep(act, case, file)
        row.message_id = message_id
