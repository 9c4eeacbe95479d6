"""The demo's mailbox: every mail that the portal sent on this machine."""

import streamlit as st

from dashboard.demo.mailbox import received
from dashboard.ui.visit import visit

t = visit().t

st.title(t("mailbox.title"), anchor=False)
st.write(t("mailbox.intro"))
mails = received(visit().actor, visit().portal.settings)
if not mails:
    st.info(t("mailbox.empty"), icon=":material/mail:")
if st.button(t("mailbox.refresh"), icon=":material/refresh:", key="mailbox_refresh"):
    st.rerun()
for number, mail in enumerate(mails):
    with st.container(border=True):
        st.text(mail.subject)
        st.text(t("mailbox.to", recipient=mail.recipient, moment=t.moment(mail.at)))
        if mail.link:
            st.link_button(t("mailbox.open_link"), mail.link, key=f"mailbox_link_{number}")
        with st.expander(t("mailbox.read"), key=f"mailbox_{number}"):
            st.text(mail.body)
