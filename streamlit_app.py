"""What you run: the pages behind our own routes, middleware and start-up."""

import streamlit as st

from dashboard.errors import BijsluiterError
from dashboard.portal import portal
from dashboard.ui import chosen_files, said
from dashboard.ui.navigation import PATHS
from dashboard.ui.runtime import configure, lifespan, sentence_instead, show_script_error
from dashboard.web.middleware import stack
from dashboard.web.responses import failed, refused
from dashboard.web.routes import routes

with sentence_instead():
    configure()

app = st.App(
    "pages/navigation.py",
    routes=routes(PATHS),
    middleware=stack(portal().settings, chosen_files.keeper, said.is_ours),
    lifespan=lifespan,
    on_script_error=show_script_error,
    exception_handlers={BijsluiterError: refused, Exception: failed},
)
