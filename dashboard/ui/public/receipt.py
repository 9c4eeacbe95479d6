"""What somebody keeps who sent a request: reference, code, date, and what happens next."""

import streamlit as st

from dashboard.data_requests.law.narrative import reasons_in_words
from dashboard.data_requests.requester import asking
from dashboard.ui import identity, parts
from dashboard.ui.public import entry
from dashboard.ui.visit import visit


def sent() -> asking.Receipt | None:
    """The receipt of the form that this browser sent, also after a reload; not over one being filled in, in another tab."""
    here = visit()
    once, visitor = entry.take_receipt(), identity.visitor(here.portal)
    if once or not visitor or entry.has_begun():
        return once
    return here.ask(asking.receipt, visitor)


def confirmation(shown: asking.Receipt) -> None:
    """Received: reference and code, the date with its reason, what happens next."""
    t = visit().t
    st.title(t("receipt.title"), anchor=False)
    if shown.mailed_at:
        st.info(t("receipt.mailed_later", at=t.moment(shown.mailed_at)), icon=":material/schedule_send:")
    else:
        st.success(t("receipt.mailed"), icon=":material/check_circle:")
    parts.sent("request_")
    with st.container(border=True):
        st.markdown(f"**{t('receipt.reference_ours' if shown.also else 'receipt.reference')}**")
        st.code(shown.reference, language=None)
        if shown.also:
            st.markdown(f"**{t('receipt.reference_school')}**")
            st.code(shown.also, language=None)
        st.markdown(f"**{t('receipt.code_both' if shown.also else 'receipt.code')}**")
        st.code(shown.code, language=None)
        st.caption(t("receipt.keep"))
    st.subheader(t("receipt.due", day=t.day(shown.explanation.due_on)), anchor=False)
    st.write(reasons_in_words(t, shown.explanation))
    st.subheader(t("receipt.next"), anchor=False)
    st.markdown("\n".join(f"{number}. {t(f'receipt.next.{number}')}" for number in (1, 2, 3)))
    with st.container(horizontal=True):
        if st.button(t("receipt.track"), key="request_to_track"):
            st.switch_page(visit().pages["public/track.py"])
        # Our script knows it by this key, and opens the browser's own window for it.
        st.button(t("receipt.print"), key="print_page", icon=":material/print:", type="tertiary")
        st.link_button(
            t("receipt.pdf"), f"/request/receipt.pdf?ref={shown.reference}", icon=":material/picture_as_pdf:", type="tertiary"
        )
        if st.button(t("receipt.another"), type="tertiary", key="request_another"):
            visit().attempt(asking.forget_receipt, identity.visitor(visit().portal) or "")
            st.rerun()
