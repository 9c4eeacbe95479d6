"""What the privacy statement says from the data map: only what somebody confirmed."""

from dashboard.content import organisation
from dashboard.data_requests.law.recipients import System, general, recipients, systems
from dashboard.data_requests.outgoing import data_map
from dashboard.i18n import Texts
from dashboard.ui.visit import visit


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
