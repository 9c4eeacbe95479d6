import pytest

from dashboard.act import ASKED, Act, Allowed, Seen, asks, is_asked
from dashboard.clock import local_day
from dashboard.errors import NotAllowedError, StaleError
from dashboard.permissions import VISITOR, Permission
from dashboard.settings import Settings
from tests.acts import NOW
from tests.people import AGENT, AUDITOR


def act(settings: Settings, actor: object = AGENT) -> Act:
    return Act(None, actor, NOW, settings, None)  # type: ignore[arg-type]


def test_a_marked_verb_is_done_by_whoever_has_one_of_its_capabilities(settings: Settings) -> None:
    done: list[str] = []

    @asks(Permission.HANDLE_CASE, Permission.READ_INSIGHT)
    def verb(act: Allowed, word: str, *, twice: bool = False) -> str:
        done.append(act.actor.name)
        return word * (2 if twice else 1)

    try:
        assert verb(act(settings), "a", twice=True) == "aa"
        assert verb(act(settings, AUDITOR), "b") == "b"
        with pytest.raises(NotAllowedError, match="handle_case"):
            verb(act(settings, VISITOR), "c")
        assert done == [AGENT.name, AUDITOR.name]
        assert is_asked(verb) is verb
    finally:
        del ASKED[f"{verb.__module__}.{verb.__qualname__}"]


def test_the_edges_ask_nothing_that_is_marked_with_no_capability() -> None:
    def part(act: Act) -> None: ...

    with pytest.raises(ValueError, match="no capability"):
        is_asked(part)


def test_what_was_seen_at_another_version_is_stale() -> None:
    Seen("x", 3).compare(3)
    for other in (2, 4):
        with pytest.raises(StaleError):
            Seen("x", 3).compare(other)


def test_an_act_has_the_legal_day_and_can_be_done_by_somebody_else(settings: Settings) -> None:
    mine = act(settings)
    assert mine.today == local_day(NOW)
    theirs = mine.by(AUDITOR)
    assert (theirs.actor, theirs.now, theirs.settings) == (AUDITOR, NOW, settings)
