"""Folders with a portal's data to measure with: the demo's schools and annexes, and as many requests as are asked for.

Each is made once, in pieces of a transaction each, and gone on with where it was cut.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlmodel import col, select

from benchmarks.telling import tell
from dashboard.accounts import service as accounts
from dashboard.clock import utc_now
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.requester import links
from dashboard.demo import provider, seed
from dashboard.demo.run import prepare, settings_for
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.portal import Portal, open_portal
from dashboard.settings import Settings
from dashboard.tokens import new_token
from dashboard.web import cookies

# Only part of the issuer of the sample people: nothing listens there.
PORT = 9_300
KEPT = Path(__file__).resolve().parent.parent / "var" / "bench"
SEED = 7


@dataclass(frozen=True, slots=True)
class Filled:
    """A folder with data, and the cookies of people who are signed in there."""

    data: Path
    portal: Portal
    staff: str
    school: str
    requester: str
    # An open request, for the page of one.
    reference: str


@contextmanager
def filled(cases: int) -> Iterator[Filled]:
    """So many requests in the sample portal."""
    data = KEPT / str(cases)
    with _opened(data) as portal:
        # Each time: it makes what isn't there. Whether the file is there says nothing, opening a portal makes one.
        prepare(portal)
        for done in seed.fill(portal, cases, seed=SEED):
            tell(f"{done:,} of {cases:,} requests")
        with portal.look(SYSTEM) as act:
            mine = select(Case).where(col(Case.closed_at).is_(None), Case.status == Status.IN_PROGRESS)
            case = act.session.exec(mine.order_by(col(Case.due_on).desc())).first()
        if case is None:
            raise LookupError("no open request")
        yield Filled(
            data,
            portal,
            staff=_signed_in(portal, "functionaris"),
            school=_signed_in(portal, "bestuur"),
            requester=_opened_by(portal, case.id),
            reference=case.reference,
        )


@contextmanager
def _opened(data: Path) -> Iterator[Portal]:
    wanted = settings_for(PORT, data)
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        portal = open_portal(Settings(_env_file=None))
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    try:
        yield portal
    finally:
        portal.engine.dispose()


def _signed_in(portal: Portal, subject: str) -> str:
    """The cookie of one of the sample people."""
    for sample in provider.samples():
        for user in sample["users"]:
            if user["sub"] == subject:
                configured = next(each for each in portal.settings.providers if each.name == sample["name"])
                claims = {"iss": "https://benchmark.example", "sub": subject, "name": user["name"], **user["claims"]}
                with portal.act(VISITOR) as act:
                    value = accounts.sign_in(act, configured, claims)
                return f"{cookies.SESSION}={value}"
    raise LookupError(subject)


def _opened_by(portal: Portal, case_id: str) -> str:
    opening = new_token()
    with portal.act(SYSTEM, utc_now() - timedelta(seconds=1)) as act:
        links.grant(act, opening, case_id)  # type: ignore[arg-type]  # a part of a verb
    return f"{cookies.OPENING}={opening}"
