"""Runs take turns: in order, one at a time, and never one for all."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.permissions import VISITOR
from dashboard.portal import Portal, Reader
from dashboard.ui import turns
from dashboard.ui.turns import Turns
from tests.acts import NOW


def started(action: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


def test_turns_come_one_at_a_time_and_in_the_order_in_which_they_were_asked() -> None:
    them, order, at_once, most = Turns(longest=30), list[int](), 0, 0
    first = them.take()

    def run(number: int) -> None:
        nonlocal at_once, most
        mine = them.take()
        at_once += 1
        most = max(most, at_once)
        order.append(number)
        time.sleep(0.002)
        at_once -= 1
        them.leave(mine)

    threads = []
    for number in range(20):
        threads.append(started(lambda number=number: run(number)))  # type: ignore[misc]
        # In the queue before the next one asks.
        while them.waiting <= number:
            time.sleep(0.001)
    them.leave(first)
    for thread in threads:
        thread.join(10)
    assert order == list(range(20))
    assert most == 1


def test_who_opens_many_tabs_keeps_only_themselves_waiting() -> None:
    them, order = Turns(longest=30), list[str]()
    first = them.take("school")

    def run(whose: str) -> None:
        mine = them.take(whose)
        order.append(whose)
        them.leave(mine)

    threads = []
    for number, whose in enumerate(["school"] * 40 + ["home"] + ["school"] * 5 + ["home", "office"]):
        threads.append(started(lambda whose=whose: run(whose)))  # type: ignore[misc]
        while them.waiting <= number:
            time.sleep(0.001)
    them.leave(first)
    for thread in threads:
        thread.join(10)
    assert len(order) == 48
    assert set(order[:2]) == {"home", "office"}
    assert order.index("home", order.index("home") + 1) <= 3


def test_one_that_takes_long_lets_the_next_begin_and_ends_nobodys_turn() -> None:
    them = Turns(longest=0.05)
    slow = them.take()
    began = time.monotonic()
    next_one = them.take()
    assert time.monotonic() - began < 5
    them.leave(slow)
    # It isn't free: the one that began has it.
    waited = threading.Event()
    third = started(lambda: (them.take(), waited.set()))  # type: ignore[func-returns-value, arg-type, return-value]
    them.leave(next_one)
    assert waited.wait(5)
    third.join(5)


def test_who_gives_up_waiting_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    them = Turns(longest=30)
    first = them.take()

    def interrupted(_self: threading.Event, _seconds: float | None = None) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(threading.Event, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            them.take()
    them.leave(first)
    them.leave(them.take())


def test_who_writes_steps_aside_with_its_look_closed_and_takes_a_turn_again(school_portal: Portal) -> None:
    with turns.a_turn(), Reader(school_portal) as reader:
        reader.act(VISITOR, NOW).session.connection()
        with turns.stepping_aside(reader):
            pool: Any = school_portal.engine.pool
            assert pool.checkedout() == 0
            done = threading.Event()

            def other() -> None:
                with turns.a_turn():
                    done.set()

            started(other)
            assert done.wait(5)
        assert not turns.TURNS.is_free
    assert turns.TURNS.is_free


def test_a_run_that_fails_gives_its_turn_back() -> None:
    with pytest.raises(ZeroDivisionError), turns.a_turn():
        _ = 1 // 0
    assert turns.TURNS.is_free
