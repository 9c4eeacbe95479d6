"""Who gets into a case, and who no longer: look-alike addresses, what an old mailbox still holds, tries at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, func, select

from dashboard.act import Seen
from dashboard.data_requests.case.access_model import CaseGrant, CodeTries, RequestDraft
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import bulk, registering
from dashboard.data_requests.desk.registering import Registration
from dashboard.data_requests.requester import drafts, entering, following, links
from dashboard.db import reading, transaction
from dashboard.errors import LinkExpiredError, NotFoundError, NotPossibleError
from dashboard.permissions import VISITOR
from dashboard.settings import Settings
from dashboard.tokens import digest
from tests import cases
from tests.acts import by, seen
from tests.cases import BROWSER
from tests.people import AGENT, request, requester

NEW = "nieuw@aanvrager.example"


def ask_new_address(engine: Engine, settings: Settings, now: datetime, case: Case, email: str = NEW) -> str:
    """The secret that goes to the new address."""
    with transaction(engine) as session:
        following.ask_new_address(by(session, requester(case.id), now, settings), Seen(case.id), email)
    return cases.token_in(cases.mails(engine, "new_address")[-1])


@pytest.mark.parametrize(
    ("theirs", "look_alike"),
    [("noor@großmann.example", "noor@grossmann.example"), ("noor@aanvragér.example", "noor@aanvrager.example")],
)
def test_a_look_alike_address_is_another_persons_case(
    engine: Engine, settings: Settings, now: datetime, theirs: str, look_alike: str
) -> None:
    case = cases.received(engine, settings, now, request(email=theirs))
    other = cases.received(engine, settings, now + timedelta(hours=1), request(email=look_alike))
    assert (other.status, other.merged_into) == (Status.RECEIVED, None)
    with pytest.raises(NotPossibleError, match="merge_other_person"), transaction(engine) as session:
        bulk.merge(by(session, AGENT, now, settings), seen(other), case.reference)


def test_a_browser_and_a_link_of_the_old_mailbox_open_nothing_after_a_change_of_address(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.received(engine, settings, now)
    before = cases.fresh(engine, case)
    cases.open_link(engine, settings, ask_new_address(engine, settings, now, case), now)
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(CaseGrant)).one() == 1
    # Written by somebody who had read the case before its address changed, and stored after.
    with transaction(engine) as session:
        late = links.notice_link(by(session, AGENT, now, settings), before)
    with pytest.raises(LinkExpiredError):
        cases.open_link(engine, settings, late, now)
    assert cases.fresh(engine, case).email == NEW


def test_another_browser_that_was_let_in_by_the_old_mailbox_is_out(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    cases.verify(engine, settings, now)
    case = cases.case_of(engine, receipt)
    cases.enter(engine, settings, now, receipt.reference, receipt.code, opening="the-old-one")
    cases.open_link(engine, settings, ask_new_address(engine, settings, now, case), now)
    with reading(engine) as session:
        assert entering.resolve_requester(by(session, VISITOR, now, settings), "the-old-one") is VISITOR
        assert entering.resolve_requester(by(session, VISITOR, now, settings), BROWSER).case_id == case.id


def test_a_new_address_asked_for_a_case_that_was_merged_since_is_the_kept_ones(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    kept = cases.received(engine, settings, now)
    merged = cases.received(engine, settings, now, request(rights=("erasure",)))
    token = ask_new_address(engine, settings, now, merged)
    with transaction(engine) as session:
        bulk.merge(by(session, AGENT, now, settings), seen(merged), kept.reference)
    cases.open_link(engine, settings, token, now)
    assert cases.fresh(engine, kept).email == NEW
    assert cases.fresh(engine, merged).email == "noor@aanvrager.example"


def test_nobody_writes_into_a_purged_case_or_goes_to_a_purged_half(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now, request(subject="both", school_name="Lyceum"))
    cases.verify(engine, settings, now)
    ours = cases.case_of(engine, receipt)
    purge = update(Case).where(col(Case.reference) == receipt.also).values(purged_at=now)
    with transaction(engine) as session:
        session.exec(purge)
    with pytest.raises(NotFoundError), transaction(engine) as session:
        entering.enter_sibling(by(session, requester(ours.id), now, settings), Seen(ours.id), BROWSER)
    with reading(engine) as session:
        other = session.exec(select(Case.id).where(Case.reference == receipt.also)).one()
    with pytest.raises(NotPossibleError, match="purged"), transaction(engine) as session:
        following.withdraw(by(session, requester(other), now, settings), Seen(other))


def test_opening_by_code_uses_up_no_change_of_address(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    cases.verify(engine, settings, now)
    for _ in range(3):
        assert cases.enter(engine, settings, now, receipt.reference, receipt.code).opened
    case = cases.case_of(engine, receipt)
    for _ in range(following.LINKS_AN_HOUR):
        assert ask_new_address(engine, settings, now, case)
    with pytest.raises(NotPossibleError, match="too_many_links"):
        ask_new_address(engine, settings, now, case)


def test_leaving_takes_the_draft_and_the_receipt_along(engine: Engine, settings: Settings, now: datetime) -> None:
    """On a device that several people use, the next one finds neither."""
    receipt = cases.submit(engine, settings, now)
    cases.enter(engine, settings, now, receipt.reference, receipt.code)
    with transaction(engine) as session:
        act = by(session, VISITOR, now, settings)
        drafts.save(act, BROWSER, {"request_name": "Noor"})
        entering.leave(act, BROWSER, BROWSER)
    with reading(engine) as session:
        assert session.exec(select(RequestDraft)).all() == []


def test_wrong_codes_at_the_same_moment_are_all_counted_and_wait_as_those_after_each_other(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: cases.enter(engine, settings, now, receipt.reference, "fout"), range(16)))
    waits = Counter(entry.wait_seconds for entry in found)
    # By hand: four wrong ones are free, the fifth has to wait a minute, and none after it was looked at.
    assert waits == {0: 4, 60: 12}
    with reading(engine) as session:
        assert session.exec(select(CodeTries.failures)).one() == 5


def test_the_same_thing_by_eight_at_once_is_done_once_and_faults_nobody(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now)
    cases.verify(engine, settings, now)
    case = cases.case_of(engine, receipt)

    def draft(number: int) -> None:
        with transaction(engine) as session:
            drafts.save(by(session, VISITOR, now, settings), "one-browser", {"request_name": str(number)})

    def grant(_: int) -> None:
        with transaction(engine) as session:
            links.grant(by(session, VISITOR, now, settings), "one-opening", case.id)

    def fresh_link(_: int) -> None:
        with transaction(engine) as session:
            entering.send_fresh_link(by(session, VISITOR, now, settings), case.reference, case.email)

    def register(_: int) -> list[str]:
        with transaction(engine) as session:
            typed = Registration(request(email="brief@aanvrager.example"), "letter", f"{now:%d-%m-%Y}")
            return registering.register(by(session, AGENT, now, settings), typed, key="one-letter")

    with ThreadPoolExecutor(8) as pool:
        for step in (draft, grant, fresh_link):
            list(pool.map(step, range(8)))
        references = {reference for found in pool.map(register, range(8)) for reference in found}
    assert len(references) == 1
    with reading(engine) as session:
        assert session.exec(select(func.count()).where(CaseGrant.visitor == digest("one-opening"))).one() == 1
        assert session.exec(select(func.count()).where(RequestDraft.visitor == digest("one-browser"))).one() == 1
    assert len(cases.mails(engine, "registered")) == 1
