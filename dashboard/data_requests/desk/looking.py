"""That somebody of ours or of a school looked: at a case, at the list, for a name. A look writes nothing; its page says so."""

import hashlib
import hmac

from dashboard import audit
from dashboard.act import Allowed, asks
from dashboard.audit import Action
from dashboard.permissions import Permission
from dashboard.words import loosely


@asks(Permission.READ_CASE, Permission.READ_HANDED_CASE)
def note_case(act: Allowed, case_id: str) -> None:
    """A case was opened: by one of ours, or at the school that decides it."""
    audit.record(act, Action.CASE_READ, case_id)


@asks(Permission.READ_DESK)
def note_desk(act: Allowed) -> None:
    """The list was read, with the names on it."""
    audit.record(act, Action.DESK_READ, act.actor.id)


@asks(Permission.READ_DESK)
def note_search(act: Allowed, words: str) -> None:
    """Somebody was searched for. The words are kept under a key: who knows a name can find who searched for it, nobody else."""
    audit.record(act, Action.DESK_SEARCHED, act.actor.id, terms=terms_of(act, words))


def terms_of(act: Allowed, words: str) -> str:
    key = hashlib.sha256(f"search|{act.settings.pepper.get_secret_value()}".encode()).digest()
    return hmac.new(key, loosely(words).encode(), hashlib.sha256).hexdigest()
