"""The desk's daily verbs. Each function says at which version the page saw the case; deciding is in `deciding.py`."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, select

from dashboard.accounts.queries import desk_people
from dashboard.clock import local_day
from dashboard.data_requests.case.desk_model import CaseMention, CaseTick, IdentityDoubt
from dashboard.data_requests.case.lifecycle import Verb
from dashboard.data_requests.case.model import Case, CaseFile, ExtensionReason, FilePurpose, PauseReason, Visibility
from dashboard.data_requests.case.moves import add_message, checked_text, load_case, move
from dashboard.data_requests.case.needs import open_doubt
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.data_requests.outgoing import letters
from dashboard.data_requests.outgoing.case_files import Shelf, Upload, keep, remove
from dashboard.data_requests.requester import links
from dashboard.data_requests.requester.intake import MOST_UPLOADS
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.i18n import Language, texts
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, require
from dashboard.policy.queries import bridge_days
from dashboard.settings import Settings

LONGEST_STEP = 80


def take(session: Session, actor: Actor, case_id: str, *, version: int, now: datetime) -> None:
    """Make the case the actor's own and start on it."""
    case = _case(session, actor, case_id)
    facts = {"previous_handler": case.handler_id}
    move(session, actor, case, Verb.TAKE, now=now, version=version, fields=facts, handler_id=actor.id)


def assign(session: Session, actor: Actor, case_id: str, handler_id: str, *, version: int, now: datetime) -> None:
    """Give the case to a colleague."""
    case = _case(session, actor, case_id)
    facts = {"previous_handler": case.handler_id, "handler": handler_id}
    move(session, actor, case, Verb.ASSIGN, now=now, version=version, fields=facts, handler_id=handler_id)


def acknowledge(session: Session, actor: Actor, case_id: str, *, version: int, settings: Settings, now: datetime) -> None:
    """Tell the requester that a person has seen it, and when the answer comes."""
    case = _case(session, actor, case_id)
    move(session, actor, case, Verb.ACKNOWLEDGE, now=now, version=version)
    messages.acknowledged(Post(session, settings, now), case)


def ask(  # noqa: PLR0913  words and files, on a case seen at a version
    session: Session,
    actor: Actor,
    case_id: str,
    body: str,
    *,
    version: int,
    settings: Settings,
    now: datetime,
    uploads: Collection[Upload] = (),
    shelf: Shelf | None = None,
) -> None:
    """Ask the requester something: it becomes their turn. The clock runs on."""
    case = _case(session, actor, case_id)
    message_id = add_message(session, actor, case, body, Visibility.REQUESTER, now=now)
    _keep_with(session, actor, case, message_id, uploads, shelf, now)
    move(session, actor, case, Verb.ASK, now=now, version=version, fields={"message_id": message_id})
    token = links.new_link(session, case, now=now, lasts=links.NOTICE_FOR)
    messages.question(Post(session, settings, now), case, token=token, body=body)


def pause(session: Session, actor: Actor, case_id: str, body: str, *, version: int, settings: Settings, now: datetime) -> None:
    """Ask what must be known to start at all: the clock may stand still until the answer (EDPB 01/2022).

    The statutory date stays; the second date is shown beside it.
    """
    case = _case(session, actor, case_id)
    letters.require_filled(body, "message")
    message_id = add_message(session, actor, case, body, Visibility.REQUESTER, now=now)
    facts = {"message_id": message_id, "reason": PauseReason.SPECIFY.value}
    move(session, actor, case, Verb.PAUSE, now=now, version=version, fields=facts, paused_since=local_day(now))
    token = links.new_link(session, case, now=now, lasts=links.NOTICE_FOR)
    messages.paused(Post(session, settings, now), case, token=token, reason=PauseReason.SPECIFY, body=body)


def doubt_identity(  # noqa: PLR0913  a doubt needs its reason, and the question its words
    session: Session, actor: Actor, case_id: str, *, doubt: str, question: str, version: int, settings: Settings, now: datetime
) -> None:
    """Record a reasonable doubt and ask for proof (art. 12(6)); without a recorded doubt nothing can be asked."""
    case = _case(session, actor, case_id)
    reason = checked_text(doubt, "doubt")
    letters.require_filled(question, "message")
    message_id = add_message(session, actor, case, question, Visibility.REQUESTER, now=now)
    row = IdentityDoubt(id=str(uuid4()), case_id=case.id, reason=reason, at=now, by_id=actor.id)
    session.add(row)
    facts = {"message_id": message_id, "doubt_id": row.id}
    move(session, actor, case, Verb.DOUBT_IDENTITY, now=now, version=version, fields=facts, paused_since=local_day(now))
    token = links.new_link(session, case, now=now, lasts=links.NOTICE_FOR)
    messages.paused(Post(session, settings, now), case, token=token, reason=PauseReason.IDENTITY, body=question)


