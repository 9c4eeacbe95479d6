"""What the server holds in memory: after the start, with two hundred open tabs, and after many reruns."""

from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.pages import Visit
from benchmarks.serving import Server
from benchmarks.telling import tell

TABS, RERUNS = 200, 20_000
TOLD_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class Held:
    idle_mb: float
    a_tab_mb: float
    before_reruns_mb: float
    after_reruns_mb: float
    reruns: int


def held(server: Server, *, reruns: int = RERUNS) -> Held:
    home, idle = Visit("home"), server.memory_mb()
    with ExitStack() as open_tabs:
        for number in range(TABS):
            if number % 50 == 0:
                tell(f"{number} open tabs")
            open_tabs.enter_context(home.tab(server.url)).run()
        with_tabs = server.memory_mb()
    with home.tab(server.url) as tab:
        tab.run()
        before = server.memory_mb()
        for number in range(reruns):
            if number % TOLD_EVERY == 0:
                tell(f"{number:,} of {reruns:,} reruns")
            tab.run()
        return Held(idle, (with_tabs - idle) / TABS, before, server.memory_mb(), reruns)
