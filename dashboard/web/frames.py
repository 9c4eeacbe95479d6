"""What a browser may say over its websocket: messages of a size that pages have, and no more of them than people make.

More isn't refused but waits: on the connection that sends it, and on no other. Streamlit stores whatever it is told of widgets,
known or not, before any script of ours runs.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import Message, Receive, Send

MESSAGE_BYTES = 1024 * 1024
# What is shorter isn't looked into: too few states of widgets fit in it.
SMALL = 16_000
# Of one address, a school behind it: so much in any while, so much more at once.
A_SECOND_BYTES, A_SECOND_MESSAGES = 256 * 1024, 60
AT_ONCE_SECONDS = 5.0
LONGEST_WAIT = 30.0
MOST_KEPT = 10_000
POLICY_VIOLATION = 1008


class Paces:
    """How far ahead of time each address is: who says more than its share waits until it isn't."""

    def __init__(self, times: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self._times, self._clock = times, clock
        self._ahead: dict[str, float] = {}

    def wait(self, address: str, size: int) -> float:
        """Seconds that this message waits."""
        now = self._clock()
        cost = max(size / A_SECOND_BYTES, 1 / A_SECOND_MESSAGES) / self._times
        # No further than is waited for: who stops is let in again at once.
        mine = min(max(self._ahead.get(address, now), now) + cost, now + AT_ONCE_SECONDS + LONGEST_WAIT)
        self._ahead[address] = mine
        if len(self._ahead) > MOST_KEPT:
            self._ahead = {each: until for each, until in self._ahead.items() if until > now}
        return min(max(0.0, mine - now - AT_ONCE_SECONDS), LONGEST_WAIT)


# Whether a message is one that a page of ours sends.
IsOurs = Callable[[bytes], bool]


def paced(address: str, paces: Paces, is_ours: IsOurs, receive: Receive, send: Send) -> Callable[[], Awaitable[Message]]:
    """The same messages, each in its time. One that no page of ours sends ends the connection."""

    async def received() -> Message:
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        content: Any = message.get("bytes") or message.get("text") or b""
        if seconds := paces.wait(address, len(content)):
            await asyncio.sleep(seconds)
        if len(content) > SMALL and not (isinstance(content, bytes) and is_ours(content)):
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
        return message

    return received
