"""A browser tab without a browser: a websocket client on Streamlit's own protobuf messages.

It opens a session, reruns the page, sets widgets and clicks buttons, and hands back the elements of the last run.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

TIMEOUT_SECONDS = 30
QUIET_SECONDS = 0.7
_SUBPROTOCOL = Subprotocol("streamlit")


@dataclass(slots=True)
class Tab:
    """One tab at `http://localhost:PORT`; use as a context manager."""

    url: str
    page: str = ""
    cookie: str = ""
    query: str = ""
    # The session's id: known once it began; given, the one to go on with, as a tab does whose connection was lost.
    session: str = ""
    # The address of this machine that it comes from.
    source: str = ""
    elements: list[Element] = field(default_factory=list)
    # Ids of what folds: closed, its content isn't drawn.
    folds: list[str] = field(default_factory=list)
    exceptions: int = 0
    # Bytes of all messages of the last run.
    received: int = 0
    _socket: ClientConnection | None = None
    _open: ExitStack = field(default_factory=ExitStack)
    _page_hash: str = ""
    _widgets: dict[str, WidgetState] = field(default_factory=dict)

    def __enter__(self) -> Self:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        place: dict[str, Any] = {"source_address": (self.source, 0)} if self.source else {}
        opening = connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=Origin(self.url),
            additional_headers=headers,
            # Streamlit takes the third for the id of a session.
            subprotocols=[_SUBPROTOCOL, *([Subprotocol("none"), Subprotocol(self.session)] if self.session else [])],
            max_size=None,
            open_timeout=TIMEOUT_SECONDS,
            compression=None,
            **place,
        )
        self._socket = self._open.enter_context(opening)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the tab at once, whatever runs."""
        self._socket = None
        self._open.close()

    def run(self) -> Self:
        """Rerun the page and wait until it finished."""
        self.send()
        return self.wait()

    def send(self, trigger: str = "") -> None:
        """Ask for a rerun, with a button clicked if one is named, and don't wait."""
        self._ask(*([WidgetState(id=trigger, trigger_value=True)] if trigger else []))

    def _ask(self, *pressed: WidgetState) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self._page_hash
        message.rerun_script.page_name = self.page
        message.rerun_script.widget_states.widgets.extend((*self._widgets.values(), *pressed))
        self._connected().send(message.SerializeToString())

    def wait(self) -> Self:
        """Read until a run finished; what it drew is in `elements`."""
        self.elements, self.folds = [], []
        self.exceptions = 0
        self.received = 0
        while self._read(TIMEOUT_SECONDS) != "finished":
            pass
        return self

    def settle(self) -> Self:
        """Read until the server has been quiet for a moment, whichever run it was that finished last."""
        while True:
            try:
                self._read(QUIET_SECONDS)
            except TimeoutError:
                return self

    def heard(self) -> int:
        """How many messages came without our asking for anything."""
        number = 0
        while True:
            try:
                self._read(QUIET_SECONDS)
                number += 1
            except TimeoutError:
                return number

    def text(self) -> str:
        """Everything readable that the last run drew."""
        return "\n".join(_readable(element) for element in self.elements)

    def type_in(self, label: str, value: str) -> None:
        """Fill in a text field or area by its label."""
        element = self._labelled(label, "text_input", "text_area")
        widget = getattr(element, element.WhichOneof("type") or "")
        self._widgets[widget.id] = WidgetState(id=widget.id, string_value=value)

    def tick(self, label: str) -> None:
        """Tick a checkbox whose label begins so."""
        element = self._labelled(label, "checkbox")
        self._widgets[element.checkbox.id] = WidgetState(id=element.checkbox.id, bool_value=True)

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a radio."""
        element = self._labelled(label, "radio")
        self._widgets[element.radio.id] = WidgetState(id=element.radio.id, string_value=option)

    def unfold(self) -> Self:
        """Open whatever is folded, and pick whatever a menu has."""
        menus = [each.menu_button for each in self.elements if each.WhichOneof("type") == "menu_button"]
        for key, option in [(menu.id, option) for menu in menus for option in menu.options]:
            picked = WidgetState(id=key)
            picked.string_trigger_value.data = option
            self._ask(picked)
            self.wait()
        for each in filter(None, self.folds):
            self._widgets[each] = WidgetState(id=each, bool_value=True)
        return self.run()

    def say(self, label: str, *kinds: str, **value: Any) -> None:
        """Whatever one likes about a widget, as nobody's browser would."""
        element = self._labelled(label, *kinds)
        widget = getattr(element, element.WhichOneof("type") or "")
        self._widgets[widget.id] = WidgetState(id=widget.id, **value)

    def button(self, label: str) -> str:
        """The id of a button, for `send`."""
        return self._labelled(label, "button").button.id

    def click(self, label: str) -> Self:
        self.send(self.button(label))
        return self.wait()

    def _labelled(self, label: str, *kinds: str) -> Element:
        for element in self.elements:
            kind = element.WhichOneof("type")
            if kind in kinds and getattr(element, kind).label.replace("*", "").startswith(label):
                return element
        raise LookupError(f"no {' or '.join(kinds)} labelled {label}")

    def _read(self, seconds: float) -> str:
        """Take one message in; "finished" when it ends a run."""
        message = ForwardMsg()
        content = self._connected().recv(timeout=seconds, decode=False)
        self.received += len(content)
        message.ParseFromString(content)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.elements, self.folds, self.exceptions = [], [], 0
            self.session = message.new_session.initialize.session_id or self.session
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self.elements.append(message.delta.new_element)
            self.exceptions += message.delta.new_element.WhichOneof("type") == "exception"
        elif kind == "delta" and message.delta.add_block.WhichOneof("type") == "expandable":
            self.folds.append(message.delta.add_block.expandable.id)
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            return "finished"
        return ""

    def _connected(self) -> ClientConnection:
        if self._socket is None:
            raise ConnectionError("the tab is closed")
        return self._socket


def _readable(element: Element) -> str:
    kind = element.WhichOneof("type") or ""
    found = getattr(element, kind, None)
    parts = (getattr(found, name, "") for name in ("body", "label", "code_text", "url"))
    return " ".join(part for part in parts if isinstance(part, str) and part)
