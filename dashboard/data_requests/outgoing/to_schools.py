"""One function for each message to the contact of a school: in Dutch, and without a word about the person."""

from collections.abc import Iterable

from dashboard.act import Allowed
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.model import Case, CaseRight
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.outgoing.messages import facts_of
from dashboard.i18n import Language, texts
from dashboard.mail.outbox import Envelope
from dashboard.mail.post import write


def for_school(act: Allowed, case: Case, *, school: SchoolKey, code: str, in_portal: bool, rights: Iterable[CaseRight]) -> None:
    """The hand-over: what, by when, and the code that opens it."""
    t = texts(Language.NL)
    asked = ", ".join(right_in_words(t, row.right).lower() for row in rights)
    _to_school(act, "for_school", case, school, code=code, in_portal=in_portal, rights=asked)


def school_reminder(act: Allowed, case: Case, *, school: SchoolKey) -> None:
    _to_school(act, "school_reminder", case, school)


def written_at_school(act: Allowed, case: Case, *, school: SchoolKey) -> None:
    """The requester wrote: where to read it, and not a word of it."""
    _to_school(act, "written_at_school", case, school, in_portal=bool(case.handed_brin or case.handed_board))


def wait_ended_at_school(act: Allowed, case: Case, *, school: SchoolKey) -> None:
    """The requester didn't answer what the school asked."""
    _to_school(act, "wait_ended_at_school", case, school)


def taken_back_from_school(act: Allowed, case: Case, *, school: SchoolKey) -> None:
    """It wasn't for this school after all."""
    _to_school(act, "taken_back_from_school", case, school)


def withdrawn_at_school(act: Allowed, case: Case, *, school: SchoolKey) -> None:
    _to_school(act, "withdrawn_at_school", case, school)


def executed_for_school(act: Allowed, case: Case, *, school: SchoolKey) -> None:
    _to_school(act, "executed_for_school", case, school)


def _to_school(act: Allowed, template: str, case: Case, school: SchoolKey, **values: object) -> None:
    """To the school's contact: in Dutch, and without a word about the person."""
    envelope = Envelope(school.contact_email, name=school.contact_name, case_id=case.id)
    write(act, template, envelope, **facts_of(act, case, Language.NL), **values)
