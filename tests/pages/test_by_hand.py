"""The register changed by hand through the page: each action, from its form to what the board's page says."""

import pytest
from sqlmodel import col, select

from dashboard.accounts.model import ApiKey, Board, BoardSchool, LoginSession, Person
from dashboard.annexes.model import Licence
from dashboard.db import reading
from dashboard.portal import Portal
from dashboard.ui.staff.by_hand import ACTIONS
from tests.app import Open, button, cookie_for, shown
from tests.people import AGENT

BOARD = "90101"


def opened(open_page: Open, portal: Portal, action: str, sub: str = "beheerder"):  # noqa: ANN201  AppTest
    at = open_page("staff/schools.py", session=cookie_for(portal, "medewerkers", sub), query={"school_search": BOARD})
    if action:
        at.selectbox(key=f"by_hand_what_{BOARD}").set_value(action).run()
    assert not at.exception
    return at


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_has_its_form_in_both_languages(open_page: Open, school_portal: Portal, action: str, language: str) -> None:
    at = open_page(
        "staff/schools.py",
        session=cookie_for(school_portal, "medewerkers", "beheerder"),
        query={"school_search": BOARD},
        language=language,
    )
    before = len(at.text_input) + len(at.date_input) + len(at.selectbox)
    at.selectbox(key=f"by_hand_what_{BOARD}").set_value(action).run()
    assert not at.exception
    assert len(at.text_input) + len(at.date_input) + len(at.selectbox) > before


def test_a_board_is_entered_found_and_renamed(open_page: Open, school_portal: Portal) -> None:
    session = cookie_for(school_portal, "medewerkers", "beheerder")
    at = open_page("staff/schools.py", session=session)
    fields = {each.label: each for each in at.text_input}
    fields["Bestuursnummer (vijf cijfers)"].set_value("9O101")
    fields["Naam"].set_value("Stichting Zeewind")
    button(at, "Voeg toe").click().run()
    assert "Een bestuursnummer is vijf cijfers" in shown(at)
    # What was typed is still there.
    assert next(each.value for each in at.text_input if each.label == "Naam") == "Stichting Zeewind"
    next(each for each in at.text_input if each.label == "Bestuursnummer (vijf cijfers)").set_value("07013")
    button(at, "Voeg toe").click().run()
    assert not at.exception
    assert "Toegevoegd." in [each.value for each in at.success]
    at = open_page("staff/schools.py", session=session, query={"school_search": "07013"})
    at.selectbox(key="by_hand_what_07013").set_value("board").run()
    next(each for each in at.text_input if each.label == "Naam").set_value("Stichting Zeewind en Duin")
    next(each for each in at.button if each.label == "Bewaar" and "board_submit" in str(each.key)).click().run()
    assert not at.exception
    at.toggle(key="history_07013").set_value(True).run()
    assert "Bestuur: Stichting Zeewind → Stichting Zeewind en Duin" in "\n".join(each.value for each in at.text)
    with reading(school_portal.engine) as session_:
        assert session_.get_one(Board, "07013").name == "Stichting Zeewind en Duin"


def test_a_licence_gets_a_last_day(open_page: Open, school_portal: Portal) -> None:
    at = opened(open_page, school_portal, "licence")
    listed = at.selectbox(key=f"by_hand_licence_{BOARD}")
    with reading(school_portal.engine) as session:
        open_ended = session.exec(
            select(Licence).where(Licence.board_number == BOARD, col(Licence.valid_to).is_(None)).limit(1)
        ).first()
    assert open_ended
    listed.set_value(open_ended.id).run()
    last = next(each for each in at.date_input if each.label.startswith("Laatste dag"))
    last.set_value(open_ended.valid_from)
    next(each for each in at.button if "licence_days_submit" in str(each.key)).click().run()
    assert not at.exception
    with reading(school_portal.engine) as session:
        assert session.get_one(Licence, open_ended.id).valid_to == open_ended.valid_from


def test_an_auditor_reads_the_history_and_changes_nothing(open_page: Open, school_portal: Portal) -> None:
    at = opened(open_page, school_portal, "", "auditor")
    assert not [each for each in at.selectbox if str(each.key).startswith("by_hand")]
    at.toggle(key=f"history_{BOARD}").set_value(True).run()
    assert not at.exception


def test_a_school_is_moved_and_only_once(open_page: Open, school_portal: Portal) -> None:
    at = opened(open_page, school_portal, "move")
    with reading(school_portal.engine) as session:
        member = session.exec(
            select(BoardSchool).where(BoardSchool.board_number == BOARD, col(BoardSchool.valid_to).is_(None)).limit(1)
        ).one()
    at.selectbox(key=f"by_hand_move_{BOARD}").set_value(member.id).run()
    next(each for each in at.text_input if each.label.startswith("Bestuursnummer")).set_value("90102")
    button(at, "Verplaats de school").click().run()
    assert not at.exception
    with reading(school_portal.engine) as session:
        boards = session.exec(
            select(BoardSchool.board_number).where(BoardSchool.brin == member.brin).order_by(col(BoardSchool.valid_from))
        ).all()
    assert list(boards)[-2:] == [BOARD, "90102"]


def test_an_administrator_signs_a_colleague_out_and_ends_a_key(open_page: Open, school_portal: Portal) -> None:
    desk = cookie_for(school_portal, "medewerkers", "behandelaar")
    cookie_for(school_portal, "entree", "school")
    with school_portal.act(AGENT) as act:
        person = act.session.exec(select(Person).where(Person.subject == "school")).one()
        act.session.add(
            ApiKey(
                use="api", label="Roosterpakket", digest="0" * 64, begins_with="bsl_api_zzzz", brin="90AD", made_at=act.now,
                made_by=person.id,
            )
        )  # fmt: skip
    at = open_page("staff/access.py", session=cookie_for(school_portal, "medewerkers", "beheerder"))
    assert not at.exception
    for key in ("open_signed_in", "open_keys"):
        at.session_state[key] = True
    at.run()
    assert not at.exception
    assert "behandelaar" in shown(at)
    with reading(school_portal.engine) as session:
        colleague = session.exec(select(Person).where(Person.subject == "behandelaar")).one()
        key = session.exec(select(ApiKey)).one()
    next(each for each in at.button if str(each.key).startswith(f"end_sessions_{colleague.id}")).click().run()
    next(each for each in at.button if str(each.key).startswith(f"end_key_{key.id}")).click().run()
    assert not at.exception
    with reading(school_portal.engine) as session:
        assert session.exec(select(LoginSession.revoked_at).where(LoginSession.person_id == colleague.id)).one()
        assert session.exec(select(ApiKey.revoked_at)).one()
    # At once, on the page that they have open too: they are a visitor now.
    at = open_page(session=desk)
    assert "Ingelogd als" not in shown(at)
