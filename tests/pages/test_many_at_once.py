"""More people than connections come back after a minute: each last use is written, and nobody waits for who waits for them."""

import threading
import time
from datetime import timedelta

import pytest
from sqlmodel import select

from dashboard.accounts.model import LoginSession, Person
from dashboard.clock import utc_now
from dashboard.db import reading, transaction
from dashboard.portal import Portal, Reader
from dashboard.tokens import digest
from dashboard.ui import identity, turns

# More than the forty of a pool.
MANY = 100


def test_a_hundred_people_whose_last_use_is_due_all_get_their_page(
    school_portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utc_now()
    facts = {
        "provider": "publisher",
        "subject": "s",
        "name": "n",
        "key": None,
        "value": "",
        "refusal": None,
        "roles": ["privacy-desk"],
    }
    with transaction(school_portal.engine) as session:
        session.add(Person(id="p", issuer="i", subject="s", name="n", created_at=now))
        session.flush()
        for number in range(MANY):
            long_ago = now - timedelta(minutes=2)
            session.add(
                LoginSession(
                    cookie_digest=digest(f"cookie-{number}"),
                    person_id="p",
                    provider="x",
                    facts=facts,
                    created_at=long_ago,
                    last_seen_at=long_ago,
                )
            )
    mine, faults, served = threading.local(), list[BaseException](), list[int]()
    monkeypatch.setattr(identity, "read_cookie", lambda _name: mine.cookie)

    def run(number: int) -> None:
        mine.cookie = f"cookie-{number}"
        try:
            with turns.a_turn(), Reader(school_portal) as reader:
                identity.actor(reader, utc_now())
                time.sleep(0.03)
                served.append(number)
        except BaseException as fault:  # noqa: BLE001  told below
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert sorted(served) == list(range(MANY))
    with reading(school_portal.engine) as session:
        seen = session.exec(select(LoginSession.last_seen_at).where(LoginSession.provider == "x")).all()
    assert all(at >= now for at in seen)
