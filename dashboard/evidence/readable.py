"""The manifest for people: a tagged PDF in the reader's language."""

from collections.abc import Sequence
from datetime import date, datetime

from dashboard.content import organisation
from dashboard.evidence.manifest import MANIFEST, SIGNATURE, Listed
from dashboard.evidence.signing import fingerprint_of, public_key
from dashboard.i18n import Language, Texts, texts
from dashboard.papers import Section, pdf
from dashboard.settings import Settings


def as_pdf(  # noqa: PLR0913  what a title page tells
    language: Language,
    scope: str,
    scope_name: str,
    day: date,
    made_by: str,
    listed: Sequence[Listed],
    *,
    settings: Settings,
    now: datetime,
) -> bytes:
    t = texts(language)
    facts = (
        (t("evidence.school"), f"{scope_name} ({scope})"),
        (t("evidence.day"), t.day(day)),
        (t("evidence.publisher"), organisation().name),
        (t("evidence.made"), t.moment(now)),
        (t("evidence.made_by"), made_by),
        (t("evidence.number"), t.count("evidence.documents", len(listed))),
        (t("evidence.key"), fingerprint_of(public_key(settings))),
    )
    intro = (t("evidence.intro"), t("evidence.check", url=f"{settings.base_url}/verify", manifest=MANIFEST, signature=SIGNATURE))
    sections = [Section(t("evidence.facts"), facts), *(_section(t, each) for each in listed)]
    return pdf(t, t("evidence.title", name=scope_name), intro, sections, now=now)


def _section(t: Texts, each: Listed) -> Section:
    sector = f" ({t(f'sector.{each.sector}')})" if each.sector else ""
    until = t.day(each.valid_to) if each.valid_to else t("evidence.open_end")
    return Section(
        f"{each.product_name or t('evidence.general')}: {each.kind_name}{sector}",
        (
            (t("evidence.version"), each.version),
            (t("evidence.model"), each.model),
            (t("evidence.from"), t.day(each.valid_from)),
            (t("evidence.until"), until),
            (t("evidence.file"), each.file),
            ("SHA-256", each.sha256),
        ),
    )