def check_identity(
    session: Session, actor: Actor, case_id: str, *, confirmed: bool, shelf: Shelf, version: int, now: datetime
) -> None:
    """Settle the doubt. The proof is deleted at once; one event says that it was looked at."""
    case = _case(session, actor, case_id)
    doubt = open_doubt(session, case)
    move(session, actor, case, Verb.CHECK_IDENTITY, now=now, version=version, fields={"confirmed": confirmed})
    if doubt:
        doubt.settled_at, doubt.confirmed = now, confirmed
    proofs = select(CaseFile).where(CaseFile.case_id == case.id, CaseFile.purpose == FilePurpose.IDENTITY)
    for proof in session.exec(proofs).all():
        if proof.deleted_at is None:
            remove(session, proof, files=shelf.files, now=now)


def extend(  # noqa: PLR0913  a reason, its words, on a case seen at a version
    session: Session,
    actor: Actor,
    case_id: str,
    *,
    reason: str,
    explanation: str,
    version: int,
    settings: Settings,
    now: datetime,
) -> None:
    """Two months more, once, told with its reason no later than the first due date (art. 12(3)).

    Raises NotPossibleError on the day after: then the case is late, and stays so.
    """
    case = _case(session, actor, case_id)
    if reason not in set(ExtensionReason):
        raise InvalidInputError({"extension_reason": "invalid.extension_reason"})
    letters.require_filled(explanation, "message")
    message_id = add_message(session, actor, case, explanation, Visibility.REQUESTER, now=now)
    first_due = case.due_on
    due_on = statutory_due(case.received_on, extended=True, extra_holidays=bridge_days(session, settings))
    facts = {
        "message_id": message_id,
        "reason": reason,
        "from_due": first_due.isoformat(),
        "to_due": due_on.isoformat(),
    }
    move(session, actor, case, Verb.EXTEND, now=now, version=version, fields=facts, extended=True, due_on=due_on)
    token = links.new_link(session, case, now=now, lasts=links.NOTICE_FOR)
    messages.extended(
        Post(session, settings, now),
        case,
        token=token,
        reason=ExtensionReason(reason),
        explanation=checked_text(explanation, "message"),
        first_due=texts(Language(case.language)).day(first_due),
    )


def inform(  # noqa: PLR0913  words and files, on a case seen at a version
    session: Session,
    actor: Actor,
    case_id: str,
    body: str,
    *,
    version: int,
    settings: Settings,
    now: datetime,
    uploads: Collection[Upload] = (),
    shelf: Shelf | None = None,
) -> None:
    """Tell the requester something that asks no answer."""
    case = _case(session, actor, case_id)
    message_id = add_message(session, actor, case, body, Visibility.REQUESTER, now=now)
    _keep_with(session, actor, case, message_id, uploads, shelf, now)
    move(session, actor, case, Verb.INFORM, now=now, version=version, fields={"message_id": message_id})
    token = links.new_link(session, case, now=now, lasts=links.NOTICE_FOR)
    messages.news(Post(session, settings, now), case, token=token, body=body)


def note(  # noqa: PLR0913  words, and whom they name
    session: Session,
    actor: Actor,
    case_id: str,
    body: str,
    *,
    version: int,
    now: datetime,
    settings: Settings | None = None,
    mentions: Collection[str] = (),
) -> None:
    """A note that only the desk reads. Who is named in it finds the case in their list, and gets a mail without a word of it."""
    case = _case(session, actor, case_id)
    people = {person.id: person for person in desk_people(session)}
    for person_id in sorted(set(mentions) & people.keys()):
        session.merge(CaseMention(person_id=person_id, case_id=case.id, at=now))
        if settings and people[person_id].email:
            messages.mentioned(Post(session, settings, now), case, to=people[person_id].email)
    message_id = add_message(session, actor, case, body, Visibility.INTERNAL, now=now)
    move(session, actor, case, Verb.NOTE, now=now, version=version, fields={"message_id": message_id})


def seen_mention(session: Session, actor: Actor, case_id: str) -> None:
    """Whoever was named has opened the case."""
    case = _case(session, actor, case_id)
    held = session.get(CaseMention, (actor.id, case.id))
    if held:
        session.delete(held)


def tick(session: Session, actor: Actor, case_id: str, step: str, *, done: bool, version: int, now: datetime) -> None:
    """A step of the checklist, done or not done after all."""
    case = _case(session, actor, case_id)
    if not 0 < len(step) <= LONGEST_STEP:
        raise NotFoundError(step)
    held = session.get(CaseTick, (case.id, step))
    if done and held is None:
        session.add(CaseTick(case_id=case.id, step=step, at=now, by_id=actor.id))
    elif held and not done:
        session.delete(held)
    move(session, actor, case, Verb.TICK, now=now, version=version, fields={"step": step, "done": done})


def _keep_with(
    session: Session,
    actor: Actor,
    case: Case,
    message_id: str,
    uploads: Collection[Upload],
    shelf: Shelf | None,
    now: datetime,
) -> None:
    if len(uploads) > MOST_UPLOADS:
        raise InvalidInputError({"uploads": "invalid.uploads_many"})
    for upload in uploads if shelf else ():
        row = keep(session, actor, case, upload, FilePurpose.ATTACHMENT, shelf=shelf, now=now)  # type: ignore[arg-type]  # narrowed above
        row.message_id = message_id


def _case(session: Session, actor: Actor, case_id: str) -> Case:
    require(actor, Permission.HANDLE_CASE)
    return load_case(session, actor, case_id)
