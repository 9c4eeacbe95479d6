"""What may come over a websocket: no message that no page sends, and no more than people say."""

from contextlib import suppress

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from dashboard.ui.said import MOST_STATES, is_ours
from dashboard.web.frames import AT_ONCE_SECONDS, LONGEST_WAIT, Paces
from dashboard.web.middleware import Limits

KILOBYTE = 1024


def message(states: int, words: str = "") -> bytes:
    made = BackMsg()
    made.rerun_script.widget_states.widgets.extend(WidgetState(id=f"$$ID-{n}", string_value=words) for n in range(states))
    return bytes(made.SerializeToString())


def connection() -> TestClient:
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        with suppress(WebSocketDisconnect):
            while True:
                await socket.send_text(str(len(await socket.receive_bytes())))

    return TestClient(Limits(Starlette(routes=[WebSocketRoute("/", echo)]), is_ours))


def test_a_page_of_many_boxes_is_heard_and_made_up_states_end_the_connection() -> None:
    with connection().websocket_connect("/") as socket:
        for ours in (message(1), message(300, "x" * 500), message(MOST_STATES)):
            socket.send_bytes(ours)
            assert socket.receive_text() == str(len(ours))
        socket.send_bytes(message(MOST_STATES + 1))
        assert socket.receive() == {"type": "websocket.close", "code": 1008}
    with connection().websocket_connect("/") as socket:
        # No message of Streamlit's at all.
        socket.send_bytes(b"\xff" * 40_000)
        assert socket.receive() == {"type": "websocket.close", "code": 1008}


def test_people_never_wait_and_a_flood_waits_for_itself_alone() -> None:
    now = [0.0]
    paces = Paces(clock=lambda: now[0])
    # A school of a hundred people who each click every other second, for a quarter of an hour.
    for _ in range(50 * 60 * 15):
        now[0] += 1 / 50
        assert paces.wait("school", 2 * KILOBYTE) == 0
    flood = [paces.wait("stranger", 1_000 * KILOBYTE) for _ in range(40)]
    assert flood[0] == 0
    assert max(flood) == LONGEST_WAIT
    assert paces.wait("school", 2 * KILOBYTE) == 0
    # Over the next minutes it gets its share, and no more than was at once.
    now[0] += LONGEST_WAIT + AT_ONCE_SECONDS
    assert paces.wait("stranger", KILOBYTE) == 0


def test_many_clicks_at_once_are_heard_and_more_of_them_wait() -> None:
    paces = Paces(clock=lambda: 0.0)
    waits = [paces.wait("one", 100) for _ in range(1_000)]
    assert 290 <= waits.count(0.0) <= 300
    assert Paces(times=20, clock=lambda: 0.0).wait("one", 100) == 0
