"""That somebody tried what they may not, or asked for what isn't theirs: one row in the audit trail each, kept though what was
tried left nothing. A flood of them fills no table.
"""

import re
from datetime import timedelta

from dashboard import audit, limits
from dashboard.act import Allowed
from dashboard.audit import Action
from dashboard.errors import BijsluiterError, NotAllowedError, NotFoundError, NotPossibleError
from dashboard.limits import Limit
from dashboard.permissions import Actor
from dashboard.portal import Portal

# Of one person, and of all visitors together.
NOTED = Limit("refusal noted", 60, timedelta(minutes=1))
# What we made ourselves: an id, a reference, a number. Anything else was typed, and isn't kept.
_OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|BS-[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}|[0-9A-Z]{4,6}")


def note(portal: Portal, actor: Actor, tried: str, refusal: BijsluiterError) -> None:
    """Keep that this was refused, in a transaction of its own. `tried`: the verb or the address, as we call it."""
    if isinstance(refusal, NotPossibleError) and refusal.case_id:
        # An extension after the date, a decision on what the school decides.
        with portal.act(actor) as act:
            audit.deny(Allowed(act), Action(refusal.action), refusal.case_id, refusal.text_key)
    elif isinstance(refusal, NotAllowedError | NotFoundError):
        with portal.act(actor) as act:
            _note(Allowed(act), tried, refusal)


def name_of(verb: object) -> str:
    """A verb as it is called here: its module and name without what all have in common."""
    module, name = getattr(verb, "__module__", ""), getattr(verb, "__qualname__", "")
    return f"{module.removeprefix('dashboard.')}.{name}"


def _note(act: Allowed, tried: str, refusal: BijsluiterError) -> None:
    whose = act.actor.id or "visitors"
    if limits.wait(act, NOTED, whose):
        return
    limits.count(act, NOTED, whose)
    asked_for = str(refusal) if isinstance(refusal, NotFoundError) else ""
    audit.deny(
        act,
        Action.REFUSED,
        asked_for if _OURS.fullmatch(asked_for) else "",
        f"{'not_found' if isinstance(refusal, NotFoundError) else 'not_allowed'}: {tried}"[:200],
    )
