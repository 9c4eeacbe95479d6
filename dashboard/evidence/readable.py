"""The manifest for people: a tagged PDF in the reader's language."""

from collections.abc import Sequence
from datetime import date

from dashboard.accounts.spans import Reached
from dashboard.act import Allowed
from dashboard.content import organisation
from dashboard.evidence.manifest import MANIFEST, SIGNATURE, Listed
from dashboard.evidence.signing import fingerprint_of, public_key
from dashboard.i18n import Language, Texts, texts
from dashboard.papers import Section, pdf


def as_pdf(
    act: Allowed, of: Reached, day: date, listed: Sequence[Listed], language: Language, *, only_new: bool = False
) -> bytes:
    t, settings = texts(language), act.settings
    facts = (
        (t("evidence.school"), f"{of.name} ({of.key})"),
        (t("evidence.day"), t.day(day)),
        (t("evidence.publisher"), organisation().name),
        (t("evidence.made"), t.moment(act.now)),
        (t("evidence.made_by"), act.actor.name),
        (t("evidence.number"), t.count("evidence.documents", len(listed))),
        (t("evidence.key"), fingerprint_of(public_key(settings))),
    )
    intro = (
        t("evidence.intro_new" if only_new else "evidence.intro"),
        t("evidence.check", url=f"{settings.base_url}/verify", manifest=MANIFEST, signature=SIGNATURE),
    )
    sections = [Section(t("evidence.facts"), facts), *(_section(t, each) for each in listed)]
    return pdf(t, t("evidence.title", name=of.name), intro, sections, now=act.now)


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
