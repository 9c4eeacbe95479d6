"""The processing agreement and the covenant status of the school's board."""

import streamlit as st

from dashboard.annexes import queries
from dashboard.content import organisation
from dashboard.ui import annexes, parts
from dashboard.ui.here import here

t, actor = here().t, here().actor
found = here().ask(lambda session: queries.agreements(session, actor, today=here().today, language=t.language))

st.title(t("agreement.title"), anchor=False)
st.write(t("agreement.intro"))
if not found:
    st.info(t("agreement.no_board"), icon=":material/info:")
for row in found:
    with st.container(border=True):
        st.subheader(parts.plain(row.board_name), anchor=False)
        st.caption(t("agreement.board_number", number=row.board_number))
        covenant = "member" if row.council_member else "own" if row.own_covenant_signature else "none"
        st.markdown(f"**{t('agreement.covenant')}**  \n{t(f'agreement.covenant.{covenant}')}")
        if row.version is None:
            st.write(t("agreement.not_signed", email=organisation().email))
            continue
        signed = t("agreement.signed", model=row.model_version, day=t.day(row.signed_on)) if row.signed_on else ""
        st.markdown(f"**{t('agreement.agreement')}**  \n{signed}")
        annexes.version(row.version, t("agreement.agreement"))
