"""The statement and the request for who is between eight and sixteen: a picture and two sentences each."""

import streamlit as st

from dashboard.data_requests.law.rights import RequesterRole, Right, Subject
from dashboard.ui.public import entry
from dashboard.ui.visit import visit

TOLD = {
    "who": ":material/school:",
    "what": ":material/badge:",
    "why": ":material/lightbulb:",
    "seen_by": ":material/visibility:",
    "how_long": ":material/hourglass_bottom:",
    "safe": ":material/lock:",
}
ASKED = {
    Right.ACCESS: ":material/search:",
    Right.RECTIFICATION: ":material/edit:",
    Right.ERASURE: ":material/delete:",
    Right.OBJECTION: ":material/front_hand:",
}
# By whom a request is done: under sixteen a parent does it (UAVG, art. 5).
AGES = {"younger": RequesterRole.PARENT, "older": RequesterRole.PUPIL}
AGE = "children_age"
# The first question that isn't answered by then: whom it is about.
NEXT_STEP = 2


def told() -> None:
    t = visit().t
    with st.container(key="children_told"):
        for name, icon in TOLD.items():
            _picture(icon, f"**{t(f'children.{name}.title')}**  \n{t(f'children.{name}.text')}")


def asked() -> None:
    """Each a button that fills in the first questions of the form."""
    t = visit().t
    age = st.radio(t("children.age"), list(AGES), format_func=lambda each: t(f"children.age.{each}"), key=AGE, horizontal=True)
    st.info(t(f"children.age.{age}.text"), icon=":material/family_restroom:" if age == "younger" else ":material/person:")
    with st.container(key="children_asked"):
        for right, icon in ASKED.items():
            with _picture(icon, f"**{t(f'children.{right.value}.title')}**  \n{t(f'children.{right.value}.text')}"):
                pressed = st.button(
                    t(f"children.{right.value}.button"),
                    key=f"children_{right.value}",
                    on_click=entry.choose,
                    args=((right,), AGES[age].value, Subject.LEARNING_MATERIAL.value, NEXT_STEP),
                )
            if pressed:
                st.switch_page(visit().pages["public/request.py"])


def _picture(icon: str, words: str) -> st.delta_generator.DeltaGenerator:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(icon, width=56)
        place = st.container(gap="small")
        place.markdown(words)
    return place
