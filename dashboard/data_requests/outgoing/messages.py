"""One function for each message about a request; the words are in `data/mail`."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from dashboard.act import Allowed
from dashboard.clock import local_day
from dashboard.data_requests.case.codes import code_of_mail
from dashboard.data_requests.case.lifecycle import AT_SCHOOL
from dashboard.data_requests.case.model import Case, CaseRight
from dashboard.data_requests.case.queries import governance_by
from dashboard.data_requests.case.terms import ExtensionReason, PauseReason
from dashboard.data_requests.law.deadlines import court_until, explain, overdue
from dashboard.data_requests.law.narrative import late_ways_on, reasons_in_words, right_in_words, ways_on
from dashboard.data_requests.law.rights import Outcome, Right, limits
from dashboard.i18n import Language, Texts, texts
from dashboard.mail.outbox import Envelope
from dashboard.mail.post import one_line, salutation, write
from dashboard.policy.queries import bridge_days, days_of
from dashboard.policy.rules import Term

AT_ONCE = timedelta(0)


def verification(
    act: Allowed, case: Case, *, token: str, rights: Iterable[Right], also: str = "", later: timedelta = AT_ONCE
) -> None:
    """Received; confirm your address."""
    _to_requester(act, "verification", case, later=later, **_way_in(act, token), also=also, **_asked(act, case, rights))


def confirm_reminder(act: Allowed, case: Case, *, token: str, until: date, also: str = "", later: timedelta = AT_ONCE) -> None:
    """Not confirmed after a day: until when it still can be."""
    day = texts(Language(case.language)).day(until)
    _to_requester(act, "confirm_reminder", case, later=later, **_way_in(act, token), until=day, also=also)


def registered(act: Allowed, case: Case, *, code: str, rights: Iterable[Right], also: str = "") -> None:
    """A letter, call or mail that we entered: reference and code."""
    ways = _late_ways(act, case) if case.due_on < act.today else []
    entered = texts(Language(case.language)).day(act.today)
    _to_requester(act, "registered", case, code=code, also=also, ways=ways, entered=entered, **_asked(act, case, rights))


def wait_reminded(act: Allowed, case: Case, *, token: str, until: date) -> None:
    """We, or the school, still wait for an answer: until when."""
    day = texts(Language(case.language)).day(until)
    _to_requester(act, "wait_reminded", case, **_way_in(act, token), until=day)


def wait_ended(act: Allowed, case: Case) -> None:
    """No answer came: it goes on without."""
    _to_requester(act, "wait_ended", case)


def late(act: Allowed, case: Case) -> None:
    """There should have been an answer by now: said by ourselves, with the ways on that have no term."""
    _to_requester(act, "late", case, ways=_late_ways(act, case))


def acknowledged(act: Allowed, case: Case) -> None:
    """A person has seen it."""
    _to_requester(act, "acknowledged", case)


def fresh_link(act: Allowed, case: Case, *, token: str, later: timedelta = AT_ONCE) -> None:
    """The way back to a request whose code was lost."""
    _to_requester(act, "fresh_link", case, later=later, **_way_in(act, token))


def new_address(act: Allowed, case: Case, *, token: str, to: str, later: timedelta = AT_ONCE) -> None:
    """To the new address, which this proves."""
    _to_requester(act, "new_address", case, to=to, later=later, **_way_in(act, token))


def address_changed(act: Allowed, case: Case) -> None:
    """To the old address, the last time."""
    _to_requester(act, "address_changed", case)


def joined(act: Allowed, case: Case, *, older: Case) -> None:
    """A repeat was put with the request that is open."""
    due, is_late = texts(Language(case.language)).day(older.due_on), overdue(older.due_on, act.today)
    _to_requester(act, "joined", case, older=older.reference, older_due=due, older_late=is_late)


def question(act: Allowed, case: Case, *, token: str, body: str) -> None:
    """We, or the school, asked something: it is the requester's turn."""
    _to_requester(act, "question", case, **_way_in(act, token), body=body)


def paused(act: Allowed, case: Case, *, token: str, reason: PauseReason, body: str) -> None:
    """We asked something without which we can't begin."""
    _to_requester(act, "paused", case, **_way_in(act, token), reason=reason.value, body=body)


def fee(act: Allowed, case: Case, *, token: str, cents: int, body: str) -> None:
    """What it would cost, beforehand: the requester thinks again."""
    amount = texts(Language(case.language)).euros(cents)
    _to_requester(act, "fee", case, **_way_in(act, token), amount=amount, body=body)


def news(act: Allowed, case: Case, *, token: str, body: str) -> None:
    """A message from the desk that asks nothing."""
    _to_requester(act, "news", case, **_way_in(act, token), body=body)


def extended(act: Allowed, case: Case, *, token: str, reason: ExtensionReason, explanation: str, first_due: str) -> None:
    """The notice of art. 12(3), in full."""
    _to_requester(act, "extended", case, **_way_in(act, token), reason=reason.value, explanation=explanation, first_due=first_due)


def answered(act: Allowed, case: Case, *, token: str, rights: Sequence[CaseRight], body: str) -> None:
    """The answer is ready; where a right was refused or granted in part, the ways on stand in the mail."""
    days = days_of(act, Term.ANSWER)
    ways = _ways(act, case, act.today) if any(limits(row.outcome, row.ground) for row in rights) else []
    whole = all(row.outcome is Outcome.REFUSED for row in rights)
    _to_requester(act, "answered", case, **_way_in(act, token), ways=ways, whole=whole, body=body, days=days)


