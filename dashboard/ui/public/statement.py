"""What the privacy statement says from the data map: only what somebody confirmed."""

from datetime import date

import streamlit as st

from dashboard.content import organisation
from dashboard.data_requests.law.recipients import System, general, recipients, systems
from dashboard.data_requests.outgoing import data_map
from dashboard.i18n import Texts
from dashboard.statement import Version, versions
from dashboard.ui import parts
from dashboard.ui.visit import visit


def others(shown: Version, today: date) -> None:
    """Every version with its days and what it changed; one that is coming is told on top."""
    t, found = visit().t, versions()
    for each in found:
        if each.valid_from > today and each.version != shown.version:
            st.info(t("statement.coming", version=each.version, day=t.day(each.valid_from)), icon=":material/campaign:")
            parts.go_here(t("statement.read", version=each.version), f"statement_coming_{each.version}", version=each.version)
    with st.expander(t("statement.all"), icon=":material/history:", key="open_statement_all"):
        for each in found:
            days = t.day(each.valid_from) + (t("statement.until", day=t.day(each.until)) if each.until else "")
            st.markdown(f"**{t('statement.one', version=each.version)}**, {t('statement.from', day=days)}")
            st.text(each.changes(t.language) or t("statement.no_changes"))
            if each.version != shown.version:
                parts.go_here(t("statement.read", version=each.version), f"statement_read_{each.version}", version=each.version)


def facts() -> dict[str, str]:
    """The parts of the statement by name."""
    here = visit()
    t = here.t
    if not here.ask(data_map.is_confirmed):
        return dict.fromkeys(("systems", "transfer", "automated"), t("statement.not_confirmed", email=organisation().email))
    told = "\n".join(_system(t, system) for system in systems())
    return {"systems": told, "transfer": general("transfer", t.language), "automated": general("automated", t.language)}


def _system(t: Texts, system: System) -> str:
    names = {each.key: each.name(t.language) for each in recipients()}
    told = (
        system.told("purposes", t.language),
        t(f"legal_ground.{system.legal_ground}"),
        f"{t('package.categories')}: {system.told('categories', t.language)}",
        f"{t('package.source')}: {system.told('source', t.language)}",
        f"{t('package.recipients')}: {', '.join(names[key] for key in system.recipients) or t('package.nobody')}",
        f"{t('package.retention')}: {system.told('retention', t.language)}",
    )
    return f"- **{system.name(t.language)}**: {'. '.join(told)}."
