"""Papers about a request, as tagged PDFs: proof of receipt, the dossier for the authority, the summary of an answer."""

from datetime import datetime

from dashboard import audit
from dashboard.act import Allowed, asks
from dashboard.audit import Action
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.queries import case_id_of, case_view
from dashboard.data_requests.case.rows import CaseView, EventRow
from dashboard.data_requests.law.narrative import reasons_in_words, right_in_words
from dashboard.data_requests.law.recipients import recipients
from dashboard.data_requests.law.rights import ARTICLE
from dashboard.i18n import Language, Texts, texts
from dashboard.papers import Section, pdf
from dashboard.permissions import Permission


@asks(Permission.READ_CASE)
def take_dossier(act: Allowed, reference: str) -> CaseView:
    """Everything on record about a case, to make its dossier of; that somebody took it is recorded. Raises NotFoundError."""
    act.require_fresh()
    case = case_view(act, case_id_of(act, reference))
    audit.record(act, Action.CASE_DOSSIER, case.id)
    return case


def receipt(case: CaseView, *, now: datetime) -> bytes:
    """Proof that the request arrived, with the date and its reasons; in the requester's language."""
    t = texts(case.language)
    facts = (
        (t("paper.reference"), case.reference),
        (t("paper.name"), case.name),
        (t("paper.received"), t.day(case.dates.received_on)),
        (t("paper.rights"), ", ".join(right_in_words(t, row.right) for row in case.rights)),
        (t("paper.due"), t.day(case.due_on)),
        (t("paper.made"), t.moment(now)),
    )
    return pdf(
        t,
        t("paper.receipt.title", reference=case.reference),
        (t("paper.receipt.intro"),),
        (
            Section(t("paper.facts"), facts),
            Section(t("paper.why"), text=(reasons_in_words(t, case.dates.due),)),
            Section(t("paper.words"), text=(case.explanation or "-",)),
        ),
        now=now,
    )


def dossier(case: CaseView, *, now: datetime) -> bytes:
    """Everything on record about a case, for the authority: facts, decisions, letters, history. In Dutch; no internal notes."""
    t = texts(Language.NL)
    return pdf(
        t,
        t("paper.dossier.title", reference=case.reference),
        (t("paper.dossier.intro", moment=t.moment(now)),),
        (
            Section(t("paper.facts"), _case_facts(t, case)),
            Section(t("paper.decisions"), _decisions(t, case)),
            *_recipients(t, case),
            Section(t("paper.words"), text=(case.explanation or "-",)),
            Section(t("paper.letters"), text=tuple(_letters(t, case)) or (t("paper.none"),)),
            Section(t("paper.history"), tuple(_event(t, event) for event in reversed(case.events))),
        ),
        now=now,
    )


def _case_facts(t: Texts, case: CaseView) -> tuple[tuple[str, str], ...]:
    facts = [
        (t("paper.reference"), case.reference),
        (t("paper.channel"), t(f"channel.{case.channel.value}")),
        (t("paper.role"), t(f"role.{case.role.value}")),
        (t("paper.name"), case.name),
        (t("paper.about"), case.about),
        (t("paper.controller"), t(f"subject.{case.subject.value}.short")),
        (t("paper.received"), t.day(case.dates.received_on)),
        (t("paper.first_due"), t.day(case.dates.first.due_on)),
        (t("paper.due"), t.day(case.due_on)),
        (t("paper.status"), t(f"status.{case.status.value}")),
    ]
    if case.dates.with_pause:
        facts.append((t("paper.with_pause"), t.day(case.dates.with_pause)))
    if case.closed_at:
        facts.append((t("paper.closed"), t.moment(case.closed_at)))
    if case.recognised:
        facts.append((t("register.recognised"), t(f"recognised.{case.recognised.value}")))
    words = {True: t("paper.identity_yes"), False: t("paper.identity_no"), None: t("paper.identity_open")}
    facts += [
        (t("paper.identity"), f"{t(f'doubt.{doubt.about.value}')}: {doubt.reason}\n{words[doubt.confirmed]}")
        for doubt in (case.staff.doubts if case.staff else ())
    ]
    return tuple(facts)


def _decisions(t: Texts, case: CaseView) -> tuple[tuple[str, str], ...]:
    found = []
    for row in case.rights:
        parts = [row.correction] if row.correction else []
        parts += [t(f"outcome.{row.outcome.value}") if row.outcome else t("outcome.open")]
        parts += [t(f"ground.{row.ground.value}")] if row.ground else []
        parts += [text for text in (row.reason, row.evidence) if text]
        parts += [t("paper.four_eyes")] if row.approved_by else []
        found.append((f"{right_in_words(t, row.right)} (art. {ARTICLE[row.right]})", "\n".join(parts)))
    return tuple(found)


def _recipients(t: Texts, case: CaseView) -> tuple[Section, ...]:
    told = case.staff.recipients if case.staff else ()
    if not told:
        return ()
    words = {True: t("paper.told"), False: t("paper.exempt")}
    return (
        Section(t("paper.recipients"), tuple((_name_of(t, row.key), f"{words[row.told]} {row.reason}".strip()) for row in told)),
    )


def _letters(t: Texts, case: CaseView) -> list[str]:
    return [
        f"{t.moment(message.at)} · {t(f'author.{message.author.value}')}\n{message.body}"
        for message in case.messages
        if not message.internal
    ]


def _event(t: Texts, event: EventRow) -> tuple[str, str]:
    who = t("author.requester") if event.by_requester else t("author.school") if event.by_school else t("author.staff")
    return (t.moment(event.at), f"{t(f'event.{event.kind.value}')} ({who}){_why(t, event)}")


def _why(t: Texts, event: EventRow) -> str:
    """The reason that an event carries, in words."""
    if event.kind is EventKind.EXTENDED:
        reason = event.fields["reason"]
        return f": {t(f'extension.{reason}')}"
    if event.kind is EventKind.RECIPIENT_TOLD:
        return f": {_name_of(t, event.fields['recipient'])}"
    return ""


def _name_of(t: Texts, recipient: str) -> str:
    return next((each.name(t.language) for each in recipients() if each.key == recipient), recipient)
