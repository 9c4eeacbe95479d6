"""What the demo has as soon as it answers: people who handle cases, schools with requests, boards that were told."""

from collections import Counter

import pytest
from sqlmodel import col, select

from dashboard.accounts.model import Person
from dashboard.annexes.model import SubprocessorNotice
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import queue
from dashboard.data_requests.upkeep import recount
from dashboard.db import reading
from dashboard.demo.provider import samples
from dashboard.notices.model import BoardNotice
from dashboard.permissions import SYSTEM
from tests.acts import by
from tests.conftest import Demo
from tests.engines import opened
from tests.web.visit import client, signed_in, tab

pytestmark = pytest.mark.xdist_group("demo")
USERS = [(sample["name"], user) for sample in samples() for user in sample["users"]]


def test_cases_have_handlers_who_can_sign_in_and_schools_have_requests(demo: Demo) -> None:
    engine = opened(f"sqlite:///{demo.data / 'bijsluiter.db'}")
    with reading(engine) as session:
        people = {person.id: person.subject for person in session.exec(select(Person).where(Person.staff_role != ""))}
        handled = session.exec(select(Case.handler_id).where(Case.status == Status.IN_PROGRESS)).all()
        at_school = Counter(session.exec(select(Case.status).where(col(Case.handed_brin) == "90AD")).all())
        act = by(session, SYSTEM)
        assert queue.kept_counts(act) == queue.recounted(act)
        assert recount.differences(act) == []
        assert session.exec(select(BoardNotice.told_at)).all()
        assert session.exec(select(SubprocessorNotice.id)).all()
    engine.dispose()
    assert handled
    assert {people[handler or ""] for handler in handled} <= {"behandelaar", "collega", "functionaris"}
    assert at_school[Status.HANDED_TO_SCHOOL] >= 1
    assert at_school[Status.SCHOOL_DECIDED] >= 1


def test_an_announced_annex_and_its_notice_say_the_same_day(demo: Demo) -> None:
    board = signed_in(demo, "entra", "bestuur")
    with tab(demo, "annexes", board) as page:
        page.run()
        announced = page.text()
    with tab(demo, "notices", board) as page:
        page.run()
        notice = page.text()
    day = notice.partition("Vanaf ")[2].partition(", met versie 1.5")[0]
    assert day
    assert f"Versie 1.5 is aangekondigd en geldt vanaf {day}" in announced
    assert "Gemeld aan Stichting De Vijf Bruggen" in notice


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_sign_in_page_says_of_each_person_what_they_show(demo: Demo, language: str) -> None:
    visitor = client(demo)
    for provider in dict.fromkeys(name for name, _ in USERS):
        start = visitor.get(f"/sign-in/{provider}")
        page = visitor.get(start.headers["location"], headers={"accept-language": language}).text
        assert f'<html lang="{language}">' in page
        for name, user in USERS:
            if name == provider:
                assert f"<strong>{user['name']}</strong> {user[f'shows_{language}']}" in page


def test_who_goes_back_without_signing_in_gets_a_sentence(demo: Demo) -> None:
    visitor = client(demo)
    start = visitor.get("/sign-in/entree")
    back = visitor.post(start.headers["location"], data={"action": "deny"})
    answer = visitor.get(back.headers["location"])
    assert answer.status_code == 403
    assert "Inloggen is niet gelukt" in answer.text
