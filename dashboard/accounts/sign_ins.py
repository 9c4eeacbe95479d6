"""Sign-ins on their way: each begun in one browser, used once, forgotten after an hour. Several tabs don't hinder each other."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import col, delete, select, update

from dashboard.accounts.model import SignInStart
from dashboard.act import Allowed, asks
from dashboard.errors import DamagedFileError
from dashboard.permissions import Permission
from dashboard.sealing import key_from, seal, unseal
from dashboard.tokens import digest

LASTS = timedelta(hours=1)
# Of one browser: who opens more tabs than this begins the oldest anew.
MOST_OPEN = 10


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that comes back: with which provider, where to go after it, and what its answer is checked with."""

    provider: str
    wanted: str
    secrets: dict[str, Any]


@asks(Permission.READ_PUBLIC)
def begin(act: Allowed, state: str, browser: str, begun: Begun) -> None:
    named, of = digest(state), digest(browser)
    mine = select(SignInStart.state_digest).where(SignInStart.browser_digest == of, col(SignInStart.used_at).is_(None))
    older = act.session.exec(mine.order_by(col(SignInStart.started_at).desc()).offset(MOST_OPEN - 1)).all()
    act.session.exec(delete(SignInStart).where(col(SignInStart.state_digest).in_(older)))
    sealed = seal(json.dumps(begun.secrets).encode(), key_from(state, "sign in"), named)
    act.session.add(
        SignInStart(
            state_digest=named,
            browser_digest=of,
            provider=begun.provider,
            wanted=begun.wanted,
            sealed=sealed,
            started_at=act.now,
        )
    )


@asks(Permission.READ_PUBLIC)
def come_back(act: Allowed, state: str, browser: str) -> Begun | None:
    """Use it up; None when it wasn't begun in this browser, was used before, or is too old."""
    named = digest(state)
    used = act.session.exec(
        update(SignInStart)
        .where(
            col(SignInStart.state_digest) == named,
            col(SignInStart.browser_digest) == digest(browser),
            col(SignInStart.used_at).is_(None),
            col(SignInStart.started_at) > act.now - LASTS,
        )
        .values(used_at=act.now)
    ).rowcount
    if not used:
        return None
    row = act.session.get_one(SignInStart, named, populate_existing=True)
    try:
        secrets = json.loads(unseal(row.sealed, key_from(state, "sign in"), named))
    except DamagedFileError:
        return None
    return Begun(row.provider, row.wanted, secrets)


@asks(Permission.READ_PUBLIC)
def wanted_before(act: Allowed, state: str, browser: str) -> str:
    """Where somebody was going who comes back twice with the same answer; home when we don't know."""
    row = act.session.get(SignInStart, digest(state))
    return row.wanted if row and row.browser_digest == digest(browser) else "/"


@asks(Permission.RUN_JOBS)
def forget_old(act: Allowed) -> int:
    return act.session.exec(delete(SignInStart).where(col(SignInStart.started_at) < act.now - LASTS)).rowcount
