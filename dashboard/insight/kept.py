"""Numbers that were just asked are kept until something happens to a request: fifty people who look cost what one does."""

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from dashboard.act import Allowed, asks, is_asked
from dashboard.data_requests.desk.watched import as_of
from dashboard.i18n import Texts
from dashboard.permissions import Permission

R = TypeVar("R")
MOST = 512
_kept: dict[Any, Any] = {}
_lock = Lock()


@asks(Permission.READ_INSIGHT)
def kept(act: Allowed, question: Callable[..., R], *args: object) -> R:
    """The answer to a question of insight; asked anew after any event, on another day, and every few minutes."""
    # Texts are one object for each language.
    given = tuple(each.language if isinstance(each, Texts) else each for each in args)
    key = (act.session.get_bind().engine.url, question, given, act.actor.role, act.today, as_of(act))
    with _lock:
        if key in _kept:
            known: R = _kept[key]
            return known
    answer = is_asked(question)(act, *args)
    with _lock:
        _kept[key] = answer
        if len(_kept) > MOST:
            # The one that was asked first.
            del _kept[next(iter(_kept))]
    return answer


def forget() -> None:
    """What was kept; for who changes the past."""
    with _lock:
        _kept.clear()