def reopened(act: Allowed, case: Case, *, review_by: date | None) -> None:
    """We look again, by a day of our own; the first answer, its date and its term for the court stand."""
    t = texts(Language(case.language))
    first = court_until(local_day(case.answered_at)) if case.answered_at else None
    days = {"review": review_by, "first_court": first}
    said: dict[str, Any] = {name: t.day(day) if day else "" for name, day in days.items()}
    _to_requester(act, "reopened", case, **said)


def handed_over(act: Allowed, case: Case, *, school: str) -> None:
    """The school decides; its contact."""
    _to_requester(act, "handed_over", case, school=one_line(school))


def taken_back(act: Allowed, case: Case, *, school: str, opened: bool) -> None:
    """It had gone to the wrong school: told as it was."""
    _to_requester(act, "taken_back", case, school=one_line(school), opened=opened)


def school_decided(act: Allowed, case: Case, *, rights: Iterable[CaseRight], token: str, body: str) -> None:
    """What the school decided, and for what it doesn't grant its reasons and the ways on (art. 12(4)): from now the weeks run."""
    decided = list(rights)
    limited = any(limits(row.outcome, row.ground) for row in decided)
    ways = _ways(act, case, act.today) if limited else []
    _to_requester(act, "school_decided", case, **_way_in(act, token), decided=_decided(case, decided), ways=ways, body=body)


def executed(act: Allowed, case: Case, *, rights: Iterable[CaseRight], token: str, files: bool) -> None:
    """What the school decided was done; `files`: what it grants is there to be downloaded."""
    days, body = days_of(act, Term.ANSWER), ""
    decided = _decided(case, rights)
    _to_requester(act, "executed", case, **_way_in(act, token), decided=decided, files=files, days=days, body=body)


def closed_by_school(act: Allowed, case: Case) -> None:
    """The school answered outside the portal, on a day that we know or don't."""
    _to_requester(act, "closed_by_school", case, ways=_ways(act, case, local_day(case.answered_at) if case.answered_at else None))


def withdrawn(act: Allowed, case: Case) -> None:
    _to_requester(act, "withdrawn", case)


def expired(act: Allowed, case: Case, *, also: str = "", later: timedelta = AT_ONCE) -> None:
    """Never confirmed: the request ends, and the requester hears so."""
    _to_requester(act, "expired", case, later=later, also=also)


def digest(act: Allowed, *, to: str, counted: object, head: object) -> None:
    """The desk's morning mail: counts only, and the head of the audit trail, which stands elsewhere then too."""
    write(act, "digest", Envelope(to), counted=counted, head=head)


def mentioned(act: Allowed, case: Case, *, to: str) -> None:
    """A colleague named you in a note: where, and nothing of what it says."""
    write(act, "mentioned", Envelope(to), reference=case.reference)


def answer_kept(act: Allowed, case: Case, *, to: str) -> None:
    """Your answer didn't go out: where, and nothing of what it says."""
    write(act, "answer_kept", Envelope(to), reference=case.reference)


def _decided(case: Case, rights: Iterable[CaseRight]) -> list[str]:
    """Each right with its outcome, and the reason of what isn't granted."""
    t = texts(Language(case.language))
    return [
        " ".join((f"{right_in_words(t, row.right)}: {t(f'outcome.{row.outcome.value}').lower()}.", _because(t, row))).strip()
        for row in rights
        if row.outcome
    ]


def _because(t: Texts, row: CaseRight) -> str:
    return t("ways.because", reason=one_line(row.reason)) if row.reason and row.outcome is not Outcome.GRANTED else ""


def _ways(act: Allowed, case: Case, answered_on: date | None) -> list[str]:
    """Where the requester can go who doesn't agree with an answer of this day."""
    until = court_until(answered_on) if answered_on else None
    return ways_on(texts(Language(case.language)), governance_by(act, case), until)


def _late_ways(act: Allowed, case: Case) -> list[str]:
    return late_ways_on(texts(Language(case.language)), governance_by(act, case))


def _asked(act: Allowed, case: Case, rights: Iterable[Right]) -> dict[str, Any]:
    """What was asked, and how its date came about."""
    t = texts(Language(case.language))
    reasons = reasons_in_words(t, explain(case.received_on, extra_holidays=bridge_days(act)))
    return {"rights": [right_in_words(t, right) for right in rights], "reasons": reasons}


def _way_in(act: Allowed, token: str) -> dict[str, Any]:
    """The link, and the short code for whoever gets it without its end."""
    # Behind the #: a browser sends it to no server, so it is in no log; the page at /open exchanges it.
    return {"link": f"{act.settings.base_url}/open#{token}", "once": code_of_mail(token, act.settings.pepper.get_secret_value())}


def _to_requester(act: Allowed, template: str, case: Case, *, to: str = "", later: timedelta = AT_ONCE, **values: object) -> None:
    """By mail, or on the pile to be printed and posted where we have no e-mail address."""
    address, language = to or case.email, Language(case.language)
    # Whoever typed an address that isn't proven may have typed somebody else's: that one reads no word of theirs.
    typed = "" if to or case.verified_at is None else salutation(case.name)
    name = typed or texts(language)("mail.requester")
    envelope = Envelope(address or case.postal_address, language, name, case.id, by_post=not address, later=later)
    by_school = case.status in AT_SCHOOL
    write(act, template, envelope, by_school=by_school, **facts_of(act, case, language), **values)


def facts_of(act: Allowed, case: Case, language: Language) -> dict[str, Any]:
    """What every message about a request may say. `late`: nobody promises a day that is over."""
    t = texts(language)
    days = {"due": case.due_on, "received": case.received_on, "court": court_until(act.today)}
    late = overdue(case.due_on, act.today)
    return {"reference": case.reference, "late": late, **{name: t.day(day) for name, day in days.items()}}
