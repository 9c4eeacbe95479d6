"""A board's agreement as a card: the covenant, the model, how far signing is, and the model's own text."""

import streamlit as st

from dashboard.annexes.rows import AgreementRow
from dashboard.content import organisation
from dashboard.ui import parts
from dashboard.ui.school import annexes
from dashboard.ui.visit import visit


def card(row: AgreementRow) -> None:
    t = visit().t
    with st.container(border=True):
        st.subheader(parts.plain(row.board_name), anchor=False)
        st.caption(t("agreement.board_number", number=row.board_number))
        if row.merged_into:
            st.info(t("agreement.merged", board=row.merged_into), icon=":material/merge:")
        st.markdown(f"**{t('agreement.covenant')}**  \n{_covenant(row)}")
        if row.dvo_status is None:
            st.write(t("agreement.not_signed", email=organisation().email))
            return
        st.markdown(f"**{t('agreement.agreement')}**  \n{_agreement(row)}")
        if row.version:
            annexes.version(row.version, t("agreement.agreement"), download=True)


def _covenant(row: AgreementRow) -> str:
    t = visit().t
    if row.councils:
        names = ", ".join(t(f"council.{council.value}") for council in row.councils)
        return t("agreement.covenant.member", councils=names)
    if row.own_covenant and row.covenant_signed_on:
        return t("agreement.covenant.own_on", day=t.day(row.covenant_signed_on))
    return t(f"agreement.covenant.{row.covenant}")


def _agreement(row: AgreementRow) -> str:
    """Model, day and how far it is; a missing day is said, since a register asks for it."""
    t = visit().t
    if row.is_signed:
        signed = t.day(row.signed_on) if row.signed_on else t("agreement.day_unknown")
        said = [t("agreement.signed", model=row.model_version, day=signed)]
    else:
        said = [t("agreement.proposed", model=row.model_version)]
    dvo = t(f"dvo.{row.dvo_status.value}") if row.dvo_status else ""
    said.append(t("agreement.dvo_on", status=dvo, day=t.day(row.dvo_on)) if row.dvo_on else dvo)
    return "  \n".join(said)
