"""The page of `benchmarks.bare`."""

import streamlit as st

st.title("Bare")
