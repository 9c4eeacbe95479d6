"""Follow a request: open it by link or by reference and code, then see and act."""

import streamlit as st

from dashboard.data_requests.case import queries
from dashboard.ui import acting, identity, parts
from dashboard.ui.public import track
from dashboard.ui.visit import go_on_as, visit

here = visit()
t = here.t
requester = identity.requester(here.reader, here.now)
st.title(t("track.title"), anchor=False)

if requester.case_id:
    go_on_as(requester)
    track.show(visit().ask(queries.case_view, requester.case_id))
    st.stop()

acting.mind(acting.NOTHING, "track.closed_since")
st.write(t("track.intro"))
with st.form("track_open"):
    reference = st.text_input(t("track.reference"), placeholder="BS-123-456-789", key="track_reference")
    code = st.text_input(t("track.code"), placeholder="XXXX-XXXX-XXXX-XXXX-XXXX-XXXX", key="track_code", autocomplete="off")
    opened = st.form_submit_button(t("track.open"), type="primary", key="track_submit")
if opened:
    track.try_code(reference, code)

lost = st.container()
with st.expander(t("track.lost.title"), icon=":material/key_off:", key="open_track_lost"), st.form("track_lost", border=False):
    st.write(t("track.lost.text"))
    lost_reference = st.text_input(t("track.reference"), key="track_lost_reference")
    lost_email = st.text_input(t("request.contact.email"), key="track_lost_email", autocomplete="email")
    asked = st.form_submit_button(t("track.lost.send"), key="track_lost_submit")
if asked:
    # Above what folds: whoever sends must see what came of it.
    with lost:
        track.send_link(lost_reference, lost_email)
parts.by_letter(t)
