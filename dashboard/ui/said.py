"""What a page of ours says over its websocket."""

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # its stubs are a package of their own
from streamlit.proto.BackMsg_pb2 import BackMsg

# The longest page has a hundred boxes.
MOST_STATES = 2_000


def is_ours(content: bytes) -> bool:
    """Streamlit stores whatever it is told of widgets, known or not, before any script of ours runs."""
    try:
        told = BackMsg.FromString(content)
    except DecodeError:
        return False
    return len(told.rerun_script.widget_states.widgets) <= MOST_STATES
