"""The first steps of a new portal: each with how far it is, who does it, and where."""

from dataclasses import dataclass

import streamlit as st

from dashboard import content
from dashboard.annexes.first_steps import FirstSteps
from dashboard.content import organisation
from dashboard.settings import ProviderKind
from dashboard.ui.visit import visit


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    done: bool
    script: str = ""
    count: int = 0


def steps(found: FirstSteps) -> list[Step]:
    """In the order in which one needs the other."""
    kinds = {provider.kind for provider in visit().portal.settings.providers} - {ProviderKind.PUBLISHER}
    says_itself = bool(kinds & {ProviderKind.ENTREE})
    return [
        Step("organisation", not content.missing() and not organisation().email.endswith(".example")),
        Step("schools", found.schools > 0, "staff/schools.py", found.schools),
        Step("products", found.products > 0 and found.licences > 0, "staff/catalogue.py", found.products),
        Step("annexes", found.models > 0 and found.annexes > 0, "staff/catalogue.py", found.annexes),
        Step("sign_in", bool(kinds) and (says_itself or found.mappings > 0), "staff/access.py", found.mappings),
    ]


def show(listed: list[Step]) -> None:
    here = visit()
    t = here.t
    for number, step in enumerate(listed, start=1):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.subheader(f"{number}. {t(f'setup.{step.name}.title')}", anchor=False)
                label, colour = ("setup.done", "green") if step.done else ("setup.to_do", "orange")
                st.badge(t(label), color=colour, icon=":material/check:" if step.done else ":material/pending:")  # type: ignore[arg-type]
            st.write(t(f"setup.{step.name}.text"))
            if step.count:
                st.caption(t("setup.there", number=t.number(step.count)))
            if step.script:
                st.page_link(here.pages[step.script], label=t(f"setup.{step.name}.link"), icon=":material/arrow_forward:")
