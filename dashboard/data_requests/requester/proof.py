"""What the confirmation shows, as a PDF to keep: reference, code, the date with its reasons."""

from datetime import datetime

from dashboard.data_requests.law.narrative import reasons_in_words
from dashboard.data_requests.requester.asking import Receipt
from dashboard.i18n import Language, texts
from dashboard.papers import Section, pdf


def proof(shown: Receipt, language: Language, *, now: datetime) -> bytes:
    t = texts(language)
    facts = [(t("paper.reference"), shown.reference)]
    if shown.also:
        facts.append((t("receipt.reference_school"), shown.also))
    facts += [
        (t("receipt.code"), shown.code),
        (t("paper.received"), t.day(shown.received_on)),
        (t("paper.due"), t.day(shown.explanation.due_on)),
        (t("paper.made"), t.moment(now)),
    ]
    why = Section(t("paper.why"), text=(reasons_in_words(t, shown.explanation),))
    title = t("paper.receipt.title", reference=shown.reference)
    return pdf(t, title, (t("paper.receipt.intro"),), (Section(t("paper.facts"), tuple(facts)), why), now=now)
